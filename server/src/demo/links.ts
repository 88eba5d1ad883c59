import { createHash } from 'node:crypto'
import { privateKeyToAccount } from 'viem/accounts'
import { type Api, apiClient, waitFor } from './api.ts'
import type { Stage } from './stage.ts'
import type { Paint } from './words.ts'

/** What the demo shows of payment links: an agent that collects for a shop, a program that pays, a page for people. */
export interface Collected {
  readonly paid: string
  readonly forwarded: string
  readonly url: string
}

interface LinkView {
  readonly id: string
  readonly url: string
  readonly status: string
  readonly settlingCount: number
  readonly payments?: readonly { taskId: string | null }[]
}

const PRICE = '12.00'
const FOR_PEOPLE = '5.00'
const SHARE_BASIS_POINTS = 200
const AGENT = 'Cashier'

/** Done once, however often it is begun: each step has its own Idempotency-Key, and a paid link is not paid again. */
export async function collect(api: Api, stage: Stage, { address, signal }: Where): Promise<Collected> {
  const shop = accountOf(stage, 'shop').address
  const { id: agentId } = await api.create<{ id: string }>('/v1/agents', cashier(stage, shop), 'demo/cashier')
  const limits = { timeoutMs: 30_000, everyMs: 50, signal }
  await waitFor(`the wallet of ${AGENT}`, limits, async () => {
    const { status } = await api.get<{ status: string }>(`/v1/agents/${agentId}`)
    return status === 'PROVISIONING' ? undefined : status
  })
  const keyBody = { agentId, name: 'Demo shop' }
  const { secret } = await api.create<{ secret: string }>('/v1/integration-keys', keyBody, 'demo/shop-key')
  const shopApi = apiClient({ address, key: secret, signal })
  const make = (name: string, amount: string, description: string) =>
    shopApi.create<LinkView>(
      '/v1/payment-links',
      { asset: stage.asset, amount: String(stage.parse(amount)), description },
      `demo/link/${name}`,
    )
  // What a replayed answer says of the address may be from an earlier start.
  const current = ({ id }: LinkView) => shopApi.get<LinkView>(`/v1/payment-links/${id}`)
  const forPeople = await current(await make('people', FOR_PEOPLE, 'Two coffees and a bun'))
  const made = await make('machine', PRICE, 'A report, for a program that needs it')
  await waitFor('room for the payment of a link', limits, async () => {
    const now = await current(made)
    if (now.status !== 'OPEN') return now
    // An earlier start was cut off while it paid: that payment goes on, and has the only room.
    if (now.settlingCount > 0) return undefined
    await pay(api, stage, now.url)
    return now
  })
  const taskId = await waitFor('the payment of a link', limits, async () => {
    const { payments } = await shopApi.get<LinkView>(`/v1/payment-links/${made.id}`)
    return payments?.[0]?.taskId ?? undefined
  })
  const payment = await waitFor('what the link was paid', limits, async () => {
    const task = await api.get<{ status: string; paymentId: string | null }>(`/v1/tasks/${taskId}`)
    return task.status === 'SUCCEEDED' && task.paymentId ? task.paymentId : undefined
  })
  const { amount } = await api.get<{ amount: string }>(`/v1/payments/${payment}`)
  return { paid: PRICE, forwarded: stage.format(BigInt(amount)), url: forPeople.url }
}

interface Where {
  readonly address: string
  readonly signal: AbortSignal
}

export function linkLines({ paid, forwarded, url }: Collected, { symbol }: Stage, paint: Paint): string[] {
  return [
    '',
    paint('Payment links: an agent collects for a shop', 'strong'),
    `  ${paint('paid', 'paid')} ${paid} ${symbol} by a program (x402); the agent forwarded ${forwarded} ${symbol} to the shop`,
    `  open for people: ${url}`,
  ]
}

/** Of nobody but this demo: its money is worth nothing. The same at each start. */
const accountOf = ({ organizationId }: Stage, name: string) =>
  privateKeyToAccount(`0x${createHash('sha256').update(`wedi demo ${name} ${organizationId}`).digest('hex')}`)

const cashier = ({ asset, chain }: Stage, shop: string) => ({
  name: AGENT,
  description: 'Collects for a shop, and forwards what came less its share',
  labels: ['demo-links'],
  metadata: { payoutAddress: shop, shareBasisPoints: SHARE_BASIS_POINTS },
  capability: {
    ...{ authorityLevel: 'AUTONOMOUS', taskTypes: ['payment-link.paid'], providers: ['*'], chains: [chain] },
    ...{ assets: [asset], payees: { allow: [shop], deny: [] } },
    limits: [{ window: 'DAY', asset, maxAmount: '1000000000' }],
  },
})

/** As any program does that has money and the stock client of x402; only the token has to be named to it. */
async function pay(api: Api, stage: Stage, url: string): Promise<void> {
  const [{ registerExactEvmScheme }, { wrapFetchWithPayment, x402Client }] = await Promise.all([
    import('@x402/evm/exact/client'),
    import('@x402/fetch'),
  ])
  const account = accountOf(stage, 'payer')
  const amount = String(stage.parse(PRICE))
  await api.post('/v1/dev/faucet', { address: account.address, asset: stage.asset, amount })
  const client = new x402Client()
  registerExactEvmScheme(client, { signer: account })
  const network = stage.chain as `eip155:${number}`
  const asset = stage.asset.slice(stage.asset.lastIndexOf(':') + 1)
  client.setSpendControls({ allowedAssets: [{ network, asset, maxAmountPerPayment: amount }] })
  const reply = await wrapFetchWithPayment(fetch, client)(url)
  if (reply.status !== 200) throw new Error(`the payment of a link was answered with ${reply.status}`)
}
