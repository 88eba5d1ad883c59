import { isPassing } from '../client.ts'
import { WediError } from '../error.ts'
import { pause } from '../time.ts'
import { isGone, register, type Self } from './self.ts'

const TIMEOUT_MS = 5_000
const AGAIN_MS = 1_000

/** Says that this process lives and what it works on, which extends the leases, and hears what it has lost. */
export async function beat(self: Self, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    const ms = await beatOnce(self, ending)
    await pause(ms, ending).catch(() => undefined)
  }
}

/** Answers when the next is due. */
async function beatOnce(self: Self, ending: AbortSignal): Promise<number> {
  const { wedi, board, instanceId, options, stopping, stop } = self
  const runs = board.runs()
  const tasks = runs.map(({ taskId, fencingToken }) => ({ taskId, fencingToken }))
  const at = performance.now()
  try {
    const body = { instanceId, load: { inUse: runs.length }, tasks }
    const once = { signal: ending, timeoutMs: TIMEOUT_MS, retryForMs: 0 }
    const news = await wedi.post('/v1/instances/{instanceId}/heartbeat', body, once)
    const held = new Set(news.tasks.filter(({ isHeld }) => isHeld).map(({ taskId }) => taskId))
    for (const run of runs) {
      if (held.has(run.taskId)) run.renew(at)
      else run.lose('The lease is over: the task was canceled or taken back, has ended, or waits for its payment.')
    }
    if (news.drain) stop()
    return news.nextHeartbeatMs
  } catch (error) {
    if (ending.aborted || (stopping.aborted && isGone(error))) return AGAIN_MS
    if (isGone(error)) self.instanceId = await register(self)
    else if (error instanceof WediError && isPassing(error)) options.onError(error)
    else throw error
    return AGAIN_MS
  }
}
