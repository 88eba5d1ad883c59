import type { TaskRow, TaskStatus } from '@wedi/database'
import type { ErrorClass, Sample } from '#modules/health'
import type { Tx } from '#platform/database/database'
import { type AssignmentNeeds, aboutTask } from './needs.ts'
import { laneStore } from './store/lanes.ts'
import { type Moved, type MoveOptions, type TaskMove, taskStore } from './store/tasks.ts'

/** A task, and where it goes. */
export interface Ending extends Omit<TaskMove, 'id'> {
  /** `laneId` is where it goes back to: of one that ends for good nobody has to know it. */
  readonly task: Pick<TaskRow, 'id' | 'laneId'>
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
    if (back.length > 0) laneStore.reopen(tx, lanes, Math.min(...back.map(({ pauseMs = 0 }) => pauseMs)))
    const byId = new Map(endings.map((each) => [each.task.id, each]))
    await decisions.recordAll(
      tx,
      moved.map((row) => actOf(byId.get(row.id) as Ending, row)),
    )
    await events.publishAll(
      tx,
      'task.changed',
      moved.map(({ id }) => id),
    )
    const seen = moved.flatMap((row) => observed(byId.get(row.id) as Ending, row))
    if (seen.length > 0) health.observe(tx, seen)
    return moved.map(rowOf)
  }
}

const rowOf = ({ agentWas, instanceWas, attemptWas, wasHeld, durationMs, ...row }: Moved): TaskRow => row

function actOf({ actor, why }: Ending, row: Moved) {
  const type = row.status === 'QUEUED' ? 'task.released' : `task.${row.status.toLowerCase()}`
  const about = { ...aboutTask(row), agentId: row.agentWas, paymentId: row.paymentId }
  const inputs = { why, attempt: row.attemptWas, result: row.result ?? undefined, error: row.error ?? undefined }
  return { actor, entry: { type, ...about, inputs } }
}

function observed({ errorClass }: Ending, { agentWas, instanceWas, wasHeld, durationMs }: Moved): Sample[] {
  if (errorClass === undefined || agentWas === null || !wasHeld) return []
  return [{ agentId: agentWas, instanceId: instanceWas, kind: 'TASK', errorClass, durationMs }]
}
