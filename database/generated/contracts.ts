// Generated from database/schema. Do not edit.

export const KeyKind = ['SK', 'AK', 'IK'] as const
export type KeyKind = (typeof KeyKind)[number]

export const KeyRole = ['ADMIN', 'OPERATOR', 'APPROVER', 'AUDITOR', 'VIEWER'] as const
export type KeyRole = (typeof KeyRole)[number]

export const AgentStatus = ['PROVISIONING', 'ACTIVE', 'PAUSED', 'FROZEN', 'RETIRED'] as const
export type AgentStatus = (typeof AgentStatus)[number]

export const AgentRuntime = ['HOSTED', 'REMOTE'] as const
export type AgentRuntime = (typeof AgentRuntime)[number]

export const InstanceStatus = ['HEALTHY', 'SUSPECT', 'DOWN', 'STOPPED'] as const
export type InstanceStatus = (typeof InstanceStatus)[number]

export const SpanEnd = ['STOPPED', 'DOWN'] as const
export type SpanEnd = (typeof SpanEnd)[number]

export const TaskStatus = ['QUEUED', 'ASSIGNED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'DEAD'] as const
export type TaskStatus = (typeof TaskStatus)[number]

export const AuthorityLevel = ['OBSERVE', 'PROPOSE', 'SUPERVISED', 'AUTONOMOUS'] as const
export type AuthorityLevel = (typeof AuthorityLevel)[number]

export const LimitWindow = ['TRANSACTION', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'LIFETIME'] as const
export type LimitWindow = (typeof LimitWindow)[number]

export const LimitScope = ['AGENT', 'ORGANIZATION'] as const
export type LimitScope = (typeof LimitScope)[number]

export const ReservationStatus = ['RESERVED', 'SPENT', 'RELEASED'] as const
export type ReservationStatus = (typeof ReservationStatus)[number]

export const Verdict = ['ALLOW', 'DENY', 'HOLD'] as const
export type Verdict = (typeof Verdict)[number]

export const HealthStatus = ['HEALTHY', 'DEGRADED', 'DOWN', 'UNKNOWN'] as const
export type HealthStatus = (typeof HealthStatus)[number]

export const BreakerState = ['CLOSED', 'OPEN', 'HALF_OPEN'] as const
export type BreakerState = (typeof BreakerState)[number]

export const SampleKind = ['TASK', 'HEARTBEAT'] as const
export type SampleKind = (typeof SampleKind)[number]

export const SampleOutcome = ['OK', 'ERROR'] as const
export type SampleOutcome = (typeof SampleOutcome)[number]

export const HealthResolution = ['MINUTE', 'HOUR', 'DAY'] as const
export type HealthResolution = (typeof HealthResolution)[number]

export const DeliveryState = ['QUEUED', 'DELIVERED', 'ACKNOWLEDGED', 'DEAD'] as const
export type DeliveryState = (typeof DeliveryState)[number]

export const OrganizationStatus = ['ACTIVE', 'FROZEN'] as const
export type OrganizationStatus = (typeof OrganizationStatus)[number]

export const PaymentLinkStatus = ['OPEN', 'PAID', 'EXPIRED', 'CANCELED'] as const
export type PaymentLinkStatus = (typeof PaymentLinkStatus)[number]

export const LinkPaymentState = ['PENDING', 'CONFIRMED', 'FAILED', 'VANISHED'] as const
export type LinkPaymentState = (typeof LinkPaymentState)[number]

export const LinkPaymentKind = ['EXACT', 'OVER', 'UNDER', 'LATE', 'DUPLICATE', 'UNMATCHED'] as const
export type LinkPaymentKind = (typeof LinkPaymentKind)[number]

export const PaymentStatus = [
  'HELD',
  'RESERVED',
  'SUBMITTING',
  'SUBMITTED',
  'CONFIRMED',
  'REVERTED',
  'FAILED',
  'CANCELED',
  'UNKNOWN',
] as const
export type PaymentStatus = (typeof PaymentStatus)[number]

/** What a transaction is for: the payment, or nothing but taking its nonce. */
export const TransactionPurpose = ['PAY', 'CANCEL'] as const
export type TransactionPurpose = (typeof TransactionPurpose)[number]

export const ApprovalStatus = ['PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'VOIDED'] as const
export type ApprovalStatus = (typeof ApprovalStatus)[number]

export const BreakSeverity = ['WARNING', 'CRITICAL'] as const
export type BreakSeverity = (typeof BreakSeverity)[number]

export const BreakStatus = ['OPEN', 'RESOLVED'] as const
export type BreakStatus = (typeof BreakStatus)[number]

export const WalletStatus = ['PROVISIONING', 'ACTIVE', 'FROZEN', 'RETIRED'] as const
export type WalletStatus = (typeof WalletStatus)[number]

export const WebhookStatus = ['ENABLED', 'DISABLED'] as const
export type WebhookStatus = (typeof WebhookStatus)[number]

export const DeliveryStatus = ['PENDING', 'DELIVERED', 'DEAD_LETTER'] as const
export type DeliveryStatus = (typeof DeliveryStatus)[number]

/** A key of any kind: an organisation's API key (`sk`), an agent's credential (`ak`), an integration key (`ik`). */
export interface ApiKeyRow {
  organizationId: string
  id: string
  kind: KeyKind
  name: string
  /** Only for `sk`. */
  role: KeyRole | null
  /** Only for `ak` and `ik`. */
  agentId: string | null
  /** The 12 public characters by which a presented key is found. */
  keyId: string
  displayPrefix: string
  /** HMAC-SHA-256 of the whole key under the server's pepper of this version. */
  secretHash: Buffer
  pepperVersion: number
  createdBy: string
  expiresAt: Date | null
  revokedAt: Date | null
  revokedReason: string | null
  createdAt: Date
  /** The first key of its line: a key and all that it was rotated to share it. */
  familyId: string
  /** The key it was rotated to; it ends with the grace. */
  successorId: string | null
  rotatedAt: Date | null
  /** Only for `ik`: what of its agent's capability it may use. */
  binding: unknown
  /** Looks real and opens nothing: its use is an alarm. */
  isCanary: boolean
  canaryUsedAt: Date | null
  /** What was said of its end: 1 seven days before, 2 one day before, 3 that it has expired. */
  expiryNoted: number
}

/** A named payer with a lifecycle. */
export interface AgentRow {
  organizationId: string
  id: string
  name: string
  description: string | null
  status: AgentStatus
  /** Why it is in its status, in words; for example what keeps it provisioning. */
  statusReason: string | null
  /** The status an unfreeze goes back to. */
  statusBeforeFreeze: AgentStatus | null
  runtime: AgentRuntime
  labels: string[]
  metadata: unknown
  /** How many tasks it may hold at once. */
  maxConcurrency: number
  revision: number
  createdAt: Date
  updatedAt: Date
  retiredAt: Date | null
}

/** One running process of an agent. What its heartbeats change is in no index, so that they stay cheap. */
export interface AgentInstanceRow {
  organizationId: string
  id: string
  agentId: string
  /** What it says it runs. */
  version: string | null
  labels: string[]
  status: InstanceStatus
  /** It was asked to stop and still holds tasks: it gets no more. */
  isDraining: boolean
  /** How many tasks it may hold at once; absent, only its agent's own number counts. */
  maxConcurrency: number | null
  /** How many tasks it says it is working on. */
  inUse: number
  /** How often it has to be heard of. */
  heartbeatMs: number
  /** So many heartbeats missed make it SUSPECT, so many DOWN. */
  suspectAfter: number
  downAfter: number
  startedAt: Date
  /** By the database's clock, like all times here. */
  lastSeenAt: Date
  statusSince: Date
}

/** A time in which an instance was there. One that went DOWN was there until its last heartbeat. */
export interface InstanceSpanRow {
  organizationId: string
  instanceId: string
  beganAt: Date
  agentId: string
  endedAt: Date | null
  endedBy: SpanEnd | null
}

/** A unit of work with requirements. */
export interface TaskRow {
  organizationId: string
  id: string
  type: string
  payload: unknown
  /** `{provider?, chain?, asset?, tags?}` */
  requires: unknown
  status: TaskStatus
  priority: number
  fairnessKey: string | null
  dedupeKey: string | null
  /** The lane it waits in. */
  laneId: string | null
  /** The agent it is pinned to, if any. */
  agentId: string | null
  assignedAgentId: string | null
  /** Rises by one with each assignment; a write with an older one is refused. */
  fencingToken: bigint
  /** Null for a hosted agent's task, whose job is leased instead, and for a parked one. */
  leaseExpiresAt: Date | null
  /** How long a heartbeat extends it for. */
  leaseSeconds: number | null
  /** The process that claimed it, if a remote agent has it. */
  instanceId: string | null
  assignedAt: Date | null
  /** Its payment was held for a person: the agent is done with it, and it holds no slot until it ends. */
  isParked: boolean
  attempt: number
  maxAttempts: number
  runAfter: Date
  deadlineAt: Date | null
  unassignableReason: string | null
  paymentId: string | null
  result: unknown
  /** `{code, detail, …}` */
  error: unknown
  createdBy: string
  createdAt: Date
  updatedAt: Date
  finishedAt: Date | null
}

/** What an organisation's queue has to be looked at for, and where its fair order stands. */
export interface TaskQueueRow {
  organizationId: string
  /** When the next lease or deadline runs out, or something new was not looked at yet; null when nothing is to be done. */
  dueAt: Date | null
  /** Rises with each ability that is new: lanes matched before it are matched again. */
  abilityRevision: number
  /** The virtual time of the fair order: the turn of whom was served last. */
  turn: number
}

/** Tasks that any agent takes alike: of one type, with the same requirements, pin and fairness key. */
export interface TaskLaneRow {
  organizationId: string
  id: string
  type: string
  requires: unknown
  agentId: string | null
  /** Empty for tasks without one. */
  fairnessKey: string
  /** Since when a task may wait in it; null when none does. */
  waitingSince: Date | null
  /** The abilities that can take its tasks, of those there were at `abilityRevision`. */
  abilities: string[]
  abilityRevision: number
  /** Why its tasks wait. */
  reason: string | null
}

/** What agents can take, as far as assignment asks: agents with the same task types, providers, chains, assets and tags share one. */
export interface AbilityRow {
  organizationId: string
  id: string
  /** `{taskTypes, providers, chains, assets, tags}` */
  scope: unknown
}

/** The slots of an agent. Changed by the statements that assign and end its tasks, so the counts are exact. */
export interface AgentSeatRow {
  organizationId: string
  agentId: string
  abilityId: string | null
  runtime: AgentRuntime
  /** It may be given tasks: active, healthy, and with a capability. */
  isOpen: boolean
  maxInUse: number
  inUse: number
  /** What it holds beyond `maxInUse` since that was lowered; only shrinks. */
  over: number
  /** When its capability ends. */
  expiresAt: Date | null
  recentFailures: number
}

/** How much of an organisation's slots the tasks of a fairness key get. The empty key is that of tasks without one. */
export interface FairnessShareRow {
  organizationId: string
  key: string
  weight: number
  maxRunning: number | null
  /** Named by a person; the others are there for their turn only. */
  isSet: boolean
  /** Whoever has the lowest is next; rises by 1/weight with each task. */
  turn: number
}

/** One revision of what an agent may do. Never changed: a change is the next revision. */
export interface CapabilityRow {
  organizationId: string
  agentId: string
  revision: number
  authorityLevel: AuthorityLevel
  taskTypes: string[]
  providers: string[]
  chains: string[]
  assets: string[]
  payeesAllow: string[]
  payeesDeny: string[]
  tags: string[]
  /** `[{limitId, window, asset, maxAmount, maxCount, perPayee}]`, amounts as decimal strings. */
  limits: unknown
  /** `[{asset, amount}]` */
  approvalThreshold: unknown
  expiresAt: Date | null
  createdBy: string
  createdAt: Date
}

/** A cap in force. Its identity is its scope, window, asset and perPayee, so that a changed cap keeps what was spent. */
export interface SpendingLimitRow {
  organizationId: string
  id: string
  scope: LimitScope
  /** The agent, or the organisation itself. */
  scopeId: string
  window: LimitWindow
  asset: string
  perPayee: boolean
  maxAmount: bigint | null
  maxCount: number | null
  isActive: boolean
  createdAt: Date
  updatedAt: Date
}

/** What is reserved and spent of one limit in one window (and for one payee, when the limit is per payee). */
export interface LimitCounterRow {
  organizationId: string
  limitId: string
  windowStart: Date
  /** Lower-case address, or empty when the limit is not per payee. */
  payee: string
  reservedAmount: bigint
  spentAmount: bigint
  reservedCount: number
  spentCount: number
  /** The caps of the last reservation; a check keeps reserved + spent within them. */
  capAmount: bigint | null
  capCount: number | null
}

/** The part of a limit a payment has taken before anything is sent. */
export interface ReservationRow {
  organizationId: string
  paymentId: string
  limitId: string
  windowStart: Date
  payee: string
  amount: bigint
  status: ReservationStatus
}

/**
 * One append-only record: who decided what, on which inputs, under which authority, and why. Partitioned by month of its
 * id (see the migration), which no statement has to know.
 */
export interface AgentDecisionRow {
  organizationId: string
  id: string
  /** What kind of act it records, `area.act`, for example `payment.requested`. */
  type: string
  /** Absent when the record is an act and not a judgement. */
  verdict: Verdict | null
  /** `[{code, …}]`, in the order the rules were asked. */
  reasons: unknown
  /** `api-key:<id>`, `agent:<id>` or `system:<part>`. */
  actor: string
  /** What the act was done to, `<kind>:<id>`. */
  subject: string
  agentId: string | null
  taskId: string | null
  paymentId: string | null
  approvalId: string | null
  walletId: string | null
  versionId: string | null
  capabilityRevision: number | null
  authorityLevel: string | null
  /** RFC 8785 canonical JSON; its RFC 6962 leaf hash is what enters the tree. */
  leaf: string
  leafHash: Buffer
  occurredAt: Date
}

/** The values a decision was made on. The leaf holds a salted commitment to each, so a field may be taken away here. */
export interface DecisionDisclosureRow {
  organizationId: string
  decisionId: string
  inputs: unknown
  /** Per field of `inputs`, the salt of its commitment (base64). */
  salts: unknown
}

/** A decision that is not in the tree yet: written with it, taken away when it is integrated. */
export interface LogPendingRow {
  organizationId: string
  decisionId: string
  /** The decision's own, so that it can be integrated without a look at it. */
  leafHash: Buffer
}

/** The place of a decision in its organisation's tree. */
export interface LogEntryRow {
  organizationId: string
  leafIndex: bigint
  decisionId: string
}

/**
 * Hashes of the tree as tlog-tiles has them: row `(level, index)` holds the first of its 256 hashes that exist by now.
 * It only grows; every narrower tile is a beginning of it.
 */
export interface LogTileRow {
  organizationId: string
  level: number
  tileIndex: bigint
  hashes: Buffer
}

/** The signed head of a log at one size. One size has one. */
export interface LogCheckpointRow {
  organizationId: string
  size: bigint
  root: Buffer
  /** The signed note, as it is handed out. */
  note: string
  createdAt: Date
}

/** An entry of the operator's tree, which is a log under an id of its own: the checkpoint of an organisation. */
export interface OperatorEntryRow {
  organizationId: string
  leafIndex: bigint
  logOrganizationId: string
  size: bigint
  /** The organisation's signed checkpoint, verbatim: the leaf. */
  note: string
}

/** How an agent stands: changed by whoever judges it anew, and only from the revision that was judged. */
export interface AgentHealthRow {
  organizationId: string
  agentId: string
  status: HealthStatus
  /** Why, in words. */
  reason: string
  since: Date
  breaker: BreakerState
  breakerSince: Date
  /** While OPEN: when probes may begin. */
  openUntil: Date | null
  /** How often it opened without having closed: the pause grows with it. */
  openings: number
  /** Failures among its newest tasks. */
  recentErrors: number
  revision: number
  /** What differs from the defaults. */
  thresholds: unknown
  thresholdsRevision: number
}

/** A raw fact: how one task, or one instance, ended. Partitioned by day (see the migration), which no statement has to know. */
export interface HealthSampleRow {
  organizationId: string
  at: Date
  id: string
  agentId: string
  instanceId: string | null
  kind: SampleKind
  /** ERROR is what speaks against the agent's health. What failed for reasons of business is OK, and has its class. */
  outcome: SampleOutcome
  errorClass: string | null
  durationMs: number | null
  /** The bucket of the histogram that the duration falls in. */
  durationBucket: number | null
}

/** Says that a minute of an agent has new samples: written with them, taken away when the minute is due to be counted. */
export interface HealthMarkRow {
  organizationId: string
  id: string
  agentId: string
  minute: Date
}

/** What an agent did in a minute, an hour or a day: minutes are counted from samples, hours from minutes, days from hours. */
export interface HealthBucketRow {
  organizationId: string
  agentId: string
  resolution: HealthResolution
  beganAt: Date
  okCount: number
  errorCount: number
  /** Of every failure, also of those that are no fault of the agent: `{class: count}`. */
  errors: unknown
  /** How long tasks took: `{bucket of the histogram: count}`. */
  durations: unknown
  /** When it has to be counted anew; absent when it is counted. */
  dueAt: Date | null
}

/** How a key was used so far, over all processes: written in batches, seconds after the uses. */
export interface KeyActivityRow {
  organizationId: string
  keyId: string
  uses: bigint
  firstUsedAt: Date
  lastUsedAt: Date
  /** Between one use and the next. */
  longestGapMs: bigint
}

/** The same by day, route and where the callers are: /24 of IPv4, /48 of IPv6. */
export interface KeyUsageRow {
  organizationId: string
  keyId: string
  /** Of UTC, `YYYY-MM-DD`. */
  day: string
  /** The operation of the API. */
  route: string
  addressPrefix: string
  uses: bigint
  lastUsedAt: Date
}

/** A message between agents, or between an agent and the outside. */
export interface AgentInteractionRow {
  organizationId: string
  id: string
  conversationId: string
  /** Position in the conversation, from 1. */
  sequence: number
  /** Absent when the sender is outside. */
  fromAgentId: string | null
  /** Absent when the receiver is outside. */
  toAgentId: string | null
  kind: string
  payload: unknown
  /** Signature of the sender over the RFC 8785 text of the message. */
  signature: Buffer | null
  state: DeliveryState
  attempts: number
  createdAt: Date
  deliveredAt: Date | null
  acknowledgedAt: Date | null
}

/** The tenant. */
export interface OrganizationRow {
  id: string
  name: string
  status: OrganizationStatus
  /** True for the first organisation only: its admins may create others. */
  isOperator: boolean
  frozenReason: string | null
  /** For how many days at most an integration key is made; without one, for as long as its maker says. */
  maxKeyLifetimeDays: number | null
  revision: number
  createdAt: Date
  updatedAt: Date
}

/** A request to be paid. */
export interface PaymentLinkRow {
  organizationId: string
  id: string
  agentId: string
  /** The key it was made with. */
  integrationKeyId: string
  /** The same for a key and all that it was rotated to. */
  keyFamilyId: string
  /** 128 random bits in base62: who knows it may pay. */
  slug: string
  status: PaymentLinkStatus
  chain: string
  asset: string
  /** What is asked: the same twice where it is fixed, else the least and the most a payer may choose. */
  minAmount: bigint
  maxAmount: bigint
  description: string | null
  /** EIP-55 checksummed. */
  payTo: string
  /** Whether that is the wallet its agent pays from. */
  isOwn: boolean
  maxPayments: number
  /** Payments that count, and those on their way: together never more than `maxPayments`. */
  paidCount: number
  settlingCount: number
  metadata: unknown
  /** The decision it rests on. */
  decisionId: string
  createdBy: string
  revision: number
  expiresAt: Date | null
  createdAt: Date
  updatedAt: Date
  closedAt: Date | null
}

/** Money that came (or is about to come) to the pay-to address of a link. */
export interface PaymentLinkPaymentRow {
  organizationId: string
  id: string
  /** Null: nobody can say which of several links it is for. */
  linkId: string | null
  state: LinkPaymentState
  kind: LinkPaymentKind
  asset: string
  payTo: string
  payer: string
  amount: bigint
  /** Of the authorisation (EIP-3009) it was paid with; null for a transfer. */
  nonce: string | null
  /** Until when the authorisation may be used. */
  validBefore: Date | null
  /** Our own transaction that carries the authorisation; null when somebody else does. */
  paymentId: string | null
  transactionHash: string | null
  logIndex: number | null
  blockNumber: bigint | null
  /** What the agent was told to do about it. */
  taskId: string | null
  failure: unknown
  createdAt: Date
  updatedAt: Date
  settledAt: Date | null
}

/** An account that links are paid to: up to which block its incoming transfers were looked at. */
export interface PaymentLinkAccountRow {
  organizationId: string
  address: string
  asset: string
  blockNumber: bigint
  blockHash: string
}

/** An intent to move money. */
export interface PaymentRow {
  organizationId: string
  id: string
  agentId: string
  walletId: string
  taskId: string | null
  chain: string
  asset: string
  /** EIP-55 checksummed. */
  payee: string
  amount: bigint
  reference: string | null
  memo: string | null
  status: PaymentStatus
  /** The verdict it rests on. */
  decisionId: string
  approvalId: string | null
  capabilityRevision: number
  requestedBy: string
  /** SHA-256 of the RFC 8785 text of exactly what was asked. */
  intentHash: Buffer
  /**
   * Somebody else's signed permission (EIP-3009) to move the amount: the wallet only carries it to the chain, and pays
   * for the gas. `{from, validAfter, validBefore, nonce, signature}`. Null: the wallet pays by itself.
   */
  authorization: unknown
  transactionHash: string | null
  blockNumber: bigint | null
  /** How many times it was tried to be submitted. */
  attempts: number
  /** `{code, detail}` of what went wrong last. */
  failure: unknown
  /** How many times the provider said no. */
  refusals: number
  /** Frozen by itself, whatever else is: nothing of it is signed. */
  frozenAt: Date | null
  frozenReason: string | null
  /** It shall not be paid any more, and its nonce is given to a transaction that does nothing. */
  cancelRequestedAt: Date | null
  /** `{code, detail, reasons?}`: why. */
  cancelReason: unknown
  /** A person let the wallet go on without knowing what became of it. */
  setAsideAt: Date | null
  revision: number
  createdAt: Date
  updatedAt: Date
  submittedAt: Date | null
  settledAt: Date | null
}

/**
 * What was (or is about to be) sent to a chain for a payment. Written before anything is sent. All of one payment have
 * one nonce: whichever is mined decides.
 */
export interface ChainTransactionRow {
  organizationId: string
  id: string
  paymentId: string
  /** 1, 2, …: a later one replaces the one before. */
  attempt: number
  purpose: TransactionPurpose
  walletId: string
  chain: string
  /** Signer mode: the nonce Wedi gave it. Queue mode: the wallet's nonce when it was handed over. */
  nonce: bigint
  /** The fields to sign, quantities as decimal strings. */
  unsigned: unknown
  /** Signer mode: the exact bytes that are broadcast, and broadcast again. */
  rawTransaction: string | null
  transactionHash: string | null
  /** Queue mode: the random key stored before the provider is called. */
  submissionKey: string | null
  queueId: string | null
  /** The block after which its effect must be looked for. */
  sinceBlock: bigint | null
  /** How far that was done. */
  searchedTo: bigint | null
  /** A signature may be made until then; a freeze waits for it. */
  signingUntil: Date | null
  createdAt: Date
}

/** A person's answer to a held payment, bound to a hash of exactly what was asked. */
export interface ApprovalRow {
  organizationId: string
  id: string
  paymentId: string
  agentId: string
  status: ApprovalStatus
  /** What was asked: `{agentId, payee, amount, asset, …}`; its RFC 8785 text is what intentHash covers. */
  intent: unknown
  intentHash: Buffer
  /** Why a person is asked: the reasons of the HOLD verdict. */
  reasons: unknown
  requestedBy: string
  decidedBy: string | null
  note: string | null
  expiresAt: Date
  createdAt: Date
  decidedAt: Date | null
}

/** Something on a chain that our books do not explain, or the other way round. Opened once per kind and subject. */
export interface ReconciliationBreakRow {
  organizationId: string
  id: string
  /** `nonce.foreign`, `transfer.unmatched`, `balance.missing`, `payment.vanished`, … */
  kind: string
  /** What exactly: a nonce, a log, a payment; with the kind it names the break. */
  subject: string
  severity: BreakSeverity
  status: BreakStatus
  agentId: string
  walletId: string
  paymentId: string | null
  chain: string
  asset: string | null
  transactionHash: string | null
  /** What our books say, amounts as decimal strings. */
  expected: unknown
  /** What the chain says. */
  seen: unknown
  openedAt: Date
  lastSeenAt: Date
  resolvedAt: Date | null
  resolvedBy: string | null
  /** Why it is resolved: a person's words, or the proof. */
  note: string | null
}

/** What we know of a wallet on a chain, as of the last block that was reconciled. */
export interface WalletBookRow {
  organizationId: string
  walletId: string
  chain: string
  /** Null until the first look, which takes over what is there. */
  blockNumber: bigint | null
  blockHash: string | null
  /** The wallet's next nonce at that block. */
  nonce: bigint
  /** What the wallet held of each asset at that block: `{asset: "decimal"}`. */
  balances: unknown
  /** The first look: block, nonce and balances it began with. */
  opening: unknown
  /** Rises with every change, so that of two processes one writes. */
  revision: number
  /** What waits to be explained, and since when: `{doubt: time}`. The book stands still meanwhile. */
  doubts: unknown
  /** When a process looks next; null for a wallet that is retired. */
  dueAt: Date | null
  /** Everything up to then is reconciled. */
  reconciledAt: Date
}

/** Work that must happen after a commit: written in the transaction it follows from, done by any process. */
export interface JobRow {
  organizationId: string
  kind: string
  /** What it is about; one job per kind and subject, a second request only brings it forward. */
  subject: string
  payload: unknown
  runAt: Date
  attempts: number
  /** Rises with each request, so that a request made while it runs is not lost. */
  generation: number
  leaseToken: string | null
  leaseUntil: Date | null
  lastError: string | null
  createdAt: Date
}

/** The reply to a request that carried an Idempotency-Key, stored in the transaction of its effect. */
export interface IdempotencyRecordRow {
  organizationId: string
  /** `organization`, or `agent:<id>` for an agent's own credential. */
  principal: string
  key: string
  /** SHA-256 of method, path and body. */
  fingerprint: Buffer
  statusCode: number
  headers: unknown
  body: string
  expiresAt: Date
}

/** A saved state of an agent's work, numbered per thread, with its parent and digest. */
export interface AgentCheckpointRow {
  organizationId: string
  id: string
  agentId: string
  versionId: string | null
  taskId: string | null
  threadId: string
  sequence: number
  parentId: string | null
  state: unknown
  /** SHA-256 of the RFC 8785 text of `state`. */
  digest: Buffer
  createdAt: Date
}

/** An account an agent pays from, made through a wallet provider. */
export interface WalletRow {
  organizationId: string
  id: string
  agentId: string
  /** `local`, `thirdweb-engine` or `thirdweb`. */
  provider: string
  /** EIP-55 checksummed; null until the provider has made the account. */
  address: string | null
  status: WalletStatus
  /** What keeps it provisioning, or why it was frozen. */
  statusReason: string | null
  metadata: unknown
  /** The encrypted key of a `local` wallet. Never leaves the wallets module. */
  keystore: unknown
  provisionAttempts: number
  revision: number
  createdAt: Date
  updatedAt: Date
}

/** The next nonce Wedi will use for a wallet on a chain. Wedi owns nonces in signer mode. */
export interface WalletNonceRow {
  organizationId: string
  walletId: string
  chain: string
  nextNonce: bigint
}

/** An address of the organisation's that is told of events. */
export interface WebhookRow {
  organizationId: string
  id: string
  url: string
  /** `payment.*`, `task.failed`, `*`. */
  types: string[]
  /** Set: only events of this agent. */
  agentId: string | null
  description: string | null
  status: WebhookStatus
  /** Why it is disabled, in words. */
  statusReason: string | null
  /** The signing secret, sealed. */
  secret: string
  /** The one before, sealed: it signs as well until then. */
  previousSecret: string | null
  previousSecretUntil: Date | null
  createdBy: string
  revision: number
  createdAt: Date
  updatedAt: Date
}

/** How far a webhook is in the log, and when a process looks at it next. Apart from the webhook: it changes all the time. */
export interface WebhookCursorRow {
  organizationId: string
  webhookId: string
  /** The first entry of the log that has not become a delivery yet. */
  nextLeafIndex: bigint
  /** Null for a webhook that is disabled; `infinity` when there is nothing to do until the log grows. */
  dueAt: Date | null
  leaseToken: string | null
  leaseUntil: Date | null
  /** How many turns in a row ended without one success, and since when. */
  failures: number
  failingSince: Date | null
}

/** One event for one webhook. */
export interface WebhookDeliveryRow {
  organizationId: string
  id: string
  webhookId: string
  /** The event's place in the log; null for a test, which is of no log. */
  leafIndex: bigint | null
  /** The decision, and `webhook-id` of every attempt. */
  eventId: string
  type: string
  status: DeliveryStatus
  attempts: number
  /** Of a pending one. */
  nextAttemptAt: Date | null
  /** After that it is not tried any more. */
  expiresAt: Date
  /** Of the last attempt; null when there was no answer. */
  responseStatus: number | null
  /** Why the last attempt was none that counts. */
  lastError: string | null
  createdAt: Date
  deliveredAt: Date | null
}

/** What to select (or return) so that a row is the model's, under Prisma's names. */
export const columns = {
  apiKey:
    'organization_id AS "organizationId", id, kind, name, role, agent_id AS "agentId", key_id AS "keyId", display_prefix AS "displayPrefix", secret_hash AS "secretHash", pepper_version AS "pepperVersion", created_by AS "createdBy", expires_at AS "expiresAt", revoked_at AS "revokedAt", revoked_reason AS "revokedReason", created_at AS "createdAt", family_id AS "familyId", successor_id AS "successorId", rotated_at AS "rotatedAt", binding, is_canary AS "isCanary", canary_used_at AS "canaryUsedAt", expiry_noted AS "expiryNoted"',
  agent:
    'organization_id AS "organizationId", id, name, description, status, status_reason AS "statusReason", status_before_freeze AS "statusBeforeFreeze", runtime, labels, metadata, max_concurrency AS "maxConcurrency", revision, created_at AS "createdAt", updated_at AS "updatedAt", retired_at AS "retiredAt"',
  agentInstance:
    'organization_id AS "organizationId", id, agent_id AS "agentId", version, labels, status, is_draining AS "isDraining", max_concurrency AS "maxConcurrency", in_use AS "inUse", heartbeat_ms AS "heartbeatMs", suspect_after AS "suspectAfter", down_after AS "downAfter", started_at AS "startedAt", last_seen_at AS "lastSeenAt", status_since AS "statusSince"',
  instanceSpan:
    'organization_id AS "organizationId", instance_id AS "instanceId", began_at AS "beganAt", agent_id AS "agentId", ended_at AS "endedAt", ended_by AS "endedBy"',
  task: 'organization_id AS "organizationId", id, type, payload, requires, status, priority, fairness_key AS "fairnessKey", dedupe_key AS "dedupeKey", lane_id AS "laneId", agent_id AS "agentId", assigned_agent_id AS "assignedAgentId", fencing_token AS "fencingToken", lease_expires_at AS "leaseExpiresAt", lease_seconds AS "leaseSeconds", instance_id AS "instanceId", assigned_at AS "assignedAt", is_parked AS "isParked", attempt, max_attempts AS "maxAttempts", run_after AS "runAfter", deadline_at AS "deadlineAt", unassignable_reason AS "unassignableReason", payment_id AS "paymentId", result, error, created_by AS "createdBy", created_at AS "createdAt", updated_at AS "updatedAt", finished_at AS "finishedAt"',
  taskQueue: 'organization_id AS "organizationId", due_at AS "dueAt", ability_revision AS "abilityRevision", turn',
  taskLane:
    'organization_id AS "organizationId", id, type, requires, agent_id AS "agentId", fairness_key AS "fairnessKey", waiting_since AS "waitingSince", abilities, ability_revision AS "abilityRevision", reason',
  ability: 'organization_id AS "organizationId", id, scope',
  agentSeat:
    'organization_id AS "organizationId", agent_id AS "agentId", ability_id AS "abilityId", runtime, is_open AS "isOpen", max_in_use AS "maxInUse", in_use AS "inUse", over, expires_at AS "expiresAt", recent_failures AS "recentFailures"',
  fairnessShare:
    'organization_id AS "organizationId", key, weight, max_running AS "maxRunning", is_set AS "isSet", turn',
  capability:
    'organization_id AS "organizationId", agent_id AS "agentId", revision, authority_level AS "authorityLevel", task_types AS "taskTypes", providers, chains, assets, payees_allow AS "payeesAllow", payees_deny AS "payeesDeny", tags, limits, approval_threshold AS "approvalThreshold", expires_at AS "expiresAt", created_by AS "createdBy", created_at AS "createdAt"',
  spendingLimit:
    'organization_id AS "organizationId", id, scope, scope_id AS "scopeId", limit_window AS "window", asset, per_payee AS "perPayee", max_amount AS "maxAmount", max_count AS "maxCount", is_active AS "isActive", created_at AS "createdAt", updated_at AS "updatedAt"',
  limitCounter:
    'organization_id AS "organizationId", limit_id AS "limitId", window_start AS "windowStart", payee, reserved_amount AS "reservedAmount", spent_amount AS "spentAmount", reserved_count AS "reservedCount", spent_count AS "spentCount", cap_amount AS "capAmount", cap_count AS "capCount"',
  reservation:
    'organization_id AS "organizationId", payment_id AS "paymentId", limit_id AS "limitId", window_start AS "windowStart", payee, amount, status',
  agentDecision:
    'organization_id AS "organizationId", id, type, verdict, reasons, actor, subject, agent_id AS "agentId", task_id AS "taskId", payment_id AS "paymentId", approval_id AS "approvalId", wallet_id AS "walletId", version_id AS "versionId", capability_revision AS "capabilityRevision", authority_level AS "authorityLevel", leaf, leaf_hash AS "leafHash", occurred_at AS "occurredAt"',
  decisionDisclosure: 'organization_id AS "organizationId", decision_id AS "decisionId", inputs, salts',
  logPending: 'organization_id AS "organizationId", decision_id AS "decisionId", leaf_hash AS "leafHash"',
  logEntry: 'organization_id AS "organizationId", leaf_index AS "leafIndex", decision_id AS "decisionId"',
  logTile: 'organization_id AS "organizationId", level, tile_index AS "tileIndex", hashes',
  logCheckpoint: 'organization_id AS "organizationId", size, root, note, created_at AS "createdAt"',
  operatorEntry:
    'organization_id AS "organizationId", leaf_index AS "leafIndex", log_organization_id AS "logOrganizationId", size, note',
  agentHealth:
    'organization_id AS "organizationId", agent_id AS "agentId", status, reason, since, breaker, breaker_since AS "breakerSince", open_until AS "openUntil", openings, recent_errors AS "recentErrors", revision, thresholds, thresholds_revision AS "thresholdsRevision"',
  healthSample:
    'organization_id AS "organizationId", at, id, agent_id AS "agentId", instance_id AS "instanceId", kind, outcome, error_class AS "errorClass", duration_ms AS "durationMs", duration_bucket AS "durationBucket"',
  healthMark: 'organization_id AS "organizationId", id, agent_id AS "agentId", minute',
  healthBucket:
    'organization_id AS "organizationId", agent_id AS "agentId", resolution, began_at AS "beganAt", ok_count AS "okCount", error_count AS "errorCount", errors, durations, due_at AS "dueAt"',
  keyActivity:
    'organization_id AS "organizationId", key_id AS "keyId", uses, first_used_at AS "firstUsedAt", last_used_at AS "lastUsedAt", longest_gap_ms AS "longestGapMs"',
  keyUsage:
    'organization_id AS "organizationId", key_id AS "keyId", day, route, address_prefix AS "addressPrefix", uses, last_used_at AS "lastUsedAt"',
  agentInteraction:
    'organization_id AS "organizationId", id, conversation_id AS "conversationId", sequence, from_agent_id AS "fromAgentId", to_agent_id AS "toAgentId", kind, payload, signature, state, attempts, created_at AS "createdAt", delivered_at AS "deliveredAt", acknowledged_at AS "acknowledgedAt"',
  organization:
    'id, name, status, is_operator AS "isOperator", frozen_reason AS "frozenReason", max_key_lifetime_days AS "maxKeyLifetimeDays", revision, created_at AS "createdAt", updated_at AS "updatedAt"',
  paymentLink:
    'organization_id AS "organizationId", id, agent_id AS "agentId", integration_key_id AS "integrationKeyId", key_family_id AS "keyFamilyId", slug, status, chain, asset, min_amount AS "minAmount", max_amount AS "maxAmount", description, pay_to AS "payTo", is_own AS "isOwn", max_payments AS "maxPayments", paid_count AS "paidCount", settling_count AS "settlingCount", metadata, decision_id AS "decisionId", created_by AS "createdBy", revision, expires_at AS "expiresAt", created_at AS "createdAt", updated_at AS "updatedAt", closed_at AS "closedAt"',
  paymentLinkPayment:
    'organization_id AS "organizationId", id, link_id AS "linkId", state, kind, asset, pay_to AS "payTo", payer, amount, nonce, valid_before AS "validBefore", payment_id AS "paymentId", transaction_hash AS "transactionHash", log_index AS "logIndex", block_number AS "blockNumber", task_id AS "taskId", failure, created_at AS "createdAt", updated_at AS "updatedAt", settled_at AS "settledAt"',
  paymentLinkAccount:
    'organization_id AS "organizationId", address, asset, block_number AS "blockNumber", block_hash AS "blockHash"',
  payment:
    'organization_id AS "organizationId", id, agent_id AS "agentId", wallet_id AS "walletId", task_id AS "taskId", chain, asset, payee, amount, reference, memo, status, decision_id AS "decisionId", approval_id AS "approvalId", capability_revision AS "capabilityRevision", requested_by AS "requestedBy", intent_hash AS "intentHash", "authorization", transaction_hash AS "transactionHash", block_number AS "blockNumber", attempts, failure, refusals, frozen_at AS "frozenAt", frozen_reason AS "frozenReason", cancel_requested_at AS "cancelRequestedAt", cancel_reason AS "cancelReason", set_aside_at AS "setAsideAt", revision, created_at AS "createdAt", updated_at AS "updatedAt", submitted_at AS "submittedAt", settled_at AS "settledAt"',
  chainTransaction:
    'organization_id AS "organizationId", id, payment_id AS "paymentId", attempt, purpose, wallet_id AS "walletId", chain, nonce, unsigned, raw_transaction AS "rawTransaction", transaction_hash AS "transactionHash", submission_key AS "submissionKey", queue_id AS "queueId", since_block AS "sinceBlock", searched_to AS "searchedTo", signing_until AS "signingUntil", created_at AS "createdAt"',
  approval:
    'organization_id AS "organizationId", id, payment_id AS "paymentId", agent_id AS "agentId", status, intent, intent_hash AS "intentHash", reasons, requested_by AS "requestedBy", decided_by AS "decidedBy", note, expires_at AS "expiresAt", created_at AS "createdAt", decided_at AS "decidedAt"',
  reconciliationBreak:
    'organization_id AS "organizationId", id, kind, subject, severity, status, agent_id AS "agentId", wallet_id AS "walletId", payment_id AS "paymentId", chain, asset, transaction_hash AS "transactionHash", expected, seen, opened_at AS "openedAt", last_seen_at AS "lastSeenAt", resolved_at AS "resolvedAt", resolved_by AS "resolvedBy", note',
  walletBook:
    'organization_id AS "organizationId", wallet_id AS "walletId", chain, block_number AS "blockNumber", block_hash AS "blockHash", nonce, balances, opening, revision, doubts, due_at AS "dueAt", reconciled_at AS "reconciledAt"',
  job: 'organization_id AS "organizationId", kind, subject, payload, run_at AS "runAt", attempts, generation, lease_token AS "leaseToken", lease_until AS "leaseUntil", last_error AS "lastError", created_at AS "createdAt"',
  idempotencyRecord:
    'organization_id AS "organizationId", principal, key, fingerprint, status_code AS "statusCode", headers, body, expires_at AS "expiresAt"',
  agentCheckpoint:
    'organization_id AS "organizationId", id, agent_id AS "agentId", version_id AS "versionId", task_id AS "taskId", thread_id AS "threadId", sequence, parent_id AS "parentId", state, digest, created_at AS "createdAt"',
  wallet:
    'organization_id AS "organizationId", id, agent_id AS "agentId", provider, address, status, status_reason AS "statusReason", metadata, keystore, provision_attempts AS "provisionAttempts", revision, created_at AS "createdAt", updated_at AS "updatedAt"',
  walletNonce: 'organization_id AS "organizationId", wallet_id AS "walletId", chain, next_nonce AS "nextNonce"',
  webhook:
    'organization_id AS "organizationId", id, url, types, agent_id AS "agentId", description, status, status_reason AS "statusReason", secret, previous_secret AS "previousSecret", previous_secret_until AS "previousSecretUntil", created_by AS "createdBy", revision, created_at AS "createdAt", updated_at AS "updatedAt"',
  webhookCursor:
    'organization_id AS "organizationId", webhook_id AS "webhookId", next_leaf_index AS "nextLeafIndex", due_at AS "dueAt", lease_token AS "leaseToken", lease_until AS "leaseUntil", failures, failing_since AS "failingSince"',
  webhookDelivery:
    'organization_id AS "organizationId", id, webhook_id AS "webhookId", leaf_index AS "leafIndex", event_id AS "eventId", type, status, attempts, next_attempt_at AS "nextAttemptAt", expires_at AS "expiresAt", response_status AS "responseStatus", last_error AS "lastError", created_at AS "createdAt", delivered_at AS "deliveredAt"',
} as const

export type ModelName = keyof typeof columns

/** The same columns of a table that has another name in the statement: `p.id, p.organization_id AS "organizationId"`. */
export function columnsOf(model: ModelName, tableAlias: string): string {
  return columns[model].replaceAll(/(^|, )/g, `$1${tableAlias}.`)
}
