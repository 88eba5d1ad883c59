import type { Address } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { paymentIn } from '../../../test/support/factories.ts'
import {
  aCollector,
  aLink,
  aPayer,
  type LinkPaymentView,
  linkThat,
  payWith,
  requirementsOf,
  signatureOf,
} from '../../../test/support/links.ts'
import { type OwnChain, sendAsStranger, startOwnChain } from '../../../test/support/own-chain.ts'
import { breaksOf, sendFrom, tokenCall } from '../../../test/support/reconciliation.ts'
import { until } from '../../../test/support/until.ts'
import { fund } from '../../embedded/faucet.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

const AMOUNT = 2_500_000n

/** Somebody\'s wallet sends dollars, without a word about what for. */
async function send(to: string, amount: bigint): Promise<void> {
  const payer = await aPayer(app)
  await sendFrom(payer.address, tokenCall('transfer', [to as Address, amount]))
}

async function decisionsOf(agentId: string): Promise<string[]> {
  const path = `/v1/decisions?agentId=${agentId}&limit=200`
  const { data } = await expectOk(app.admin.get<{ data: { type: string }[] }>(path))
  return data.map(({ type }) => type).filter((type) => type.startsWith('payment-link.'))
}

describe('a direct transfer', () => {
  it('of exactly the amount pays the link, once, and the agent hears of it', async () => {
    const { agent, shop } = await aCollector(app)
    const link = await aLink(app, shop)
    await send(link.payTo, AMOUNT)
    const paid = await linkThat(shop, link.id, ({ status }) => status === 'PAID')
    expect(paid.payments).toMatchObject([
      { kind: 'EXACT', state: 'CONFIRMED', nonce: null, taskId: expect.any(String) },
    ])
    await send(link.payTo, AMOUNT)
    const twice = await linkThat(shop, link.id, ({ payments }) => payments.length === 2)
    expect(twice).toMatchObject({ status: 'PAID', paidCount: 1 })
    expect(twice.payments[0]).toMatchObject({ kind: 'DUPLICATE', state: 'CONFIRMED', taskId: null })
    const types = await decisionsOf(agent.id)
    expect(types.filter((type) => type === 'payment-link.received')).toHaveLength(2)
    expect(types.filter((type) => type === 'payment-link.paid')).toHaveLength(1)
  })

  it('of less does not pay it, of more does; both are recorded as what they are', async () => {
    const { shop } = await aCollector(app)
    const link = await aLink(app, shop)
    await send(link.payTo, AMOUNT - 1n)
    const under = await linkThat(shop, link.id, ({ payments }) => payments.length === 1)
    expect(under).toMatchObject({ status: 'OPEN', paidCount: 0, payments: [{ kind: 'UNDER', taskId: null }] })
    await send(link.payTo, AMOUNT + 1n)
    const over = await linkThat(shop, link.id, ({ status }) => status === 'PAID')
    expect(over.payments[0]).toMatchObject({ kind: 'OVER', amount: '2500001', taskId: expect.any(String) })
  })

  it('to a link that is closed is late', async () => {
    const { shop } = await aCollector(app)
    const link = await aLink(app, shop)
    await expectOk(shop.post(`/v1/payment-links/${link.id}/cancel`))
    await send(link.payTo, AMOUNT)
    const late = await linkThat(shop, link.id, ({ payments }) => payments.length === 1)
    expect(late).toMatchObject({ status: 'CANCELED', paidCount: 0, payments: [{ kind: 'LATE' }] })
  })

  it('that two links may be meant by waits for a person; one that only one may be meant by does not', async () => {
    const { agent, shop } = await aCollector(app)
    const [one, two, other] = [await aLink(app, shop), await aLink(app, shop), await aLink(app, shop, { amount: '7' })]
    await send(one.payTo, AMOUNT)
    const unmatched = await until('it is listed', async () => {
      const path = '/v1/payment-link-payments?kind=UNMATCHED'
      const { data } = await expectOk(app.admin.get<{ data: LinkPaymentView[] }>(path))
      return data.find(({ payTo }) => payTo === one.payTo)
    })
    expect(unmatched).toMatchObject({ linkId: null, amount: String(AMOUNT), state: 'CONFIRMED' })
    // Whose money came is for the organisation, and for a key what came for its own links.
    expect((await shop.get<{ data: object[] }>('/v1/payment-link-payments')).body.data).toEqual([])
    await send(one.payTo, 7n)
    await linkThat(shop, other.id, ({ status }) => status === 'PAID')
    const { body: own } = await shop.get<{ data: LinkPaymentView[] }>('/v1/payment-link-payments')
    expect(own.data.map(({ linkId }) => linkId)).toEqual([other.id])
    const { secret } = await expectOk(app.admin.post<{ secret: string }>(`/v1/agents/${agent.id}/credentials`, {}))
    expect((await app.admin.as(secret).get('/v1/payment-link-payments')).status).toBe(403)
    for (const { id } of [one, two])
      expect(await expectOk(shop.get(`/v1/payment-links/${id}`))).toMatchObject({ status: 'OPEN' })
  })
})

describe('a chain that loses blocks', () => {
  let chain: OwnChain
  let own: TestApp
  beforeAll(async () => {
    chain = await startOwnChain()
    own = await startApp({ chains: [chain.settings({ confirmations: 1 })] })
  })
  afterAll(async () => {
    await own.stop()
    await chain.stop()
  })

  it('settles once what somebody else carried to it first: ours reverts, and the link is paid', async () => {
    const { agent, wallet, shop } = await aCollector(own)
    const asset = `eip155:31337/erc20:${chain.token}`
    const link = await aLink(own, shop, { asset })
    await fund(chain.rpcUrl, chain.token, { address: wallet.address as Address, asset: 'native', amount: 10n ** 18n })
    const payer = privateKeyToAccount(generatePrivateKey())
    await fund(chain.rpcUrl, chain.token, { address: payer.address, asset: 'token', amount: AMOUNT })
    const stranger = privateKeyToAccount(generatePrivateKey())
    await fund(chain.rpcUrl, chain.token, { address: stranger.address, asset: 'native', amount: 10n ** 18n })
    const signature = await signatureOf(payer, await requirementsOf(link.url))
    await chain.node.setAutomine(false)
    const paying = payWith(own, link, signature)
    const ours = await until('ours is sent', async () => {
      const block = await chain.node.getBlock({ blockTag: 'pending', includeTransactions: true })
      return block.transactions.find(({ from }) => from.toLowerCase() === wallet.address?.toLowerCase())
    })
    await sendAsStranger(chain, stranger, { to: chain.token, nonce: 0, data: ours.input, fee: 10n ** 12n })
    await chain.node.mine({ blocks: 1 })
    await chain.node.setAutomine(true)
    expect((await paying).status).toBe(200)
    const paid = await linkThat(shop, link.id, ({ status }) => status === 'PAID')
    expect(paid.payments).toMatchObject([{ kind: 'EXACT', state: 'CONFIRMED' }])
    const settlement = await paymentIn(own.admin, paid.payments[0]?.paymentId as string, 'REVERTED')
    expect(settlement.transactionHash).not.toBe(paid.payments[0]?.transactionHash)
    expect(await chain.balanceOf(wallet.address)).toBe(AMOUNT)
    expect(await breaksOf(own, agent.id)).toEqual([])
  })

  it('takes a payment back, which is recorded, and gives it again', async () => {
    const { agent, shop } = await aCollector(own)
    const link = await expectOk(
      shop.post<{ id: string; payTo: string }>('/v1/payment-links', {
        amount: String(AMOUNT),
        asset: `eip155:31337/erc20:${chain.token}`,
      }),
    )
    const payer: Address = '0x00000000000000000000000000000000000000aa'
    await fund(chain.rpcUrl, chain.token, { address: payer, asset: 'token', amount: AMOUNT })
    await chain.node.mine({ blocks: 1 })
    const before = await chain.node.snapshot()
    const call = { to: chain.token, data: tokenCall('transfer', [link.payTo as Address, AMOUNT]).data }
    await sendFrom(payer, call, chain)
    const paid = await linkThat(shop, link.id, ({ status }) => status === 'PAID')
    const [payment] = paid.payments
    expect(payment).toMatchObject({ kind: 'EXACT', state: 'CONFIRMED' })

    await chain.node.revert({ id: before })
    await chain.node.mine({ blocks: 3 })
    const reopened = await linkThat(shop, link.id, ({ status }) => status === 'OPEN')
    expect(reopened).toMatchObject({ paidCount: 0, payments: [{ state: 'VANISHED', id: payment?.id }] })
    const { data } = await expectOk(
      own.admin.get<{ data: { type: string }[] }>(`/v1/decisions?agentId=${agent.id}&type=payment-link.vanished`),
    )
    expect(data).toHaveLength(1)

    await sendFrom(payer, call, chain)
    const again = await linkThat(shop, link.id, ({ status }) => status === 'PAID')
    expect(again.payments.filter(({ state }) => state === 'CONFIRMED')).toHaveLength(1)
    const told = again.payments.map(({ taskId }) => taskId)
    expect(new Set(told).size).toBe(again.payments.length)
    expect(told).toContain(payment?.taskId)
  })
})

it('two links with one pay-to take each what was signed for it', async () => {
  const { shop } = await aCollector(app)
  const [one, two] = [await aLink(app, shop), await aLink(app, shop)]
  const signature = await signatureOf(await aPayer(app), await requirementsOf(two.url))
  expect((await payWith(app, two, signature)).status).toBe(200)
  expect(await expectOk(shop.get(`/v1/payment-links/${one.id}`))).toMatchObject({ status: 'OPEN', payments: [] })
})
