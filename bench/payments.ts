import { setTimeout as pause } from 'node:timers/promises'
import { quantile } from './numbers.ts'

const CHAIN = 'eip155:31337'
const AGENTS = 4
const DEADLINE_MS = 60_000

export interface PaymentTimes {
  readonly tasks: number
  readonly perSecond: number
  readonly confirmed: number
  readonly p50Ms: number
  readonly p99Ms: number
}

interface Agent {
  readonly id: string
  readonly status: string
}
interface Payment {
  readonly taskId: string
  readonly status: string
  readonly settledAt: string | null
}
type Call = <T>(method: 'GET' | 'POST', path: string, body?: unknown) => Promise<T>

/**
 * Tasks at a constant rate, whatever the answers do, so that waiting is not hidden. Each is timed from the moment its
 * request is sent to the moment its payment is settled, which one clock tells on one machine. The server takes that
 * moment just before the last commit.
 */
export async function paymentTimes(
  address: string,
  adminKey: string,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<PaymentTimes> {
  const call = caller(address, adminKey)
  const asset = await fundedAgents(call)
  const sentAt = new Map<string, number>()
  const sending: Promise<void>[] = []
  const tasks = perSecond * seconds
  const begun = performance.now()
  for (let i = 0; i < tasks; i++) {
    await pause(Math.max(0, begun + (i * 1000) / perSecond - performance.now()))
    sending.push(submit(call, asset, i, sentAt))
  }
  await Promise.all(sending)
  const took = await settledTimes(call, sentAt)
  return { tasks, perSecond, confirmed: took.length, p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) }
}

async function submit(call: Call, asset: string, i: number, sentAt: Map<string, number>): Promise<void> {
  const payee = `0x${(i + 0x1000).toString(16).padStart(40, '0')}`
  const at = Date.now()
  const task = await call<{ id: string }>('POST', '/tasks', { type: 'payment', payload: { payee, amount: '1', asset } })
  sentAt.set(task.id, at)
}

/** Of all that were confirmed in time. */
async function settledTimes(call: Call, sentAt: ReadonlyMap<string, number>): Promise<number[]> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const payments = (await allPayments(call)).filter(({ taskId }) => sentAt.has(taskId))
    const settled = payments.filter(({ status, settledAt }) => status === 'CONFIRMED' && settledAt !== null)
    if (settled.length === sentAt.size || performance.now() > deadline) {
      return settled.map(({ taskId, settledAt }) => Date.parse(settledAt as string) - (sentAt.get(taskId) as number))
    }
    await pause(500)
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

/** Answers the asset they are funded with: the development dollar. */
async function fundedAgents(call: Call): Promise<string> {
  const chains = await call<{ chain: string; assets: { asset: string; symbol: string }[] }[]>('GET', '/chains')
  const asset = chains.find(({ chain }) => chain === CHAIN)?.assets.find(({ symbol }) => symbol === 'dUSD')?.asset
  if (asset === undefined) throw new Error('the embedded chain lists no dUSD')
  const capability = {
    ...{ authorityLevel: 'AUTONOMOUS', taskTypes: ['*'], providers: ['*'], chains: ['*'], assets: ['*'] },
    payees: { allow: ['*'] },
    limits: [{ window: 'DAY', asset, maxAmount: '1000000' }],
  }
  for (let i = 0; i < AGENTS; i++) {
    const { id } = await call<Agent>('POST', '/agents', { name: `payer ${i}`, maxConcurrency: 50, capability })
    await active(call, id)
    const { data } = await call<{ data: { address: string }[] }>('GET', `/agents/${id}/wallets`)
    await call('POST', '/dev/faucet', { address: data[0]?.address, asset, amount: '1000000' })
  }
  return asset
}

async function active(call: Call, id: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  while ((await call<Agent>('GET', `/agents/${id}`)).status !== 'ACTIVE') {
    if (performance.now() > deadline) throw new Error('a new agent did not get its wallet')
    await pause(50)
  }
}

function caller(address: string, key: string): Call {
  return async <T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${address}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
}
