import type { ChainTransactionRow, PaymentRow, WalletRow } from '@wedi/database'
import type { Hex } from 'viem'
import type { Answer } from '#modules/capabilities'
import type { Receipt } from '#modules/chains'
import { ProviderError, SIGNING_TIMEOUT_MS } from '#modules/wallets'
import { backoffMs } from '#platform/backoff'
import type { ChainId } from '#platform/caip'
import type { Tx } from '#platform/database/database'
import { type Failure, MAX_REFUSALS } from '../rules.ts'
import { paymentStore } from '../store/payments.ts'
import { transactionStore } from '../store/transactions.ts'
import { requestCancel } from './cancel.ts'
import {
  AGAIN,
  about,
  holdStill,
  isFrozen,
  PARKED,
  type PaymentNeeds,
  reevaluate,
  type Step,
  SYSTEM,
  type Wait,
} from './needs.ts'
import { confirmedBy, type Settlement, settle } from './settle.ts'
import { isSigned, lastOf, type Transactions, transferOf, unsignedOf } from './transaction.ts'

const WAIT_FOR_CHAIN_MS = 1000
const LOOK_WHILE_FROZEN_MS = 5000
export const REFUSAL_PAUSE = { baseMs: 1000, maxMs: 60_000 }

/** By this process's own count: a clock that is set meanwhile lets nobody sign longer. Taken before it is written down. */
export const deadlineIn = (): number => performance.now() + SIGNING_TIMEOUT_MS
export const timeLeft = (deadline: number): number => Math.floor(deadline - performance.now())

/** From fields that are stored to bytes that are stored, and to the chain. */
export function signing(needs: PaymentNeeds) {
  const { database, chains, wallets, decisions, events } = needs

  const inTx = <T>(payment: PaymentRow, act: (tx: Tx) => Promise<T>) =>
    database.inOrganization(payment.organizationId, act)

  /** Frozen: nothing is signed. What is already sent is looked for all the same. */
  async function holdBack(tx: Tx, payment: PaymentRow): Promise<Wait> {
    if (payment.status !== 'RESERVED' && payment.status !== 'SUBMITTING') return { againInMs: LOOK_WHILE_FROZEN_MS }
    await paymentStore.explain(tx, payment, { code: 'payment.frozen', detail: 'It waits until the freeze is lifted.' })
    return PARKED
  }

  /** Signs what is allowed to be signed until the deadline, and sends it. */
  async function sign(
    payment: PaymentRow,
    wallet: WalletRow,
    transaction: ChainTransactionRow,
    deadline: number,
  ): Promise<Step> {
    const remainingMs = timeLeft(deadline)
    if (remainingMs <= 0) return AGAIN
    try {
      const raw = await wallets.sign(wallet, unsignedOf(transaction), remainingMs)
      const stored = await inTx(payment, async (tx) => {
        const standing = await holdStill(tx, needs, payment)
        // Whether the payment itself is frozen is seen by the statement that stores.
        const kept = isFrozen(standing, { frozenAt: null })
          ? undefined
          : await transactionStore.storeSignature(tx, transaction.id, raw, chains.hashOf(raw))
        if (!kept) await transactionStore.endSigning(tx, transaction)
        return kept
      })
      return stored ? broadcast(payment, wallet, stored) : AGAIN
    } catch (error) {
      if (error instanceof ProviderError && error.outcome === 'refused') return refused(payment, transaction, error)
      throw error
    }
  }

  /** The signer did nothing. It is asked again with growing pauses, and when it says no, not for ever. */
  async function refused(payment: PaymentRow, transaction: ChainTransactionRow, error: ProviderError): Promise<Step> {
    const code = error.isUnreached ? 'provider.unavailable' : 'provider.refused'
    const row = await inTx(payment, async (tx) => {
      await transactionStore.endSigning(tx, transaction)
      if (!error.isUnreached) return paymentStore.refused(tx, payment.id, { code, detail: error.message })
      return paymentStore.explain(tx, payment, { code, detail: error.message })
    })
    return { againInMs: backoffMs(Math.max(1, row?.refusals ?? 1), REFUSAL_PAUSE) }
  }

  /**
   * The last of the transactions has no bytes: a crash, a lost answer or a refusal came between. The same fields are
   * signed again, if the payment may still be paid; `fill` when it may not, for its nonce must not be left open.
   */
  async function signAgain(payment: PaymentRow, wallet: WalletRow, transactions: Transactions): Promise<Step | 'fill'> {
    const transaction = lastOf(transactions)
    const deadline = deadlineIn()
    const next = await inTx(payment, async (tx) => {
      const standing = await holdStill(tx, needs, payment)
      const locked = await paymentStore.lock(tx, payment.id)
      if (locked?.status !== payment.status) return AGAIN
      if (isFrozen(standing, locked)) return holdBack(tx, locked)
      if (transaction.purpose === 'PAY') {
        if (locked.cancelRequestedAt !== null) return 'fill'
        const answer = await reevaluate(tx, needs, locked, standing)
        const reason = whyNot(locked, answer, transactions)
        if (reason) {
          const question = answer.verdict === 'DENY' ? answer.question : undefined
          await requestCancel(tx, needs, { id: payment.id, actor: SYSTEM, reason, question })
          return 'fill'
        }
      }
      return (await transactionStore.allowSigning(tx, transaction.id, SIGNING_TIMEOUT_MS)) ?? AGAIN
    })
    if (next === 'fill' || 'againInMs' in next) return next
    return sign(payment, wallet, next, deadline)
  }

  /** The stored bytes, again and again if need be: handing over the same ones twice does nothing. */
  async function broadcast(payment: PaymentRow, wallet: WalletRow, transaction: ChainTransactionRow): Promise<Step> {
    const result = await chains.broadcast(payment.chain as ChainId, transaction.rawTransaction as Hex)
    if (typeof result !== 'string') {
      const failure = { code: 'chain.refused', detail: result.refused }
      await inTx(payment, (tx) => paymentStore.explain(tx, payment, failure))
      return { againInMs: WAIT_FOR_CHAIN_MS }
    }
    if (payment.status !== 'SUBMITTING') return 'look'
    const receipt = await receiptAtOnce(payment, wallet, transaction)
    // Not taken for its fee, it counts as sent: its bytes exist. Looking for it finds that it is stuck, and replaces it.
    if (!receipt) await submitted(payment, transaction.transactionHash as Hex)
    return receipt && (await confirm(payment, receipt)) ? 'done' : 'look'
  }

  /** Sent and seen in one: its end is the only record it needs. */
  const confirm = (payment: PaymentRow, receipt: Receipt): Promise<boolean> =>
    inTx(payment, async (tx) => {
      await holdStill(tx, needs, payment)
      const end: Settlement = { ...confirmedBy(receipt), from: ['SUBMITTING', 'SUBMITTED', 'UNKNOWN'] }
      return (await settle(tx, needs, payment.id, end)) !== undefined
    })

  /** A chain that mines at once has done what was meant before we are back from telling it; then one commit is enough. */
  async function receiptAtOnce(
    payment: PaymentRow,
    wallet: WalletRow,
    { transactionHash, purpose }: ChainTransactionRow,
  ): Promise<Receipt | undefined> {
    if (purpose !== 'PAY' || !chains.countsAtOnce(payment.chain as ChainId)) return undefined
    const seen = await chains.effect(transactionHash as Hex, transferOf(payment, wallet))
    return typeof seen !== 'string' && seen.effect === 'moved' ? seen.receipt : undefined
  }

  async function submitted(payment: PaymentRow, transactionHash?: Hex): Promise<void> {
    await inTx(payment, async (tx) => {
      const hash = transactionHash && { transactionHash }
      const row = await paymentStore.move(tx, payment.id, { to: 'SUBMITTED', from: ['SUBMITTING'], ...hash })
      if (!row) return
      await decisions.record(tx, SYSTEM, { type: 'payment.submitted', ...about(row), inputs: { transactionHash } })
      await events.publish(tx, 'payment.changed', payment.id, row)
    })
  }

  return { sign, signAgain, broadcast, submitted, holdBack }
}

/** Why a payment that has its nonce shall not be paid any more. A refusal ends none whose bytes may yet be mined. */
function whyNot(payment: PaymentRow, { verdict, reasons }: Answer, transactions: Transactions): Failure | undefined {
  if (verdict === 'DENY') return { code: 'payment.denied', detail: 'It is no longer allowed.', reasons }
  if (payment.refusals < MAX_REFUSALS || transactions.some(isSigned)) return undefined
  const said = payment.failure as Failure | null
  return { code: 'provider.refused', detail: said?.detail ?? 'The signer refuses it.' }
}

export type Signing = ReturnType<typeof signing>
