import type { ChainTransactionRow, PaymentRow, WalletRow } from '@wedi/database'
import type { Hex } from 'viem'
import type { Intent, Receipt } from '#modules/chains'
import type { ChainId } from '#platform/caip'
import type { JobResult } from '#platform/jobs'
import { type Failure, isStuck, mayBeStuck } from '../rules.ts'
import { paymentStore } from '../store/payments.ts'
import { transactionStore } from '../store/transactions.ts'
import type { Foreign } from './foreign.ts'
import { queueLooking } from './look-queue.ts'
import { holdStill, type PaymentNeeds, type Step, SYSTEM } from './needs.ts'
import type { replacing } from './replace.ts'
import { becomeUnknown, settle, wakeNext } from './settle.ts'
import type { Signing } from './sign.ts'
import { isQueued, isSigned, lastOf, requireSome, type Transactions, transferOf, unsignedOf } from './transaction.ts'

const PAUSE_MIN_MS = 50
const PAUSE_MAX_MS = 5000
/** Of what waits for a person. */
const PAUSE_UNKNOWN_MS = 60_000
const PAUSE_SET_ASIDE_MS = 600_000
const REBROADCAST_AFTER_MS = 3000

type Tools = Pick<Signing, 'signAgain'> & { replace: ReturnType<typeof replacing>; foreign: Foreign }

/**
 * Our own look at the chain, which alone says what became of a payment that was sent: mined as meant, reverted, or not
 * yet known. What a provider says is only a hint for where to look.
 */
export function looking(needs: PaymentNeeds, { signAgain, replace, foreign }: Tools) {
  const { database, chains, clock } = needs
  const sinceMs = (time: Date) => clock().getTime() - time.getTime()
  /** Either way: a clock that was set back may not keep anybody from looking, nor make them look without a pause. */
  const apartMs = (time: Date) => Math.abs(sinceMs(time))
  const endings = { pause, explain, end }
  const lookForQueued = queueLooking(needs, endings)

  /** Longer pauses the longer it takes. */
  function pause(payment: PaymentRow): JobResult {
    if (payment.setAsideAt !== null) return { againInMs: PAUSE_SET_ASIDE_MS }
    const most = payment.status === 'UNKNOWN' ? PAUSE_UNKNOWN_MS : PAUSE_MAX_MS
    return { againInMs: Math.min(most, Math.max(PAUSE_MIN_MS, Math.round(apartMs(payment.updatedAt) / 2))) }
  }

  /** Sent, and something is odd about it: nothing is concluded. */
  async function explain(payment: PaymentRow, failure: Failure): Promise<JobResult> {
    await database.inOrganization(payment.organizationId, async (tx) => {
      if (payment.status === 'UNKNOWN') return paymentStore.explain(tx, payment, failure)
      return becomeUnknown(tx, needs, { id: payment.id, from: 'SUBMITTED', failure })
    })
    return payment.status === 'UNKNOWN' ? pause(payment) : { againInMs: PAUSE_MAX_MS }
  }

  async function end(payment: PaymentRow, { to, receipt, isQueued: wakes }: End): Promise<JobResult> {
    const { hash: transactionHash, blockNumber } = receipt
    await database.inOrganization(payment.organizationId, async (tx) => {
      await holdStill(tx, needs, payment)
      const failure = to === 'CONFIRMED' ? undefined : failureOf(payment, to, transactionHash)
      const reasons = failure?.reasons
      const row = await settle(tx, needs, payment.id, {
        to,
        from: ['SUBMITTED', 'UNKNOWN'],
        actor: SYSTEM,
        transactionHash,
        blockNumber,
        ...(failure && { failure }),
        ...(reasons && { reasons }),
      })
      if (row && wakes) await wakeNext(tx, needs, row)
    })
    return 'done'
  }

  /** What one of our own transactions says of the payment; undefined while it is in no block. */
  async function conclude(
    payment: PaymentRow,
    { transactionHash, purpose }: ChainTransactionRow,
    intent: Intent,
  ): Promise<JobResult | undefined> {
    const seen = await chains.effect(transactionHash as Hex, intent)
    if (seen === 'absent') return undefined
    if (seen === 'shallow') return pause(payment)
    const { effect, receipt } = seen
    // It takes the nonce, whatever it says itself: what would have paid cannot be mined any more.
    if (purpose === 'CANCEL') return end(payment, { to: 'CANCELED', receipt })
    if (effect === 'mismatch') {
      const detail = `${transactionHash} is mined, but did not do what was meant.`
      return explain(payment, { code: 'payment.mismatch', detail })
    }
    return end(payment, { to: effect === 'moved' ? 'CONFIRMED' : 'REVERTED', receipt })
  }

  /** None of our bytes is in a block: hand them over again, or sign what nodes prefer to them. */
  async function chase(
    payment: PaymentRow,
    wallet: WalletRow,
    transactions: Transactions,
    intent: Intent,
  ): Promise<Step> {
    const last = lastOf(transactions)
    const isToBeCanceled = payment.cancelRequestedAt !== null && last.purpose === 'PAY'
    if (apartMs(payment.updatedAt) < REBROADCAST_AFTER_MS && !isToBeCanceled && isSigned(last)) return pause(payment)
    const chain = payment.chain as ChainId
    const mined = await chains.minedNonce(chain, intent.from)
    if (mined > last.nonce) return foreign.taken(payment, transactions, intent)
    if (isToBeCanceled) return replace(payment, wallet, transactions, 'CANCEL')
    if (!isSigned(last)) {
      const next = await signAgain(payment, wallet, transactions)
      return next === 'fill' ? replace(payment, wallet, transactions, 'CANCEL') : next
    }
    // A chain that lost blocks needs what came before as well, byte for byte: a nonce is mined only after the one below.
    for (const raw of await transactionStore.signedBetween(database, payment, mined, last.nonce)) {
      const result = await chains.broadcast(chain, raw as Hex)
      if (typeof result !== 'string') return explainOnly(payment, { code: 'chain.refused', detail: result.refused })
    }
    // Only the next to be mined can be helped by its own fee.
    const age = sinceMs(last.createdAt)
    if (mined < last.nonce || !mayBeStuck(age)) return pause(payment)
    const price = await chains.priceOfNothing(chain, intent.from)
    if (!isStuck(age, unsignedOf(last), price)) return pause(payment)
    return replace(payment, wallet, transactions, last.purpose)
  }

  async function explainOnly(payment: PaymentRow, failure: Failure): Promise<JobResult> {
    await database.inOrganization(payment.organizationId, (tx) => paymentStore.explain(tx, payment, failure))
    return pause(payment)
  }

  return async function look(payment: PaymentRow, wallet: WalletRow): Promise<Step> {
    const transactions = requireSome(payment, await transactionStore.of(database, payment))
    const intent = transferOf(payment, wallet)
    if (isQueued(transactions)) return lookForQueued(payment, wallet, transactions[0], intent)
    for (const transaction of transactions.filter(isSigned)) {
      const concluded = await conclude(payment, transaction, intent)
      if (concluded) return concluded
    }
    return chase(payment, wallet, transactions, intent)
  }
}

type Ending = 'CONFIRMED' | 'REVERTED' | 'CANCELED'

interface End {
  to: Ending
  receipt: Receipt
  /** Others wait for their turn at the queue. */
  isQueued?: boolean
}

function failureOf(payment: PaymentRow, to: Exclude<Ending, 'CONFIRMED'>, hash: string): Failure {
  if (to === 'CANCELED') return payment.cancelReason as Failure
  return { code: 'payment.reverted', detail: `${hash} is mined and reverted.` }
}

/** How a look ends, whichever way the payment was sent. */
export interface Endings {
  pause: (payment: PaymentRow) => JobResult
  explain: (payment: PaymentRow, failure: Failure) => Promise<JobResult>
  end: (payment: PaymentRow, how: End) => Promise<JobResult>
}
