import { columns, type PaymentRow, type PaymentStatus } from '@wedi/database'
import type { Static } from 'typebox'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'
import type { PaymentQuery } from '../contract.ts'
import type { Failure } from '../rules.ts'

const insert = sql<PaymentRow>(
  'payments.insert',
  `insert into payment (organization_id, id, agent_id, wallet_id, task_id, chain, asset, payee, amount, reference, memo,
                        status, decision_id, approval_id, capability_revision, requested_by, intent_hash,
                        "authorization", created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)
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
   set status = $3::payment_status, failure = $5, updated_at = $6::timestamptz, revision = revision + 1,
       transaction_hash = coalesce($7, transaction_hash), block_number = coalesce($8, block_number),
       attempts = attempts + case when $3::payment_status = 'SUBMITTING' then 1 else 0 end,
       submitted_at = case when $3::payment_status in ('SUBMITTED', 'CONFIRMED') then coalesce(submitted_at, $6::timestamptz) else submitted_at end,
       settled_at = case when $3::payment_status in ('CONFIRMED', 'REVERTED', 'FAILED', 'CANCELED') then $6::timestamptz else settled_at end
   where organization_id = $1 and id = $2 and status = any($4::payment_status[]) returning ${columns.payment}`,
)

/** Says what the payment waits for, without moving it. */
const explain = sql<PaymentRow>(
  'payments.explain',
  `update payment set failure = $4, updated_at = $5, revision = revision + 1
   where organization_id = $1 and id = $2 and status = $3 and failure is distinct from $4::jsonb returning ${columns.payment}`,
)

const hasOpenOfWallet = sql<{ found: boolean }>(
  'payments.hasOpenOfWallet',
  `select exists (select from payment where organization_id = $1 and wallet_id = $2 and status = any($3::payment_status[])) as found`,
)

/** True while a queue may be working on a payment of the wallet; what a person set aside does not count. */
const isBusy = sql<{ found: boolean }>(
  'payments.isWalletBusy',
  `select exists (select from payment where organization_id = $1 and wallet_id = $2
                  and status = any($3::payment_status[]) and set_aside_at is null) as found`,
)

/** The payment of a wallet that has waited longest for its turn. */
const nextOfWallet = sql<{ id: string }>(
  'payments.nextOfWallet',
  `select id from payment
   where organization_id = $1 and wallet_id = $2 and status = 'RESERVED' and frozen_at is null and id <> $3 order by id limit 1`,
)

/** Counts a no of the provider. */
const refused = sql<PaymentRow>(
  'payments.refused',
  `update payment set refusals = refusals + 1, failure = $3, updated_at = $4, revision = revision + 1
   where organization_id = $1 and id = $2 returning ${columns.payment}`,
)

/** One row when it was not frozen and not settled; none otherwise. */
const freeze = sql<PaymentRow>(
  'payments.freeze',
  `update payment set frozen_at = $4, frozen_reason = $3, updated_at = $4, revision = revision + 1
   where organization_id = $1 and id = $2 and frozen_at is null and status = any($5::payment_status[])
   returning ${columns.payment}`,
)

const unfreeze = sql<PaymentRow>(
  'payments.unfreeze',
  `update payment set frozen_at = null, frozen_reason = null, updated_at = $3, revision = revision + 1
   where organization_id = $1 and id = $2 and frozen_at is not null returning ${columns.payment}`,
)

/** One row when it was the first who asked; it is never taken back. */
const requestCancel = sql<PaymentRow>(
  'payments.requestCancel',
  `update payment set cancel_requested_at = $4, cancel_reason = $3, updated_at = $4, revision = revision + 1
   where organization_id = $1 and id = $2 and cancel_requested_at is null and status in ('SUBMITTING', 'SUBMITTED', 'UNKNOWN')
   returning ${columns.payment}`,
)

/** The wallet's next payments no longer wait for it. It stays unknown, and what it reserved stays taken. */
const setAside = sql<PaymentRow>(
  'payments.setAside',
  `update payment set set_aside_at = $3, updated_at = $3, revision = revision + 1
   where organization_id = $1 and id = $2 and status = 'UNKNOWN' and set_aside_at is null returning ${columns.payment}`,
)

/** What a freeze held back, and an unfreeze lets go on. */
const heldBack = sql<{ id: string }>(
  'payments.heldBack',
  `select id from payment
   where organization_id = $1 and status = any($4::payment_status[])
     and ($2::uuid is null or agent_id = $2) and ($3::uuid is null or wallet_id = $3)`,
)

const hasOpenOfAgent = sql<{ found: boolean }>(
  'payments.hasOpenOfAgent',
  `select exists (select from payment where organization_id = $1 and agent_id = $2 and status = any($3::payment_status[])) as found`,
)

/** Of an agent's own money. It counts from the moment it was asked for, or approved: there its reservation is. `$4`: the first that counts. */
const COUNTED = `from payment p
   left join approval a on a.organization_id = p.organization_id and a.id = p.approval_id and a.status = 'APPROVED'
   where p.organization_id = $1 and p."authorization" is null and p.asset = $3 and coalesce(a.decided_at, p.created_at) >= $4
     and ($2::uuid is null or p.agent_id = $2)`

const openSince = sql<{ paymentId: string; payee: string; amount: bigint }>(
  'payments.openSince',
  `select p.id as "paymentId", p.payee, p.amount ${COUNTED} and p.status = any($5::payment_status[])`,
)

const spentSince = sql<{ payee: string; amount: bigint; count: number }>(
  'payments.spentSince',
  `select p.payee, sum(p.amount)::numeric(78, 0) as amount, count(*)::int as count ${COUNTED} and p.status = 'CONFIRMED'
   group by p.payee`,
)

const one = <T>(rows: T[]): T | undefined => rows[0]

export interface Move {
  to: PaymentStatus
  from: PaymentStatus[]
  failure?: Failure | undefined
  transactionHash?: string
  blockNumber?: bigint
}

/** A payment as it is asked for. */
export type NewPayment = Pick<
  PaymentRow,
  | 'id'
  | 'agentId'
  | 'walletId'
  | 'taskId'
  | 'chain'
  | 'asset'
  | 'payee'
  | 'amount'
  | 'reference'
  | 'memo'
  | 'status'
  | 'decisionId'
  | 'approvalId'
  | 'capabilityRevision'
  | 'requestedBy'
  | 'intentHash'
> &
  Partial<Pick<PaymentRow, 'authorization'>>

export const paymentStore = {
  async insert(tx: Tx, row: NewPayment): Promise<PaymentRow> {
    const { id, agentId, walletId, taskId, chain, asset, payee, amount, reference, memo } = row
    const asked = [id, agentId, walletId, taskId, chain, asset, payee, amount, reference, memo]
    const { status, decisionId, approvalId, capabilityRevision, requestedBy, intentHash, authorization = null } = row
    const judged = [status, decisionId, approvalId, capabilityRevision, requestedBy, intentHash, authorization]
    const [made] = await tx.query(insert, [tx.organizationId, ...asked, ...judged, tx.now])
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
    const outcome = [failure ?? null, tx.now, transactionHash ?? null, blockNumber ?? null]
    return one(await tx.query(move, [tx.organizationId, id, to, from, ...outcome]))
  },
  explain: async (tx: Tx, payment: PaymentRow, failure: Failure) =>
    one(await tx.query(explain, [tx.organizationId, payment.id, payment.status, failure, tx.now])),
  refused: async (tx: Tx, id: string, failure: Failure) =>
    one(await tx.query(refused, [tx.organizationId, id, failure, tx.now])),
  freeze: async (tx: Tx, id: string, reason: string, from: PaymentStatus[]) =>
    one(await tx.query(freeze, [tx.organizationId, id, reason, tx.now, from])),
  unfreeze: async (tx: Tx, id: string) => one(await tx.query(unfreeze, [tx.organizationId, id, tx.now])),
  requestCancel: async (tx: Tx, id: string, reason: Failure) =>
    one(await tx.query(requestCancel, [tx.organizationId, id, reason, tx.now])),
  setAside: async (tx: Tx, id: string) => one(await tx.query(setAside, [tx.organizationId, id, tx.now])),

  hasOpenOfWallet: async (tx: Tx, walletId: string, statuses: PaymentStatus[]) =>
    one(await tx.query(hasOpenOfWallet, [tx.organizationId, walletId, statuses]))?.found ?? false,
  hasOpenOfAgent: async (tx: Tx, agentId: string, statuses: PaymentStatus[]) =>
    one(await tx.query(hasOpenOfAgent, [tx.organizationId, agentId, statuses]))?.found ?? false,
  isBusy: async (tx: Tx, walletId: string, statuses: PaymentStatus[]) =>
    one(await tx.query(isBusy, [tx.organizationId, walletId, statuses]))?.found ?? false,
  looksBusy: async (database: Database, { organizationId, walletId }: PaymentRow, statuses: PaymentStatus[]) =>
    one(await database.query(organizationId, isBusy, [organizationId, walletId, statuses]))?.found ?? false,
  nextOfWallet: async (tx: Tx, { walletId, id }: { walletId: string; id: string }) =>
    one(await tx.query(nextOfWallet, [tx.organizationId, walletId, id]))?.id,
  async heldBack(tx: Tx, { agentId, walletId }: { agentId?: string; walletId?: string }, statuses: PaymentStatus[]) {
    const rows = await tx.query(heldBack, [tx.organizationId, agentId ?? null, walletId ?? null, statuses])
    return rows.map(({ id }) => id)
  },
  openSince: (tx: Tx, agentId: string | null, asset: string, since: Date, statuses: PaymentStatus[]) =>
    tx.query(openSince, [tx.organizationId, agentId, asset, since, statuses]),
  spentSince: (tx: Tx, agentId: string | null, asset: string, since: Date) =>
    tx.query(spentSince, [tx.organizationId, agentId, asset, since]),

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
}
