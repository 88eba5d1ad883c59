import { type CapabilityRow, columns, type LimitScope, type SpendingLimitRow } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'

const insert = sql<CapabilityRow>(
  'capabilities.insert',
  `insert into capability (organization_id, agent_id, revision, authority_level, task_types, providers, chains, assets,
                           payees_allow, payees_deny, tags, limits, approval_threshold, expires_at, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) returning ${columns.capability}`,
)

const current = sql<CapabilityRow>(
  'capabilities.current',
  `select ${columns.capability} from capability where organization_id = $1 and agent_id = $2
   order by revision desc limit 1`,
)

const ofAgents = sql<CapabilityRow>(
  'capabilities.ofAgents',
  `select distinct on (agent_id) ${columns.capability} from capability
   where organization_id = $1 and agent_id = any($2::uuid[]) order by agent_id, revision desc`,
)

const revisions = sql<CapabilityRow>(
  'capabilities.revisions',
  `select ${columns.capability} from capability where organization_id = $1 and agent_id = $2 and revision < $3
   order by revision desc limit $4`,
)

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

/** The limits a payment counts against (its agent's and its organisation's), with what is taken of each just now. */
const usesFor = sql<UseRow>(
  'capabilities.usesFor',
  `select ${useColumns}, nullif(case when l.per_payee then $8::text else '' end, '') as payee
   from spending_limit l
   left join limit_counter c
     on c.organization_id = l.organization_id and c.limit_id = l.id and c.window_start = ${windowStart}
    and c.payee = case when l.per_payee then $8::text else '' end
   where l.organization_id = $1 and l.scope_id in ($1::uuid, $2::uuid) and l.asset = $3 and l.is_active
   order by l.id`,
)

/** Every limit of an agent (and its organisation's), a row per payee for limits per payee. */
const usesOf = sql<UseRow>(
  'capabilities.usesOf',
  `select ${useColumns}, nullif(c.payee, '') as payee
   from spending_limit l
   left join limit_counter c
     on c.organization_id = l.organization_id and c.limit_id = l.id and c.window_start = ${windowStart}
   where l.organization_id = $1 and l.scope_id in ($1::uuid, $2::uuid) and l.is_active and ($3::text is null or l.asset = $3)
   order by l.scope, l.id, c.payee limit 1000`,
)

/**
 * Takes an amount of every limit at once, in one order of rows so that no two payments wait for each other. A limit
 * without room gives no row back: the caller then takes none of them.
 */
const reserve = sql<{ limitId: string }>(
  'capabilities.reserve',
  `insert into limit_counter as c
     (organization_id, limit_id, window_start, payee, reserved_amount, reserved_count, cap_amount, cap_count)
   select $1::uuid, x.limit_id, x.window_start, x.payee, $2::numeric, 1, x.cap_amount, x.cap_count
   from unnest($3::uuid[], $4::timestamptz[], $5::text[], $6::numeric[], $7::int[])
     as x (limit_id, window_start, payee, cap_amount, cap_count)
   where (x.cap_amount is null or $2::numeric <= x.cap_amount) and (x.cap_count is null or x.cap_count >= 1)
   order by x.limit_id, x.window_start, x.payee
   on conflict (organization_id, limit_id, window_start, payee) do update
     set reserved_amount = c.reserved_amount + excluded.reserved_amount, reserved_count = c.reserved_count + 1,
         cap_amount = excluded.cap_amount, cap_count = excluded.cap_count
     where (excluded.cap_amount is null
            or c.reserved_amount + c.spent_amount + excluded.reserved_amount <= excluded.cap_amount)
       and (excluded.cap_count is null or c.reserved_count + c.spent_count + 1 <= excluded.cap_count)
   returning limit_id as "limitId"`,
)

/** Undoes a part of `reserve` in the transaction that made it, which nobody else has seen. */
const giveBack = sql(
  'capabilities.giveBack',
  `update limit_counter c set reserved_amount = c.reserved_amount - $2::numeric, reserved_count = c.reserved_count - 1
   from unnest($3::uuid[], $4::timestamptz[], $5::text[]) as x (limit_id, window_start, payee)
   where c.organization_id = $1 and (c.limit_id, c.window_start, c.payee) = (x.limit_id, x.window_start, x.payee)`,
)

const reservedBy = sql<{ limitId: string; windowStart: Date }>(
  'capabilities.reservedBy',
  `select limit_id as "limitId", window_start as "windowStart" from reservation
   where organization_id = $1 and payment_id = $2 and status = 'RESERVED'`,
)

const keep = sql(
  'capabilities.keepReservations',
  `insert into reservation (organization_id, payment_id, limit_id, window_start, payee, amount)
   select $1, $2, x.limit_id, x.window_start, x.payee, $3
   from unnest($4::uuid[], $5::timestamptz[], $6::text[]) as x (limit_id, window_start, payee)
   on conflict (organization_id, payment_id, limit_id) do update
     set window_start = excluded.window_start, payee = excluded.payee, amount = excluded.amount, status = 'RESERVED'
     where reservation.status = 'RELEASED'`,
)

/**
 * Ends the reservations of a payment once: as spent, or given back. The second call finds none that are open and
 * changes nothing. Counters are locked in the order in which `reserve` takes them.
 */
const settle = sql(
  'capabilities.settle',
  `with ended as (
     update reservation set status = case when $3 then 'SPENT' else 'RELEASED' end::reservation_status
     where organization_id = $1 and payment_id = $2 and status = 'RESERVED'
     returning limit_id, window_start, payee, amount
   ), locked as materialized (
     select c.limit_id, c.window_start, c.payee, e.amount
     from limit_counter c join ended e using (limit_id, window_start, payee)
     where c.organization_id = $1
     order by c.limit_id, c.window_start, c.payee for update of c
   )
   update limit_counter c
   set reserved_amount = c.reserved_amount - l.amount, reserved_count = c.reserved_count - 1,
       spent_amount = c.spent_amount + case when $3 then l.amount else 0 end,
       spent_count = c.spent_count + case when $3 then 1 else 0 end
   from locked l
   where c.organization_id = $1 and (c.limit_id, c.window_start, c.payee) = (l.limit_id, l.window_start, l.payee)`,
)

/** What a limit that comes into force finds already taken in its present window, as the payments tell it. */
const seedCounter = sql(
  'capabilities.seedCounter',
  `insert into limit_counter as c (organization_id, limit_id, window_start, payee, reserved_amount, spent_amount,
                                   reserved_count, spent_count)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (organization_id, limit_id, window_start, payee) do update
     set reserved_amount = excluded.reserved_amount, spent_amount = excluded.spent_amount,
         reserved_count = excluded.reserved_count, spent_count = excluded.spent_count, cap_amount = null, cap_count = null`,
)

const seedReservation = sql(
  'capabilities.seedReservation',
  `insert into reservation (organization_id, payment_id, limit_id, window_start, payee, amount)
   values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
)

export interface Starts {
  hour: Date
  day: Date
  week: Date
  month: Date
}
export interface Place {
  limitId: string
  windowStart: Date
  payee: string
  maxAmount: bigint | null
  maxCount: number | null
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

const ofPlaces = (places: Place[]) => [
  places.map(({ limitId }) => limitId),
  places.map((place) => place.windowStart),
  places.map(({ payee }) => payee),
]

export const capabilityStore = {
  async insert(tx: Tx, row: CapabilityRow): Promise<CapabilityRow> {
    const lists = [row.taskTypes, row.providers, row.chains, row.assets, row.payeesAllow, row.payeesDeny, row.tags]
    const [made] = await tx.query(insert, [
      ...[tx.organizationId, row.agentId, row.revision, row.authorityLevel, ...lists],
      ...[JSON.stringify(row.limits), JSON.stringify(row.approvalThreshold), row.expiresAt, row.createdBy, tx.now],
    ])
    return made as CapabilityRow
  },
  current: async (tx: Tx, agentId: string) => (await tx.query(current, [tx.organizationId, agentId]))[0],
  read: async (database: Database, organizationId: string, agentId: string) =>
    (await database.query(organizationId, current, [organizationId, agentId]))[0],
  ofAgents: (tx: Tx, agentIds: string[]) => tx.query(ofAgents, [tx.organizationId, agentIds]),
  revisions: (database: Database, organizationId: string, agentId: string, page: { below: number; limit: number }) =>
    database.query(organizationId, revisions, [organizationId, agentId, page.below, page.limit]),

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

  usesFor(tx: Tx, about: { agentId: string; asset: string; payee: string }, starts: Starts): Promise<UseRow[]> {
    const { hour, day, week, month } = starts
    return tx.query(usesFor, [tx.organizationId, about.agentId, about.asset, hour, day, week, month, about.payee])
  },
  usesOf(database: Database, organizationId: string, agentId: string, starts: Starts): Promise<UseRow[]> {
    const { hour, day, week, month } = starts
    return database.query(organizationId, usesOf, [organizationId, agentId, null, hour, day, week, month])
  },

  /** The places that had room, and from which the amount is now taken. */
  async reserve(tx: Tx, amount: bigint, places: Place[]): Promise<Place[]> {
    const caps = [places.map(({ maxAmount }) => maxAmount), places.map(({ maxCount }) => maxCount)]
    const rows = await tx.query(reserve, [tx.organizationId, amount, ...ofPlaces(places), ...caps])
    const taken = new Set(rows.map(({ limitId }) => limitId))
    return places.filter(({ limitId }) => taken.has(limitId))
  },
  giveBack: (tx: Tx, amount: bigint, places: Place[]) =>
    tx.query(giveBack, [tx.organizationId, amount, ...ofPlaces(places)]),
  reservedBy: (tx: Tx, paymentId: string) => tx.query(reservedBy, [tx.organizationId, paymentId]),
  keep: (tx: Tx, paymentId: string, amount: bigint, places: Place[]) =>
    tx.query(keep, [tx.organizationId, paymentId, amount, ...ofPlaces(places)]),
  settle: (tx: Tx, paymentId: string, isSpent: boolean) => tx.query(settle, [tx.organizationId, paymentId, isSpent]),

  async seedCounter(tx: Tx, at: { limitId: string; windowStart: Date; payee: string }, taken: Taken): Promise<void> {
    const { reserved, spent, reservedCount, spentCount } = taken
    await tx.query(seedCounter, [
      ...[tx.organizationId, at.limitId, at.windowStart, at.payee, reserved, spent, reservedCount, spentCount],
    ])
  },
  async seedReservation(
    tx: Tx,
    at: { limitId: string; windowStart: Date; payee: string },
    open: OpenPayment,
  ): Promise<void> {
    await tx.query(seedReservation, [
      tx.organizationId,
      open.paymentId,
      at.limitId,
      at.windowStart,
      at.payee,
      open.amount,
    ])
  },
}

export interface Taken {
  reserved: bigint
  spent: bigint
  reservedCount: number
  spentCount: number
}
export interface OpenPayment {
  paymentId: string
  payee: string
  amount: bigint
}
