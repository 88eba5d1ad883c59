import type { AgentOptions, RunningAgent, Task, Wedi } from '@wedi/sdk'
import type { Wedi as Server } from '../../../server/test/journeys/process.ts'
import { unique } from '../../../server/test/support/factories.ts'
import { until } from '../../../server/test/support/until.ts'
import type { Project } from './package.ts'

export type Sdk = Awaited<ReturnType<Project['load']>>

/** A lease has to run out in some of these stories, and a payment to be mined. */
export const PATIENTLY = { deadlineMs: 45_000 }
export const PAYEE = '0x000000000000000000000000000000000000dEaD'

/** An agent that is run by a process of its own, and its credential. */
export interface Remote {
  readonly id: string
  readonly credential: string
  readonly credentialId: string
  readonly address: string
  /** What its tasks have to be for it to get them. */
  readonly type: string
}

/** What a story needs of a server, by way of the package. */
export interface World {
  readonly admin: Wedi
  readonly token: string
  newAgent(options?: { maxConcurrency?: number }): Promise<Remote>
  /** A task only this agent may do. */
  submit(agent: Remote, task?: { payload?: Record<string, unknown>; maxAttempts?: number }): Promise<Task>
  /** The task once it is in one of these statuses. */
  taskIn(id: string, ...statuses: Task['status'][]): Promise<Task>
  run(agent: Remote, options: Omit<AgentOptions, 'url' | 'credential'>): RunningAgent
}

export async function worldOf(sdk: Sdk, { url, key }: Server): Promise<World> {
  const admin = new sdk.Wedi({ url, key, retryForMs: PATIENTLY.deadlineMs })
  const token = (await admin.get('/v1/chains'))[0]?.assets.find(({ symbol }) => symbol === 'dUSD')?.asset
  if (token === undefined) throw new Error('there is no embedded chain')

  return {
    admin,
    token,

    async newAgent({ maxConcurrency = 4 } = {}) {
      const type = unique('errand')
      const everything = { providers: ['*'], chains: ['*'], assets: ['*'], payees: { allow: ['*'] } }
      const capability = { authorityLevel: 'AUTONOMOUS' as const, taskTypes: [type], ...everything }
      const { id } = await admin.post('/v1/agents', { name: type, runtime: 'REMOTE', maxConcurrency, capability })
      const address = await until('its wallet is there', async () => {
        const { data } = await admin.get('/v1/agents/{agentId}/wallets', { agentId: id })
        return data[0]?.address ?? undefined
      })
      await admin.post('/v1/dev/faucet', { address, asset: token, amount: '1000000000' })
      const { secret, credential } = await admin.post('/v1/agents/{agentId}/credentials', { agentId: id })
      return { id, credential: secret, credentialId: credential.id, address, type }
    },

    submit: ({ type }, { payload = {}, ...task } = {}) => admin.post('/v1/tasks', { type, payload, ...task }),

    async taskIn(taskId, ...statuses) {
      let seen: Task | undefined
      const probe = async () => {
        seen = await admin.get('/v1/tasks/{taskId}', { taskId })
        return statuses.includes(seen.status) && seen
      }
      return until(`the task is ${statuses.join(' or ')}`, probe, { ...PATIENTLY, last: () => seen })
    },

    run: ({ credential }, options) => sdk.runAgent({ url, credential, leaseSeconds: 15, ...options }),
  }
}
