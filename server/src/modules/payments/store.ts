import {
  type ApprovalRow,
  type ChainTransactionRow,
  columns,
  type PaymentRow,
  type PaymentStatus,
} from '@wedi/database'
import type { Static } from 'typebox'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'
import type { ApprovalQuery, PaymentQuery } from './contract.ts'
import type { Failure } from './rules.ts'

const insert = sql<PaymentRow>(
  'payments.insert',
  `insert into payment (organization_id, id, agent_id, wallet_id, task_id, chain, asset, payee, amount, reference, memo,
                        status, decision_id, approval_id, capability_revision, requested_by, intent_hash, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18)
   returning ${columns.payment}`,
)

const find = sql<PaymentRow>(
  'payments.find',
  `select ${columns.payment} from payment where organization_id = $1 and id = $2`,
)

/** Whoever holds it is the only one to move the payment on. */
const lock = sql<PaymentRow>(
  'payments.lock',
  `select ${columns.payment} from payment where organization_id = $1 and id = $2 for update`,
)

/** The payment of a task that is not over without effect; there is at most one. */
const ofTask = sql<PaymentRow>(
  'payments.ofTask',
  `select ${columns.payment} from payment
   where organization_id = $1 and task_id = $2 and status not in ('FAILED', 'CANCELED', 'REVERTED')`,
)

/** Whoever holds it is the only one to ask whether this was paid before. */
const lockReference = sql(
  'payments.lockReference',
  `select pg_advisory_xact_lock(hashtextextended('reference/' || $1::text || '/' || $2 || '/' || $3, 0))`,
)

const withReference = sql<{ found: boolean }>(
  'payments.withReference',
  `select exists (select from payment where organization_id = $1 and payee = $2 and reference = $3
                  and status not in ('FAILED', 'CANCELED', 'REVERTED')) as found`,
)

/** One row when the payment was in one of the statuses it may come from; none otherwise. */
const move = sql<PaymentRow>(
  'payments.move',
  `update payment
   set status = $3::payment_status, failure = $5, updated_at = $6::timestamptz,
       transaction_hash = coalesce($7, transaction_hash), block_number = coalesce($8, block_number),
       attempts = attempts + case when $3::payment_status = 'SUBMITTING' then 1 else 0 end,
       submitted_at = case when $3::payment_status = 'SUBMITTED' then coalesce(submitted_at, $6::timestamptz) else submitted_at end,
       settled_at = case when $3::payment_status in ('CONFIRMED', 'REVERTED', 'FAILED', 'CANCELED') then $6::timestamptz else settled_at end
   where organization_id = $1 and id = $2 and status = any($4::payment_status[]) returning ${columns.payment}`,
)

/** Says what the payment waits for, without moving it. */
const explain = sql<PaymentRow>(
  'payments.explain',
  `update payment set failure = $4, updated_at = $5
   where organization_id = $1 and id = $2 and status = $3 and failure is distinct from $4::jsonb returning ${columns.payment}`,
)

const countOfWallet = sql<{ count: number }>(
  'payments.countOfWallet',
  `select count(*)::int as count from payment
   where organization_id = $1 and wallet_id = $2 and status = any($3::payment_status[])`,
)

const hasOpenOfAgent = sql<{ found: boolean }>(
  'payments.hasOpenOfAgent',
  `select exists (select from payment where organization_id = $1 and agent_id = $2 and status = any($3::payment_status[])) as found`,
)

const openSince = sql<{ paymentId: string; payee: string; amount: bigint }>(
  'payments.openSince',
  `select id as "paymentId", payee, amount from payment
   where organization_id = $1 and asset = $3 and created_at >= $4 and status = any($5::payment_status[])
     and ($2::uuid is null or agent_id = $2)`,
)

const spentSince = sql<{ payee: string; amount: bigint; count: number }>(
  'payments.spentSince',
  `select payee, sum(amount)::numeric(78, 0) as amount, count(*)::int as count from payment
   where organization_id = $1 and asset = $3 and created_at >= $4 and status = 'CONFIRMED'
     and ($2::uuid is null or agent_id = $2)
   group by payee`,
)

const insertTransaction = sql<ChainTransactionRow>(
  'payments.insertTransaction',
  `insert into chain_transaction (organization_id, id, payment_id, wallet_id, chain, nonce, unsigned, submission_key,
                                  since_block, signing_until, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning ${columns.chainTransaction}`,
)

const transactionOf = sql<ChainTransactionRow>(
  'payments.transactionOf',
  `select ${columns.chainTransaction} from chain_transaction where organization_id = $1 and payment_id = $2`,
)

/** Until when the fields may be signed (again); null when nobody is signing them. */
const allowSigning = sql(
  'payments.allowSigning',
  `update chain_transaction set signing_until = $3 where organization_id = $1 and payment_id = $2 and raw_transaction is null`,
)

/** The first signature stays: whatever is broadcast later is these bytes. */
const storeSignature = sql<ChainTransactionRow>(
  'payments.storeSignature',
  `update chain_transaction
   set raw_transaction = coalesce(raw_transaction, $3), transaction_hash = coalesce(transaction_hash, $4), signing_until = null
   where organization_id = $1 and payment_id = $2 returning ${columns.chainTransaction}`,
)

const storeQueueId = sql(
  'payments.storeQueueId',
  `update chain_transaction set queue_id = $3, signing_until = null where organization_id = $1 and payment_id = $2`,
)

/** Whose submission this is, of all organisations: as its queue calls it, or by our key while the answer is missing. */
const ofSubmission = sql<{ organizationId: string; paymentId: string }>(
  'payments.ofSubmission',
  `select organization_id as "organizationId", payment_id as "paymentId" from chain_transaction
   where coalesce(queue_id, submission_key) = $1 and submission_key is not null limit 1`,
)

/** Nothing was signed or handed over: the payment may begin again. */
const dropTransaction = sql<{ id: string }>(
  'payments.dropTransaction',
  `delete from chain_transaction
   where organization_id = $1 and payment_id = $2 and submission_key = $3 and raw_transaction is null and queue_id is null
   returning id`,
)

/** The signed bytes of a wallet for a range of nonces, in order; those that are confirmed, too. */
const signedBetween = sql<{ raw: string }>(
  'payments.signedBetween',
  `select raw_transaction as raw from chain_transaction
   where organization_id = $1 and wallet_id = $2 and chain = $3 and nonce between $4 and $5 and raw_transaction is not null
   order by nonce limit 1000`,
)

/** Signatures of a scope that were begun and may still be made. */
const pendingSignatures = sql<{ count: number }>(
  'payments.pendingSignatures',
  `select count(*)::int as count
   from chain_transaction t join payment p on p.organization_id = t.organization_id and p.id = t.payment_id
   where t.organization_id = $1 and ($2::uuid is null or p.agent_id = $2) and ($3::uuid is null or t.wallet_id = $3)
     and t.signing_until > $4`,
)

/** A hash found on chain belongs to the payment that claims it first. */
const isClaimed = sql<{ found: boolean }>(
  'payments.isClaimed',
  `select exists (select from payment where organization_id = $1 and wallet_id = $2 and transaction_hash = $3 and id <> $4) as found`,
)

const insertApproval = sql<ApprovalRow>(
  'payments.insertApproval',
  `insert into approval (organization_id, id, payment_id, agent_id, intent, intent_hash, reasons, requested_by, expires_at, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${columns.approval}`,
)

const findApproval = sql<ApprovalRow>(
  'payments.findApproval',
  `select ${columns.approval} from approval where organization_id = $1 and id = $2`,
)

/** One row when nobody had answered it; none otherwise. */
const answerApproval = sql<ApprovalRow>(
  'payments.answerApproval',
  `update approval set status = $3, decided_by = $4, note = $5, decided_at = $6
   where organization_id = $1 and id = $2 and status = 'PENDING' returning ${columns.approval}`,
)

const one = <T>(rows: T[]): T | undefined => rows[0]

export interface Move {
  to: PaymentStatus
  from: PaymentStatus[]
  failure?: Failure | undefined
  transactionHash?: string
  blockNumber?: bigint
}

export const paymentStore = {
  async insert(tx: Tx, row: Omit<PaymentRow, 'createdAt' | 'updatedAt'>): Promise<PaymentRow> {
    const [made] = await tx.query(insert, [
      ...[
        tx.organizationId,
        row.id,
        row.agentId,
        row.walletId,
        row.taskId,
        row.chain,
        row.asset,
        row.payee,
        row.amount,
      ],
      ...[row.reference, row.memo, row.status, row.decisionId, row.approvalId, row.capabilityRevision, row.requestedBy],
      ...[row.intentHash, tx.now],
    ])
    return made as PaymentRow
  },
  find: async (database: Database, organizationId: string, id: string) =>
    one(await database.query(organizationId, find, [organizationId, id])),
  read: async (tx: Tx, id: string) => one(await tx.query(find, [tx.organizationId, id])),
  lock: async (tx: Tx, id: string) => one(await tx.query(lock, [tx.organizationId, id])),
  ofTask: async (tx: Tx, taskId: string) => one(await tx.query(ofTask, [tx.organizationId, taskId])),

  lockReference: (tx: Tx, payee: string, reference: string) =>
    tx.query(lockReference, [tx.organizationId, payee, reference]),
  withReference: async (tx: Tx, payee: string, reference: string) =>
    one(await tx.query(withReference, [tx.organizationId, payee, reference]))?.found ?? false,

  async move(tx: Tx, id: string, { to, from, failure, transactionHash, blockNumber }: Move) {
    const values = [
      tx.organizationId,
      id,
      to,
      from,
      failure ?? null,
      tx.now,
      transactionHash ?? null,
      blockNumber ?? null,
    ]
    return one(await tx.query(move, values))
  },
  explain: async (tx: Tx, payment: PaymentRow, failure: Failure) =>
    one(await tx.query(explain, [tx.organizationId, payment.id, payment.status, failure, tx.now])),

  async countOfWallet(tx: Tx, walletId: string, statuses: PaymentStatus[]): Promise<number> {
    return one(await tx.query(countOfWallet, [tx.organizationId, walletId, statuses]))?.count ?? 0
  },
  hasOpenOfAgent: async (tx: Tx, agentId: string, statuses: PaymentStatus[]) =>
    one(await tx.query(hasOpenOfAgent, [tx.organizationId, agentId, statuses]))?.found ?? false,
  openSince: (tx: Tx, agentId: string | null, asset: string, since: Date, statuses: PaymentStatus[]) =>
    tx.query(openSince, [tx.organizationId, agentId, asset, since, statuses]),
  spentSince: (tx: Tx, agentId: string | null, asset: string, since: Date) =>
    tx.query(spentSince, [tx.organizationId, agentId, asset, since]),

  async insertTransaction(
    tx: Tx,
    row: Omit<ChainTransactionRow, 'rawTransaction' | 'transactionHash' | 'queueId' | 'createdAt'>,
  ) {
    const { id, paymentId, walletId, chain, nonce, unsigned, submissionKey, sinceBlock, signingUntil } = row
    const [made] = await tx.query(insertTransaction, [
      ...[
        tx.organizationId,
        id,
        paymentId,
        walletId,
        chain,
        nonce,
        unsigned,
        submissionKey,
        sinceBlock,
        signingUntil,
        tx.now,
      ],
    ])
    return made as ChainTransactionRow
  },
  transactionOf: async (database: Database, organizationId: string, paymentId: string) =>
    one(await database.query(organizationId, transactionOf, [organizationId, paymentId])),
  allowSigning: (tx: Tx, paymentId: string, until: Date | null) =>
    tx.query(allowSigning, [tx.organizationId, paymentId, until]),
  storeSignature: async (tx: Tx, paymentId: string, raw: string, hash: string) =>
    one(await tx.query(storeSignature, [tx.organizationId, paymentId, raw, hash])),
  storeQueueId: (tx: Tx, paymentId: string, queueId: string) =>
    tx.query(storeQueueId, [tx.organizationId, paymentId, queueId]),
  ofSubmission: async (database: Database, submission: string) =>
    one(await database.platform(ofSubmission, [submission])),
  dropTransaction: (tx: Tx, paymentId: string, submissionKey: string) =>
    tx.query(dropTransaction, [tx.organizationId, paymentId, submissionKey]),
  async signedBetween(database: Database, payment: PaymentRow, from: bigint, to: bigint): Promise<string[]> {
    const { organizationId, walletId, chain } = payment
    const rows = await database.query(organizationId, signedBetween, [organizationId, walletId, chain, from, to])
    return rows.map(({ raw }) => raw)
  },
  async pendingSignatures(
    database: Database,
    organizationId: string,
    scope: SignatureScope,
    now: Date,
  ): Promise<number> {
    const values = [organizationId, scope.agentId ?? null, scope.walletId ?? null, now]
    return one(await database.query(organizationId, pendingSignatures, values))?.count ?? 0
  },
  isClaimed: async (database: Database, payment: PaymentRow, hash: string) => {
    const { organizationId, walletId, id } = payment
    return one(await database.query(organizationId, isClaimed, [organizationId, walletId, hash, id]))?.found ?? false
  },

  async insertApproval(tx: Tx, row: Omit<ApprovalRow, 'status' | 'decidedBy' | 'note' | 'decidedAt' | 'createdAt'>) {
    const { id, paymentId, agentId, intent, intentHash, reasons, requestedBy, expiresAt } = row
    const values = [id, paymentId, agentId, intent, intentHash, JSON.stringify(reasons), requestedBy, expiresAt, tx.now]
    return one(await tx.query(insertApproval, [tx.organizationId, ...values])) as ApprovalRow
  },
  findApproval: async (tx: Tx, id: string) => one(await tx.query(findApproval, [tx.organizationId, id])),
  readApproval: async (database: Database, organizationId: string, id: string) =>
    one(await database.query(organizationId, findApproval, [organizationId, id])),
  answerApproval: async (
    tx: Tx,
    id: string,
    answer: { status: ApprovalRow['status']; by: string; note?: string | undefined },
  ) =>
    one(await tx.query(answerApproval, [tx.organizationId, id, answer.status, answer.by, answer.note ?? null, tx.now])),

  list(database: Database, organizationId: string, page: PageRequest, query: Static<typeof PaymentQuery>) {
    const { status, agentId, taskId, reference } = query
    return database.read(organizationId, (prisma) =>
      prisma.payment.findMany({
        where: {
          organizationId,
          ...(status && { status }),
          ...(agentId && { agentId }),
          ...(taskId && { taskId }),
          ...(reference && { reference }),
          ...(page.before && { id: { lt: page.before } }),
        },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      }),
    )
  },

  listApprovals(database: Database, organizationId: string, page: PageRequest, query: Static<typeof ApprovalQuery>) {
    const { status, agentId } = query
    return database.read(organizationId, (prisma) =>
      prisma.approval.findMany({
        where: {
          organizationId,
          ...(status && { status }),
          ...(agentId && { agentId }),
          ...(page.before && { id: { lt: page.before } }),
        },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      }),
    )
  },
}

export interface SignatureScope {
  agentId?: string
  walletId?: string
}
