import type { ChainTransactionRow, PaymentRow, WalletRow } from '@wedi/database'
import { ProviderError, signingWallet } from '#modules/wallets'
import { backoffMs } from '#platform/backoff'
import { MAX_REFUSALS } from '../rules.ts'
import { paymentStore } from '../store/payments.ts'
import { transactionStore } from '../store/transactions.ts'
import { holdStill, type PaymentNeeds, type Step, SYSTEM } from './needs.ts'
import { becomeUnknown, settle, wakeNext } from './settle.ts'
import { REFUSAL_PAUSE, type Signing, timeLeft } from './sign.ts'
import { unsignedOf } from './transaction.ts'

/** Hands a payment over to a provider that sends by itself. */
export function submitting(needs: PaymentNeeds, { submitted }: Pick<Signing, 'submitted'>) {
  const { database, wallets } = needs

  /** Once, with a key that is stored already. Whatever is not a clear no or yes is unknown. */
  async function submit(
    payment: PaymentRow,
    wallet: WalletRow,
    transaction: ChainTransactionRow,
    deadline: number,
  ): Promise<Step> {
    const { to, value, data, chain } = unsignedOf(transaction)
    const submission = { chain, to, value, data, submissionKey: transaction.submissionKey as string }
    // A freeze that answered counts on nothing being handed over after this; what was not handed over is refused by us.
    const remainingMs = timeLeft(deadline)
    const tooLate = new ProviderError('refused', 'It was too late to hand it over.', { isUnreached: true })
    if (remainingMs <= 0) return refused(payment, transaction, tooLate)
    try {
      const provider = wallets.providerOf(wallet)
      const { queueId } = await provider.submit(signingWallet(wallet), submission, AbortSignal.timeout(remainingMs))
      await database.inOrganization(payment.organizationId, (tx) =>
        transactionStore.storeQueueId(tx, transaction.id, queueId),
      )
      await submitted(payment)
      return 'look'
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error
      if (error.outcome === 'unknown') return unknown(payment, error.message)
      return refused(payment, transaction, error)
    }
  }

  /** The provider did nothing, which is proof: the payment begins again later; when it was told no, not for ever. */
  async function refused(payment: PaymentRow, { id }: ChainTransactionRow, error: ProviderError): Promise<Step> {
    const refusals = payment.refusals + (error.isUnreached ? 0 : 1)
    const code = error.isUnreached ? 'provider.unavailable' : 'provider.refused'
    const failure = { code, detail: error.message }
    const isOver = refusals >= MAX_REFUSALS
    await database.inOrganization(payment.organizationId, async (tx) => {
      await holdStill(tx, needs, payment)
      // Another process may have called it unknown meanwhile; the one hand-over there was is the one that was refused.
      const from: ['SUBMITTING', 'UNKNOWN'] = ['SUBMITTING', 'UNKNOWN']
      if (!(await transactionStore.drop(tx, id))) return
      if (!error.isUnreached) await paymentStore.refused(tx, payment.id, failure)
      if (isOver) await settle(tx, needs, payment.id, { to: 'FAILED', from, actor: SYSTEM, failure })
      else await paymentStore.move(tx, payment.id, { to: 'RESERVED', from, failure })
      await wakeNext(tx, needs, payment)
    })
    return isOver ? 'done' : { againInMs: backoffMs(Math.max(1, payment.attempts + 1), REFUSAL_PAUSE) }
  }

  /** Only the chain can say now what became of it. */
  async function unknown(payment: PaymentRow, detail: string): Promise<Step> {
    await database.inOrganization(payment.organizationId, async (tx) => {
      const failure = { code: 'payment.outcomeUnknown', detail }
      await becomeUnknown(tx, needs, { id: payment.id, from: 'SUBMITTING', failure })
    })
    return 'look'
  }

  return { submit, unknown }
}

export type Submitting = ReturnType<typeof submitting>
