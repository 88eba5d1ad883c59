import type { LimitScope, LimitWindow, SpendingLimitRow } from '@wedi/database'
import { parseAsset } from '#platform/caip'
import type { Clock } from '#platform/clock'
import type { Database, Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import type { LimitUse } from './headroom.ts'
import { limitStore, type Starts, type UseRow, type UsesAbout, type UsesAboutMany } from './limit-store.ts'
import { type OpenPayment, type Part, type Place, reservationStore } from './reservation-store.ts'
import { windowAt } from './windows.ts'

/** What payments already took of a scope, told by the payments module when a limit comes into force. */
export interface History {
  readonly open: OpenPayment[]
  readonly spent: { payee: string; amount: bigint; count: number }[]
}
export type HistoryOf = (
  tx: Tx,
  about: { scope: LimitScope; scopeId: string; asset: string; since: Date },
) => Promise<History>

export interface LimitWanted {
  window: LimitWindow
  asset: string
  perPayee?: boolean
  maxAmount?: string
  maxCount?: number
}

/** A payment that asks for its part. */
export interface Reserving {
  id: string
  amount: bigint
  payee: string
}

export interface LimitView {
  limitId: string
  window: LimitWindow
  asset: string
  perPayee: boolean
  maxAmount?: string
  maxCount?: number
}

/** Shown at once; only payees of limits per payee can be more. */
const MAX_STATES = 1000

const startsAt = (now: Date): Starts => ({
  hour: windowAt('HOUR', now).start,
  day: windowAt('DAY', now).start,
  week: windowAt('WEEK', now).start,
  month: windowAt('MONTH', now).start,
})

/** Caps, what is taken of them, and the two-phase reservation of a payment's part. */
export function limitBook({ database, clock, historyOf }: { database: Database; clock: Clock; historyOf: HistoryOf }) {
  /** A limit that was not in force did not count: it takes over what its window already saw. */
  async function seed(tx: Tx, limit: SpendingLimitRow): Promise<void> {
    if (limit.window === 'TRANSACTION') return
    const { start } = windowAt(limit.window, tx.now)
    const { scope, scopeId, asset } = limit
    const { open, spent } = await historyOf(tx, { scope, scopeId, asset, since: start })
    const keyOf = (payee: string) => (limit.perPayee ? payee.toLowerCase() : '')
    for (const payee of new Set([...open, ...spent].map((each) => keyOf(each.payee)))) {
      const at = { limitId: limit.id, windowStart: start, payee }
      const openHere = open.filter((each) => keyOf(each.payee) === payee)
      const spentHere = spent.filter((each) => keyOf(each.payee) === payee)
      await reservationStore.seedCounter(tx, at, {
        reserved: openHere.reduce((sum, { amount }) => sum + amount, 0n),
        reservedCount: openHere.length,
        spent: spentHere.reduce((sum, { amount }) => sum + amount, 0n),
        spentCount: spentHere.reduce((sum, { count }) => sum + count, 0),
      })
      for (const payment of openHere) await reservationStore.seedReservation(tx, at, payment)
    }
  }

  async function placesOf(tx: Tx, about: Omit<UsesAbout, 'paymentId'>, paymentId?: string): Promise<Held[]> {
    const { agentId, asset, payee } = about
    const asked = { agentId, asset, payee: payee.toLowerCase(), ...(paymentId !== undefined && { paymentId }) }
    const rows = await limitStore.usesFor(tx, asked, startsAt(tx.now))
    return rows.map(({ heldIn, ...row }) => ({ heldIn, use: { ...row, span: windowAt(row.window, heldIn ?? tx.now) } }))
  }

  return {
    /** Makes the limits of a scope exactly these. A limit of the same window, asset and perPayee keeps what it counted. */
    async put(tx: Tx, scope: LimitScope, scopeId: string, wanted: readonly LimitWanted[]): Promise<LimitView[]> {
      const views: LimitView[] = []
      for (const { window, asset, perPayee = false, maxAmount = null, maxCount = null } of wanted) {
        const named = parseAsset(asset)?.id ?? asset
        const row = await limitStore.putLimit(tx, {
          ...{ id: newId(), scope, scopeId, window, asset: named, perPayee, maxAmount, maxCount },
        })
        if (!row.wasInForce) await seed(tx, row)
        views.push(viewOf(row))
      }
      await limitStore.dropOthers(
        tx,
        scopeId,
        views.map(({ limitId }) => limitId),
      )
      return views
    },

    async ofOrganization(organizationId: string): Promise<LimitView[]> {
      return (await limitStore.limitsOf(database, organizationId, organizationId)).map(viewOf)
    },

    /** The limits a payment counts against, as they stand now. */
    async uses(tx: Tx, about: { agentId: string; asset: string; payee: string }): Promise<LimitUse[]> {
      return (await placesOf(tx, about)).map(({ use }) => use)
    },

    /**
     * The same for many agents, assets and payees at once, to look ahead with: of each limit there is one use, which all
     * who count against it share.
     */
    async usesOfMany(tx: Tx, about: UsesAboutMany) {
      const rows = await limitStore.usesOfMany(tx, about, startsAt(tx.now))
      const uses = rows.map(({ scopeId, ...row }) => ({ scopeId, use: { ...row, span: windowAt(row.window, tx.now) } }))
      const byPlace = Map.groupBy(uses, ({ scopeId, use }) => `${scopeId} ${use.asset} ${use.payee}`)
      return (agentId: string, asset: string, payee: string): LimitUse[] =>
        [tx.organizationId, agentId]
          .flatMap((scopeId) => ['', payee.toLowerCase()].map((of) => `${scopeId} ${asset} ${of}`))
          .flatMap((place) => byPlace.get(place) ?? [])
          .map(({ use }) => use)
    },

    /** The same for a payment that has reserved already, in the windows it did: its own part does not stand in its way. */
    async usesBeside(tx: Tx, payment: Reserved): Promise<LimitUse[]> {
      const beside = (use: LimitUse): LimitUse => ({
        ...use,
        reserved: use.reserved - payment.amount,
        reservedCount: use.reservedCount - 1,
      })
      return (await placesOf(tx, payment, payment.id)).map(({ use, heldIn }) => (heldIn ? beside(use) : use))
    },

    /** Takes a payment's amount of all its limits, or of none when one has no room any more: then false. */
    async reserve(tx: Tx, payment: Reserving, uses: readonly LimitUse[]): Promise<boolean> {
      return (await this.reserveMany(tx, [{ payment, uses }]))[0] ?? false
    },

    /** The same for payments in a row: one that finds no room takes nothing and leaves it to those after it. */
    async reserveMany(tx: Tx, asked: readonly { payment: Reserving; uses: readonly LimitUse[] }[]): Promise<boolean[]> {
      const parts = asked.map(partOf)
      if (parts.every(({ places }) => places.length === 0)) return parts.map(() => true)
      return reservationStore.reserve(tx, parts)
    },

    /**
     * Counts a payment in the windows of now instead of those it was reserved in, of all its limits or of none. False
     * when there was no room any more: then nothing is reserved.
     */
    async rebook(tx: Tx, payment: Reserved): Promise<boolean> {
      const places = await placesOf(tx, payment, payment.id)
      const isNow = ({ use, heldIn }: Held) =>
        use.window === 'TRANSACTION' || heldIn?.getTime() === windowAt(use.window, tx.now).start.getTime()
      if (places.every(isNow)) return true
      const uses = await this.uses(tx, payment)
      // Given back and taken in two steps, but locked in one: step by step it would wait in a circle with who only takes.
      await reservationStore.lock(tx, partOf({ payment, uses }))
      await this.release(tx, payment.id)
      return this.reserve(tx, payment, uses)
    },

    /** The money of these payments moved: what was reserved is spent. */
    post: (tx: Tx, ...paymentIds: string[]) => reservationStore.settle(tx, paymentIds, true),

    /** It is proven that the money of these payments did not move and cannot move any more. */
    release: (tx: Tx, ...paymentIds: string[]) => reservationStore.settle(tx, paymentIds, false),

    /** What no verdict and no payment can ask for any more: limits are seeded from payments, and only in their present window. */
    async forgetPast(): Promise<void> {
      await limitStore.forgetCounters(database, clock())
    },

    async states(organizationId: string, agentId: string) {
      const now = clock()
      const agent = { organizationId, id: agentId }
      const rows = await limitStore.usesOf(database, agent, startsAt(now), MAX_STATES + 1)
      return { data: rows.slice(0, MAX_STATES).map((row) => stateOf(row, now)), hasMore: rows.length > MAX_STATES }
    },
  }
}

function partOf({ payment, uses }: { payment: Reserving; uses: readonly LimitUse[] }): Part {
  // A cap of a single transaction counts nothing: the verdict has looked at it.
  const counted = uses.filter(({ window }) => window !== 'TRANSACTION')
  return {
    paymentId: payment.id,
    amount: payment.amount,
    places: counted.map((use) => placeOf(use, payment.payee)),
  }
}

interface Held {
  readonly use: LimitUse
  /** The window that the payment holds its part in. */
  readonly heldIn: Date | null
}

interface Reserved {
  id: string
  agentId: string
  asset: string
  payee: string
  amount: bigint
}

function placeOf(use: LimitUse, payee: string): Place {
  const { limitId, maxAmount, maxCount, span } = use
  return { limitId, windowStart: span.start, payee: use.perPayee ? payee.toLowerCase() : '', maxAmount, maxCount }
}

function viewOf({ id, window, asset, perPayee, maxAmount, maxCount }: SpendingLimitRow): LimitView {
  return {
    ...{ limitId: id, window, asset, perPayee },
    ...(maxAmount !== null && { maxAmount: String(maxAmount) }),
    ...(maxCount !== null && { maxCount }),
  }
}

function stateOf(row: UseRow, now: Date) {
  const { start, end } = windowAt(row.window, now)
  const isCounted = row.window !== 'TRANSACTION'
  const left = row.maxAmount === null ? null : row.maxAmount - row.reserved - row.spent
  const timesLeft = row.maxCount === null ? null : row.maxCount - row.reservedCount - row.spentCount
  return {
    ...{
      limitId: row.limitId,
      scope: row.scope,
      window: row.window,
      asset: row.asset,
      perPayee: row.perPayee,
      payee: row.payee,
    },
    cap: row.maxAmount === null ? null : String(row.maxAmount),
    spent: String(row.spent),
    reserved: String(row.reserved),
    remaining: left === null ? null : String(left > 0n ? left : 0n),
    maxCount: row.maxCount,
    spentCount: row.spentCount,
    reservedCount: row.reservedCount,
    remainingCount: timesLeft === null ? null : Math.max(0, timesLeft),
    windowStart: isCounted ? start.toISOString() : null,
    windowEnd: isCounted && end ? end.toISOString() : null,
  }
}
