import { columns, type LimitScope, type SpendingLimitRow } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'

/** The limit of this scope, window, asset and perPayee gets these caps; it is made when there is none. */
const putLimit = sql<SpendingLimitRow & { wasInForce: boolean }>(
  'capabilities.putLimit',
  `with before as (
     select is_active from spending_limit
     where organization_id = $1 and scope_id = $4 and limit_window = $5 and asset = $6 and per_payee = $7
   )
   insert into spending_limit as l
     (organization_id, id, scope, scope_id, limit_window, asset, per_payee, max_amount, max_count, is_active, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true, $10, $10)
   on conflict (organization_id, scope_id, limit_window, asset, per_payee) do update
     set max_amount = excluded.max_amount, max_count = excluded.max_count, is_active = true, updated_at = excluded.updated_at
   returning ${columns.spendingLimit}, coalesce((select is_active from before), false) as "wasInForce"`,
)

/** Limits of a scope that its newest list no longer names are out of force; their counters stay. */
const dropOthers = sql(
  'capabilities.dropOthers',
  `update spending_limit set is_active = false, updated_at = $4
   where organization_id = $1 and scope_id = $2 and is_active and id <> all($3::uuid[])`,
)

const limitsOf = sql<SpendingLimitRow>(
  'capabilities.limitsOf',
  `select ${columns.spendingLimit} from spending_limit where organization_id = $1 and scope_id = $2 and is_active order by id`,
)

export interface UseRow {
  limitId: string
  scope: LimitScope
  window: SpendingLimitRow['window']
  asset: string
  perPayee: boolean
  payee: string | null
  maxAmount: bigint | null
  maxCount: number | null
  reserved: bigint
  spent: bigint
  reservedCount: number
  spentCount: number
}

const windowStart = `case l.limit_window when 'HOUR' then $4::timestamptz when 'DAY' then $5::timestamptz
  when 'WEEK' then $6::timestamptz when 'MONTH' then $7::timestamptz else to_timestamp(0) end`

const useColumns = `l.id as "limitId", l.scope, l.limit_window as "window", l.asset, l.per_payee as "perPayee",
  l.max_amount as "maxAmount", l.max_count as "maxCount",
  coalesce(c.reserved_amount, 0)::numeric(78, 0) as reserved, coalesce(c.spent_amount, 0)::numeric(78, 0) as spent,
  coalesce(c.reserved_count, 0) as "reservedCount", coalesce(c.spent_count, 0) as "spentCount"`

/**
 * The limits a payment counts against (its agent's and its organisation's), with what is taken of each: in the window of
 * now, or in the one that the payment holds its part in.
 */
const usesFor = sql<UseRow & { heldIn: Date | null }>(
  'capabilities.usesFor',
  `select ${useColumns}, nullif(case when l.per_payee then $8::text else '' end, '') as payee, r.window_start as "heldIn"
   from spending_limit l
   left join reservation r
     on r.organization_id = l.organization_id and r.payment_id = $9::uuid and r.limit_id = l.id and r.status = 'RESERVED'
   left join limit_counter c
     on c.organization_id = l.organization_id and c.limit_id = l.id and c.window_start = coalesce(r.window_start, ${windowStart})
    and c.payee = case when l.per_payee then $8::text else '' end
   where l.organization_id = $1 and l.scope_id in ($1::uuid, $2::uuid) and l.asset = $3 and l.is_active
   order by l.id`,
)

/** The limits of many agents and their organisation on these assets, a row per payee for limits per payee. */
const usesOfMany = sql<UseRow & { scopeId: string }>(
  'capabilities.usesOfMany',
  `select ${useColumns}, l.scope_id as "scopeId", p.payee
   from spending_limit l
   cross join lateral (
     select x.payee from unnest($8::text[]) as x (payee) where l.per_payee union all select '' where not l.per_payee) p
   left join limit_counter c
     on c.organization_id = l.organization_id and c.limit_id = l.id and c.window_start = ${windowStart} and c.payee = p.payee
   where l.organization_id = $1 and (l.scope_id = $1 or l.scope_id = any($2::uuid[])) and l.asset = any($3::text[]) and l.is_active
   order by l.id`,
)

/** Every limit of an agent (and its organisation's), a row per payee for limits per payee, which come last. */
const usesOf = sql<UseRow>(
  'capabilities.usesOf',
  `select ${useColumns}, nullif(c.payee, '') as payee
   from spending_limit l
   left join limit_counter c
     on c.organization_id = l.organization_id and c.limit_id = l.id and c.window_start = ${windowStart}
   where l.organization_id = $1 and l.scope_id in ($1::uuid, $2::uuid) and l.is_active and ($3::text is null or l.asset = $3)
   order by l.per_payee, l.scope, l.id, c.payee limit $8`,
)

/**
 * Forgets counters of windows that began before a time, though not those that a payment still has a part of (its end
 * changes them), nor those of lifetimes, which began with time itself. The earlier of two clocks decides: one that runs
 * ahead alone must not empty a window that is still on.
 */
const forgetCounters = sql(
  'capabilities.forgetCounters',
  `delete from limit_counter where ctid in (
     select ctid from limit_counter
     where window_start > to_timestamp(0) and window_start < least($1::timestamptz, now()) - interval '90 days'
       and reserved_count = 0 and reserved_amount = 0
     limit 10000)
   and reserved_count = 0 and reserved_amount = 0`,
)

export interface UsesAbout {
  agentId: string
  asset: string
  payee: string
  /** One that has reserved already. */
  paymentId?: string
}
export interface UsesAboutMany {
  readonly agentIds: readonly string[]
  readonly assets: readonly string[]
  /** In lower case. */
  readonly payees: readonly string[]
}
export interface Starts {
  hour: Date
  day: Date
  week: Date
  month: Date
}
export interface LimitToPut {
  id: string
  scope: LimitScope
  scopeId: string
  window: SpendingLimitRow['window']
  asset: string
  perPayee: boolean
  maxAmount: string | null
  maxCount: number | null
}

export const limitStore = {
  forgetCounters: (database: Database, now: Date) => database.platform(forgetCounters, [now]),
  async putLimit(tx: Tx, limit: LimitToPut) {
    const { id, scope, scopeId, window, asset, perPayee, maxAmount, maxCount } = limit
    const [row] = await tx.query(putLimit, [
      ...[tx.organizationId, id, scope, scopeId, window, asset, perPayee, maxAmount, maxCount, tx.now],
    ])
    return row as SpendingLimitRow & { wasInForce: boolean }
  },
  dropOthers: (tx: Tx, scopeId: string, kept: string[]) =>
    tx.query(dropOthers, [tx.organizationId, scopeId, kept, tx.now]),
  limitsOf: (database: Database, organizationId: string, scopeId: string) =>
    database.query(organizationId, limitsOf, [organizationId, scopeId]),

  usesFor(tx: Tx, { agentId, asset, payee, paymentId }: UsesAbout, { hour, day, week, month }: Starts) {
    return tx.query(usesFor, [tx.organizationId, agentId, asset, hour, day, week, month, payee, paymentId ?? null])
  },
  usesOfMany(tx: Tx, { agentIds, assets, payees }: UsesAboutMany, { hour, day, week, month }: Starts) {
    return tx.query(usesOfMany, [tx.organizationId, agentIds, assets, hour, day, week, month, payees])
  },
  usesOf(database: Database, agent: { organizationId: string; id: string }, starts: Starts, limit: number) {
    const { hour, day, week, month } = starts
    const { organizationId, id } = agent
    return database.query(organizationId, usesOf, [organizationId, id, null, hour, day, week, month, limit])
  },
}
