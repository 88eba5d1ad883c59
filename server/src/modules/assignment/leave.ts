import type { TaskRow } from '@wedi/database'
import { isOpen } from '#modules/payments'
import type { Tx } from '#platform/database/database'
import { PAYMENT_TASK } from './contract.ts'
import { type Ending, ending, HELD } from './ends.ts'
import { type AssignmentNeeds, SYSTEM } from './needs.ts'
import { payingStore } from './store/paying.ts'
import { type MoveOptions, taskStore } from './store/tasks.ts'

/**
 * An agent that asked for a payment leaves the task: the money decides what becomes of it. In a transaction of its own,
 * which holds the task before it reads the payment: one that ends meanwhile finds the task parked, and ends it.
 */
export function leaving(needs: AssignmentNeeds) {
  const end = ending(needs)

  return async function leaveToPayment(
    tx: Tx,
    seen: TaskRow,
    goesBack: (task: TaskRow) => Ending,
    options: Pick<MoveOptions, 'isExpired'> = {},
  ): Promise<void> {
    const task = await taskStore.lock(tx, seen.id)
    if (task?.fencingToken !== seen.fencingToken || task.leaseExpiresAt === null || task.paymentId === null) return
    const payment = await needs.payments.read(tx, task.paymentId)
    if (payment && isOpen(payment.status)) {
      await payingStore.park(tx, task.id, options)
      return
    }
    const isPaid = payment?.status === 'CONFIRMED'
    if (isPaid && task.type === PAYMENT_TASK) {
      const result = { paymentId: payment.id, transactionHash: payment.transactionHash }
      const token = task.fencingToken
      await end(tx, [{ task, actor: SYSTEM, to: 'SUCCEEDED', token, result }], { from: HELD, ...options })
      return
    }
    // Whoever takes it next sees the payment that was made, and may ask for one only if there is none.
    await end(tx, [goesBack(task)], { from: HELD, ...options })
    if (!isPaid) await payingStore.detach(tx, task.id, task.paymentId)
  }
}
