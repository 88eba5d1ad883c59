import type { PaymentRow, PaymentStatus } from '@wedi/database'
import type { Address } from 'viem'
import type { Authorization, Intent as Move } from '#modules/chains'
import type { Reason } from '#modules/decisions'
import { type Asset, parseAsset } from '#platform/caip'
import { canonicalJson } from '#platform/canonical'
import { sha256 } from '#platform/crypto'

/** Not settled: money of it may still move, or is set aside. */
export const OPEN: PaymentStatus[] = ['HELD', 'RESERVED', 'SUBMITTING', 'SUBMITTED', 'UNKNOWN']
/** Handed to a provider or a chain: its outcome is the chain's to say. */
export const IN_FLIGHT: PaymentStatus[] = ['SUBMITTING', 'SUBMITTED', 'UNKNOWN']

/** What a freeze may hold back, and what it lists: everything between the decision to pay and the end. */
export const ON_ITS_WAY: PaymentStatus[] = ['RESERVED', ...IN_FLIGHT]

/** What becomes of a payment that a freeze finds: nothing signed, so it waits; signed; or a queue has it. */
export const dispositions = ['HELD_BACK', 'BROADCAST', 'HANDED_OVER'] as const
export type Disposition = (typeof dispositions)[number]

/** Ended without effect: the money did not move and must not move any more. */
export const DEAD: PaymentStatus[] = ['FAILED', 'CANCELED', 'REVERTED']

export const isOpen = (status: PaymentStatus): boolean => OPEN.includes(status)

export interface Intent {
  readonly agentId: string
  readonly walletId: string
  readonly taskId: string | null
  readonly payee: string
  readonly amount: string
  readonly asset: string
  readonly reference: string | null
  readonly memo: string | null
}

/** Exactly what is asked, and nothing that changes on the way. */
export function intentOf(payment: Pick<PaymentRow, Exclude<keyof Intent, 'amount'> | 'amount'>): Intent {
  const { agentId, walletId, taskId, payee, amount, asset, reference, memo } = payment
  return { agentId, walletId, taskId, payee, amount: String(amount), asset, reference, memo }
}

export interface Change {
  readonly field: string
  readonly asked: string | null
  readonly now: string | null
}

/** Which parts of an intent are no longer what was asked. */
export function changesOf(asked: Partial<Intent>, now: Intent): Change[] {
  return (Object.keys(now) as (keyof Intent)[])
    .filter((field) => asked[field] !== now[field])
    .map((field) => ({ field, asked: asked[field] ?? null, now: now[field] }))
}

export const intentHashOf = (intent: Intent): Buffer => sha256(canonicalJson(intent))

export interface Failure {
  readonly code: string
  readonly detail: string
  readonly reasons?: Reason[]
}

/** Reasons that pass by themselves when somebody unfreezes: a payment waits for that instead of ending. */
export function isOnlyFrozen(reasons: readonly Reason[]): boolean {
  return reasons.every(({ code, status }) => code === 'organization.frozen' || status === 'FROZEN')
}

export function assetOf(payment: Pick<PaymentRow, 'asset'>): Asset {
  const asset = parseAsset(payment.asset)
  if (!asset) throw new Error(`a stored payment has no asset: ${payment.asset}`)
  return asset
}

export const payeeOf = (payment: Pick<PaymentRow, 'payee'>): Address => payment.payee as Address

/** What the chain has to show for a payment out of this account; `authorization` when it moves another's money. */
export const moveOf = (
  from: string | null,
  payment: Pick<PaymentRow, 'asset' | 'payee' | 'amount' | 'authorization'>,
): Move => ({
  from: from as Address,
  payee: payeeOf(payment),
  asset: assetOf(payment),
  amount: payment.amount,
  ...(payment.authorization !== null && { authorization: payment.authorization as Authorization }),
})

export interface Fees {
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/** Nodes take a transaction in place of another when it pays an eighth more, in both fees. */
const raised = (fee: bigint): bigint => fee + fee / 8n + 1n
const CEILING_FACTOR = 20n
/** In wei: where the first fee was next to nothing, its multiple would be nothing as well. */
const CEILING_BASE = 1_000_000_000n
const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/**
 * The fees of a transaction that takes the place of the last one: what the chain asks now, and enough for nodes to
 * prefer it. Undefined above the ceiling, which stands on the first fee, so that no answer of a node can spend more.
 */
export function raisedFees(first: Fees, last: Fees, asked: Fees): Fees | undefined {
  const maxPriorityFeePerGas = greater(asked.maxPriorityFeePerGas, raised(last.maxPriorityFeePerGas))
  const maxFeePerGas = greater(greater(asked.maxFeePerGas, raised(last.maxFeePerGas)), maxPriorityFeePerGas)
  const ceiling = CEILING_FACTOR * greater(first.maxFeePerGas, CEILING_BASE)
  return maxFeePerGas > ceiling ? undefined : { maxFeePerGas, maxPriorityFeePerGas }
}

const SLOW_MS = 60_000
const TOO_SLOW_MS = 300_000

/** Not mined for a while: because the chain asks for more by now, or for whatever reason when it takes too long. */
export function isStuck(sinceMs: number, last: Fees, asked: Fees): boolean {
  return sinceMs >= TOO_SLOW_MS || (sinceMs >= SLOW_MS && asked.maxFeePerGas > last.maxFeePerGas)
}

/** Too young to ask what the chain wants now. */
export const mayBeStuck = (sinceMs: number): boolean => sinceMs >= SLOW_MS

/** Looked through once more: a node may know a block before it finds what is in it. */
export const OVERLAP_BLOCKS = 64n

/** A provider that said no so often is not asked again. */
export const MAX_REFUSALS = 10
