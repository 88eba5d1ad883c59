import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { aCapability, anIntegrationKey, anOrganization, PAYEE, unique } from '../../../test/support/factories.ts'
import { aCollector, aLink, type LinkView, linkThat } from '../../../test/support/links.ts'
import { deployToken } from '../../../test/support/tokens.ts'
import { chainClient } from '../../embedded/chain-client.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

const asked = (over: Record<string, unknown> = {}) => ({ amount: '1000000', asset: app.token, ...over })
const OTHER_PAYEE = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'

describe('a link', () => {
  it('is made with an integration key, paid to its agent, and found at its own address', async () => {
    const { agent, wallet, keyId, shop } = await aCollector(app)
    const link = await aLink(app, shop, { metadata: { order: '17' } })
    expect(link).toMatchObject({
      ...{ agentId: agent.id, integrationKeyId: keyId, status: 'OPEN', amount: '2500000', payTo: wallet.address },
      ...{ maxPayments: 1, paidCount: 0, metadata: { order: '17' }, url: `${app.url}/pay/${link.slug}` },
    })
    expect(link.slug).toMatch(/^[0-9A-Za-z]{22}$/)
    const { body: decision } = await app.admin.get(`/v1/decisions/${link.decisionId}`)
    expect(decision).toMatchObject({
      type: 'payment-link.requested',
      verdict: 'ALLOW',
      actor: `integration-key:${keyId}`,
    })
    expect(await expectOk(shop.get(`/v1/payment-links/${link.id}`))).toMatchObject({ id: link.id, payments: [] })
  })

  it('is made once for one Idempotency-Key', async () => {
    const { shop } = await aCollector(app)
    const headers = { 'idempotency-key': unique('link') }
    const first = await shop.post<LinkView>('/v1/payment-links', asked(), headers)
    const again = await shop.post<LinkView>('/v1/payment-links', asked(), headers)
    expect([again.status, again.body.id]).toEqual([201, first.body.id])
    expect((await expectOk(shop.get<{ data: object[] }>('/v1/payment-links'))).data).toHaveLength(1)
  })

  it('is seen by its own key, and by whoever works for the organisation', async () => {
    const [one, other] = await Promise.all([aCollector(app), aCollector(app)])
    const link = await aLink(app, one.shop)
    expectProblem(await other.shop.get(`/v1/payment-links/${link.id}`), 404, 'payment-link.notFound')
    expectProblem(await other.shop.post(`/v1/payment-links/${link.id}/cancel`), 404, 'payment-link.notFound')
    expect((await expectOk(other.shop.get<{ data: object[] }>('/v1/payment-links'))).data).toEqual([])
    const { data } = await expectOk(app.admin.get<{ data: LinkView[] }>(`/v1/payment-links?agentId=${one.agent.id}`))
    expect(data.map(({ id }) => id)).toEqual([link.id])
    const { admin: foreign } = await anOrganization(app)
    expectProblem(await foreign.get(`/v1/payment-links/${link.id}`), 404, 'payment-link.notFound')
  })

  it('is canceled once, and not while a payment of it is on its way', async () => {
    const { shop } = await aCollector(app)
    const link = await aLink(app, shop)
    await app.query('update payment_link set settling_count = 1 where id = $1', [link.id])
    expectProblem(await shop.post(`/v1/payment-links/${link.id}/cancel`), 409, 'payment-link.isBeingPaid')
    await app.query('update payment_link set settling_count = 0 where id = $1', [link.id])
    expect(await expectOk(shop.post(`/v1/payment-links/${link.id}/cancel`))).toMatchObject({ status: 'CANCELED' })
    expectProblem(await app.admin.post(`/v1/payment-links/${link.id}/cancel`), 409, 'payment-link.notOpen')
    const closed = await app.admin.as(undefined).get(`/pay/${link.slug}`)
    expectProblem(closed, 410, 'payment-link.closed')
    expect(closed.body.linkStatus).toBe('CANCELED')
  })

  it('expires by itself', async () => {
    const { shop } = await aCollector(app)
    const link = await aLink(app, shop, { expiresAt: new Date(Date.now() + 1500).toISOString() })
    expect(link.status).toBe('OPEN')
    await linkThat(shop, link.id, ({ status }) => status === 'EXPIRED')
    expectProblem(await shop.post('/v1/payment-links', asked({ expiresAt: link.expiresAt })), 400, 'request.invalid')
  })

  it('ends with the wallet it was to be paid to', async () => {
    const { wallet, shop } = await aCollector(app)
    const { id } = await aLink(app, shop)
    await expectOk(app.admin.post(`/v1/wallets/${wallet.id}/retire`, {}))
    await linkThat(app.admin, id, ({ status }) => status === 'CANCELED')
  })

  it('ends with its agent, also when another account was to be paid', async () => {
    const { agent, shop } = await aCollector(app, {
      capability: aCapability({ payees: { allow: [OTHER_PAYEE], deny: [] } }),
    })
    const { id } = await aLink(app, shop, { payTo: OTHER_PAYEE })
    await expectOk(app.admin.delete(`/v1/agents/${agent.id}`))
    await linkThat(app.admin, id, ({ status }) => status === 'CANCELED')
  })

  it('ends with its key, when its key is revoked so; no new one is made in any case', async () => {
    const { keyId, shop } = await aCollector(app)
    const { id } = await aLink(app, shop)
    await expectOk(app.admin.post(`/v1/integration-keys/${keyId}/revoke`, { reason: 'leaked', cancelLinks: true }))
    expectProblem(await shop.post('/v1/payment-links', asked()), 401, 'request.unauthenticated')
    await linkThat(app.admin, id, ({ status }) => status === 'CANCELED')

    const kept = await aCollector(app)
    const open = await aLink(app, kept.shop)
    await expectOk(app.admin.post(`/v1/integration-keys/${kept.keyId}/revoke`, { reason: 'replaced' }))
    expect(await expectOk(app.admin.get(`/v1/payment-links/${open.id}`))).toMatchObject({ status: 'OPEN' })
  })
})

describe('what may not be asked for', () => {
  const denials: [string, Parameters<typeof aCollector>[1], Record<string, unknown>, string][] = [
    ['an asset the agent has not', { capability: aCapability({ assets: [] }) }, {}, 'capability.assetNotAllowed'],
    ['a chain the agent has not', { capability: aCapability({ chains: [] }) }, {}, 'capability.chainNotAllowed'],
    [
      'metadata the key has not',
      { key: { allowedMetadataKeys: ['order'] } },
      { metadata: { note: 1 } },
      'key.metadataNotAllowed',
    ],
    ['to say where the money goes', {}, { metadata: { payoutAddress: PAYEE } }, 'key.metadataNotAllowed'],
    ['an account nobody named', {}, { payTo: PAYEE }, 'payee.notAllowed'],
    [
      'an account that is denied',
      { capability: aCapability({ payees: { allow: [OTHER_PAYEE], deny: [OTHER_PAYEE] } }) },
      { payTo: OTHER_PAYEE },
      'payee.denied',
    ],
  ]
  it.each(denials)('%s: 403, recorded, and no link', async (_what, over, body, code) => {
    const { agent, shop } = await aCollector(app, over)
    const refused = await shop.post('/v1/payment-links', asked(body))
    expectProblem(refused, 403, 'payment-link.denied')
    expect(refused.body.reasons).toMatchObject([{ code }])
    const { body: decision } = await app.admin.get(`/v1/decisions/${refused.body.decisionId}`)
    expect(decision).toMatchObject({ verdict: 'DENY', agentId: agent.id })
    expect((await expectOk(shop.get<{ data: object[] }>('/v1/payment-links'))).data).toEqual([])
  })

  it('in an organisation that is frozen', async () => {
    const { admin } = await anOrganization(app)
    const { shop } = await aCollector(app, { client: admin })
    await expectOk(admin.post('/v1/organizations/current/freeze', { reason: 'looked at' }))
    const refused = await shop.post('/v1/payment-links', asked())
    expect(refused.body.reasons).toContainEqual({ code: 'organization.frozen' })
  })

  it('of an agent that is not active, or whose wallet is frozen', async () => {
    const { agent, wallet, shop } = await aCollector(app)
    await expectOk(app.admin.post(`/v1/wallets/${wallet.id}/freeze`, {}))
    await expectOk(app.admin.post(`/v1/agents/${agent.id}/pause`, {}))
    const refused = await shop.post('/v1/payment-links', asked())
    expect(refused.body.reasons).toMatchObject([{ code: 'agent.notActive' }, { code: 'wallet.notActive' }])
  })

  it('more on a day than the key may, however many ask at once', async () => {
    const { shop } = await aCollector(app, {
      key: { maxAmountPerDay: [{ asset: app.token, amount: '5000000' }] },
    })
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => shop.post('/v1/payment-links', asked({ amount: { min: '1', max: '1000000' } }))),
    )
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(5)
    const [refused] = replies.filter(({ status }) => status !== 201)
    expect(refused?.body.reasons).toMatchObject([{ code: 'key.amountPerDay', allowed: '0' }])
  })

  it('an account that the capability names is paid instead of the wallet', async () => {
    const { shop } = await aCollector(app, {
      capability: aCapability({ payees: { allow: ['*', OTHER_PAYEE], deny: [] } }),
    })
    expect((await aLink(app, shop, { payTo: OTHER_PAYEE })).payTo).toBe(OTHER_PAYEE)
  })

  it('what no signature moves: the native coin, and tokens without EIP-3009', async () => {
    const { shop } = await aCollector(app)
    const chain = inject('infrastructure').chain
    const plain = await deployToken(chainClient(chain.rpcUrl), 'emit Transfer(msg.sender, to, value); return true;')
    for (const asset of [app.coin, `${chain.chain}/erc20:${plain}`])
      expectProblem(await shop.post('/v1/payment-links', asked({ asset })), 400, 'payment-link.assetNotPayable')
  })

  it('more than can be counted', async () => {
    const { shop } = await aCollector(app)
    const most = asked({ amount: '9'.repeat(77), maxPayments: 11 })
    expectProblem(await shop.post('/v1/payment-links', most), 400, 'request.invalid')
    for (let i = 0; i < 2; i++)
      await expectOk(shop.post('/v1/payment-links', asked({ amount: '9'.repeat(77), maxPayments: 10 })))
    await expectOk(shop.post('/v1/payment-links', asked()))
  })

  it('bounds that are none', async () => {
    const { shop } = await aCollector(app)
    expectProblem(
      await shop.post('/v1/payment-links', asked({ amount: { min: '2', max: '1' } })),
      400,
      'request.invalid',
    )
  })
})

describe('what the guards of all routes cannot try with a key of an organisation', () => {
  it('a key that asks too often, and payers of one address', async () => {
    const limited = await startApp({ rateLimitPerMinute: 4 })
    try {
      const { id: agentId } = await expectOk(limited.admin.post<{ id: string }>('/v1/agents', { name: 'shop' }))
      const shop = limited.admin.as((await anIntegrationKey(limited.admin, { agentId })).secret)
      const asking = Array.from({ length: 5 }, () => shop.post('/v1/payment-links', asked()))
      const statuses = (await Promise.all(asking)).map(({ status }) => status)
      expect(Math.max(...statuses)).toBe(429)
      const nobody = limited.admin.as(undefined)
      const paths = ['/pay/nobodyHasThisSlug00000', '/pay/nobodyHasThisSlug00000/status']
      for (const path of paths) for (let i = 0; i < 4; i++) await nobody.get(path)
      for (const path of paths) expectProblem(await nobody.get(path), 429, 'request.tooMany')
    } finally {
      await limited.stop()
    }
  })

  it('an address that signs too often, wherever it says it comes from; behind a proxy that is trusted, who asks', async () => {
    const path = '/pay/nobodyHasThisSlug00000'
    const from = (server: TestApp, address: string) =>
      server.admin.as(undefined).get(path, { 'payment-signature': 'x', 'x-forwarded-for': address })
    for (let i = 0; i < 120; i++) await from(app, `203.0.113.${i}`)
    expectProblem(await from(app, '203.0.113.200'), 429, 'request.tooMany')
    const behind = await startApp({ trustedProxies: ['127.0.0.0/8'] })
    try {
      for (let i = 0; i < 120; i++) await from(behind, '203.0.113.1')
      expectProblem(await from(behind, '203.0.113.1'), 429, 'request.tooMany')
      expectProblem(await from(behind, '203.0.113.2'), 404, 'payment-link.notFound')
    } finally {
      await behind.stop()
    }
  })

  it('a broken database', async () => {
    const broken = await startApp()
    try {
      const { shop } = await aCollector(broken)
      await broken.query('revoke usage on schema public from public, wedi_app')
      expectProblem(await shop.post('/v1/payment-links', { amount: '1', asset: broken.token }), 500, 'server.bug')
      await broken.query('revoke usage on schema public from wedi_platform')
      for (const path of ['/pay/nobodyHasThisSlug00000', '/pay/nobodyHasThisSlug00000/status'])
        expectProblem(await broken.admin.as(undefined).get(path), 500, 'server.bug')
    } finally {
      await broken.stop()
    }
  })
})
