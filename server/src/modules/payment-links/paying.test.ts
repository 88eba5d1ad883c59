import { wrapAxiosWithPayment, x402Client } from '@x402/axios'
import { registerExactEvmScheme } from '@x402/evm/exact/client'
import axios from 'axios'
import { type Address, erc20Abi, type Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { aCapability, PAYEE, type TaskView, taskIn } from '../../../test/support/factories.ts'
import {
  aCollector,
  aLink,
  aPayer,
  decoded,
  type LinkView,
  linkThat,
  payingFetch,
  payWith,
  type Required402,
  requirementsOf,
  type Signed,
  signatureOf,
} from '../../../test/support/links.ts'
import { breaksOf, reconciled, sendFrom, tokenCall } from '../../../test/support/reconciliation.ts'
import { chainClient } from '../../embedded/chain-client.ts'

interface Settled {
  readonly success: boolean
  readonly transaction: Hex
  readonly payer: Address
  readonly network: string
}

let app: TestApp
beforeAll(async () => {
  app = await startApp({ reconcileEveryMs: 100 })
})
afterAll(() => app.stop())

const THIEF: Address = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'

const balanceOf = (address: unknown): Promise<bigint> => {
  const { rpcUrl, token } = inject('infrastructure').chain
  const call = { address: token, abi: erc20Abi, functionName: 'balanceOf', args: [address as Address] } as const
  return chainClient(rpcUrl).readContract(call)
}

describe('a stock client', () => {
  it('@x402/fetch pays a link, and the money is there', async () => {
    const { agent, wallet, shop } = await aCollector(app)
    const link = await aLink(app, shop)
    const payer = await aPayer(app)
    const reply = await payingFetch(payer)(link.url)
    expect(reply.status).toBe(200)
    expect(await reply.json()).toMatchObject({ status: 'PAID', payment: { kind: 'EXACT', amount: '2500000' } })
    const answer = decoded<Settled>(reply.headers.get('payment-response'))
    expect(answer).toMatchObject({ success: true, payer: payer.address, network: link.chain })
    expect(await balanceOf(wallet.address)).toBe(2_500_000n)
    const paid = await linkThat(shop, link.id, ({ status }) => status === 'PAID')
    expect(paid).toMatchObject({ paidCount: 1, settlingCount: 0 })
    expect(paid.payments).toMatchObject([{ state: 'CONFIRMED', kind: 'EXACT', transactionHash: answer.transaction }])
    // Carried by the wallet itself, whose books know every nonce and every dollar of it.
    await reconciled(app)
    expect(await breaksOf(app, agent.id)).toEqual([])
    expect((await expectOk(app.admin.get<{ data: object[] }>(`/v1/agents/${agent.id}/limits`))).data).toEqual([])
  })

  it('@x402/axios pays one as well', async () => {
    const { shop } = await aCollector(app)
    const link = await aLink(app, shop)
    const client = new x402Client()
    registerExactEvmScheme(client as unknown as Parameters<typeof registerExactEvmScheme>[0], {
      signer: await aPayer(app),
    })
    const { status, data } = await wrapAxiosWithPayment(axios.create(), client).get(link.url)
    expect([status, data.status]).toEqual([200, 'PAID'])
  })

  it('pays what it chose, within bounds, as often as the link says', async () => {
    const { shop } = await aCollector(app)
    const link = await aLink(app, shop, { amount: { min: '1000000', max: '5000000' }, maxPayments: 2 })
    const pay = payingFetch(await aPayer(app))
    expect(await (await pay(`${link.url}?amount=3000000`)).json()).toMatchObject({ status: 'OPEN' })
    expect(await (await pay(link.url)).json()).toMatchObject({ status: 'PAID', payment: { amount: '1000000' } })
    expect((await pay(`${link.url}?amount=3000000`)).status).toBe(410)
    const other = await aLink(app, shop, { amount: { min: '1000000', max: '5000000' } })
    for (const choice of ['amount=999999', 'amount=5000001', 'sum=0', 'sum=0.9999999']) {
      const refused = await app.admin.get(`/pay/${other.slug}?${choice}`)
      expect([refused.status, refused.body.code]).toEqual([400, 'request.invalid'])
    }
  })
})

describe('the agent', () => {
  it('is told once of what it was paid, and its program forwards it less its share', async () => {
    const merchant = PAYEE
    const before = await balanceOf(merchant)
    const { agent, wallet, shop } = await aCollector(app, {
      metadata: { payoutAddress: merchant, shareBasisPoints: 250 },
      key: { allowedMetadataKeys: ['order', 'payoutAddress', 'shareBasisPoints'] },
    })
    // What the link says of it is only heard where its agent says nothing.
    const link = await aLink(app, shop, { metadata: { order: '17', payoutAddress: THIEF, shareBasisPoints: 0 } })
    await payingFetch(await aPayer(app))(link.url)
    const paid = await linkThat(shop, link.id, ({ payments }) => payments[0]?.taskId != null)
    const [payment] = paid.payments
    const task = await taskIn(app.admin, payment?.taskId as string, 'SUCCEEDED')
    expect(task).toMatchObject({
      ...{ type: 'payment-link.paid', agentId: agent.id },
      payload: { linkId: link.id, paymentId: payment?.id, amount: '2500000', metadata: { order: '17' } },
    })
    expect((await balanceOf(merchant)) - before).toBe(2_437_500n)
    expect(await balanceOf(wallet.address)).toBe(62_500n)
  })

  it('keeps what nobody is named for, and forwards nothing its capability does not allow', async () => {
    const { shop } = await aCollector(app)
    const kept = await aLink(app, shop)
    await payingFetch(await aPayer(app))(kept.url)
    const { payments } = await linkThat(shop, kept.id, ({ payments: [first] }) => first?.taskId != null)
    expect((await taskIn(app.admin, payments[0]?.taskId as string, 'SUCCEEDED')).result).toEqual({ kept: true })

    const { shop: other } = await aCollector(app, {
      key: { allowedMetadataKeys: ['payoutAddress'] },
      capability: {
        ...{ authorityLevel: 'AUTONOMOUS', taskTypes: ['*'], providers: ['*'], chains: ['*'], assets: ['*'] },
        payees: { allow: [], deny: [] },
      },
    })
    const link = await aLink(app, other, { metadata: { payoutAddress: PAYEE } })
    await payingFetch(await aPayer(app))(link.url)
    const paid = await linkThat(other, link.id, ({ payments: [first] }) => first?.taskId != null)
    const task = await taskIn(app.admin, paid.payments[0]?.taskId as string, 'FAILED')
    expect(task.error).toMatchObject({ code: 'payment.denied', reasons: [{ code: 'payee.notAllowed' }] })
  })
})

describe('what did not come to the wallet of an agent', () => {
  it('is not paid out by it', async () => {
    const { wallet, shop } = await aCollector(app, {
      metadata: { payoutAddress: PAYEE },
      capability: aCapability({ payees: { allow: [THIEF, PAYEE], deny: [] } }),
    })
    const link = await aLink(app, shop, { payTo: THIEF })
    expect(link.isOwn).toBe(false)
    const reply = await payWith(app, link, await signatureOf(await aPayer(app), await requirementsOf(link.url)))
    expect(reply.status).toBe(200)
    const paid = await linkThat(shop, link.id, ({ payments }) => payments[0]?.taskId != null)
    const task = await taskIn(app.admin, paid.payments[0]?.taskId as string, 'SUCCEEDED')
    expect([task.result, task.paymentId]).toEqual([{ kept: true }, null])
    expect(await balanceOf(wallet.address)).toBe(0n)
  })

  it('because another wallet of the organisation sent it pays no link', async () => {
    const [{ shop }, { wallet: own }] = await Promise.all([aCollector(app), aCollector(app)])
    const link = await aLink(app, shop)
    const from = own.address as Address
    await expectOk(app.admin.post('/v1/dev/faucet', { address: from, asset: app.token, amount: '2500000' }))
    await sendFrom(from, tokenCall('transfer', [link.payTo as Address, 2_500_000n]))
    const stranger = await aPayer(app)
    await sendFrom(stranger.address, tokenCall('transfer', [link.payTo as Address, 2_500_000n]))
    const { payments } = await linkThat(shop, link.id, ({ status }) => status === 'PAID')
    expect(payments).toMatchObject([{ kind: 'EXACT', payer: stranger.address }])
  })
})

describe('a link for one payment', () => {
  it('takes one of two that race for it, and the other keeps its money', async () => {
    const { wallet, shop } = await aCollector(app)
    const link = await aLink(app, shop)
    const payers = await Promise.all([aPayer(app), aPayer(app), aPayer(app)])
    const asked = await requirementsOf(link.url)
    const signatures = await Promise.all(payers.map((payer) => signatureOf(payer, asked)))
    const replies = await Promise.all(signatures.map((each) => payWith(app, link, each)))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 402, 402])
    expect(await balanceOf(wallet.address)).toBe(2_500_000n)
    const held = await Promise.all(payers.map(({ address }) => balanceOf(address)))
    expect(held.sort()).toEqual([100_000_000n, 100_000_000n, 97_500_000n].sort())
    const { payments } = await linkThat(shop, link.id, ({ status }) => status === 'PAID')
    expect(payments).toHaveLength(1)
  })

  it('takes a signature also from who would see the page', async () => {
    const { shop } = await aCollector(app)
    const link = await aLink(app, shop)
    const signature = await signatureOf(await aPayer(app), await requirementsOf(link.url))
    const reply = await fetch(link.url, { headers: { accept: 'text/html', 'payment-signature': signature } })
    expect([reply.status, ((await reply.json()) as { status: string }).status]).toEqual([200, 'PAID'])
  })

  it('takes the same signature, sent several times at once, as one payment', async () => {
    const { wallet, shop } = await aCollector(app)
    const link = await aLink(app, shop, { maxPayments: 5 })
    const signature = await signatureOf(await aPayer(app), await requirementsOf(link.url))
    const replies = await Promise.all([1, 2, 3].map(() => payWith(app, link, signature)))
    expect(replies.map(({ status }) => status)).toContain(200)
    expect(await balanceOf(wallet.address)).toBe(2_500_000n)
    const { paidCount, settlingCount } = await linkThat(shop, link.id, (each) => each.settlingCount === 0)
    expect([paidCount, settlingCount]).toEqual([1, 0])
    const replayed = await payWith(app, link, signature)
    expect([replayed.status, replayed.body.error]).toEqual([402, 'authorization_already_used'])
    // Whoever lost the answer finds in it what became of the payment.
    const answer = decoded<Settled>(replayed.headers.get('payment-response'))
    expect(answer).toMatchObject({ success: true, transaction: expect.stringMatching(/^0x[0-9a-f]{64}$/) })
  })
})

describe('what does not pay', () => {
  let link: LinkView
  let asked: Required402['accepts'][number]
  const now = Math.floor(Date.now() / 1000)
  beforeAll(async () => {
    link = await aLink(app, (await aCollector(app)).shop)
    asked = await requirementsOf(link.url)
  })

  const bad: [string, Signed, RegExp][] = [
    ['less than the amount', { value: '2499999' }, /invalid_payment_requirements/],
    ['more than the amount', { value: '2500001' }, /invalid_payment_requirements/],
    ['another recipient', { to: PAYEE }, /invalid_payment_requirements/],
    ['another chain', { chainId: 1 }, /invalid_exact_evm.*signature|signature/],
    ['an authorisation that has expired', { validBefore: now - 10 }, /valid_before/],
    ['an authorisation that runs out before it can be carried', { validBefore: now + 20 }, /valid_before/],
    ['an authorisation that takes the room for long', { validBefore: now + 86_400 }, /valid_before/],
    ['an authorisation that is not valid yet', { validAfter: now + 600 }, /valid_after/],
  ]
  it.each(bad)('%s: 402, and nothing changes', async (_what, over, reason) => {
    const payer = await aPayer(app)
    const reply = await payWith(app, link, await signatureOf(payer, asked, over))
    expect([reply.status, reply.body.accepts.length]).toEqual([402, 1])
    expect(reply.body.error).toMatch(reason)
    expect(decoded<Required402>(reply.headers.get('payment-required'))).toEqual(reply.body)
    expect(await balanceOf(payer.address)).toBe(100_000_000n)
    expect(await expectOk(app.admin.get(`/v1/payment-links/${link.id}`))).toMatchObject({
      ...{ status: 'OPEN', paidCount: 0, settlingCount: 0, payments: [] },
    })
  })

  const others: [string, (header: string) => string, string][] = [
    ['garbage', () => 'garbage', 'invalid_payload'],
    [
      'more than is read of it',
      (header) => changed(header, (said) => ({ ...said, payload: { ...(said.payload as object), permit2: {} } })),
      'invalid_payload',
    ],
    ['another version', (header) => changed(header, (said) => ({ ...said, x402Version: 1 })), 'invalid_payload'],
    [
      'what was accepted on another network',
      (header) =>
        changed(header, (said) => ({ ...said, accepted: { ...(said.accepted as object), network: 'eip155:1' } })),
      'invalid_payment_requirements',
    ],
  ]
  it.each(others)('%s: 402', async (_what, change, error) => {
    const header = change(await signatureOf(await aPayer(app), asked))
    expect((await payWith(app, link, header)).body.error).toBe(error)
  })

  it('an account without the money: 402', async () => {
    const reply = await payWith(app, link, await signatureOf(await aPayer(app, '1'), asked))
    expect([reply.status, reply.body.error]).toEqual([402, expect.stringMatching(/insufficient|simulation_failed/)])
  })

  it('somebody else’s signature: 402', async () => {
    const [payer, thief] = await Promise.all([aPayer(app), aPayer(app)])
    const forged = { ...thief, address: payer.address } as typeof thief
    const reply = await payWith(app, link, await signatureOf(forged, asked))
    expect([reply.status, reply.body.error]).toEqual([402, expect.stringMatching(/signature/)])
    expect(await balanceOf(payer.address)).toBe(100_000_000n)
  })

  it('a signature that paid another link: 402', async () => {
    const { shop } = await aCollector(app)
    const one = await aLink(app, shop)
    const two = await aLink(app, shop)
    const signature = await signatureOf(await aPayer(app), await requirementsOf(one.url))
    expect((await payWith(app, one, signature)).status).toBe(200)
    const again = await payWith(app, two, signature)
    expect([again.status, again.body.error]).toEqual([402, 'authorization_already_used'])
  })

  it('a link whose settlements keep failing: 409 for a while', async () => {
    const { shop } = await aCollector(app)
    const tired = await aLink(app, shop, { maxPayments: 9 })
    const requirements = await requirementsOf(tired.url)
    expect((await payWith(app, tired, await signatureOf(await aPayer(app), requirements))).status).toBe(200)
    await app.query(
      `insert into payment_link_payment (organization_id, id, link_id, state, kind, asset, pay_to, payer, amount,
                                         created_at, updated_at, settled_at)
       select organization_id, gen_random_uuid(), link_id, 'FAILED', kind, asset, pay_to, payer, amount, now(), now(), now()
       from payment_link_payment, generate_series(1, 5) where link_id = $1`,
      [tired.id],
    )
    const refused = await payWith(app, tired, await signatureOf(await aPayer(app), requirements))
    expect([refused.status, (refused.body as unknown as { code: string }).code]).toEqual([
      409,
      'payment-link.notPayable',
    ])
    expect(await expectOk(shop.get(`/v1/payment-links/${tired.id}`))).toMatchObject({ settlingCount: 0 })
  })

  it('whoever is frozen settles nothing: 409, and the link keeps its room', async () => {
    const { agent, shop } = await aCollector(app)
    const frozen = await aLink(app, shop)
    const signature = await signatureOf(await aPayer(app), await requirementsOf(frozen.url))
    await expectOk(app.admin.post(`/v1/agents/${agent.id}/freeze`, { reason: 'looked at' }))
    const refused = await payWith(app, frozen, signature)
    expect([refused.status, (refused.body as unknown as { code: string }).code]).toEqual([
      409,
      'payment-link.notPayable',
    ])
    await expectOk(app.admin.post(`/v1/agents/${agent.id}/unfreeze`, { reason: 'looked at' }))
    expect((await payWith(app, frozen, signature)).status).toBe(200)
  })
})

function changed(header: string, change: (said: Record<string, unknown>) => object): string {
  return Buffer.from(JSON.stringify(change(decoded(header)))).toString('base64')
}

it('what agents do about their links is in their tasks only', async () => {
  const { data } = await expectOk(app.admin.get<{ data: TaskView[] }>('/v1/tasks?type=payment-link.paid&limit=200'))
  expect(new Set(data.map(({ dedupeKey }) => dedupeKey)).size).toBe(data.length)
})
