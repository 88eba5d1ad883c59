import { registerExactEvmScheme } from '@x402/evm/exact/client'
import { wrapFetchWithPayment, x402Client } from '@x402/fetch'
import type { Static } from 'typebox'
import type { Address, Hex } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { inject } from 'vitest'
import type { Link, LinkPayment, LinkWithPayments, PaymentRequired } from '../../src/modules/payment-links/contract.ts'
import type { TestApp } from './app.ts'
import { type Client, expectOk, type Reply } from './client.ts'
import { type AgentView, anAgent, anIntegrationKey, unique, type WalletView, walletOf } from './factories.ts'
import { until } from './until.ts'

export type LinkView = Static<typeof Link>
export type LinkPaymentView = Static<typeof LinkPayment>
export type PaidLinkView = Static<typeof LinkWithPayments>
export type Required402 = Static<typeof PaymentRequired>

/** A server, in this process or its own, and its chain's dollar. */
export type Served = Pick<TestApp, 'admin' | 'token'>

export interface Collector {
  readonly agent: AgentView
  readonly wallet: WalletView
  readonly keyId: string
  /** With the agent's integration key. */
  readonly shop: Client
}

/** An agent that collects, and a third party with its key. */
export async function aCollector(
  app: Served,
  { client = app.admin, key = {}, ...agentOver }: { client?: Client; key?: object; [field: string]: unknown } = {},
): Promise<Collector> {
  const agent = await anAgent(client, agentOver)
  const { integrationKey, secret } = await anIntegrationKey(client, { agentId: agent.id, ...key })
  return { agent, wallet: await walletOf(client, agent.id), keyId: integrationKey.id, shop: client.as(secret) }
}

export const aLink = (app: Served, shop: Client, over: Record<string, unknown> = {}): Promise<LinkView> =>
  expectOk(
    shop.post<LinkView>(
      '/v1/payment-links',
      { amount: '2500000', asset: app.token, description: 'Two coffees', ...over },
      { 'idempotency-key': unique('link') },
    ),
  )

/** An account of somebody who pays, with dollars and nothing else: whoever settles pays for the gas. */
export async function aPayer(app: Served, funds = '100000000'): Promise<PrivateKeyAccount> {
  const account = privateKeyToAccount(generatePrivateKey())
  await expectOk(app.admin.post('/v1/dev/faucet', { address: account.address, asset: app.token, amount: funds }))
  return account
}

/** The stock client of the protocol, which refuses tokens it does not know unless it is told. */
export function payingFetch(
  account: PrivateKeyAccount,
  { chain, token }: { chain: string; token: string } = inject('infrastructure').chain,
): typeof fetch {
  const client = new x402Client()
  registerExactEvmScheme(client, { signer: account })
  client.setSpendControls({
    allowedAssets: [{ network: chain as `eip155:${number}`, asset: token, maxAmountPerPayment: '1000000000' }],
  })
  return wrapFetchWithPayment(fetch, client) as typeof fetch
}

export const decoded = <T>(header: string | null): T =>
  JSON.parse(Buffer.from(header ?? '', 'base64').toString('utf8')) as T

/** What a machine is asked to pay. */
export async function requirementsOf(url: string): Promise<Required402['accepts'][number]> {
  const reply = await fetch(url)
  const [first] = decoded<Required402>(reply.headers.get('payment-required')).accepts
  if (!first) throw new Error(`${url} asks for nothing: ${reply.status}`)
  return first
}

export interface Signed {
  readonly to?: string
  readonly value?: string
  readonly validAfter?: number
  readonly validBefore?: number
  readonly nonce?: Hex
  readonly chainId?: number
}

const HOUR_S = 3600
const TEN_MINUTES_S = 600
const TYPES = {
  TransferWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const

/** A `PAYMENT-SIGNATURE`, signed by hand so that a test can sign what no client would. */
export async function signatureOf(
  account: PrivateKeyAccount,
  accepted: Required402['accepts'][number],
  over: Signed = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const authorization = {
    from: account.address,
    to: (over.to ?? accepted.payTo) as Address,
    value: over.value ?? accepted.amount,
    validAfter: String(over.validAfter ?? now - HOUR_S),
    validBefore: String(over.validBefore ?? now + TEN_MINUTES_S),
    nonce: over.nonce ?? generatePrivateKey(),
  }
  const signature = await account.signTypedData({
    domain: {
      ...{ name: accepted.extra.name, version: accepted.extra.version },
      chainId: over.chainId ?? Number(accepted.network.slice('eip155:'.length)),
      verifyingContract: accepted.asset as Address,
    },
    types: TYPES,
    primaryType: 'TransferWithAuthorization',
    message: {
      ...authorization,
      value: BigInt(authorization.value),
      validAfter: BigInt(authorization.validAfter),
      validBefore: BigInt(authorization.validBefore),
    },
  })
  const payload = { x402Version: 2, accepted, payload: { signature, authorization } }
  return Buffer.from(JSON.stringify(payload)).toString('base64')
}

export const payWith = (app: Served, { slug }: LinkView, signature: string): Promise<Reply<Required402>> =>
  app.admin.as(undefined).get<Required402>(`/pay/${slug}`, { 'payment-signature': signature })

/** The link once it is so. */
export async function linkThat(
  client: Client,
  id: string,
  isSo: (link: PaidLinkView) => boolean,
): Promise<PaidLinkView> {
  let seen: PaidLinkView | undefined
  return until(
    `link ${id} is as expected`,
    async () => {
      seen = (await client.get<PaidLinkView>(`/v1/payment-links/${id}`)).body
      return isSo(seen) && seen
    },
    { last: () => seen },
  )
}
