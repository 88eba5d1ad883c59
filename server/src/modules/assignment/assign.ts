import type { TaskRow } from '@wedi/database'
import type { Tx } from '#platform/database/database'
import type { JobResult } from '#platform/jobs'
import { type AssignmentNeeds, aboutTask } from './needs.ts'
import { type Candidate, place, type Requirements } from './rules.ts'
import { taskStore } from './store.ts'

const BATCH = 200
const LEASE_SECONDS = 60
const QUEUE = 'queue'

/** Gives waiting tasks to agents, one organisation at a time. Answers the way to ask for it in a transaction. */
export function assigning({ database, jobs, events, decisions, agents, capabilities }: AssignmentNeeds) {
  /** Looks behind a batch that nobody can take as long as there is a free slot: what it holds up may be possible. */
  async function assign(organizationId: string): Promise<JobResult> {
    return database.inOrganization(organizationId, async (tx) => {
      await taskStore.lockQueue(tx)
      const candidates = await candidatesOf(tx)
      const hasRoom = candidates.some(isFree)
      let nextDeadline = Number.POSITIVE_INFINITY
      for (let behind: TaskRow | undefined; ; ) {
        const batch = await taskStore.waiting(tx, BATCH, behind)
        const inTime = await expireLate(tx, batch)
        const assigned = await giveOut(tx, inTime, candidates)
        const isShorter = assigned > 0 || inTime.length < batch.length
        if (batch.length === BATCH && isShorter) return { againInMs: 0 }
        nextDeadline = Math.min(nextDeadline, ...inTime.map(({ deadlineAt }) => deadlineAt?.getTime() ?? nextDeadline))
        behind = batch.at(-1)
        if (batch.length < BATCH || !hasRoom) return lookAgainAt(nextDeadline, tx.now)
      }
    })
  }

  async function giveOut(tx: Tx, waiting: TaskRow[], candidates: Candidate[]): Promise<number> {
    const tasks = waiting.map(({ id, type, agentId, requires }) => ({
      ...{ id, type, agentId },
      requires: requires as Requirements,
    }))
    const { assigned, waiting: left } = place(tasks, candidates, tx.now)
    for (const task of await taskStore.assign(tx, assigned, LEASE_SECONDS)) {
      await decisions.record(tx, 'system:assignment', {
        type: 'task.assigned',
        ...aboutTask(task),
        inputs: { attempt: task.attempt },
      })
      await events.publish(tx, 'task.assigned', task.id)
    }
    if (left.length > 0) await taskStore.explain(tx, left)
    return assigned.length
  }

  /** Ends the tasks whose deadline has passed; answers the others. */
  async function expireLate(tx: Tx, tasks: TaskRow[]): Promise<TaskRow[]> {
    const late = tasks.filter(({ deadlineAt }) => deadlineAt !== null && deadlineAt <= tx.now)
    for (const task of late) await expire(tx, task.id)
    return tasks.filter((task) => !late.includes(task))
  }

  async function candidatesOf(tx: Tx): Promise<Candidate[]> {
    const all = await agents.candidates(tx)
    const may = await capabilities.ofAgents(
      tx,
      all.map(({ id }) => id),
    )
    const inUse = await taskStore.inUse(tx)
    return all.flatMap(({ id, status, runtime, maxConcurrency }) => {
      const capability = may.get(id)
      if (!capability) return []
      return [
        { agentId: id, status, isHosted: runtime === 'HOSTED', maxConcurrency, inUse: inUse.get(id) ?? 0, capability },
      ]
    })
  }

  async function expire(tx: Tx, id: string): Promise<void> {
    const error = { code: 'task.deadlinePassed', detail: 'No agent could take it before its deadline.' }
    const row = await taskStore.move(tx, id, { to: 'FAILED', from: ['QUEUED'], error })
    if (!row) return
    await decisions.record(tx, 'system:assignment', { type: 'task.failed', ...aboutTask(row), inputs: { error } })
    await events.publish(tx, 'task.changed', id)
  }

  jobs.handle('tasks.assign', ({ organizationId }) => assign(organizationId))

  return (tx: Tx): Promise<void> => jobs.request(tx, 'tasks.assign', QUEUE)
}

const isFree = ({ status, isHosted, inUse, maxConcurrency }: Candidate): boolean =>
  status === 'ACTIVE' && isHosted && inUse < maxConcurrency

/** When the next deadline passes; without one, when asked. */
function lookAgainAt(deadline: number, now: Date): JobResult {
  return Number.isFinite(deadline) ? { againInMs: Math.max(0, deadline - now.getTime()) } : 'done'
}
