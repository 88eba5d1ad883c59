import { isFirst } from '#platform/http/idempotency'
import { IN_FLIGHT } from '../rules.ts'
import { paymentStore } from '../store/payments.ts'
import { transactionStore } from '../store/transactions.ts'
import type { PaymentNeeds } from './needs.ts'

/** A delivery may be told again for 10 minutes: 5 before and 5 after its time. The rest is room for clocks that differ. */
const REMEMBERED_MINUTES = 15

/**
 * Somebody outside says that a queue went on with a submission: its payment is looked at now instead of after the next
 * pause. Nothing else follows from it, so a hint that is lost or made up costs a look and no money.
 */
export function hinting({ database, jobs }: Pick<PaymentNeeds, 'database' | 'jobs'>) {
  return async function look(submission: string, delivery: Buffer): Promise<void> {
    const found = await transactionStore.ofSubmission(database, submission)
    if (!found) return
    await database.inOrganization(found.organizationId, async (tx) => {
      if (!(await isFirst(tx, { by: 'thirdweb-engine', digest: delivery, rememberedMinutes: REMEMBERED_MINUTES })))
        return
      const payment = await paymentStore.read(tx, found.paymentId)
      if (payment && IN_FLIGHT.includes(payment.status)) await jobs.request(tx, 'payments.advance', payment.id)
    })
  }
}
