import { createHash } from 'node:crypto'
import { type Api, waitFor } from './api.ts'
import { formatMoney, parseMoney } from './money.ts'
import { type AgentSlug, agents, type DemoAgent, type PayeeId, payees } from './scenario.ts'

/** Where the demo plays: the development chain, its dollar, and accounts nobody else pays. */
export interface Stage {
  readonly organizationId: string
  readonly rpcUrl: string
  readonly chain: string
  readonly asset: string
  readonly symbol: string
  readonly parse: (text: string) => bigint
  readonly format: (amount: bigint) => string
  readonly payees: ReadonlyMap<PayeeId, string>
  /** The name of an address; the address itself when it is none of the demo's. */
  readonly nameOf: (address: string) => string
}

export interface Actor extends DemoAgent {
  readonly id: string
  readonly walletId: string
  readonly address: string
}

interface ChainView {
  readonly chain: string
  readonly name: string
  readonly rpcUrl?: string
  readonly assets: { asset: string; symbol: string; decimals: number }[]
}

/** Undefined when no chain here gives money away. */
export async function openStage(api: Api, organizationId: string): Promise<Stage | undefined> {
  const chains = await api.get<ChainView[]>('/v1/chains')
  const found = chains.find(({ rpcUrl }) => rpcUrl !== undefined)
  const dollar = found?.assets.find(({ asset }) => asset.includes('/erc20:'))
  if (found?.rpcUrl === undefined || dollar === undefined) return undefined
  const addresses = new Map(payeeIds.map((id) => [id, payeeAddress(organizationId, id)]))
  const names = new Map(payeeIds.map((id) => [addresses.get(id), payees[id]]))
  return {
    ...{ organizationId, rpcUrl: found.rpcUrl, chain: found.chain, asset: dollar.asset, symbol: dollar.symbol },
    parse: (text) => parseMoney(text, dollar.decimals),
    format: (amount) => formatMoney(amount, dollar.decimals),
    payees: addresses,
    nameOf: (address) => names.get(address.toLowerCase()) ?? address,
  }
}

const payeeIds = Object.keys(payees) as PayeeId[]

/** An account of its own for each organisation, the same in every run: nobody holds its key, and nobody else pays it. */
function payeeAddress(organizationId: string, id: PayeeId): string {
  return `0x${createHash('sha256').update(`wedi demo payee ${organizationId} ${id}`).digest('hex').slice(-40)}`
}

interface AgentView {
  readonly id: string
  readonly status: string
  readonly statusReason: string | null
  readonly metadata: { demo?: string }
}

const LABEL = 'demo'

/** The demo's agents as they are here; made when they are missing. In the scenario's order. */
export async function castActors(api: Api, stage: Stage, { known, signal }: Casting): Promise<Actor[]> {
  const present = await api.get<{ data: AgentView[] }>(`/v1/agents?label=${LABEL}&limit=200`)
  return Promise.all(
    agents.map(async (agent) => {
      const found = known?.[agent.slug] ?? present.data.find(({ metadata }) => metadata.demo === agent.slug)?.id
      const id = found ?? (await api.create<AgentView>('/v1/agents', bodyOf(agent, stage), `demo/${agent.slug}`)).id
      const limits = { timeoutMs: 30_000, everyMs: 50, signal }
      const wallet = await waitFor(`the wallet of ${agent.name}`, limits, () => firstWallet(api, id))
      return { ...agent, id, ...wallet }
    }),
  )
}

interface Casting {
  /** Ids by slug, from an earlier start. */
  readonly known: Readonly<Record<string, string>> | undefined
  readonly signal: AbortSignal
}

async function firstWallet(api: Api, agentId: string): Promise<{ walletId: string; address: string } | undefined> {
  const { data } = await api.get<{ data: { id: string; address: string | null }[] }>(`/v1/agents/${agentId}/wallets`)
  const oldest = data.at(-1)
  return oldest?.address ? { walletId: oldest.id, address: oldest.address } : undefined
}

function bodyOf(agent: DemoAgent, { asset, chain, parse, payees: addresses }: Stage) {
  const addressesOf = (ids: readonly PayeeId[]) => ids.map((id) => addresses.get(id))
  const limits = agent.limits.map(({ window, maxAmount }) => ({ window, asset, maxAmount: String(parse(maxAmount)) }))
  return {
    ...{ name: agent.name, description: agent.description, labels: [LABEL], metadata: { demo: agent.slug } },
    capability: {
      ...{ authorityLevel: agent.authorityLevel, taskTypes: ['payment'], providers: ['*'], chains: [chain] },
      ...{ assets: [asset], tags: agent.tags, limits },
      payees: { allow: agent.allow === '*' ? ['*'] : addressesOf(agent.allow), deny: addressesOf(agent.deny) },
      ...(agent.approvalAbove && { approvalThreshold: [{ asset, amount: String(parse(agent.approvalAbove)) }] }),
    },
  }
}

export async function balanceOf(api: Api, { asset }: Stage, walletId: string): Promise<bigint> {
  const { data } = await api.get<{ data: { asset: string; amount: string | null }[] }>(
    `/v1/wallets/${walletId}/balances`,
  )
  const amount = data.find((each) => each.asset === asset)?.amount
  if (amount === undefined || amount === null) throw new Error(`the chain does not say what wallet ${walletId} holds`)
  return BigInt(amount)
}

/** Fills each wallet up to what the scenario gives it. To be called while nothing was paid out of them yet. */
export async function fund(api: Api, stage: Stage, actors: readonly Actor[]): Promise<void> {
  for (const { walletId, address, funding } of actors) {
    const missing = stage.parse(funding) - (await balanceOf(api, stage, walletId))
    if (missing > 0n) await api.post('/v1/dev/faucet', { address, asset: stage.asset, amount: String(missing) })
  }
}

export const actorOf = (actors: readonly Actor[], slug: AgentSlug): Actor =>
  actors.find((actor) => actor.slug === slug) as Actor
