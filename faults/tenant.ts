import { getAddress, keccak256, toHex } from 'viem'
import { until } from '../server/test/support/until.ts'
import type { Answered, Caller } from './caller.ts'
import type { FaultyChain } from './chain.ts'
import type { AgentPlan, Plan } from './plan.ts'

/** Who pays in a seed: agents with funded wallets and tight limits, and the people around them. */
export interface Tenant {
  readonly admin: Caller
  /** Somebody else than who asks for the payments. */
  readonly approver: Caller
  readonly agents: readonly Payer[]
  readonly token: string
  readonly coin: string
  /** Payees who are paid again and again. */
  readonly regulars: readonly string[]
  /** Where the chain stood before the first payment. */
  readonly sinceBlock: bigint
}

export interface Payer {
  readonly id: string
  readonly walletId: string
  readonly address: `0x${string}`
  readonly plan: AgentPlan
}

const FUNDS = 1_000_000_000n
const SETUP_MS = 60_000
const COIN_DAY_CAP = '60000'

export const accountOf = (name: string): `0x${string}` => getAddress(`0x${keccak256(toHex(name)).slice(-40)}`)

export async function makeTenant(admin: Caller, chain: FaultyChain, plan: Plan): Promise<Tenant> {
  const token = `${chain.chain}/erc20:${chain.token}`
  const coin = `${chain.chain}/slip44:60`
  const key = await must(admin, 'POST', '/v1/api-keys', { name: 'approver', role: 'APPROVER' })
  const limits = [{ window: 'DAY', asset: token, maxAmount: String(plan.organizationDayCap) }]
  await must(admin, 'PUT', '/v1/organizations/current/limits', { limits })
  const assets = { token, coin }
  const agents: Payer[] = []
  for (const each of plan.agents) agents.push(await makePayer(admin, chain, each, assets))
  await chain.mine(5)
  return {
    ...{ admin, approver: admin.as(String(key.secret)), agents, token, coin },
    regulars: [0, 1, 2].map((number) => accountOf(`${plan.seed}/regular/${number}`)),
    sinceBlock: await chain.height(),
  }
}

async function makePayer(admin: Caller, chain: FaultyChain, plan: AgentPlan, assets: Assets): Promise<Payer> {
  const body = { name: `payer ${plan.dayCap}`, maxConcurrency: 20, capability: capabilityOf(plan, assets) }
  const { id } = await must(admin, 'POST', '/v1/agents', body)
  const path = `/v1/agents/${id}`
  await until(`agent ${id} is active`, async () => (await admin.once('GET', path))?.body.status === 'ACTIVE', {
    deadlineMs: SETUP_MS,
  })
  const { data } = await must(admin, 'GET', `${path}/wallets`)
  const [wallet] = data as { id: string; address: `0x${string}` }[]
  if (!wallet) throw new Error('an active agent has no wallet')
  await chain.fund(wallet.address, FUNDS)
  return { id: String(id), walletId: wallet.id, address: wallet.address, plan }
}

interface Assets {
  readonly token: string
  readonly coin: string
}

/** `raise`: how much higher than planned the caps are. Caps only ever rise, so what is over one is over it for good. */
export function capabilityOf(plan: AgentPlan, { token, coin }: Assets, { raise = 0, deny = [] as string[] } = {}) {
  return {
    authorityLevel: plan.authorityLevel,
    ...{ taskTypes: ['*'], providers: ['*'], chains: ['*'], assets: ['*'], payees: { allow: ['*'], deny } },
    approvalThreshold: [{ asset: token, amount: '1200' }],
    limits: [
      { window: 'DAY', asset: token, maxAmount: String(plan.dayCap + raise) },
      { window: 'HOUR', asset: token, maxCount: plan.hourCount + Math.floor(raise / 1000) },
      { window: 'LIFETIME', asset: token, maxAmount: String(plan.payeeCap + raise), perPayee: true },
      { window: 'TRANSACTION', asset: token, maxAmount: '100000' },
      { window: 'DAY', asset: coin, maxAmount: COIN_DAY_CAP },
    ],
  }
}

/** For preparing, before anything is broken. */
async function must(caller: Caller, method: string, path: string, body?: unknown): Promise<Answered['body']> {
  const answered = await caller.surely({ method, path, body }, SETUP_MS)
  if (!answered || answered.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answered?.body)}`)
  return answered.body
}
