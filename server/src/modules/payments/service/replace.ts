import type { PaymentRow, WalletRow } from '@wedi/database'
import type { Address } from 'viem'
import type { Price } from '#modules/chains'
import { SIGNING_TIMEOUT_MS } from '#modules/wallets'
import type { ChainId } from '#platform/caip'
import type { Tx } from '#platform/database/database'
import type { JobResult } from '#platform/jobs'
import { type Failure, type Fees, raisedFees } from '../rules.ts'
import { paymentStore } from '../store/payments.ts'
import { transactionStore } from '../store/transactions.ts'
import { requestCancel } from './cancel.ts'
import { AGAIN, about, holdStill, isFrozen, type PaymentNeeds, reevaluate, type Step, SYSTEM } from './needs.ts'
import { deadlineIn, type Signing } from './sign.ts'
import { isSigned, lastOf, nextOf, type Transactions, unsignedOf } from './transaction.ts'

/** An eighth more each time: the tenth pays about three times the first. */
const MAX_PAYING = 10
/** What frees a nonce may be tried for longer: it holds up everything after it. */
const MAX_ATTEMPTS = 20
const LATER: JobResult = { againInMs: 60_000 }

/**
 * Another transaction with the nonce of the one before: the same payment for a higher fee (`PAY`), or nothing at all
 * (`CANCEL`). It is a new signature, so everything that holds for the first holds for it.
 *
 * What was given up is only given back once something with its nonce is mined: the answer with an earlier signature may
 * have been lost, so bytes that pay may exist although we never saw them, and may be mined as long as the nonce is open.
 */
export function replacing(needs: PaymentNeeds, { sign, holdBack }: Pick<Signing, 'sign' | 'holdBack'>) {
  const { database, chains, decisions } = needs

  async function later(payment: PaymentRow, failure: Failure): Promise<Step> {
    await database.inOrganization(payment.organizationId, (tx) => paymentStore.explain(tx, payment, failure))
    return LATER
  }

  return async function replace(
    payment: PaymentRow,
    wallet: WalletRow,
    transactions: Transactions,
    purpose: 'PAY' | 'CANCEL',
  ): Promise<Step> {
    if (transactions.length >= (purpose === 'PAY' ? MAX_PAYING : MAX_ATTEMPTS))
      return later(payment, { code: 'payment.stuck', detail: 'It was replaced many times and is still not mined.' })
    const last = lastOf(transactions)
    const price = await chains.priceOfNothing(payment.chain as ChainId, wallet.address as Address)
    const fees = feesFor(transactions, price)
    if (!fees)
      return later(payment, { code: 'chain.feesTooHigh', detail: 'The chain asks for more than Wedi would pay.' })
    const { call, gas } = last.purpose === purpose ? partsOf(unsignedOf(last)) : price
    const needed = gas * fees.maxFeePerGas + call.value
    if (price.nativeBalance < needed) {
      const detail = `The wallet holds ${price.nativeBalance} of the native coin and needs ${needed} to replace it.`
      return later(payment, { code: 'payment.insufficientGas', detail })
    }

    /** The fields, written down while everyone is held still; undefined when somebody else was faster. */
    const write = async (tx: Tx) => {
      const standing = await holdStill(tx, needs, payment)
      const locked = await paymentStore.lock(tx, payment.id)
      if (locked?.status !== payment.status) return AGAIN
      if (isFrozen(standing, locked)) return holdBack(tx, locked)
      if ((await transactionStore.readOf(tx, payment.id)).length !== transactions.length) return AGAIN
      if (purpose === 'PAY') {
        if (locked.cancelRequestedAt !== null) return AGAIN
        const { verdict, reasons, question } = await reevaluate(tx, needs, locked, standing)
        if (verdict === 'DENY') {
          const reason = { code: 'payment.denied', detail: 'It is no longer allowed.', reasons }
          await requestCancel(tx, needs, { id: payment.id, actor: SYSTEM, reason, question })
          return AGAIN
        }
      }
      const next = nextOf(last, { purpose, call, gas, fees })
      const { attempt, nonce, unsigned } = next
      await decisions.record(tx, SYSTEM, {
        ...about(locked),
        type: 'payment.replaced',
        inputs: { attempt, purpose, nonce: String(nonce), unsigned },
      })
      return transactionStore.insert(tx, next, SIGNING_TIMEOUT_MS)
    }
    const deadline = deadlineIn()
    const written = await database.inOrganization(payment.organizationId, write)
    return 'againInMs' in written ? written : sign(payment, wallet, written, deadline)
  }
}

/** Where no bytes are out there is nothing to outbid, so what the chain asks is enough. */
function feesFor(transactions: Transactions, price: Price): Fees | undefined {
  if (!transactions.some(isSigned)) return price
  return raisedFees(unsignedOf(transactions[0]), unsignedOf(lastOf(transactions)), price)
}

const partsOf = ({ gas, ...call }: ReturnType<typeof unsignedOf>) => ({ call, gas })
