import type { TaskRow } from '@wedi/database'
import { isOpen } from '#modules/payments'
import type { Tx } from '#platform/database/database'
import { type Ending, ending, HELD } from './ends.ts'
import { type AssignmentNeeds, SYSTEM } from './needs.ts'
import { laneStore } from './store/lanes.ts'
import { leaseStore } from './store/leases.ts'
import { taskStore } from './store/tasks.ts'

const BATCH = 500
const PAYMENT = 'payment'
const LEASE_OVER = { code: 'task.leaseExpired', detail: 'Its agent was not heard of until its lease ran out.' }
const TOO_LATE = { code: 'task.deadlinePassed', detail: 'It was not done before its deadline.' }

/** Ends what has waited too long, by the database's clock. True when there is more of it. */
export function overdue(needs: AssignmentNeeds) {
  const end = ending(needs)

  return async function endOverdue(tx: Tx): Promise<boolean> {
    const [expired, late] = await Promise.all([leaseStore.expired(tx, BATCH), leaseStore.late(tx, BATCH)])
    await end(tx, expired.filter(({ paymentId }) => paymentId === null).map(lost), {
      from: HELD,
      isExpired: true,
      isUnpaid: true,
    })
    for (const task of expired) if (task.paymentId !== null) await leaveToPayment(tx, task, task.paymentId)
    await end(tx, late.map(tooLate), { from: ['QUEUED', ...HELD], isUnpaid: true })
    const empty = await laneStore.tryEmpty(tx, BATCH)
    if (empty.length > 0)
      await laneStore.leave(
        tx,
        empty.map(({ id }) => id),
      )
    return expired.length === BATCH || late.length === BATCH
  }

  /** An agent that asked for a payment and went away: the money decides what becomes of the task. */
  async function leaveToPayment(tx: Tx, task: TaskRow, paymentId: string): Promise<void> {
    const payment = await needs.payments.read(tx, paymentId)
    if (payment && isOpen(payment.status)) {
      await leaseStore.park(tx, task.id)
      return
    }
    const isPaid = payment?.status === 'CONFIRMED'
    if (isPaid && task.type === PAYMENT) {
      const result = { paymentId, transactionHash: payment.transactionHash }
      await end(tx, [{ task, actor: SYSTEM, to: 'SUCCEEDED', result }], { from: HELD, isExpired: true })
      return
    }
    // Whoever takes it next sees the payment that was made, and may ask for one only if there is none.
    await end(tx, [lost(task)], { from: HELD, isExpired: true })
    if (!isPaid) await taskStore.detach(tx, task.id, paymentId)
  }
}

/** The process is to blame, not the task: it goes to the next at once, as long as it has attempts left. */
function lost(task: TaskRow): Ending {
  const common = { task, actor: SYSTEM, token: task.fencingToken, errorClass: 'LEASE_LOST', error: LEASE_OVER } as const
  if (task.attempt < task.maxAttempts) return { ...common, to: 'QUEUED', why: LEASE_OVER.detail }
  const detail = `${LEASE_OVER.detail} It was the last of ${task.maxAttempts} attempts.`
  return { ...common, to: 'DEAD', error: { ...LEASE_OVER, detail, attempts: task.attempt } }
}

const tooLate = (task: TaskRow): Ending => ({
  task,
  actor: SYSTEM,
  to: 'FAILED',
  token: task.fencingToken,
  errorClass: 'TIMEOUT',
  error: TOO_LATE,
})
