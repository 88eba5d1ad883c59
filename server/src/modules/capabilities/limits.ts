import type { LimitScope, LimitWindow, SpendingLimitRow } from '@wedi/database'
import { parseAsset } from '#platform/caip'
import type { Clock } from '#platform/clock'
import type { Database, Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import type { LimitUse } from './rules.ts'
import { capabilityStore, type OpenPayment, type Place, type Starts, type UseRow } from './store.ts'
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

export interface LimitView {
  limitId: string
  window: LimitWindow
  asset: string
  perPayee: boolean
  maxAmount?: string
  maxCount?: number
}

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
      await capabilityStore.seedCounter(tx, at, {
        reserved: openHere.reduce((sum, { amount }) => sum + amount, 0n),
        reservedCount: openHere.length,
        spent: spentHere.reduce((sum, { amount }) => sum + amount, 0n),
        spentCount: spentHere.reduce((sum, { count }) => sum + count, 0),
      })
      for (const payment of openHere) await capabilityStore.seedReservation(tx, at, payment)
    }
  }

  return {
    /** Makes the limits of a scope exactly these. A limit of the same window, asset and perPayee keeps what it counted. */
    async put(tx: Tx, scope: LimitScope, scopeId: string, wanted: readonly LimitWanted[]): Promise<LimitView[]> {
      const views: LimitView[] = []
      for (const { window, asset, perPayee = false, maxAmount = null, maxCount = null } of wanted) {
        const named = parseAsset(asset)?.id ?? asset
        const row = await capabilityStore.putLimit(tx, {
          ...{ id: newId(), scope, scopeId, window, asset: named, perPayee, maxAmount, maxCount },
        })
        if (!row.wasInForce) await seed(tx, row)
        views.push(viewOf(row))
      }
      await capabilityStore.dropOthers(
        tx,
        scopeId,
        views.map(({ limitId }) => limitId),
      )
      return views
    },

    async ofOrganization(organizationId: string): Promise<LimitView[]> {
      return (await capabilityStore.limitsOf(database, organizationId, organizationId)).map(viewOf)
    },

    /** The limits a payment counts against, as they stand now. */
    async uses(tx: Tx, about: { agentId: string; asset: string; payee: string }): Promise<LimitUse[]> {
      const rows = await capabilityStore.usesFor(tx, { ...about, payee: about.payee.toLowerCase() }, startsAt(tx.now))
      return rows.map((row) => ({ ...row, span: windowAt(row.window, tx.now) }))
    },

    /** The same for a payment that has reserved already: its own part does not stand in its way. */
    async usesBeside(tx: Tx, payment: { id: string; agentId: string; asset: string; payee: string; amount: bigint }) {
      const own = await capabilityStore.reservedBy(tx, payment.id)
      const isOwn = ({ limitId, span }: LimitUse) =>
        own.some((each) => each.limitId === limitId && each.windowStart.getTime() === span.start.getTime())
      return (await this.uses(tx, payment)).map((use) =>
        isOwn(use) ? { ...use, reserved: use.reserved - payment.amount, reservedCount: use.reservedCount - 1 } : use,
      )
    },

    /** Takes a payment's amount of all its limits, or of none when one has no room any more: then false. */
    async reserve(
      tx: Tx,
      payment: { id: string; amount: bigint; payee: string },
      uses: readonly LimitUse[],
    ): Promise<boolean> {
      const places = uses.filter(({ window }) => window !== 'TRANSACTION').map((use) => placeOf(use, payment.payee))
      if (places.length === 0) return true
      const taken = await capabilityStore.reserve(tx, payment.amount, places)
      if (taken.length < places.length) {
        await capabilityStore.giveBack(tx, payment.amount, taken)
        return false
      }
      await capabilityStore.keep(tx, payment.id, payment.amount, places)
      return true
    },

    /**
     * Counts a payment in the windows of now instead of those it was reserved in, of all its limits or of none. False
     * when there was no room any more: then nothing is reserved.
     */
    async rebook(tx: Tx, payment: { id: string; agentId: string; asset: string; payee: string; amount: bigint }) {
      const own = await capabilityStore.reservedBy(tx, payment.id)
      const uses = await this.uses(tx, payment)
      const isThere = ({ limitId, window, span }: LimitUse) =>
        window === 'TRANSACTION' ||
        own.some((each) => each.limitId === limitId && each.windowStart.getTime() === span.start.getTime())
      if (uses.every(isThere)) return true
      await this.release(tx, payment.id)
      return this.reserve(tx, payment, uses)
    },

    /** The money moved: what was reserved is spent. */
    post: (tx: Tx, paymentId: string) => capabilityStore.settle(tx, paymentId, true),

    /** It is proven that the money did not move and cannot move any more. */
    release: (tx: Tx, paymentId: string) => capabilityStore.settle(tx, paymentId, false),

    async states(organizationId: string, agentId: string) {
      const now = clock()
      const rows = await capabilityStore.usesOf(database, organizationId, agentId, startsAt(now))
      return { data: rows.map((row) => stateOf(row, now)) }
    },
  }
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
