import type { TaskRow } from '@wedi/database'
import { backoffMs } from '#platform/backoff'
import type { TaskError, TaskMove } from './store/tasks.ts'

const BACKOFF = { baseMs: 500, maxMs: 300_000 }

/** What becomes of a task whose attempt failed: another one after a pause, or none. */
export function retryOf(
  task: Pick<TaskRow, 'attempt' | 'maxAttempts'>,
  error: TaskError,
  isRetryable: boolean,
): Pick<TaskMove, 'to' | 'error' | 'pauseMs'> & { why?: string } {
  if (!isRetryable) return { to: 'FAILED', error }
  if (task.attempt >= task.maxAttempts) return { to: 'DEAD', error: { ...error, attempts: task.attempt } }
  return { to: 'QUEUED', error, pauseMs: backoffMs(task.attempt, BACKOFF), why: 'the attempt failed' }
}
