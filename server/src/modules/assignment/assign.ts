import type { Tx } from '#platform/database/database'
import type { JobResult } from '#platform/jobs'
import { type AssignmentNeeds, aboutTask } from './needs.ts'
import { place, type Requirements } from './rules.ts'
import { taskStore } from './store.ts'

const BATCH = 200
const LEASE_SECONDS = 60
const QUEUE = 'queue'

/** Gives waiting tasks to agents, one organisation at a time. Answers the way to ask for it in a transaction. */
export function assigning({ database, jobs, events, decisions, agents, capabilities }: AssignmentNeeds) {
  async function assign(organizationId: string): Promise<JobResult> {
    return database.inOrganization(organizationId, async (tx) => {
      await taskStore.lockQueue(tx)
      const waiting = await taskStore.waiting(tx, BATCH)
      const late = waiting.filter(({ deadlineAt }) => deadlineAt !== null && deadlineAt <= tx.now)
      for (const task of late) await expire(tx, task.id)
      const inTime = waiting.filter((task) => !late.includes(task))
      if (inTime.length === 0) return 'done'
      const candidates = await candidatesOf(tx)
      const tasks = inTime.map(({ id, type, agentId, requires }) => ({
        id,
        type,
        agentId,
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
      return nextLook(inTime, assigned.length, tx.now)
    })
  }

  async function candidatesOf(tx: Tx) {
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

/** More of the queue at once when the batch was full and moved; else when the next deadline passes; else when asked. */
function nextLook(tasks: { deadlineAt: Date | null }[], assigned: number, now: Date): JobResult {
  if (tasks.length === BATCH && assigned > 0) return { againInMs: 0 }
  const deadlines = tasks.flatMap(({ deadlineAt }) => (deadlineAt === null ? [] : [deadlineAt.getTime()]))
  return deadlines.length === 0 ? 'done' : { againInMs: Math.max(0, Math.min(...deadlines) - now.getTime()) }
}
