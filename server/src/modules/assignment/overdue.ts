import type { TaskRow } from '@wedi/database'
import { isOpen } from '#modules/payments'
import type { Tx } from '#platform/database/database'
import { type Ending, ending, HELD } from './ends.ts'
import { type AssignmentNeeds, SYSTEM } from './needs.ts'
import { leaseStore } from './store/leases.ts'
import { taskStore } from './store/tasks.ts'

const BATCH = 500
const PAYMENT = 'payment'
const LEASE_OVER = { code: 'task.leaseExpired', detail: 'Its agent was not heard of until its lease ran out.' }
const TOO_LATE = { code: 'task.deadlinePassed', detail: 'It was not done before its deadline.' }

/** What has waited too long, by the database's clock. */
export interface Overdue {
  readonly expired: readonly TaskRow[]
  readonly late: readonly TaskRow[]
}

export async function findOverdue(tx: Tx): Promise<Overdue | undefined> {
  const [expired, late] = await Promise.all([leaseStore.expired(tx, BATCH), leaseStore.late(tx, BATCH)])
  return expired.length + late.length > 0 ? { expired, late } : undefined
}

/** Ends what is overdue: each kind in a transaction of its own, so that none takes seats twice. True when there may be more. */
export function overdue(needs: AssignmentNeeds) {
  const { database } = needs
  const end = ending(needs)

  return async function endOverdue(organizationId: string, { expired, late }: Overdue): Promise<boolean> {
    const unpaid = expired.filter(({ paymentId }) => paymentId === null)
    if (unpaid.length > 0)
      await database.inOrganization(organizationId, (tx) =>
        end(tx, unpaid.map(lost), { from: HELD, isExpired: true, isUnpaid: true }),
      )
    for (const task of expired) {
      const { paymentId } = task
      if (paymentId !== null) await database.inOrganization(organizationId, (tx) => leaveToPayment(tx, task, paymentId))
    }
    if (late.length > 0)
      await database.inOrganization(organizationId, (tx) =>
        end(tx, late.map(tooLate), { from: ['QUEUED', ...HELD], isUnpaid: true }),
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
      const token = task.fencingToken
      await end(tx, [{ task, actor: SYSTEM, to: 'SUCCEEDED', token, result }], { from: HELD, isExpired: true })
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
