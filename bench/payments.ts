import { setTimeout as pause } from 'node:timers/promises'
import { type Call, caller } from './call.ts'
import { quantile } from './numbers.ts'

const CHAIN = 'eip155:31337'
const DEADLINE_MS = 60_000
const POLL_MS = 100
const ENOUGH = '1000000000'

/** A constant rate, whatever the answers do, so that waiting is not hidden. */
export interface PaymentLoad {
  /** `task`: Wedi gives it to an agent. `payment`: asked for in an agent's name. */
  readonly what: 'task' | 'payment'
  readonly agents: number
  readonly perSecond: number
  readonly seconds: number
}

export interface PaymentTimes extends PaymentLoad {
  readonly asked: number
  readonly confirmed: number
  /** Of those between the first that was settled and the last. */
  readonly sustainedPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

interface Payment {
  readonly id: string
  readonly taskId: string | null
  readonly status: string
  readonly settledAt: string | null
}

interface Payers {
  readonly agentIds: readonly string[]
  /** What they are funded with: the development dollar. */
  readonly asset: string
}

/**
 * Each is timed from the moment its request is sent to the moment its payment is settled, which one clock tells on one
 * machine. The server takes that moment just before the last commit.
 */
export async function paymentTimes(address: string, adminKey: string, load: PaymentLoad): Promise<PaymentTimes> {
  const call = caller(address, adminKey)
  const payers = await fundedAgents(call, load.agents)
  const sentAt = new Map<string, number>()
  const sending: Promise<void>[] = []
  const asked = load.perSecond * load.seconds
  const begun = performance.now()
  for (let i = 0; i < asked; i++) {
    await pause(Math.max(0, begun + (i * 1000) / load.perSecond - performance.now()))
    sending.push(ask(call, load.what, payers, i, sentAt))
  }
  await Promise.all(sending)
  await settled(call)
  const confirmed = (await allPayments(call)).filter(({ status }) => status === 'CONFIRMED')
  const ends = confirmed.flatMap(({ id, taskId, settledAt }) => {
    const at = sentAt.get(load.what === 'task' ? (taskId ?? '') : id)
    return at === undefined || settledAt === null ? [] : [{ at, end: Date.parse(settledAt) }]
  })
  const settledAt = ends.map(({ end }) => end)
  const took = ends.map(({ at, end }) => end - at)
  const [firstAt, lastAt] = [quantile(settledAt, 0), quantile(settledAt, 1)]
  return {
    ...{ ...load, asked, confirmed: ends.length },
    sustainedPerSecond: ((ends.length - 1) * 1000) / (lastAt - firstAt),
    p50Ms: quantile(took, 0.5),
    p99Ms: quantile(took, 0.99),
  }
}

async function ask(
  call: Call,
  what: PaymentLoad['what'],
  { agentIds, asset }: Payers,
  i: number,
  sentAt: Map<string, number>,
): Promise<void> {
  const payee = `0x${(i + 0x1000).toString(16).padStart(40, '0')}`
  const payment = { payee, amount: '1', asset }
  const at = Date.now()
  const { id } =
    what === 'task'
      ? await call<{ id: string }>('POST', '/tasks', { type: 'payment', payload: payment })
      : await call<{ id: string }>('POST', '/payments', { agentId: agentIds[i % agentIds.length], ...payment })
  sentAt.set(id, at)
}

/** Returns when nothing is on its way, or when that takes too long. */
async function settled(call: Call): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  const open = ['RESERVED', 'SUBMITTING', 'SUBMITTED', 'UNKNOWN'].map((each) => `/payments?limit=1&status=${each}`)
  const tasks = ['QUEUED', 'ASSIGNED', 'RUNNING'].map((each) => `/tasks?limit=1&status=${each}`)
  while (performance.now() < deadline) {
    const found = await Promise.all([...open, ...tasks].map((path) => call<{ data: unknown[] }>('GET', path)))
    if (found.every(({ data }) => data.length === 0)) return
    await pause(POLL_MS)
  }
}

async function allPayments(call: Call): Promise<Payment[]> {
  const found: Payment[] = []
  for (let cursor = ''; ; ) {
    const page = await call<{ data: Payment[]; nextCursor: string | null }>('GET', `/payments?limit=200${cursor}`)
    found.push(...page.data)
    if (page.nextCursor === null) return found
    cursor = `&cursor=${page.nextCursor}`
  }
}

async function fundedAgents(call: Call, count: number): Promise<Payers> {
  const chains = await call<{ chain: string; assets: { asset: string; symbol: string }[] }[]>('GET', '/chains')
  const asset = chains.find(({ chain }) => chain === CHAIN)?.assets.find(({ symbol }) => symbol === 'dUSD')?.asset
  if (asset === undefined) throw new Error('the embedded chain lists no dUSD')
  const capability = {
    ...{ authorityLevel: 'AUTONOMOUS', taskTypes: ['*'], providers: ['*'], chains: ['*'], assets: ['*'] },
    payees: { allow: ['*'] },
    limits: [{ window: 'DAY', asset, maxAmount: ENOUGH }],
  }
  const agentIds: string[] = []
  for (let i = 0; i < count; i++) {
    const { id } = await call<{ id: string }>('POST', '/agents', { name: `payer ${i}`, maxConcurrency: 50, capability })
    await active(call, id)
    const { data } = await call<{ data: { address: string }[] }>('GET', `/agents/${id}/wallets`)
    await call('POST', '/dev/faucet', { address: data[0]?.address, asset, amount: ENOUGH })
    agentIds.push(id)
  }
  return { agentIds, asset }
}

async function active(call: Call, id: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  while ((await call<{ status: string }>('GET', `/agents/${id}`)).status !== 'ACTIVE') {
    if (performance.now() > deadline) throw new Error('a new agent did not get its wallet')
    await pause(POLL_MS)
  }
}
