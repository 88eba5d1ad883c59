import type { Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'

/**
 * Takes the amounts of a batch of payments of all their limits, each payment's of all or of none, in the order given.
 * See the function's migration for how it admits and locks.
 */
const reserve = sql<{ taken: boolean[] }>(
  'capabilities.reserve',
  'select reserve_limits($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as taken',
)

/**
 * Ends the reservations of payments once: as spent, or given back. The second call finds none that are open and changes
 * nothing. Reservations and counters are locked in one order, the counters in that of `reserve`,
 * and found as it finds them: a counter of an open reservation is always there.
 */
const settle = sql(
  'capabilities.settle',
  `with ended as (
     update reservation set status = case when $3 then 'SPENT' else 'RELEASED' end::reservation_status
     where (organization_id, payment_id, limit_id) in (
       select organization_id, payment_id, limit_id from reservation
       where organization_id = $1 and payment_id = any($2::uuid[]) and status = 'RESERVED'
       order by payment_id, limit_id for update)
     returning limit_id, window_start, payee, amount
   )
   insert into limit_counter as c (organization_id, limit_id, window_start, payee,
                                   reserved_amount, reserved_count, spent_amount, spent_count)
   select $1, limit_id, window_start, payee, sum(amount), count(*),
          case when $3 then sum(amount) else 0 end, case when $3 then count(*) else 0 end
   from ended group by limit_id, window_start, payee order by limit_id, window_start, payee
   on conflict (organization_id, limit_id, window_start, payee) do update
     set reserved_amount = c.reserved_amount - excluded.reserved_amount,
         reserved_count = c.reserved_count - excluded.reserved_count,
         spent_amount = c.spent_amount + excluded.spent_amount,
         spent_count = c.spent_count + excluded.spent_count`,
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

/**
 * An open payment's part of the counter just seeded. What the payment had there while the limit was out of force is taken
 * over: a part that was given back is held again, and one that stands in another window leaves that window's counter.
 */
const seedReservation = sql(
  'capabilities.seedReservation',
  `with elsewhere as (
     select limit_id, window_start, payee, amount from reservation
     where organization_id = $1 and payment_id = $2 and limit_id = $3 and status = 'RESERVED' and window_start <> $4
   ), left_there as (
     update limit_counter c
     set reserved_amount = c.reserved_amount - e.amount, reserved_count = c.reserved_count - 1
     from elsewhere e
     where c.organization_id = $1 and (c.limit_id, c.window_start, c.payee) = (e.limit_id, e.window_start, e.payee)
   )
   insert into reservation (organization_id, payment_id, limit_id, window_start, payee, amount)
   values ($1, $2, $3, $4, $5, $6)
   on conflict (organization_id, payment_id, limit_id) do update
     set window_start = excluded.window_start, payee = excluded.payee, amount = excluded.amount, status = 'RESERVED'`,
)

/** Takes the counters that a payment has its parts of, and others, in the order of `reserve`: it will change both. */
const lock = sql(
  'capabilities.lockCounters',
  `insert into limit_counter as c (organization_id, limit_id, window_start, payee)
   select $1, * from (
     select limit_id, window_start, payee from reservation
     where organization_id = $1 and payment_id = $2 and status = 'RESERVED'
     union select * from unnest($3::uuid[], $4::timestamptz[], $5::text[])) as x (limit_id, window_start, payee)
   order by limit_id, window_start, payee
   on conflict (organization_id, limit_id, window_start, payee) do update set reserved_count = c.reserved_count`,
)

/** A counter, and the caps that hold for it. */
export interface Place {
  limitId: string
  windowStart: Date
  payee: string
  maxAmount: bigint | null
  maxCount: number | null
}
/** What a payment takes, and where. */
export interface Part {
  paymentId: string
  amount: bigint
  places: readonly Place[]
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

export const reservationStore = {
  /** Of each payment, whether it has what it asked for. */
  async reserve(tx: Tx, parts: readonly Part[]): Promise<boolean[]> {
    const places = new Map<string, Place>()
    for (const place of parts.flatMap((part) => part.places)) places.set(keyOf(place), place)
    const numberOf = new Map([...places.keys()].map((key, i) => [key, i + 1]))
    const takes = parts.flatMap((part, i) => part.places.map((place) => [i + 1, numberOf.get(keyOf(place))]))
    const counters = [...places.values()]
    const [row] = await tx.query(reserve, [
      ...[tx.organizationId, parts.map(({ paymentId }) => paymentId), parts.map(({ amount }) => amount)],
      counters.map(({ limitId }) => limitId),
      counters.map(({ windowStart }) => windowStart),
      counters.map(({ payee }) => payee),
      counters.map(({ maxAmount }) => maxAmount),
      counters.map(({ maxCount }) => maxCount),
      takes.map(([payment]) => payment),
      takes.map(([, place]) => place),
    ])
    return row?.taken ?? []
  },
  lock: (tx: Tx, { paymentId, places }: Part) =>
    tx.query(lock, [
      ...[tx.organizationId, paymentId, places.map(({ limitId }) => limitId)],
      places.map(({ windowStart }) => windowStart),
      places.map(({ payee }) => payee),
    ]),
  settle: (tx: Tx, paymentIds: readonly string[], isSpent: boolean) =>
    tx.query(settle, [tx.organizationId, paymentIds, isSpent]),

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

const keyOf = ({ limitId, windowStart, payee }: Place): string => `${limitId} ${windowStart.getTime()} ${payee}`
