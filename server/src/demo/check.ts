import { setTimeout as pause } from 'node:timers/promises'
import type { Api, Payment } from './api.ts'
import { type Actor, balanceOf, type Stage } from './stage.ts'

/** What the chain says, held against the payments that Wedi calls CONFIRMED. */
export interface Check {
  readonly wallets: Holdings
  readonly payees: Holdings
  /** Empty when every account holds exactly what it should. */
  readonly differences: readonly string[]
  /** More than was paid in: somebody else's money, of which a demo that is over knows nothing. */
  readonly surplus: readonly string[]
}

const SETTLING_MS = 10_000
const PAUSE_MS = 100
const UNDER_WAY = ['RESERVED', 'SUBMITTING', 'SUBMITTED', 'UNKNOWN']
/** Beyond that the agents have been used for other things than a look at a demo. */
const MAX_PAGES = 25

export interface Holdings {
  readonly count: number
  /** On the chain, of all of them together. */
  readonly held: bigint
}

interface Account {
  readonly kind: 'wallet' | 'payee'
  readonly name: string
  readonly expected: bigint
  readonly held: bigint
}

interface Question {
  readonly stage: Stage
  readonly actors: readonly Actor[]
  readonly signal: AbortSignal
}

/** Undefined when there are too many payments to add up in a moment. */
export async function checkChain(api: Api, { stage, actors, signal }: Question): Promise<Check | undefined> {
  const deadline = performance.now() + SETTLING_MS
  for (;;) {
    // Asked first: a payment that is under way now may be on the chain before it is among the confirmed.
    const isMoving = await hasPaymentsUnderWay(api, actors)
    const accounts = await accountsOf(api, stage, actors)
    const isOff = accounts?.some(({ expected, held }) => expected !== held)
    if (!isOff || !isMoving || performance.now() > deadline) return accounts && resultOf(accounts, stage)
    await pause(PAUSE_MS, undefined, { signal })
  }
}

async function hasPaymentsUnderWay(api: Api, actors: readonly Actor[]): Promise<boolean> {
  const paths = actors.flatMap(({ id }) =>
    UNDER_WAY.map((status) => `/v1/payments?agentId=${id}&status=${status}&limit=1`),
  )
  const pages = await Promise.all(paths.map((path) => api.get<{ data: unknown[] }>(path)))
  return pages.some(({ data }) => data.length > 0)
}

function resultOf(accounts: readonly Account[], { format, symbol }: Stage): Check {
  const say = ({ name, expected, held }: Account) =>
    `${name} holds ${format(held)} ${symbol} on the chain, by the confirmed payments it is ${format(expected)}`
  return {
    wallets: holdingsOf(accounts.filter(({ kind }) => kind === 'wallet')),
    payees: holdingsOf(accounts.filter(({ kind }) => kind === 'payee')),
    differences: accounts.filter(({ held, expected }) => held < expected).map(say),
    surplus: accounts.filter(({ held, expected }) => held > expected).map(say),
  }
}

const holdingsOf = (accounts: readonly Account[]): Holdings => ({
  count: accounts.length,
  held: accounts.reduce((total, { held }) => total + held, 0n),
})

async function accountsOf(api: Api, stage: Stage, actors: readonly Actor[]): Promise<Account[] | undefined> {
  const lists = await Promise.all(
    actors.map(({ id }) => api.all<Payment>(`/v1/payments?agentId=${id}&status=CONFIRMED`, { maxPages: MAX_PAGES })),
  )
  if (lists.includes(undefined)) return undefined
  const paid = lists.flatMap((list) => list ?? []).filter(({ asset }) => asset === stage.asset)
  const sum = (isMeant: (payment: Payment) => boolean) =>
    paid.filter(isMeant).reduce((total, { amount }) => total + BigInt(amount), 0n)
  const wallets = actors.map(async ({ name, walletId, funding }) => ({
    kind: 'wallet' as const,
    name: `The wallet of ${name}`,
    expected: stage.parse(funding) - sum((payment) => payment.walletId === walletId),
    held: await balanceOf(api, stage, walletId),
  }))
  const payees = [...stage.payees.values()].map(async (address) => ({
    kind: 'payee' as const,
    name: stage.nameOf(address),
    expected: sum(({ payee }) => payee.toLowerCase() === address),
    held: await tokensAt(stage, address),
  }))
  return Promise.all([...wallets, ...payees])
}

const BALANCE_OF = '0x70a08231'

/** Asks the chain itself, not Wedi. */
async function tokensAt({ rpcUrl, asset }: Stage, address: string): Promise<bigint> {
  const call = { to: asset.split('erc20:')[1], data: BALANCE_OF + address.slice('0x'.length).padStart(64, '0') }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_call', params: [call, 'latest'] })
  const response = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { result } = (await response.json()) as { result?: string }
  if (result === undefined || !/^0x[0-9a-f]+$/.test(result))
    throw new Error(`${rpcUrl} does not say what ${address} holds`)
  return BigInt(result)
}
