import type { PaymentRow, WalletRow } from '@wedi/database'
import { ChainUnavailable } from '#modules/chains'
import { ProviderError } from '#modules/wallets'
import { paymentStore } from '../store/payments.ts'
import { transactionStore } from '../store/transactions.ts'
import { beginning } from './begin.ts'
import { foreignNonces } from './foreign.ts'
import { looking } from './look.ts'
import type { PaymentNeeds, Step } from './needs.ts'
import { replacing } from './replace.ts'
import { signing } from './sign.ts'
import { submitting } from './submit.ts'
import { isSigned, lastOf, requireSome } from './transaction.ts'

const WAIT_FOR_CHAIN_MS = 1000
const LOOK_AGAIN_MS = 5000
const WAIT_FOR_PROVIDER_MS = 2000

/**
 * From a reserved payment to one that is settled. Each step commits before the next begins, and each can be found again
 * after a crash by the payment's status and what is stored of its transactions:
 * SUBMITTING without bytes: sign the stored fields (again). With bytes: broadcast them (again). Never a second nonce.
 */
export function executing(needs: PaymentNeeds) {
  const { database } = needs
  const sending = signing(needs)
  const replace = replacing(needs, sending)
  const queue = submitting(needs, sending)
  const foreign = foreignNonces(needs)
  const begin = beginning(needs, { ...sending, ...queue, foreign })
  const look = looking(needs, { ...sending, replace, foreign })

  /** A crash or a lost answer came between `begin` and the sending. */
  async function resume(payment: PaymentRow, wallet: WalletRow): Promise<Step> {
    const transactions = requireSome(payment, await transactionStore.of(database, payment))
    const last = lastOf(transactions)
    if (last.submissionKey !== null) return queue.unknown(payment, 'It is not known whether the provider took it.')
    const isToBeCanceled = payment.cancelRequestedAt !== null && last.purpose === 'PAY'
    if (isToBeCanceled) return replace(payment, wallet, transactions, 'CANCEL')
    if (isSigned(last)) return sending.broadcast(payment, wallet, last)
    const next = await sending.signAgain(payment, wallet, transactions)
    return next === 'fill' ? replace(payment, wallet, transactions, 'CANCEL') : next
  }

  async function step(payment: PaymentRow, wallet: WalletRow): Promise<Step> {
    if (payment.status === 'RESERVED') return begin(payment, wallet)
    return payment.status === 'SUBMITTING' ? resume(payment, wallet) : look(payment, wallet)
  }

  /** The provider could not even be asked: nothing was done. */
  async function wait(payment: PaymentRow, code: string, detail: string, againInMs: number): Promise<Step> {
    await database.inOrganization(payment.organizationId, (tx) => paymentStore.explain(tx, payment, { code, detail }))
    return { againInMs }
  }

  /** Takes a payment one step on. */
  return async function execute(payment: PaymentRow, wallet: WalletRow): Promise<Step> {
    try {
      return await step(payment, wallet)
    } catch (error) {
      const isSent = payment.status === 'SUBMITTED' || payment.status === 'UNKNOWN'
      if (error instanceof ChainUnavailable)
        return wait(payment, 'chain.unavailable', error.message, isSent ? LOOK_AGAIN_MS : WAIT_FOR_CHAIN_MS)
      if (error instanceof ProviderError)
        return wait(payment, 'provider.unavailable', error.message, WAIT_FOR_PROVIDER_MS)
      throw error
    }
  }
}
