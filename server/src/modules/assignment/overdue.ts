import type { TaskRow } from '@wedi/database'
import type { Tx } from '#platform/database/database'
import { type Ending, ending, HELD } from './ends.ts'
import { laneOf } from './lane.ts'
import { leaving } from './leave.ts'
import { type AssignmentNeeds, SYSTEM } from './needs.ts'
import { laneStore } from './store/lanes.ts'
import { leaseStore } from './store/leases.ts'

const BATCH = 500
const LEASE_OVER = { code: 'task.leaseExpired', detail: 'Its agent was not heard of until its lease ran out.' }
const TOO_LATE = { code: 'task.deadlinePassed', detail: 'It was not done before its deadline.' }

/** What has waited too long, by the database's clock. */
export interface Overdue {
  readonly expired: readonly TaskRow[]
  readonly late: readonly TaskRow[]
  readonly rested: readonly TaskRow[]
}

export async function findOverdue(tx: Tx): Promise<Overdue | undefined> {
  const [expired, late, rested] = await Promise.all([
    leaseStore.expired(tx, BATCH),
    leaseStore.late(tx, BATCH),
    leaseStore.rested(tx, BATCH),
  ])
  return expired.length + late.length + rested.length > 0 ? { expired, late, rested } : undefined
}

/** Ends what is overdue: each kind in a transaction of its own, so that none takes seats twice. True when there may be more. */
export function overdue(needs: AssignmentNeeds) {
  const { database } = needs
  const end = ending(needs)
  const leaveToPayment = leaving(needs)

  return async function endOverdue(organizationId: string, { expired, late, rested }: Overdue): Promise<boolean> {
    const unpaid = expired.filter(({ paymentId }) => paymentId === null)
    if (unpaid.length > 0)
      await database.inOrganization(organizationId, (tx) =>
        end(tx, unpaid.map(lost), { from: HELD, isExpired: true, isUnpaid: true }),
      )
    for (const task of expired.filter(({ paymentId }) => paymentId !== null))
      await database.inOrganization(organizationId, (tx) => leaveToPayment(tx, task, lost, { isExpired: true }))
    if (late.length > 0)
      await database.inOrganization(organizationId, (tx) =>
        end(tx, late.map(tooLate), { from: ['QUEUED', ...HELD], isUnpaid: true }),
      )
    if (rested.length > 0) await database.inOrganization(organizationId, async (tx) => putInLanes(tx, rested))
    return [expired, late, rested].some(({ length }) => length === BATCH)
  }
}

function putInLanes(tx: Tx, tasks: readonly TaskRow[]): void {
  const entering = tasks.map((task) => ({ id: task.id, lane: laneOf(task) }))
  const lanes = [...new Map(entering.map(({ lane }) => [lane.id, lane])).values()]
  laneStore.hold(
    tx,
    lanes.map(({ id }) => id),
  )
  leaseStore.enter(
    tx,
    entering.map(({ id, lane }) => ({ id, laneId: lane.id })),
  )
  laneStore.openAll(tx, lanes)
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
