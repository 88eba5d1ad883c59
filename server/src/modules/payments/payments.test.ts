import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  aCapability,
  aFundedAgent,
  anAgent,
  aPayment,
  asAgent,
  PAYEE,
  type PaymentView,
  paymentIn,
  unique,
} from '../../../test/support/factories.ts'

let app: TestApp
/** A second server on the same database. */
let second: TestApp
beforeAll(async () => {
  app = await startApp()
  const { databaseUrl, masterKey, adminKey } = app
  second = await startApp({ databaseUrl, masterKey, adminKey })
})
afterAll(async () => {
  await second.stop()
  await app.stop()
})

interface Denial {
  code: string
  decisionId: string
  reasons: { code: string; limitId?: string; remaining?: string; allowed?: { maxAmount?: string } }[]
}

const aLimit = (over: Record<string, unknown> = {}) => ({ window: 'DAY', asset: app.token, ...over })
const withLimits = (...limits: Record<string, unknown>[]) => ({ capability: aCapability({ limits: limits as never }) })

async function limitsOf(agentId: string) {
  const { body } = await app.admin.get<{ data: { spent: string; reserved: string; remaining: string }[] }>(
    `/v1/agents/${agentId}/limits`,
  )
  return body.data
}

describe('limits', () => {
  it('hold under sixty payments at once through two servers', async () => {
    const { agent } = await aFundedAgent(
      app,
      withLimits(aLimit({ maxAmount: '25' }), aLimit({ window: 'MONTH', maxCount: 40 })),
    )
    const servers = [app.admin, second.admin]
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, i) => aPayment(app, { client: servers[i % 2] as never, agentId: agent.id })),
    )
    const paid = replies.filter(({ status }) => status === 201)
    expect(paid).toHaveLength(25)
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201, 403]))
    for (const { body } of paid) await paymentIn(app.admin, body.id, 'CONFIRMED')
    const [day] = await limitsOf(agent.id)
    expect(day).toMatchObject({ spent: '25', reserved: '0', remaining: '0' })
  })

  it('leave nothing reserved in one window when another has no room', async () => {
    const { agent } = await aFundedAgent(
      app,
      withLimits(aLimit({ maxAmount: '100' }), aLimit({ window: 'HOUR', maxAmount: '10' })),
    )
    expectProblem(await aPayment(app, { agentId: agent.id, amount: '11' }), 403, 'payment.denied')
    for (const limit of await limitsOf(agent.id)) expect(limit).toMatchObject({ reserved: '0', spent: '0' })
  })

  it('say what would be allowed, and allow it', async () => {
    const { agent } = await aFundedAgent(app, withLimits(aLimit({ maxAmount: '10' })))
    await aPayment(app, { agentId: agent.id, amount: '4' })
    const denied = await aPayment(app, { agentId: agent.id, amount: '7' })
    const [reason] = (denied.body as unknown as Denial).reasons
    expect(reason).toMatchObject({ code: 'limit.amountExceeded', remaining: '6', allowed: { maxAmount: '6' } })
    expect((await aPayment(app, { agentId: agent.id, amount: reason?.allowed?.maxAmount })).status).toBe(201)
  })

  it('give back what a payment of an empty wallet had reserved', async () => {
    const agent = await anAgent(app.admin, withLimits(aLimit({ maxAmount: '10' })))
    const { body } = await aPayment(app, { agentId: agent.id, amount: '10' })
    const failed = await paymentIn(app.admin, body.id, 'FAILED')
    expect(failed.failure).toMatchObject({ code: 'payment.insufficientFunds' })
    expect(await limitsOf(agent.id)).toMatchObject([{ reserved: '0', spent: '0', remaining: '10' }])
  })
})

describe('a denial', () => {
  it('is recorded, and said again to a retry with the same key', async () => {
    const agent = await anAgent(app.admin, { capability: aCapability({ payees: { allow: [] } }) })
    const body = { agentId: agent.id, payee: PAYEE, amount: '1', asset: app.token }
    const key = { 'idempotency-key': unique('denied') }
    const first = await app.admin.post<Denial>('/v1/payments', body, key)
    expectProblem(first, 403, 'payment.denied')
    expect(first.body.reasons).toMatchObject([{ code: 'payee.notAllowed' }])
    const { body: decision } = await app.admin.get(`/v1/decisions/${first.body.decisionId}`)
    expect(decision).toMatchObject({
      type: 'payment.requested',
      verdict: 'DENY',
      agentId: agent.id,
      capabilityRevision: 1,
    })
    await app.admin.put(`/v1/agents/${agent.id}/capability`, aCapability())
    const again = await app.admin.post<Denial>('/v1/payments', body, key)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.text).toBe(first.text)
  })
})

describe('one idempotency key', () => {
  it('gives one payment to twenty calls at once through two servers', async () => {
    const { agent } = await aFundedAgent(app)
    const body = { agentId: agent.id, payee: PAYEE, amount: '1', asset: app.token }
    const key = { 'idempotency-key': unique('same') }
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? app : second).admin.post<PaymentView>('/v1/payments', body, key)),
    )
    const made = replies.filter(({ status }) => status === 201)
    expect(new Set(made.map(({ body: payment }) => payment.id)).size).toBe(1)
    for (const reply of replies) if (reply.status !== 201) expectProblem(reply, 409, 'idempotency.in_progress')
    expectProblem(await app.admin.post('/v1/payments', { ...body, amount: '2' }, key), 409, 'idempotency.mismatch')
    const { body: page } = await app.admin.get<{ data: unknown[] }>(`/v1/payments?agentId=${agent.id}`)
    expect(page.data).toHaveLength(1)
  })

  it('is required', async () => {
    const agent = await anAgent(app.admin)
    const reply = await app.admin.post('/v1/payments', {
      agentId: agent.id,
      payee: PAYEE,
      amount: '1',
      asset: app.token,
    })
    expectProblem(reply, 400, 'idempotency.keyRequired')
  })
})

describe('refusals', () => {
  it.each([
    ['a negative amount', { amount: '-1' }, '/amount'],
    ['a fraction', { amount: '1.5' }, '/amount'],
    ['nothing', { amount: '0' }, '/amount'],
    ['79 digits', { amount: '1'.repeat(79) }, '/amount'],
    ['a number', { amount: 1 }, '/amount'],
    ['a payee that is no address', { payee: 'alice' }, '/payee'],
    ['a wrong checksum', { payee: '0x70997970c51812dc3A010C7d01b50e0d17dc79C8' }, '/payee'],
    ['the zero address', { payee: '0x0000000000000000000000000000000000000000' }, '/payee'],
    ['a payee on another chain', { payee: `eip155:1:${PAYEE}` }, '/payee'],
    ['an asset that is none', { asset: 'dollars' }, '/asset'],
    ['an unknown field', { colour: 'red' }, '/colour'],
  ])('name the place of %s and store nothing', async (_case, over, path) => {
    const agent = await anAgent(app.admin)
    const reply = await aPayment(app, { agentId: agent.id, ...over })
    expectProblem(reply, 400, 'request.invalid')
    expect((reply.body as unknown as { errors: { path: string }[] }).errors.map((error) => error.path)).toContain(path)
    const { body: page } = await app.admin.get<{ data: unknown[] }>(`/v1/payments?agentId=${agent.id}`)
    expect(page.data).toEqual([])
  })

  it.each([
    ['an unknown chain', 'eip155:999/slip44:60', 'chain.unknown'],
    ['an address without a token', 'eip155:31337/erc20:0x000000000000000000000000000000000000dEaD', 'asset.unknown'],
  ])('name %s', async (_case, asset, code) => {
    const agent = await anAgent(app.admin)
    expectProblem(await aPayment(app, { agentId: agent.id, asset }), 400, code)
  })

  it('let an agent pay as itself only', async () => {
    const [mine, other] = await Promise.all([aFundedAgent(app), anAgent(app.admin)])
    const client = await asAgent(app.admin, mine.agent.id)
    expectProblem(await aPayment(app, { client, agentId: other.id }), 403, 'payment.notYours')
    const own = await aPayment(app, { client, agentId: mine.agent.id })
    expect(own.body).toMatchObject({ requestedBy: `agent:${mine.agent.id}` })
    await paymentIn(client, own.body.id, 'CONFIRMED')
  })

  it('cancel nothing that is settled', async () => {
    const { agent } = await aFundedAgent(app)
    const { body } = await aPayment(app, { agentId: agent.id })
    await paymentIn(app.admin, body.id, 'CONFIRMED')
    expectProblem(await app.admin.post(`/v1/payments/${body.id}/cancel`), 409, 'payment.notCancelable')
  })
})

describe('a freeze of the organisation', () => {
  it('is not kept waiting by payments that never pause', async () => {
    const agent = await anAgent(app.admin, withLimits(aLimit({ maxAmount: '0' })))
    let isFrozen = false
    const paying = Array.from({ length: 20 }, async () => {
      while (!isFrozen) await aPayment(app, { agentId: agent.id })
    })
    const begun = performance.now()
    const frozen = await app.admin.post('/v1/organizations/current/freeze', { reason: 'stop' })
    const tookMs = performance.now() - begun
    isFrozen = true
    await Promise.all(paying)
    await app.admin.post('/v1/organizations/current/unfreeze', { reason: 'go on' })
    expect(frozen.status).toBe(200)
    expect(tookMs).toBeLessThan(2000)
  })
})
