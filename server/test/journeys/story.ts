import { type Address, erc20Abi, type PublicClient } from 'viem'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { expect } from 'vitest'
import { freePort } from '../../src/embedded/process.ts'
import { type Client, expectOk, type Reply } from '../support/client.ts'
import { type AgentView, aCapability, anAgent, type PaymentView, unique, walletOf } from '../support/factories.ts'
import { type FakeEngine, newEngineState, startFakeEngine } from '../support/fake-engine.ts'
import { type FakeThirdweb, startFakeThirdweb } from '../support/fake-thirdweb.ts'
import { until } from '../support/until.ts'
import { atEnd } from './process.ts'

/** What the journeys do again and again, over HTTP with a client, on the chain with a plain node. */

/** Pauses between tries grow to 5 s, and what a killed server held comes back after some. */
const SETTLED_MS = 25_000
export const FUNDS = 1_000_000_000n
const COINS = 10n ** 18n

export const newAccount = (): Address => privateKeyToAddress(generatePrivateKey())

/** The contract of an `…/erc20:0x…` asset. */
const contractOf = (token: string) => token.slice(-42) as Address

export const balanceOf = (node: PublicClient, token: string, account: string): Promise<bigint> =>
  node.readContract({
    address: contractOf(token),
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [account as Address],
  })

/** How many transactions an account has sent: the count of its payments that no one can hide. */
export const sentBy = (node: PublicClient, account: string): Promise<number> =>
  node.getTransactionCount({ address: account as Address })

export interface Payer {
  readonly id: string
  readonly address: Address
  readonly walletId: string
}

type Capability = Parameters<typeof aCapability>[0]

/** An agent that works, and whose wallet holds tokens and coins. */
export async function aPayer(client: Client, token: string, capability: Capability = {}): Promise<Payer> {
  const { id } = await anAgent(client, { capability: aCapability(capability) })
  const { id: walletId, address } = await walletOf(client, id)
  const coin = `${token.split('/')[0]}/slip44:60`
  for (const [asset, amount] of [
    [token, FUNDS],
    [coin, COINS],
  ] as const) {
    await expectOk(client.post('/v1/dev/faucet', { address, asset, amount: String(amount) }))
  }
  return { id, walletId, address: address as Address }
}

interface Asked {
  readonly agentId: string
  readonly asset: string
  readonly payee: string
  readonly amount: bigint
  readonly reference?: string
}

/** Asks for a payment; whatever the answer is. */
export function pay(client: Client, { amount, ...asked }: Asked, key = unique('journey')): Promise<Reply<PaymentView>> {
  return client.post<PaymentView>('/v1/payments', { ...asked, amount: String(amount) }, { 'idempotency-key': key })
}

export interface Decision {
  readonly type: string
  readonly verdict: string | null
  readonly reasons: readonly { readonly code: string; readonly allowed?: { readonly maxAmount: string } }[]
  readonly paymentId: string | null
}

/** What the log holds about something, oldest first. */
export async function decisionsOf(client: Client, about: Record<string, string>): Promise<Decision[]> {
  const query = new URLSearchParams({ ...about, limit: '200' })
  return (await expectOk(client.get<{ data: Decision[] }>(`/v1/decisions?${query}`))).data.toReversed()
}

/** The agent once it is in this status, for this reason. */
export function agentIn(client: Client, id: string, status: AgentView['status'], reason?: RegExp): Promise<AgentView> {
  let seen: AgentView | undefined
  const probe = async () => {
    seen = (await client.get<AgentView>(`/v1/agents/${id}`)).body
    return seen.status === status && (reason?.test(seen.statusReason ?? '') ?? true) && seen
  }
  return until(`agent ${id} is ${status}`, probe, { deadlineMs: SETTLED_MS, last: () => seen })
}

/** What a payment waits for, or why it ended. */
export const failureOf = ({ failure }: PaymentView): string | undefined => (failure as { code: string } | null)?.code

/** The payments once all of them are confirmed. */
export function confirmed(client: Client, ids: readonly string[]): Promise<PaymentView[]> {
  let seen: PaymentView[] = []
  const probe = async () => {
    seen = await Promise.all(ids.map(async (id) => expectOk(client.get<PaymentView>(`/v1/payments/${id}`))))
    return seen.every(({ status }) => status === 'CONFIRMED') && seen
  }
  const last = () => seen.map((payment) => [payment.status, failureOf(payment)])
  return until('all payments are confirmed', probe, { deadlineMs: SETTLED_MS, last })
}

/** The settings of a Wedi that uses an Engine which is not there yet, and the way to start it (again). */
export async function engineToCome(mode: 'signer' | 'queue') {
  const port = await freePort()
  const token = 'an-engine-token-of-a-journey'
  const url = `http://127.0.0.1:${port}`
  const env = { THIRDWEB_ENGINE_URL: url, THIRDWEB_ENGINE_TOKEN: token, THIRDWEB_ENGINE_MODE: mode }
  async function start(rpcUrl: string, state = newEngineState()): Promise<FakeEngine> {
    const engine = await startFakeEngine({ rpcUrl, port, token, state })
    atEnd(engine.stop)
    return engine
  }
  return { env, start }
}

/** As above, for thirdweb's hosted API. */
export async function hostedToCome() {
  const port = await freePort()
  const secretKey = 'a-secret-key-of-a-journey'
  const env = { THIRDWEB_SECRET_KEY: secretKey, THIRDWEB_API_URL: `http://127.0.0.1:${port}` }
  async function start(rpcUrl: string): Promise<FakeThirdweb> {
    const hosted = await startFakeThirdweb({ rpcUrl, port, secretKey })
    atEnd(hosted.stop)
    return hosted
  }
  return { env, start }
}

/** One account exists in the wallet's name, and it is the one the wallet uses. */
export async function expectOneAccount(client: Client, { wallets }: FakeEngine, agentId: string): Promise<void> {
  const wallet = await walletOf(client, agentId)
  expect(wallet).toMatchObject({ status: 'ACTIVE', statusReason: null })
  const named = wallets.filter(({ label }) => label === wallet.id)
  expect(named.map(({ address }) => address)).toEqual([wallet.address?.toLowerCase()])
}
