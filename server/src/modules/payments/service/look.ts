import type { ChainTransactionRow, PaymentRow, WalletRow } from '@wedi/database'
import type { Address, Hex } from 'viem'
import { ChainUnavailable, type Intent, type Receipt } from '#modules/chains'
import { ProviderError, type QueueStatus } from '#modules/wallets'
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

  /** Where the money's trace could be: the bytes we sent, or what a queue says it sent and what the chain shows. */
  async function traces(
    payment: PaymentRow,
    wallet: WalletRow,
    transaction: ChainTransactionRow,
    intent: Intent,
  ): Promise<Traces> {
    if (transaction.transactionHash !== null) return { hashes: [transaction.transactionHash as Hex] }
    // Engine names a submission by the key it came with, so also one whose answer was lost can be asked for.
    const status = await statusOf(wallet, transaction.queueId ?? transaction.submissionKey ?? '')
    const isUsed = await chains.isNonceUsed(payment.chain as ChainId, intent.from, transaction.nonce)
    const found = isUsed ? await chains.findTransfers(intent, transaction.sinceBlock ?? 0n) : []
    const hinted = status?.transactionHash === undefined ? [] : [status.transactionHash]
    return { hashes: [...new Set([...hinted, ...found])], ...(status && { status }) }
  }

  async function statusOf(wallet: WalletRow, submission: string): Promise<QueueStatus | undefined> {
    try {
      return await wallets.providerOf(wallet).status(submission, AbortSignal.timeout(STATUS_TIMEOUT_MS))
    } catch (error) {
      if (error instanceof ProviderError) return undefined
      throw error
    }
  }

  async function end(payment: PaymentRow, to: 'CONFIRMED' | 'REVERTED', receipt: Receipt): Promise<JobResult> {
    const { hash: transactionHash, blockNumber } = receipt
    const failure = { code: 'payment.reverted', detail: `${transactionHash} is mined and reverted.` }
    await database.inOrganization(payment.organizationId, async (tx) => {
      await holdStill(tx, needs, payment)
      const how = { from: ['SUBMITTED' as const, 'UNKNOWN' as const], actor: SYSTEM, transactionHash, blockNumber }
      await settle(tx, needs, payment.id, { to, ...how, ...(to === 'REVERTED' && { failure }) })
    })
    return 'done'
  }

  /** What one transaction says of the payment: how it ended, what is odd about it, or nothing. */
  async function conclude(
    payment: PaymentRow,
    hash: Hex,
    transaction: ChainTransactionRow,
    intent: Intent,
  ): Promise<Conclusion> {
    const seen = await chains.effect(hash, intent)
    if (seen === 'absent') return {}
    if (seen === 'shallow') return { result: pause(payment) }
    if (await paymentStore.isClaimed(database, payment, hash)) return {}
    const { effect, receipt } = seen
    const isOwnBytes = transaction.rawTransaction !== null
    if (!isOwnBytes && receipt.blockNumber <= (transaction.sinceBlock ?? 0n)) return {}
    if (effect === 'moved') return { result: await end(payment, 'CONFIRMED', receipt) }
    // Of a queue it is no proof: it may have sent, or send, the same payment in another transaction.
    if (effect === 'reverted' && isOwnBytes) return { result: await end(payment, 'REVERTED', receipt) }
    return { oddity: { code: `payment.${effect}`, detail: `${hash} is mined, but did not do what was meant.` } }
  }

  /** The bytes are nowhere to be seen: hand them over again, unless another transaction took their nonce. */
  async function chase(
    payment: PaymentRow,
    { rawTransaction, nonce }: ChainTransactionRow,
    intent: Intent,
  ): Promise<JobResult> {
    if (rawTransaction === null || clock().getTime() - payment.updatedAt.getTime() < REBROADCAST_AFTER_MS)
      return pause(payment)
    const chain = payment.chain as ChainId
    const mined = await chains.minedNonce(chain, intent.from)
    if (mined > nonce) {
      return explain(payment, {
        code: 'payment.nonceTaken',
        detail: `Another transaction used nonce ${nonce} of the wallet.`,
      })
    }
    // A chain that lost blocks needs what came before as well, byte for byte: a nonce is mined only after the one below.
    for (const raw of await paymentStore.signedBetween(database, payment, mined, nonce)) {
      const result = await chains.broadcast(chain, raw as Hex)
      if (typeof result !== 'string') return explainOnly(payment, { code: 'chain.refused', detail: result.refused })
    }
    return pause(payment)
  }

  async function explainOnly(payment: PaymentRow, failure: Failure): Promise<JobResult> {
    await database.inOrganization(payment.organizationId, (tx) => paymentStore.explain(tx, payment, failure))
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
      const { hashes, status } = await traces(payment, wallet, transaction, intent)
      let oddity: Failure | undefined
      for (const hash of hashes) {
        const concluded = await conclude(payment, hash, transaction, intent)
        if (concluded.result) return concluded.result
        oddity ??= concluded.oddity
      }
      if (oddity) return await explain(payment, oddity)
      if (status && GIVEN_UP.includes(status.state)) {
        return await explain(payment, {
          code: `provider.${status.state}`,
          detail: status.detail ?? 'The provider gave it up; only the chain can say.',
        })
      }
      return await chase(payment, transaction, intent)
    } catch (error) {
      if (error instanceof ChainUnavailable)
        return explain(payment, { code: 'chain.unavailable', detail: error.message })
      throw error
    }
  }
}

/** What a provider says when it does not go on by itself. None of it proves that the money did not move. */
const GIVEN_UP: QueueStatus['state'][] = ['errored', 'cancelled', 'unknown']

interface Traces {
  hashes: Hex[]
  status?: QueueStatus
}

interface Conclusion {
  result?: JobResult
  oddity?: Failure
}
