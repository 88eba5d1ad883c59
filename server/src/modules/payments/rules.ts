import type { PaymentRow, PaymentStatus } from '@wedi/database'
import type { Address } from 'viem'
import type { Reason } from '#modules/decisions'
import { type Asset, parseAsset } from '#platform/caip'
import { canonicalJson } from '#platform/canonical'
import { sha256 } from '#platform/crypto'

/** Not settled: money of it may still move, or is set aside. */
export const OPEN: PaymentStatus[] = ['HELD', 'RESERVED', 'SUBMITTING', 'SUBMITTED', 'UNKNOWN']
/** Handed to a provider or a chain: its outcome is the chain's to say. */
export const IN_FLIGHT: PaymentStatus[] = ['SUBMITTING', 'SUBMITTED', 'UNKNOWN']

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
