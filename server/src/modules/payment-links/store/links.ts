import { columns, type PaymentLinkRow, type PaymentLinkStatus } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'

const COLUMNS = columns.paymentLink

/** All that keys of a line asked for of an asset since a moment, whatever became of it. */
const askedSince = sql<{ asked: bigint }>(
  'links.askedSince',
  `select coalesce(sum(max_amount * max_payments), 0) as asked from payment_link
   where organization_id = $1 and key_family_id = $2 and asset = $3 and created_at >= $4`,
)

const insert = sql<PaymentLinkRow>(
  'links.insert',
  `insert into payment_link (organization_id, id, agent_id, integration_key_id, key_family_id, slug, chain, asset, min_amount, max_amount,
                             description, pay_to, is_own, max_payments, metadata, decision_id, created_by, expires_at, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19) returning ${COLUMNS}`,
)

/** Of all organisations: who opens a link names none. */
const findBySlug = sql<PaymentLinkRow>('links.findBySlug', `select ${COLUMNS} from payment_link where slug = $1`)

const find = sql<PaymentLinkRow>(
  'links.find',
  `select ${COLUMNS} from payment_link where organization_id = $1 and id = $2`,
)

const lock = sql<PaymentLinkRow>(
  'links.lock',
  `select ${COLUMNS} from payment_link where organization_id = $1 and id = $2 for update`,
)

/** Every link that money to this account may be for, the oldest first: who waits for several waits in this order. */
const lockOfAccount = sql<PaymentLinkRow>(
  'links.lockOfAccount',
  `select ${COLUMNS} from payment_link where organization_id = $1 and pay_to = $2 and asset = $3
     and (status = 'OPEN' or closed_at > $4) order by id for update`,
)

/** Takes room for a payment that is about to be sent: one row when there is some, and the link is open. */
const reserve = sql<PaymentLinkRow>(
  'links.reserve',
  `update payment_link set settling_count = settling_count + 1, revision = revision + 1, updated_at = $3
   where organization_id = $1 and id = $2 and status = 'OPEN' and (expires_at is null or expires_at > $3)
     and paid_count + settling_count < max_payments returning ${COLUMNS}`,
)

/** Gives the room back: it is proven that the payment will not come this way. */
const release = sql<PaymentLinkRow>(
  'links.release',
  `update payment_link set settling_count = settling_count - 1, revision = revision + 1, updated_at = $3
   where organization_id = $1 and id = $2 and settling_count > 0 returning ${COLUMNS}`,
)

/** Counts a payment, and closes the link with the last one. `$4`: 1 when room was taken for it before, else 0. */
const count = sql<PaymentLinkRow>(
  'links.count',
  `update payment_link
   set paid_count = paid_count + 1, settling_count = settling_count - $4::int, revision = revision + 1, updated_at = $3::timestamptz,
       status = case when paid_count + 1 = max_payments then 'PAID' else status end,
       closed_at = case when paid_count + 1 = max_payments then coalesce(closed_at, $3::timestamptz) else closed_at end
   where organization_id = $1 and id = $2 and status in ('OPEN', 'EXPIRED') and paid_count + settling_count - $4::int < max_payments
   returning ${COLUMNS}`,
)

/** Takes a counted payment back: the chain does not show it any more. */
const uncount = sql<PaymentLinkRow>(
  'links.uncount',
  `update payment_link
   set paid_count = paid_count - 1, revision = revision + 1, updated_at = $3,
       status = case when status = 'PAID' then 'OPEN' else status end,
       closed_at = case when status = 'PAID' then null else closed_at end
   where organization_id = $1 and id = $2 and paid_count > 0 returning ${COLUMNS}`,
)

/** One row when it was open, and no payment of it is on its way. */
const cancel = sql<PaymentLinkRow>(
  'links.cancel',
  `update payment_link set status = 'CANCELED', closed_at = $3, revision = revision + 1, updated_at = $3
   where organization_id = $1 and id = $2 and status = 'OPEN' and settling_count = 0 returning ${COLUMNS}`,
)

const expire = sql<PaymentLinkRow>(
  'links.expire',
  `update payment_link set status = 'EXPIRED', closed_at = $3, revision = revision + 1, updated_at = $3
   where organization_id = $1 and id = $2 and status = 'OPEN' and settling_count = 0 and expires_at <= $3 returning ${COLUMNS}`,
)

/** Those that can be canceled now go first. */
const openOfKey = sql<{ id: string }>(
  'links.openOfKey',
  `select id from payment_link where organization_id = $1 and integration_key_id = $2 and status = 'OPEN'
   order by settling_count > 0, id limit $3`,
)

/** Open ones of an agent; with an account, only those for a wallet of its own that is another one. */
const openOfAgent = sql<{ id: string }>(
  'links.openOfAgent',
  `select id from payment_link where organization_id = $1 and agent_id = $2 and status = 'OPEN'
     and ($4::text is null or (is_own and lower(pay_to) <> lower($4)))
   order by settling_count > 0, id limit $3`,
)

const one = <T>(rows: T[]): T | undefined => rows[0]

export type NewLink = Omit<
  PaymentLinkRow,
  'organizationId' | 'status' | 'paidCount' | 'settlingCount' | 'revision' | 'createdAt' | 'updatedAt' | 'closedAt'
>

export interface LinkFilter {
  readonly status?: PaymentLinkStatus
  readonly agentId?: string
  readonly keyFamilyId?: string
}

export const linkStore = {
  askedSince: async (tx: Tx, familyId: string, asset: string, since: Date): Promise<bigint> =>
    one(await tx.query(askedSince, [tx.organizationId, familyId, asset, since]))?.asked ?? 0n,
  async insert(tx: Tx, row: NewLink): Promise<PaymentLinkRow> {
    const { id, agentId, integrationKeyId, keyFamilyId, slug, chain, asset, minAmount, maxAmount } = row
    const asked = [id, agentId, integrationKeyId, keyFamilyId, slug, chain, asset, minAmount, maxAmount]
    const { description, payTo, isOwn, maxPayments, metadata, decisionId, createdBy, expiresAt } = row
    const terms = [description, payTo, isOwn, maxPayments, metadata, decisionId, createdBy, expiresAt]
    return one(await tx.query(insert, [tx.organizationId, ...asked, ...terms, tx.now])) as PaymentLinkRow
  },
  findBySlug: async (database: Database, slug: string) => one(await database.platform(findBySlug, [slug])),
  find: async (database: Database, organizationId: string, id: string) =>
    one(await database.query(organizationId, find, [organizationId, id])),
  lock: async (tx: Tx, id: string) => one(await tx.query(lock, [tx.organizationId, id])),
  lockOfAccount: (tx: Tx, payTo: string, asset: string, closedAfter: Date) =>
    tx.query(lockOfAccount, [tx.organizationId, payTo, asset, closedAfter]),
  reserve: async (tx: Tx, id: string) => one(await tx.query(reserve, [tx.organizationId, id, tx.now])),
  release: async (tx: Tx, id: string) => one(await tx.query(release, [tx.organizationId, id, tx.now])),
  count: async (tx: Tx, id: string, reserved: 0 | 1) =>
    one(await tx.query(count, [tx.organizationId, id, tx.now, reserved])),
  uncount: async (tx: Tx, id: string) => one(await tx.query(uncount, [tx.organizationId, id, tx.now])),
  cancel: async (tx: Tx, id: string) => one(await tx.query(cancel, [tx.organizationId, id, tx.now])),
  expire: async (tx: Tx, id: string) => one(await tx.query(expire, [tx.organizationId, id, tx.now])),
  async openOfKey(tx: Tx, keyId: string, most: number): Promise<string[]> {
    return (await tx.query(openOfKey, [tx.organizationId, keyId, most])).map(({ id }) => id)
  },
  async openOfAgent(tx: Tx, agentId: string, most: number, beside: string | null): Promise<string[]> {
    return (await tx.query(openOfAgent, [tx.organizationId, agentId, most, beside])).map(({ id }) => id)
  },

  list(database: Database, organizationId: string, page: PageRequest, filter: LinkFilter) {
    const { status, agentId, keyFamilyId } = filter
    return database.read(organizationId, (prisma) =>
      prisma.paymentLink.findMany({
        where: {
          organizationId,
          ...(status && { status }),
          ...(agentId && { agentId }),
          ...(keyFamilyId && { keyFamilyId }),
          ...(page.before && { id: { lt: page.before } }),
        },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      }),
    )
  },
}
