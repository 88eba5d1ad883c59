import {
  columns,
  type DeliveryStatus,
  type WebhookCursorRow,
  type WebhookDeliveryRow,
  type WebhookRow,
} from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'
import { LIFETIME_HOURS, OVERLAP_HOURS } from './rules.ts'

/** Two who add at the same time count one after the other. It ends with the transaction. */
const lockAll = sql('webhooks.lockAll', `select pg_advisory_xact_lock(hashtextextended('webhooks/' || $1::text, 0))`)

const count = sql<{ count: number }>(
  'webhooks.count',
  'select count(*)::int as count from webhook where organization_id = $1',
)

const insert = sql<WebhookRow>(
  'webhooks.insert',
  `insert into webhook (organization_id, id, url, types, agent_id, description, secret, created_by, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) returning ${columns.webhook}`,
)

const begin = sql(
  'webhooks.begin',
  `insert into webhook_cursor (organization_id, webhook_id, next_leaf_index, due_at)
   values ($1, $2, $3, clock_timestamp())`,
)

const find = sql<WebhookRow>(
  'webhooks.find',
  `select ${columns.webhook} from webhook where organization_id = $1 and id = $2`,
)

const progress = sql<Progress>(
  'webhooks.progress',
  `select next_leaf_index as "nextLeafIndex", failing_since as "failingSince"
   from webhook_cursor where organization_id = $1 and webhook_id = $2`,
)

/** No row when it is gone, or at another revision than the one that was read. */
const change = sql<WebhookRow>(
  'webhooks.change',
  `update webhook
   set url = coalesce($4, url), types = coalesce($5, types), description = coalesce($6, description),
       status = coalesce($7, status), status_reason = case when $7 is null then status_reason else $8 end,
       revision = revision + 1, updated_at = $9
   where organization_id = $1 and id = $2 and ($3::int is null or revision = $3) returning ${columns.webhook}`,
)

/** The secret in force becomes the one before, which signs for a while yet. */
const rotate = sql<WebhookRow>(
  'webhooks.rotate',
  `update webhook
   set previous_secret = secret, previous_secret_until = $4::timestamptz + ${OVERLAP_HOURS} * interval '1 hour', secret = $3,
       revision = revision + 1, updated_at = $4
   where organization_id = $1 and id = $2 returning ${columns.webhook}`,
)

const remove = sql<WebhookRow>(
  'webhooks.remove',
  `delete from webhook where organization_id = $1 and id = $2 and ($3::int is null or revision = $3)
   returning ${columns.webhook}`,
)

/** Goes on where it stopped: what waited has its time again. */
const resume = sql(
  'webhooks.resume',
  `with waiting as (
     update webhook_delivery
     set next_attempt_at = clock_timestamp(), expires_at = clock_timestamp() + ${LIFETIME_HOURS} * interval '1 hour'
     where organization_id = $1 and webhook_id = $2 and status = 'PENDING'
   )
   update webhook_cursor set due_at = clock_timestamp(), failures = 0, failing_since = null
   where organization_id = $1 and webhook_id = $2`,
)

const pause = sql(
  'webhooks.pause',
  'update webhook_cursor set due_at = null where organization_id = $1 and webhook_id = $2',
)

/** Looks at it now, also when it rests because it took nothing. */
const hasten = sql(
  'webhooks.hasten',
  'update webhook_cursor set due_at = clock_timestamp() where organization_id = $1 and webhook_id = $2 and due_at is not null',
)

/** Only backwards: what follows is told again, each event once. */
const rewind = sql(
  'webhooks.rewind',
  `update webhook_cursor set next_leaf_index = least(next_leaf_index, $3), due_at = clock_timestamp()
   where organization_id = $1 and webhook_id = $2 and due_at is not null`,
)

const addTest = sql<WebhookDeliveryRow>(
  'webhooks.addTest',
  `insert into webhook_delivery (organization_id, id, webhook_id, event_id, type, next_attempt_at, expires_at, created_at)
   values ($1, $3, $2, $3, $4, clock_timestamp(), clock_timestamp() + ${LIFETIME_HOURS} * interval '1 hour', $5)
   returning ${columns.webhookDelivery}`,
)

/** No row while it is being tried anyway. */
const tryAgain = sql<WebhookDeliveryRow>(
  'webhooks.tryAgain',
  `update webhook_delivery
   set status = 'PENDING', attempts = 0, delivered_at = null, next_attempt_at = clock_timestamp(),
       expires_at = clock_timestamp() + ${LIFETIME_HOURS} * interval '1 hour'
   where organization_id = $1 and webhook_id = $2 and id = $3 and status <> 'PENDING' returning ${columns.webhookDelivery}`,
)

const hasDelivery = sql<{ id: string }>(
  'webhooks.hasDelivery',
  'select id from webhook_delivery where organization_id = $1 and webhook_id = $2 and id = $3',
)

/** How far a webhook is. */
export type Progress = Pick<WebhookCursorRow, 'nextLeafIndex' | 'failingSince'>

export interface NewWebhook extends Pick<WebhookRow, 'id' | 'url' | 'types' | 'agentId' | 'description' | 'secret'> {
  readonly createdBy: string
  readonly nextLeafIndex: number
}

export interface WebhookChange extends Partial<Pick<WebhookRow, 'url' | 'types' | 'description' | 'status'>> {
  readonly statusReason?: string | null
}

export const webhookStore = {
  async countAlone(tx: Tx): Promise<number> {
    await tx.query(lockAll, [tx.organizationId])
    const [row] = await tx.query(count, [tx.organizationId])
    return row?.count ?? 0
  },

  async insert(tx: Tx, row: NewWebhook): Promise<WebhookRow> {
    const { id, url, types, agentId, description, secret, createdBy, nextLeafIndex } = row
    const values = [id, url, types, agentId, description, secret, createdBy, tx.now]
    const [made] = await tx.query(insert, [tx.organizationId, ...values])
    tx.send(begin, [tx.organizationId, id, nextLeafIndex])
    return made as WebhookRow
  },

  findIn: async (tx: Tx, id: string) => (await tx.query(find, [tx.organizationId, id]))[0],

  find: async (database: Database, organizationId: string, id: string) =>
    (await database.query(organizationId, find, [organizationId, id]))[0],

  list: (database: Database, organizationId: string, { before, limit }: PageRequest) =>
    database.read(organizationId, (prisma) =>
      prisma.webhook.findMany({
        where: { organizationId, ...(before && { id: { lt: before } }) },
        orderBy: { id: 'desc' },
        take: limit + 1,
      }),
    ),

  progress: async (database: Database, organizationId: string, id: string): Promise<Progress | undefined> =>
    (await database.query(organizationId, progress, [organizationId, id]))[0],

  async change(
    tx: Tx,
    id: string,
    { url, types, description, status, statusReason }: WebhookChange,
    revision?: number,
  ) {
    const [row] = await tx.query(change, [
      ...[tx.organizationId, id, revision ?? null],
      ...[url ?? null, types ?? null, description ?? null, status ?? null, statusReason ?? null, tx.now],
    ])
    return row
  },

  rotate: async (tx: Tx, id: string, secret: string) =>
    (await tx.query(rotate, [tx.organizationId, id, secret, tx.now]))[0],

  remove: async (tx: Tx, id: string, revision?: number) =>
    (await tx.query(remove, [tx.organizationId, id, revision ?? null]))[0],

  resume: (tx: Tx, id: string): void => tx.send(resume, [tx.organizationId, id]),
  pause: (tx: Tx, id: string): void => tx.send(pause, [tx.organizationId, id]),
  hasten: (tx: Tx, id: string): void => tx.send(hasten, [tx.organizationId, id]),
  rewind: (tx: Tx, id: string, to: number): void => tx.send(rewind, [tx.organizationId, id, to]),

  async addTest(tx: Tx, webhookId: string, { id, type }: { id: string; type: string }): Promise<WebhookDeliveryRow> {
    const [row] = await tx.query(addTest, [tx.organizationId, webhookId, id, type, tx.now])
    return row as WebhookDeliveryRow
  },

  tryAgain: async (tx: Tx, webhookId: string, id: string) =>
    (await tx.query(tryAgain, [tx.organizationId, webhookId, id]))[0],

  hasDelivery: async (tx: Tx, webhookId: string, id: string): Promise<boolean> =>
    (await tx.query(hasDelivery, [tx.organizationId, webhookId, id])).length === 1,

  deliveries: (
    database: Database,
    organizationId: string,
    { before, limit }: PageRequest,
    { webhookId, status }: { webhookId: string; status?: DeliveryStatus },
  ) =>
    database.read(organizationId, (prisma) =>
      prisma.webhookDelivery.findMany({
        where: { organizationId, webhookId, ...(status && { status }), ...(before && { id: { lt: before } }) },
        orderBy: { id: 'desc' },
        take: limit + 1,
      }),
    ),
}
