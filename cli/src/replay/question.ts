import { isObject } from '../canonical.ts'
import type { Envelope } from '../verify/entry.ts'

/**
 * What the rules are asked, out of what the log recorded of it: amounts become whole numbers and times become instants
 * again. This is the one place that knows both shapes. Says what is missing when the record does not hold everything.
 */
export function questionOf(envelope: Envelope, inputs: Record<string, unknown>): Question | { missing: string[] } {
  const { standing, authority, payment, limits } = inputs
  const missing = ['standing', 'authority', 'payment', 'limits'].filter((name) => !(name in inputs))
  if (!isObject(standing) || !isObject(authority) || !isObject(payment) || !Array.isArray(limits)) return { missing }
  const stage = inputs.stage ?? (envelope.type === 'payment.requested' ? 'request' : undefined)
  if (stage === undefined) missing.push('stage')
  missing.push(...AUTHORITY.filter((name) => !(name in authority)).map((name) => `authority.${name}`))
  if (missing.length > 0) return { missing }
  const { organization, agent, wallet } = standing
  return {
    ...{ organization, agent, stage, wallet: wallet ?? undefined },
    // An entry is dated by the transaction that asked.
    now: new Date(String(inputs.now ?? envelope.occurredAt)),
    authority: {
      ...authority,
      approvalThreshold: listOf(authority.approvalThreshold).map((one) => ({ ...one, amount: amount(one.amount) })),
      expiresAt: instant(authority.expiresAt) ?? null,
    },
    limits: limits.map((limit) => limitOf(limit)),
    payment: { ...payment, amount: amount(payment.amount) },
  }
}

/** Only passed on; the rules know what they need. */
export type Question = Readonly<Record<string, unknown>>

const AUTHORITY = [
  ...['revision', 'authorityLevel', 'providers', 'chains', 'assets', 'payeesAllow', 'payeesDeny'],
  ...['approvalThreshold', 'expiresAt'],
]

function limitOf(limit: unknown): Record<string, unknown> {
  if (!isObject(limit)) throw new TypeError('a limit is not an object')
  const { windowStart, windowEnd, maxAmount, reserved, spent, ...rest } = limit
  const end = instant(windowEnd)
  return {
    ...rest,
    ...{ maxAmount: maxAmount === null ? null : amount(maxAmount), reserved: amount(reserved), spent: amount(spent) },
    span: { start: instant(windowStart), ...(end && { end }) },
  }
}

/** Throws for anything but a decimal string. */
function amount(value: unknown): bigint {
  if (typeof value !== 'string') throw new TypeError('an amount is not a string')
  return BigInt(value)
}

const instant = (value: unknown): Date | undefined => (typeof value === 'string' ? new Date(value) : undefined)

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
