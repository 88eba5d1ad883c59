import type { Wedi } from '../client.ts'
import { WediError } from '../error.ts'
import type { Task } from '../operations.ts'
import { type Context, contextOf } from './context.ts'
import { type Failure, failureOf, TaskLost, untold } from './failure.ts'

/** Works on one task: what it returns is the task's result, what it throws is its failure. */
export type Program = (task: Task, context: Context) => Promise<Result> | Result
// biome-ignore lint/suspicious/noConfusingVoidType: a program that returns nothing is typed void
type Result = Record<string, unknown> | undefined | void

export interface Lease {
  readonly wedi: Wedi
  readonly agentId: string
  readonly program: Program
  readonly task: Task
  readonly fencingToken: string
  readonly leaseMs: number
  /** When the server was asked for it, by `performance.now()`. */
  readonly since: number
  readonly onError: (error: unknown, task: Task) => void
}

/** One lease of one task: its program runs once, and what came of it is told until the server has heard it. */
export interface Run {
  readonly taskId: string
  readonly fencingToken: string
  /** The server has extended the lease, asked at this time. */
  renew(at: number): void
  /** Tells the program to stop: nothing it does from now on counts. */
  lose(reason: string): void
  /** Never rejects. */
  readonly ended: Promise<void>
}

export function startRun(lease: Lease): Run {
  const { task, fencingToken, leaseMs, program, onError } = lease
  const lost = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  function lose(reason: string): void {
    clearTimeout(timer)
    lost.abort(new TaskLost(reason))
  }

  /** By our own clock at the latest: cut off from the server, we cannot know that another has the task. */
  function renew(at: number): void {
    clearTimeout(timer)
    if (lost.signal.aborted) return
    timer = setTimeout(() => lose('The lease ran out before it was extended.'), at + leaseMs - performance.now())
  }

  async function run(): Promise<void> {
    const told = { ...lease, signal: lost.signal, retryForMs: leaseMs }
    try {
      const result = await program(task, contextOf(told))
      if (!lost.signal.aborted) await complete(lease, result ?? undefined)
    } catch (error) {
      if (lost.signal.aborted) return
      onError(error, task)
      await fail(lease, failureOf(error))
    }
  }

  renew(lease.since)
  // After a microtask: whoever starts it has put it on its list by then.
  const ended = Promise.resolve()
    .then(run)
    .catch((error: unknown) => onError(error, task))
    .finally(() => clearTimeout(timer))
  return { taskId: task.id, fencingToken, renew, lose, ended }
}

/** A result the server does not take is the program's failure. */
async function complete({ wedi, task, fencingToken, leaseMs }: Lease, result: Record<string, unknown> | undefined) {
  const body = { taskId: task.id, fencingToken, ...(result && { result }) }
  try {
    await wedi.post('/v1/tasks/{taskId}/complete', body, untilHeard(leaseMs))
  } catch (error) {
    if (isOver(error)) return
    throw error
  }
}

async function fail(lease: Lease, failure: Failure): Promise<void> {
  try {
    await tell(lease, failure)
  } catch (error) {
    if (!isRefused(error)) throw error
    await tell(lease, untold(failure))
  }
}

async function tell({ wedi, task, fencingToken, leaseMs }: Lease, { code, detail, retryable }: Failure): Promise<void> {
  const body = { taskId: task.id, fencingToken, error: { code, detail }, retryable }
  try {
    await wedi.post('/v1/tasks/{taskId}/fail', body, untilHeard(leaseMs))
  } catch (error) {
    if (!isOver(error)) throw error
  }
}

/** Sent again with the same token it is the same report. When its lease is long over the task is another's. */
const untilHeard = (leaseMs: number) => ({ isRepeatable: true, retryForMs: 2 * leaseMs })

/** The task is not ours to end any more. */
const isOver = (error: unknown): boolean => error instanceof WediError && [404, 409].includes(error.status)

/** Its words are not what the server takes. */
const isRefused = (error: unknown): boolean => error instanceof WediError && error.status === 400
