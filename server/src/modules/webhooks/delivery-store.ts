import type { WebhookDeliveryRow } from '@wedi/database'
import type { FeedEntry } from '#modules/decisions'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import { newId } from '#platform/ids'
import { LIFETIME_HOURS } from './rules.ts'

const FORGOTTEN_AFTER_DAYS = 30
/** Of what is over, in one turn. */
const SWEPT = 500

/** A webhook that is this process's until the lease ends. */
export interface Leased {
  readonly organizationId: string
  readonly webhookId: string
  readonly token: string
  readonly nextLeafIndex: bigint
  /** Turns in a row without a success. */
  readonly failures: number
}

/**
 * There is something new in the log: in the transaction that puts it there, so that no webhook misses it. The row is taken
 * in any case: whoever looks at the webhook just now, or ends its turn, waits for this transaction and sees what it brought.
 * A webhook that rests because it takes nothing is left to rest and looks by itself.
 */
const wake = sql(
  'webhooks.wake',
  `update webhook_cursor set due_at = case when failures = 0 then least(due_at, clock_timestamp()) else due_at end
   where organization_id = $1 and due_at is not null`,
)

/** Takes due webhooks for this process, one turn each; what a dead process held comes back when its lease ends. */
const lease = sql<Omit<Leased, 'token'>>(
  'webhooks.lease',
  `update webhook_cursor
   set lease_token = $1, lease_until = clock_timestamp() + $3::int * interval '1 second',
       due_at = clock_timestamp() + $3::int * interval '1 second'
   where (organization_id, webhook_id) in (
     select organization_id, webhook_id from webhook_cursor
     where due_at <= clock_timestamp() and (lease_until is null or lease_until <= clock_timestamp())
     order by due_at limit $2 for update skip locked)
   returning organization_id as "organizationId", webhook_id as "webhookId", next_leaf_index as "nextLeafIndex", failures`,
)

const backlog = sql<{ count: number }>(
  'webhooks.backlog',
  `select count(*)::int as count from (
     select 1 from webhook_delivery where organization_id = $1 and webhook_id = $2 and status = 'PENDING' limit $3) waiting`,
)

/**
 * Moves on in the log and writes a delivery for each event that is wanted, both or neither; nothing when the place or the
 * lease is another by now. What was told before (the place was set back) is told again.
 */
const fanOut = sql<{ moved: boolean }>(
  'webhooks.fanOut',
  `with moved as (
     update webhook_cursor set next_leaf_index = $4
     where organization_id = $1 and webhook_id = $2 and next_leaf_index = $3 and lease_token = $5 returning webhook_id
   ), told as (
     insert into webhook_delivery as d
       (organization_id, id, webhook_id, leaf_index, event_id, type, next_attempt_at, expires_at, created_at)
     select $1, e.id, moved.webhook_id, e.leaf_index, e.event_id, e.type, clock_timestamp(),
            clock_timestamp() + ${LIFETIME_HOURS} * interval '1 hour', now()
     from moved, unnest($6::uuid[], $7::bigint[], $8::uuid[], $9::text[]) as e (id, leaf_index, event_id, type)
     on conflict (organization_id, webhook_id, leaf_index) do update
       set status = 'PENDING', attempts = 0, delivered_at = null, next_attempt_at = excluded.next_attempt_at,
           expires_at = excluded.expires_at
       where d.status <> 'PENDING'
   )
   select exists (select from moved) as moved`,
)

/** What its time ran out for without an attempt at the end, because the address took nothing at all. */
const expire = sql(
  'webhooks.expire',
  `update webhook_delivery set status = 'DEAD_LETTER', next_attempt_at = null
   where organization_id = $1 and webhook_id = $2 and id in (
     select id from webhook_delivery
     where organization_id = $1 and webhook_id = $2 and status = 'PENDING' and expires_at < clock_timestamp() and $3
     limit ${SWEPT})`,
)

const forget = sql(
  'webhooks.forget',
  `delete from webhook_delivery where organization_id = $1 and webhook_id = $2 and id in (
     select id from webhook_delivery
     where organization_id = $1 and webhook_id = $2 and status = 'DELIVERED'
       and delivered_at < clock_timestamp() - ${FORGOTTEN_AFTER_DAYS} * interval '1 day' limit ${SWEPT})`,
)

export type Due = Pick<WebhookDeliveryRow, 'id' | 'leafIndex' | 'eventId' | 'type' | 'attempts' | 'createdAt'>

const due = sql<Due>(
  'webhooks.due',
  `select id, leaf_index as "leafIndex", event_id as "eventId", type, attempts, created_at as "createdAt"
   from webhook_delivery
   where organization_id = $1 and webhook_id = $2 and status = 'PENDING' and next_attempt_at <= clock_timestamp()
   order by next_attempt_at, id limit $3`,
)

const delivered = sql(
  'webhooks.delivered',
  `update webhook_delivery
   set status = 'DELIVERED', delivered_at = clock_timestamp(), next_attempt_at = null, attempts = attempts + 1,
       response_status = $4, last_error = null
   where organization_id = $1 and webhook_id = $2 and id = $3 and status = 'PENDING'`,
)

/** Once for each attempt. The last one is when its time is over; after that, or when it is final, it is a dead letter. */
const failed = sql(
  'webhooks.failed',
  `update webhook_delivery
   set attempts = attempts + 1, response_status = $5, last_error = $6,
       status = case when $8 or expires_at <= clock_timestamp() then 'DEAD_LETTER'::delivery_status else 'PENDING' end,
       next_attempt_at = case when $8 or expires_at <= clock_timestamp() then null
                              else least(expires_at, clock_timestamp() + $7::int * interval '1 millisecond') end
   where organization_id = $1 and webhook_id = $2 and id = $3 and status = 'PENDING' and attempts = $4`,
)

/**
 * Ends a turn. It is due again when it was woken meanwhile, when there is more, or when the next delivery is, and not before
 * its rest is over. One that was disabled meanwhile stays so.
 */
const settle = sql<{ failingSince: Date | null }>(
  'webhooks.settle',
  `update webhook_cursor c
   set lease_token = null, lease_until = null,
       failures = case $4 when 'failed' then failures + 1 when 'delivered' then 0 else failures end,
       failing_since = case $4 when 'failed' then coalesce(failing_since, clock_timestamp())
                               when 'delivered' then null else failing_since end,
       due_at = case when due_at is null then null else greatest(
         clock_timestamp() + $5::int * interval '1 millisecond',
         least(case when due_at < lease_until or $6 then clock_timestamp() end, 'infinity', (
           select min(next_attempt_at) from webhook_delivery d
           where d.organization_id = $1 and d.webhook_id = $2 and d.status = 'PENDING'))) end
   where organization_id = $1 and webhook_id = $2 and lease_token = $3
   returning failing_since as "failingSince"`,
)

export interface TurnEnd {
  /** `none`: nothing was sent. */
  readonly outcome: 'delivered' | 'failed' | 'none'
  readonly restMs: number
  readonly hasMore: boolean
}

/** What the sender asks of the database, one statement at a time: no transaction is open while anything is sent. */
export const deliveryStore = {
  wake: (tx: Tx): void => tx.send(wake, [tx.organizationId]),

  async lease(database: Database, limit: number, seconds: number): Promise<Leased[]> {
    const token = newId()
    const rows = await database.platform(lease, [token, limit, seconds])
    return rows.map((row) => ({ ...row, token }))
  },

  async backlog(database: Database, { organizationId, webhookId }: Leased, limit: number): Promise<number> {
    const [row] = await database.query(organizationId, backlog, [organizationId, webhookId, limit])
    return row?.count ?? 0
  },

  async fanOut(database: Database, leased: Leased, wanted: readonly FeedEntry[], to: number): Promise<boolean> {
    const { organizationId, webhookId, nextLeafIndex, token } = leased
    const [row] = await database.query(organizationId, fanOut, [
      ...[organizationId, webhookId, nextLeafIndex, to, token],
      wanted.map(() => newId()),
      wanted.map(({ leafIndex }) => leafIndex),
      wanted.map(({ id }) => id),
      wanted.map(({ type }) => type),
    ])
    return row?.moved === true
  },

  /** What is over goes. Of a webhook that takes nothing, what waits behind the one that is tried has its time, too. */
  async sweep(database: Database, { organizationId, webhookId, failures }: Leased): Promise<void> {
    await database.query(organizationId, expire, [organizationId, webhookId, failures > 0])
    await database.query(organizationId, forget, [organizationId, webhookId])
  },

  due: (database: Database, { organizationId, webhookId }: Leased, limit: number) =>
    database.query(organizationId, due, [organizationId, webhookId, limit]),

  async delivered(
    database: Database,
    { organizationId, webhookId }: Leased,
    id: string,
    status: number,
  ): Promise<void> {
    await database.query(organizationId, delivered, [organizationId, webhookId, id, status])
  },

  async failed(
    database: Database,
    { organizationId, webhookId }: Leased,
    { id, attempts }: Pick<Due, 'id' | 'attempts'>,
    how: { status: number | null; error: string | null; pauseMs: number; isFinal: boolean },
  ): Promise<void> {
    const values = [attempts, how.status, how.error, how.pauseMs, how.isFinal]
    await database.query(organizationId, failed, [organizationId, webhookId, id, ...values])
  },

  /** Undefined when it is not ours any more. */
  async settle(database: Database, { organizationId, webhookId, token }: Leased, end: TurnEnd) {
    const values = [organizationId, webhookId, token, end.outcome, end.restMs, end.hasMore]
    const [row] = await database.query(organizationId, settle, values)
    return row
  },
}
