import type { TaskRow, TaskStatus } from '@wedi/database'
import type { ErrorClass, Sample } from '#modules/health'
import type { Tx } from '#platform/database/database'
import { type AssignmentNeeds, aboutTask } from './needs.ts'
import { laneStore } from './store/lanes.ts'
import { type MoveOptions, type TaskMove, taskStore } from './store/tasks.ts'

/** A task as it was seen, and where it goes. */
export interface Ending extends Omit<TaskMove, 'id'> {
  readonly task: TaskRow
  readonly actor: string
  /** Why it goes back to the queue, in words for the record. */
  readonly why?: string
  /** What it says of its agent's health: what went wrong, null when nothing did. Absent: it says nothing. */
  readonly errorClass?: ErrorClass | null
}

export const HELD: TaskStatus[] = ['ASSIGNED', 'RUNNING']

/** Ends tasks, or gives them back to the queue: each once, with its slot, its record and its event. */
export function ending({ decisions, events, health }: Pick<AssignmentNeeds, 'decisions' | 'events' | 'health'>) {
  /** The rows of those that were where they may be moved from; who comes second finds nothing to do. */
  return async function end(
    tx: Tx,
    endings: readonly Ending[],
    options: { from: TaskStatus[] } & MoveOptions,
  ): Promise<TaskRow[]> {
    if (endings.length === 0) return []
    const back = endings.filter(({ to }) => to === 'QUEUED')
    const lanes = back.flatMap(({ task, pauseMs = 0 }) => (pauseMs === 0 ? (task.laneId ?? []) : []))
    if (back.length > 0) laneStore.hold(tx, lanes)
    const moves = endings.map(({ task, ...each }) => ({ ...each, id: task.id }))
    const moved = await taskStore.move(tx, moves, options.from, options)
    const rows = moved.map(({ durationMs: _, ...row }): TaskRow => row)
    if (back.length > 0) laneStore.reopen(tx, lanes, Math.min(...back.map(({ pauseMs = 0 }) => pauseMs)))
    const byId = new Map(endings.map((each) => [each.task.id, each]))
    await decisions.recordAll(
      tx,
      rows.map((row) => actOf(byId.get(row.id) as Ending, row)),
    )
    await events.publishAll(
      tx,
      'task.changed',
      rows.map(({ id }) => id),
    )
    const seen = moved.flatMap(({ id, durationMs }) => observed(byId.get(id) as Ending, durationMs))
    if (seen.length > 0) health.observe(tx, seen)
    return rows
  }
}

function actOf({ task, actor, why }: Ending, row: TaskRow) {
  const type = row.status === 'QUEUED' ? 'task.released' : `task.${row.status.toLowerCase()}`
  const about = { ...aboutTask(row), agentId: task.assignedAgentId, paymentId: row.paymentId }
  const inputs = { why, attempt: task.attempt, result: row.result ?? undefined, error: row.error ?? undefined }
  return { actor, entry: { type, ...about, inputs } }
}

function observed({ task, errorClass }: Ending, durationMs: number | null): Sample[] {
  const { assignedAgentId: agentId, instanceId } = task
  if (errorClass === undefined || agentId === null || !HELD.includes(task.status)) return []
  return [{ agentId, instanceId, kind: 'TASK', errorClass, durationMs }]
}
