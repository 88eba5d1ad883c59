import type { ChainTransactionRow, PaymentRow, WalletRow } from '@wedi/database'
import type { Hex } from 'viem'
import type { Intent } from '#modules/chains'
import { ProviderError, type QueueStatus } from '#modules/wallets'
import type { ChainId } from '#platform/caip'
import type { JobResult } from '#platform/jobs'
import { type Failure, OVERLAP_BLOCKS } from '../rules.ts'
import { transactionStore } from '../store/transactions.ts'
import type { Endings } from './look.ts'
import type { PaymentNeeds } from './needs.ts'

const STATUS_TIMEOUT_MS = 5000
/** What a provider says when it does not go on by itself. None of it proves that the money did not move. */
const GIVEN_UP: QueueStatus['state'][] = ['errored', 'cancelled', 'unknown']

/** The look for what a queue did: where the provider says, and in the blocks since the payment was handed over. */
export function queueLooking(needs: PaymentNeeds, { pause, explain, end }: Endings) {
  const { database, chains, wallets } = needs

  async function statusOf(wallet: WalletRow, submission: string): Promise<QueueStatus | undefined> {
    try {
      return await wallets.providerOf(wallet).status(submission, AbortSignal.timeout(STATUS_TIMEOUT_MS))
    } catch (error) {
      if (error instanceof ProviderError) return undefined
      throw error
    }
  }

  /** What one transaction says of the payment: how it ended, what is odd about it, or nothing. */
  async function conclude(
    payment: PaymentRow,
    hash: Hex,
    { sinceBlock }: ChainTransactionRow,
    intent: Intent,
  ): Promise<{ result?: JobResult; oddity?: Failure; isAbsent?: boolean }> {
    const seen = await chains.effect(hash, intent)
    if (seen === 'absent') return { isAbsent: true }
    if (seen === 'shallow') return { result: pause(payment) }
    const { effect, receipt } = seen
    if (receipt.blockNumber <= (sinceBlock ?? 0n) || (await transactionStore.isClaimed(database, payment, hash)))
      return {}
    if (effect === 'moved') return { result: await end(payment, { to: 'CONFIRMED', receipt, isQueued: true }) }
    // No proof: a queue may have sent, or send, the same payment in another transaction.
    return { oddity: { code: `payment.${effect}`, detail: `${hash} is mined, but did not do what was meant.` } }
  }

  return async function look(
    payment: PaymentRow,
    wallet: WalletRow,
    transaction: ChainTransactionRow,
    intent: Intent,
  ): Promise<JobResult> {
    const chain = payment.chain as ChainId
    // Engine names a submission by the key it came with, so also one whose answer was lost can be asked for.
    const status = await statusOf(wallet, transaction.queueId ?? transaction.submissionKey ?? '')
    const isUsed = (await chains.minedNonce(chain, intent.from)) > transaction.nonce
    const page = isUsed ? await chains.pageAfter(chain, searchedBlock(transaction)) : undefined
    const found = page ? await chains.findTransfers(intent, page) : []
    const hinted = status?.transactionHash === undefined ? [] : [status.transactionHash]
    let oddity: Failure | undefined
    let isSeen = true
    for (const hash of new Set([...hinted, ...found])) {
      const concluded = await conclude(payment, hash, transaction, intent)
      if (concluded.result) return concluded.result
      oddity ??= concluded.oddity
      if (concluded.isAbsent && found.includes(hash)) isSeen = false
    }
    // What was looked through is settled: only blocks that count are, and what they hold of this is another payment's.
    // Unless a node that lags behind another has not got the receipt of what was found there yet.
    if (page && isSeen) await transactionStore.searched(database, transaction, page.to)
    if (oddity) return explain(payment, oddity)
    if (status && GIVEN_UP.includes(status.state)) {
      return explain(payment, {
        code: `provider.${status.state}`,
        detail: status.detail ?? 'The provider gave it up; only the chain can say.',
      })
    }
    return pause(payment)
  }
}

function searchedBlock({ sinceBlock, searchedTo }: ChainTransactionRow): bigint {
  const since = sinceBlock ?? 0n
  const again = (searchedTo ?? 0n) - OVERLAP_BLOCKS
  return again > since ? again : since
}
