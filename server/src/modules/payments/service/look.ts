import type { ChainTransactionRow, PaymentRow, WalletRow } from '@wedi/database'
import type { Address, Hex } from 'viem'
import { ChainUnavailable, type Intent } from '#modules/chains'
import { ProviderError } from '#modules/wallets'
import type { ChainId } from '#platform/caip'
import type { JobResult } from '#platform/jobs'
import { assetOf, type Failure, payeeOf } from '../rules.ts'
import { paymentStore } from '../store.ts'
import { about, holdStill, type PaymentNeeds } from './needs.ts'
import { settle } from './settle.ts'

const SYSTEM = 'system:payments'
const STATUS_TIMEOUT_MS = 5000
const PAUSE_MIN_MS = 50
const PAUSE_MAX_MS = 5000
const REBROADCAST_AFTER_MS = 3000

/**
 * Our own look at the chain, which alone says what became of a payment that was sent: mined as meant, reverted, or not
 * yet known. What a provider says is only a hint for where to look.
 */
export function looking(needs: PaymentNeeds) {
  const { database, chains, wallets, clock } = needs

  /** Longer pauses the longer it takes. */
  function pause(payment: PaymentRow): JobResult {
    const sinceMs = clock().getTime() - payment.updatedAt.getTime()
    return { againInMs: Math.min(PAUSE_MAX_MS, Math.max(PAUSE_MIN_MS, sinceMs / 2)) | 0 }
  }

  async function explain(payment: PaymentRow, failure: Failure): Promise<JobResult> {
    await database.inOrganization(payment.organizationId, async (tx) => {
      const isNews = payment.status !== 'UNKNOWN' && failure.code !== 'chain.unavailable'
      if (!isNews) return paymentStore.explain(tx, payment, failure)
      const row = await paymentStore.move(tx, payment.id, { to: 'UNKNOWN', from: ['SUBMITTED'], failure })
      if (row)
        await needs.decisions.record(tx, SYSTEM, { type: 'payment.unknown', ...about(row), inputs: { ...failure } })
      return row
    })
    return { againInMs: PAUSE_MAX_MS }
  }

  /** Where the money's trace could be: the bytes we sent, or what a queue says it sent, or what the chain shows. */
  async function hashes(
    payment: PaymentRow,
    wallet: WalletRow,
    transaction: ChainTransactionRow,
    intent: Intent,
  ): Promise<Hex[]> {
    if (transaction.transactionHash !== null) return [transaction.transactionHash as Hex]
    // Engine names a submission by the key it came with, so also one whose answer was lost can be asked for.
    const submission = transaction.queueId ?? transaction.submissionKey
    const hinted = submission === null ? undefined : await hintOf(wallet, submission)
    if (hinted) return [hinted]
    const isUsed = await chains.isNonceUsed(payment.chain as ChainId, intent.from, transaction.nonce)
    return isUsed ? chains.findTransfers(intent, transaction.sinceBlock ?? 0n) : []
  }

  async function hintOf(wallet: WalletRow, queueId: string): Promise<Hex | undefined> {
    try {
      const status = await wallets.providerOf(wallet).status(queueId, AbortSignal.timeout(STATUS_TIMEOUT_MS))
      return status.transactionHash
    } catch (error) {
      if (error instanceof ProviderError) return undefined
      throw error
    }
  }

  async function conclude(payment: PaymentRow, hash: Hex, intent: Intent): Promise<JobResult | undefined> {
    const seen = await chains.effect(hash, intent)
    if (!seen || (await paymentStore.isClaimed(database, payment, hash))) return undefined
    if (seen.effect === 'mismatch') {
      return explain(payment, { code: 'payment.mismatch', detail: `${hash} is mined, but did not do what was meant.` })
    }
    const end = seen.effect === 'moved' ? ('CONFIRMED' as const) : ('REVERTED' as const)
    const failure =
      end === 'REVERTED' ? { failure: { code: 'payment.reverted', detail: `${hash} is mined and reverted.` } } : {}
    await database.inOrganization(payment.organizationId, async (tx) => {
      await holdStill(tx, needs, payment)
      const proof = { transactionHash: hash, blockNumber: seen.receipt.blockNumber }
      await settle(tx, needs, payment.id, {
        to: end,
        from: ['SUBMITTED', 'UNKNOWN'],
        actor: SYSTEM,
        ...proof,
        ...failure,
      })
    })
    return 'done'
  }

  /** The bytes are nowhere to be seen: hand them over again, unless another transaction took their nonce. */
  async function chase(
    payment: PaymentRow,
    { rawTransaction, nonce, transactionHash }: ChainTransactionRow,
    intent: Intent,
  ): Promise<JobResult> {
    if (rawTransaction === null || clock().getTime() - payment.updatedAt.getTime() < REBROADCAST_AFTER_MS)
      return pause(payment)
    const chain = payment.chain as ChainId
    const isUsed = await chains.isNonceUsed(chain, intent.from, nonce)
    if (isUsed && !(await chains.effect(transactionHash as Hex, intent))) {
      return explain(payment, {
        code: 'payment.nonceTaken',
        detail: `Another transaction used nonce ${nonce} of the wallet.`,
      })
    }
    await chains.broadcast(chain, rawTransaction as Hex)
    return pause(payment)
  }

  return async function look(payment: PaymentRow, wallet: WalletRow): Promise<JobResult> {
    const transaction = await paymentStore.transactionOf(database, payment.organizationId, payment.id)
    if (!transaction) throw new Error(`payment ${payment.id} is ${payment.status} without a transaction`)
    const intent = {
      from: wallet.address as Address,
      payee: payeeOf(payment),
      asset: assetOf(payment),
      amount: payment.amount,
    }
    try {
      for (const hash of await hashes(payment, wallet, transaction, intent)) {
        const concluded = await conclude(payment, hash, intent)
        if (concluded) return concluded
      }
      return await chase(payment, transaction, intent)
    } catch (error) {
      if (error instanceof ChainUnavailable)
        return explain(payment, { code: 'chain.unavailable', detail: error.message })
      throw error
    }
  }
}
