import type { Wedi } from '../client.ts'
import { WediError } from '../error.ts'
import type { Board } from './board.ts'
import type { AgentOptions } from './options.ts'

/** One process of an agent. */
export interface Self {
  readonly wedi: Wedi
  readonly options: AgentOptions
  /** Aborted when the drain begins. */
  readonly stopping: AbortSignal
  /** Begins it. */
  readonly stop: () => void
  readonly board: Board
  readonly agentId: string
  /** Another once the server has taken this one for gone. */
  instanceId: string
}

/** While a server is away its agents wait for it. */
const FOR_EVER = Number.POSITIVE_INFINITY
const SIGN_OFF_FOR_MS = 5_000

/** A credential is of one agent, and sees no other. */
export async function ownId(wedi: Wedi, signal: AbortSignal): Promise<string> {
  const { data } = await wedi.get('/v1/agents', { limit: 2 }, { signal, retryForMs: FOR_EVER })
  const [agent] = data
  if (agent === undefined || data.length > 1) throw new TypeError('The credential must be one agent’s own: wedi_ak_…')
  return agent.id
}

export async function register({ wedi, options, stopping, agentId }: Omit<Self, 'instanceId'>): Promise<string> {
  const { version, labels, maxConcurrency } = options
  const body = { agentId, maxConcurrency, ...(version && { version }), ...(labels && { labels: [...labels] }) }
  const { id } = await wedi.post('/v1/agents/{agentId}/instances', body, { signal: stopping, retryForMs: FOR_EVER })
  return id
}

/** With tasks in work the server gives it no more; without, it is gone. An instance it does not know need not sign off. */
export async function signOff({ wedi, instanceId, options }: Self): Promise<void> {
  try {
    const body = { instanceId }
    await wedi.post('/v1/instances/{instanceId}/stop', body, { isRepeatable: true, retryForMs: SIGN_OFF_FOR_MS })
  } catch (error) {
    if (!isGone(error)) options.onError(error)
  }
}

/** The server has given the instance up, or it was stopped. */
export const isGone = (error: unknown): boolean => error instanceof WediError && [404, 409].includes(error.status)
