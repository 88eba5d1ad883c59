import { Wedi } from '../client.ts'
import { beat } from './beat.ts'
import { Board } from './board.ts'
import { claim } from './claim.ts'
import { type AgentOptions, type GivenOptions, withDefaults } from './options.ts'
import { ownId, register, type Self, signOff } from './self.ts'

export interface RunningAgent {
  /** Takes no more tasks, lets those in work end, signs off. */
  stop(): Promise<void>
  /** Rejects when it cannot go on: its credential is not valid any more, say, or Wedi runs this agent itself. */
  readonly ended: Promise<void>
}

/** Runs an agent's program here, in this process, on the tasks that Wedi gives it. */
export function runAgent(given: GivenOptions): RunningAgent {
  const options = withDefaults(given)
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  if (options.signal?.aborted) stop()
  options.signal?.addEventListener('abort', stop, { once: true })
  const ended = live(options, stopping.signal, stop).finally(() => options.signal?.removeEventListener('abort', stop))
  return {
    ended,
    stop: () => {
      stop()
      return ended
    },
  }
}

async function live(options: AgentOptions, stopping: AbortSignal, stop: () => void): Promise<void> {
  try {
    const { url, credential, fetch } = options
    const wedi = new Wedi({ url, key: credential, ...(fetch && { fetch }) })
    const agent = { wedi, options, stopping, stop, board: new Board(), agentId: await ownId(wedi, stopping) }
    await work({ ...agent, instanceId: await register(agent) })
  } catch (error) {
    if (error !== stopping.reason) throw error
  }
}

async function work(self: Self): Promise<void> {
  const { board, stopping } = self
  const ending = new AbortController()
  const drain = () => {
    board.wake()
    void signOff(self)
  }
  stopping.addEventListener('abort', drain, { once: true })
  try {
    const beating = beat(self, ending.signal)
    await Promise.race([claim(self), beating])
    await Promise.race([board.empty(), beating])
  } finally {
    stopping.removeEventListener('abort', drain)
    ending.abort()
    for (const run of board.runs()) run.lose('The agent has ended.')
    await signOff(self)
  }
}
