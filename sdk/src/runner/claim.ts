import { isPassing } from '../client.ts'
import { WediError } from '../error.ts'
import { backoffMs, pause } from '../time.ts'
import { startRun } from './run.ts'
import type { Self } from './self.ts'

const WAIT_MS = 20_000
/** Of a lease, which counts from before the question: the rest is for the answer's way and the first heartbeats. */
const WAIT_SHARE = 1 / 3
const TIMEOUT_MS = 30_000
const MOST_AT_ONCE = 100
/** In which a claim that is open when the drain begins may still bring what it was given. */
const LAST_MS = 2_000

/** Asks for as many tasks as there is room for, one long question after the other, until the drain begins. */
export async function claim(self: Self): Promise<void> {
  const { board, options, stopping } = self
  for (let failed = 0; !stopping.aborted; ) {
    const free = options.maxConcurrency - board.size
    if (free <= 0) {
      await board.changed()
      continue
    }
    try {
      await claimOnce(self, Math.min(free, MOST_AT_ONCE))
      failed = 0
    } catch (error) {
      if (stopping.aborted) return
      if (!(error instanceof WediError && maySoonWork(error))) throw error
      if (failed === 0) options.onError(error)
      await pause(backoffMs(failed++), stopping).catch(() => undefined)
    }
  }
}

/** An instance that is gone is registered anew by its heartbeat. */
const maySoonWork = (error: WediError): boolean => isPassing(error) || error.code.startsWith('instance.')

async function claimOnce(self: Self, max: number): Promise<void> {
  const { wedi, board, options, stopping, agentId, instanceId } = self
  const { program, leaseSeconds, onError } = options
  const leaseMs = leaseSeconds * 1000
  const hangUp = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const soon = () => {
    timer = setTimeout(() => hangUp.abort(), LAST_MS)
  }
  stopping.addEventListener('abort', soon, { once: true })
  try {
    const waitMs = Math.min(WAIT_MS, leaseMs * WAIT_SHARE)
    const body = { agentId, instanceId, max, waitMs, leaseSeconds }
    const once = { signal: hangUp.signal, timeoutMs: TIMEOUT_MS, retryForMs: 0 }
    const since = performance.now()
    const { data } = await wedi.post('/v1/agents/{agentId}/claims', body, once)
    for (const { task, lease } of data) {
      const { fencingToken } = lease
      const start = () => startRun({ wedi, agentId, program, task, fencingToken, leaseMs, since, onError })
      board.add(task.id, fencingToken, start)
    }
  } finally {
    stopping.removeEventListener('abort', soon)
    clearTimeout(timer)
  }
}
