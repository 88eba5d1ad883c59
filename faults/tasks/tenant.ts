import { until } from '../../server/test/support/until.ts'
import type { Answered, Caller } from '../caller.ts'
import type { FaultyChain } from '../chain.ts'
import type { Worker } from './crew.ts'
import type { TaskPlan } from './plan.ts'

/** Who works in a seed. */
export interface Workshop {
  readonly admin: Caller
  readonly workers: readonly Worker[]
  readonly hosted: readonly string[]
  readonly token: string
}

const SETUP_MS = 60_000
const FUNDS = 1_000_000_000n
const HOSTED_CONCURRENCY = 4

export async function makeWorkshop(admin: Caller, chain: FaultyChain, plan: TaskPlan): Promise<Workshop> {
  const token = `${chain.chain}/erc20:${chain.token}`
  const keys = plan.caps.map(({ key, weight, maxRunning }) => ({ key, weight, maxRunning }))
  await must(admin, 'PUT', '/v1/organizations/current/fairness', { keys })
  const workers = await Promise.all(
    plan.workers.map(async (each): Promise<Worker> => {
      const { name, maxConcurrency } = each
      const capability = capabilityOf(each, each.types)
      const id = await makeAgent(admin, chain, { name, maxConcurrency, runtime: 'REMOTE', capability })
      const { secret } = await must(admin, 'POST', `/v1/agents/${id}/credentials`, {})
      return { id, credential: String(secret), plan: each }
    }),
  )
  const hosted = await Promise.all(
    Array.from({ length: plan.hosted }, (_, at) => {
      const capability = capabilityOf({ tags: [] }, ['payment'])
      const body = { name: `hosted ${at}`, maxConcurrency: HOSTED_CONCURRENCY, runtime: 'HOSTED', capability }
      return makeAgent(admin, chain, body)
    }),
  )
  await chain.mine(5)
  return { admin, workers, hosted, token }
}

export const hostedConcurrency = HOSTED_CONCURRENCY

export const capabilityOf = ({ tags }: { tags: readonly string[] }, taskTypes: readonly string[]) => ({
  ...{ authorityLevel: 'AUTONOMOUS', taskTypes, tags, limits: [] },
  ...{ providers: ['*'], chains: ['*'], assets: ['*'], payees: { allow: ['*'], deny: [] } },
})

async function makeAgent(
  admin: Caller,
  chain: FaultyChain,
  body: { readonly name: string; readonly [field: string]: unknown },
): Promise<string> {
  const { id } = await must(admin, 'POST', '/v1/agents', body)
  const path = `/v1/agents/${id}`
  await until(`${body.name} is active`, async () => (await admin.once('GET', path))?.body.status === 'ACTIVE', {
    deadlineMs: SETUP_MS,
  })
  const { data } = await must(admin, 'GET', `${path}/wallets`)
  const [wallet] = data as { address: `0x${string}` }[]
  if (!wallet) throw new Error('an active agent has no wallet')
  await chain.fund(wallet.address, FUNDS)
  return String(id)
}

/** For preparing, before anything is broken. */
async function must(caller: Caller, method: string, path: string, body?: unknown): Promise<Answered['body']> {
  const answered = await caller.surely({ method, path, body }, SETUP_MS)
  if (!answered || answered.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answered?.body)}`)
  return answered.body
}
