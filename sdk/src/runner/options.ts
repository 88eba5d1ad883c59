import type { WediOptions } from '../client.ts'
import type { Task } from '../operations.ts'
import type { Program } from './run.ts'

export interface GivenOptions extends Pick<WediOptions, 'url' | 'fetch'> {
  /** `wedi_ak_…`: it says which agent this is. */
  readonly credential: string
  readonly program: Program
  /** How many tasks at once, at most; 4. The agent's own `maxConcurrency` bounds all its processes together. */
  readonly maxConcurrency?: number
  /** How long its tasks are left alone when nothing is heard of this process: 15 to 60; 30. */
  readonly leaseSeconds?: number
  /** What it runs, to be shown. */
  readonly version?: string
  readonly labels?: readonly string[]
  /** Drains, as `stop` does. */
  readonly signal?: AbortSignal
  /** Hears of what programs throw, and of a server that cannot be reached; the console without it. */
  readonly onError?: (error: unknown, task?: Task) => void
}

export type AgentOptions = GivenOptions & Required<Pick<GivenOptions, 'maxConcurrency' | 'leaseSeconds' | 'onError'>>

const DEFAULTS = { maxConcurrency: 4, leaseSeconds: 30, onError: print }

export const withDefaults = (given: GivenOptions): AgentOptions => ({ ...DEFAULTS, ...given })

function print(error: unknown, task?: Task): void {
  console.error(task ? `task ${task.id} (${task.type}):` : 'wedi:', error)
}
