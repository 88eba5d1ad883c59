import type { ChainTransactionRow, PaymentRow, WalletRow } from '@wedi/database'
import type { Address, Hex } from 'viem'
import type { Call, Intent, Preflight } from '#modules/chains'
import type { UnsignedTransaction } from '#modules/wallets'
import type { ChainId } from '#platform/caip'
import { newId } from '#platform/ids'
import { type Fees, moveOf } from '../rules.ts'
import type { NewTransaction } from '../store/transactions.ts'

/** How the fields to sign are stored: quantities as decimal strings. */
interface StoredFields {
  to: Address
  value: string
  data: Hex
  gas: string
  maxFeePerGas: string
  maxPriorityFeePerGas: string
}

const stored = ({ to, value, data }: Call, gas: bigint, fees: Fees): StoredFields => ({
  to,
  value: String(value),
  data,
  gas: String(gas),
  maxFeePerGas: String(fees.maxFeePerGas),
  maxPriorityFeePerGas: String(fees.maxPriorityFeePerGas),
})

/** The first transaction of a payment. In queue mode it is only what is handed over. */
export function firstOf(
  payment: PaymentRow,
  facts: Preflight,
  { nonce, isQueue }: { nonce: bigint; isQueue: boolean },
): NewTransaction {
  return {
    id: newId(),
    paymentId: payment.id,
    attempt: 1,
    purpose: 'PAY',
    walletId: payment.walletId,
    chain: payment.chain,
    nonce,
    unsigned: stored(facts.call, facts.gas ?? 0n, facts),
    submissionKey: isQueue ? newId() : null,
    sinceBlock: facts.blockNumber,
  }
}

/** The same nonce again, for what pays more for being mined. */
export function nextOf(
  last: ChainTransactionRow,
  { purpose, call, gas, fees }: { purpose: 'PAY' | 'CANCEL'; call: Call; gas: bigint; fees: Fees },
): NewTransaction {
  const { paymentId, walletId, chain, nonce, sinceBlock, attempt } = last
  return {
    id: newId(),
    paymentId,
    attempt: attempt + 1,
    purpose,
    walletId,
    chain,
    nonce,
    unsigned: stored(call, gas, fees),
    submissionKey: null,
    sinceBlock,
  }
}

/** What the chain has to show for a payment. */
export const transferOf = (payment: PaymentRow, wallet: WalletRow): Intent => moveOf(wallet.address, payment)

type Fields = Pick<ChainTransactionRow, 'chain' | 'nonce' | 'unsigned'>

export function unsignedOf({ chain, nonce, unsigned }: Fields): UnsignedTransaction {
  const { to, value, data, gas, maxFeePerGas, maxPriorityFeePerGas } = unsigned as StoredFields
  return {
    chain: chain as ChainId,
    nonce: Number(nonce),
    to,
    value: BigInt(value),
    data,
    gas: BigInt(gas),
    maxFeePerGas: BigInt(maxFeePerGas),
    maxPriorityFeePerGas: BigInt(maxPriorityFeePerGas),
  }
}

/** The transactions of a payment whose first step is committed; there is always one. */
export type Transactions = readonly [ChainTransactionRow, ...ChainTransactionRow[]]

export const lastOf = (transactions: Transactions): ChainTransactionRow => transactions.at(-1) ?? transactions[0]
export const isQueued = ([first]: Transactions): boolean => first.submissionKey !== null
export const isSigned = ({ rawTransaction }: ChainTransactionRow): boolean => rawTransaction !== null

export function requireSome(payment: PaymentRow, rows: ChainTransactionRow[]): Transactions {
  const [first, ...others] = rows
  if (!first) throw new Error(`payment ${payment.id} is ${payment.status} without a transaction`)
  return [first, ...others]
}
