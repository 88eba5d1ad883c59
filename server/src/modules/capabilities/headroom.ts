import type { LimitScope, LimitWindow } from '@wedi/database'
import type { Reason } from '#modules/decisions'
import type { Window } from './windows.ts'

/** A limit that a payment would count against, with what is taken of it in the payment's window. */
export interface LimitUse {
  readonly limitId: string
  readonly scope: LimitScope
  readonly window: LimitWindow
  readonly perPayee: boolean
  readonly maxAmount: bigint | null
  readonly maxCount: number | null
  readonly reserved: bigint
  readonly spent: bigint
  readonly reservedCount: number
  readonly spentCount: number
  readonly span: Window
}

/** A change that would be allowed: at most this much, at once or not before a time. */
export interface Change {
  readonly maxAmount: string
  readonly notBefore?: string
}

/** The smallest such change, and the one for the most that can ever be allowed, when that is more. */
export interface Allowed extends Change {
  readonly later?: Change
}

const amountLeft = (limit: LimitUse): bigint | undefined =>
  limit.maxAmount === null ? undefined : atLeastZero(limit.maxAmount - limit.reserved - limit.spent)
const countLeft = (limit: LimitUse): number | undefined =>
  limit.maxCount === null ? undefined : Math.max(0, limit.maxCount - limit.reservedCount - limit.spentCount)
const lesser = (a: bigint, b: bigint): bigint => (b >= a ? a : b)
const atLeastZero = (value: bigint): bigint => (value > 0n ? value : 0n)

/** The limits without room for an amount, each with how much room there is. */
export function exceededBy(limits: readonly LimitUse[], amount: bigint): Reason[] {
  return limits.flatMap((limit) => {
    const left = amountLeft(limit)
    const reasons: Reason[] = []
    const about = { limitId: limit.limitId, scope: limit.scope, window: limit.window }
    if (left !== undefined && amount > left) {
      reasons.push({ code: 'limit.amountExceeded', ...about, cap: String(limit.maxAmount), remaining: String(left) })
    }
    if (countLeft(limit) === 0) {
      reasons.push({ code: 'limit.countExceeded', ...about, maxCount: limit.maxCount, remaining: '0' })
    }
    return reasons
  })
}

interface Asked {
  readonly now: Date
  readonly limits: readonly LimitUse[]
  readonly payment: { readonly amount: bigint }
  readonly authority: { readonly expiresAt: Date | null }
}

/**
 * What every limit would allow instead of what was asked for, if nobody else takes of them meanwhile: undefined when that
 * is nothing, ever. Room only grows at the end of a window, so nothing but those moments has to be looked at.
 */
export function allowedInstead({ now, limits, payment, authority }: Asked): Allowed | undefined {
  const ends = limits.flatMap(({ span }) => span.end?.getTime() ?? []).sort((a, b) => a - b)
  const changes = [now, ...ends.map((end) => new Date(end))]
    .filter((time) => authority.expiresAt === null || time < authority.expiresAt)
    .map((time) => ({ time, amount: limits.map((limit) => roomAt(limit, time)).reduce(lesser, payment.amount) }))
  const first = changes.find(({ amount }) => amount > 0n)
  if (!first) return undefined
  const most = changes.at(-1)?.amount ?? first.amount
  const full = changes.find(({ amount }) => amount >= most) ?? first
  const changeOf = ({ time, amount }: { time: Date; amount: bigint }): Change => ({
    maxAmount: String(amount),
    ...(time !== now && { notBefore: time.toISOString() }),
  })
  return { ...changeOf(first), ...(full.amount > first.amount && { later: changeOf(full) }) }
}

/** What a limit leaves to one payment, when it is made at a time: all of it once the present window is over. */
function roomAt(limit: LimitUse, time: Date): bigint {
  const isNew = limit.span.end !== undefined && limit.span.end <= time
  if ((isNew ? limit.maxCount : countLeft(limit)) === 0) return 0n
  return (isNew ? limit.maxAmount : amountLeft(limit)) ?? UNLIMITED
}

/** More than any amount. */
const UNLIMITED = 10n ** 78n
