import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  aCapability,
  aFundedAgent,
  anOrganization,
  aPayment,
  PAYEE,
  type PaymentView,
  paymentIn,
  type TestOrganization,
} from '../../../test/support/factories.ts'
import { aSigner } from '../../../test/support/signer.ts'

interface LimitState {
  limitId: string
  payee: string | null
  spent: string
  [figure: string]: unknown
}
type Input = Parameters<typeof aCapability>[0]

const DAY_MS = 86_400_000
/** A Wednesday at noon, so that no window ends while a test runs. */
const NOON = Date.UTC(2031, 0, 8, 12)
const OTHER_PAYEE = `0x${'1'.repeat(40)}`
const started = Date.now()
const signer = aSigner()
let daysLater = 0

let app: TestApp
beforeAll(async () => {
  app = await startApp({
    ...signer.options,
    clock: () => new Date(NOON + daysLater * DAY_MS + Date.now() - started),
  })
})
beforeEach(() => {
  daysLater = 0
  signer.isAway = false
})
afterAll(() => app.stop())

const limit = (maxAmount: string, over: Record<string, unknown> = {}) =>
  ({ window: 'DAY', asset: app.token, maxAmount, ...over }) as const
const agentWith = async (capability: Input, client = app.admin) =>
  (await aFundedAgent(app, { client, capability: aCapability(capability) })).agent.id
const put = (agentId: string, capability: Input) =>
  expectOk(app.admin.put(`/v1/agents/${agentId}/capability`, aCapability(capability)))
const states = async (agentId: string, client = app.admin) =>
  (await expectOk(client.get<{ data: LimitState[] }>(`/v1/agents/${agentId}/limits`))).data
const ask = (agentId: string, amount: string, over: Record<string, unknown> & { client?: Client } = {}) =>
  aPayment(app, { agentId, amount, ...over })
const pay = async (agentId: string, amount: string, over: Record<string, unknown> & { client?: Client } = {}) =>
  paymentIn(over.client ?? app.admin, (await expectOk(ask(agentId, amount, over))).id, 'CONFIRMED')

async function expectDenied(asked: Promise<{ status: number; body: unknown }>, reason: Record<string, unknown>) {
  const reply = await asked
  expectProblem(reply as Awaited<ReturnType<typeof ask>>, 403, 'payment.denied')
  expect((reply.body as { reasons: unknown[] }).reasons).toEqual([expect.objectContaining(reason)])
}

describe('a limit', () => {
  it('keeps what was spent when its cap changes', async () => {
    const id = await agentWith({ limits: [limit('100')] })
    await pay(id, '80')
    const [before] = await states(id)
    expect(before).toMatchObject({ cap: '100', spent: '80', remaining: '20', spentCount: 1 })
    await put(id, { limits: [limit('90'), limit('1000', { window: 'LIFETIME' })] })
    const after = (await states(id)).find(({ limitId }) => limitId === before?.limitId)
    expect(after).toMatchObject({ cap: '90', spent: '80', remaining: '10' })
    await expectDenied(ask(id, '11'), { code: 'limit.amountExceeded', cap: '90', remaining: '10' })
    await pay(id, '10')
  })

  it('that is lowered below what is spent denies, and never shows less than nothing', async () => {
    const id = await agentWith({ limits: [limit('100', { maxCount: 5 })] })
    await pay(id, '40')
    await pay(id, '40')
    await put(id, { limits: [limit('50', { maxCount: 1 })] })
    expect(await states(id)).toMatchObject([
      { cap: '50', spent: '80', remaining: '0', spentCount: 2, remainingCount: 0 },
    ])
    expectProblem(await ask(id, '1'), 403, 'payment.denied')
    await put(id, { limits: [limit('81')] })
    await pay(id, '1')
    await expectDenied(ask(id, '1'), { code: 'limit.amountExceeded', remaining: '0' })
  })

  it('of which a held payment has more than its new cap shows nothing left, and the payment is not made', async () => {
    const id = await agentWith({ authorityLevel: 'PROPOSE', limits: [limit('100')] })
    const { secret } = await expectOk(
      app.admin.post<{ secret: string }>('/v1/api-keys', { name: 'asks', role: 'OPERATOR' }),
    )
    const held = await expectOk(ask(id, '70', { client: app.admin.as(secret) }))
    await put(id, { authorityLevel: 'PROPOSE', limits: [limit('50')] })
    expect(await states(id)).toMatchObject([{ reserved: '70', remaining: '0' }])
    expectProblem(await app.admin.post(`/v1/approvals/${held.approvalId}/approve`), 409, 'approval.stale')
    expect(await states(id)).toMatchObject([{ reserved: '0', spent: '0', remaining: '50' }])
  })

  it('that comes into force within its window counts what was paid and is held there', async () => {
    const supervised: Input = { authorityLevel: 'SUPERVISED', approvalThreshold: [{ asset: app.token, amount: '100' }] }
    const id = await agentWith(supervised)
    await pay(id, '60')
    const held = await expectOk(ask(id, '150'))
    expect(held.status).toBe('HELD')
    await put(id, { ...supervised, limits: [limit('300', { maxCount: 3 })] })
    const taken = { spent: '60', reserved: '150', remaining: '90', spentCount: 1, reservedCount: 1, remainingCount: 1 }
    expect(await states(id)).toMatchObject([taken])
    await expectDenied(ask(id, '91'), { code: 'limit.amountExceeded', remaining: '90' })
    await expectOk(app.admin.post(`/v1/payments/${held.id}/cancel`))
    expect(await states(id)).toMatchObject([{ spent: '60', reserved: '0', remaining: '240', reservedCount: 0 }])
    await pay(id, '91')
  })

  it('that was out of force for a while counts what was paid meanwhile', async () => {
    const id = await agentWith({ limits: [limit('100')] })
    await pay(id, '30')
    await put(id, {})
    expect(await states(id)).toEqual([])
    await pay(id, '50')
    await put(id, { limits: [limit('100')] })
    expect(await states(id)).toMatchObject([{ spent: '80', remaining: '20', spentCount: 2 }])
    await expectDenied(ask(id, '21'), { remaining: '20' })
  })

  it.each([
    ['while no other was in force', []],
    ['while another was in force', ['1000']],
  ])('that was out of force %s counts a late approval where it was given', async (_case, others) => {
    const supervised: Input = { authorityLevel: 'SUPERVISED', approvalThreshold: [{ asset: app.token, amount: '10' }] }
    const beside = others.map((maxAmount) => limit(maxAmount, { window: 'LIFETIME' }))
    const inForce = { ...supervised, limits: [limit('100'), ...beside] }
    const id = await agentWith(inForce)
    const key = app.admin.post<{ secret: string }>('/v1/api-keys', { name: 'approves', role: 'APPROVER' })
    const approver = app.admin.as((await expectOk(key)).secret)
    const approve = ({ approvalId }: PaymentView) => expectOk(approver.post(`/v1/approvals/${approvalId}/approve`, {}))
    const outAndBack = async (meanwhile: () => Promise<unknown> = async () => {}) => {
      await put(id, { ...supervised, limits: beside })
      await meanwhile()
      await expectTrueBooks()
      await put(id, inForce)
      await expectTrueBooks()
    }
    const today = async () => (await states(id)).find(({ window }) => window === 'DAY')

    const held = [await expectOk(ask(id, '55')), await expectOk(ask(id, '44'))] as const
    daysLater = 1
    signer.isAway = true
    await approve(held[0])
    await outAndBack()
    expect(await today()).toMatchObject({ reserved: '55', spent: '0', remaining: '45' })
    await outAndBack(() => approve(held[1]))
    expect(await today()).toMatchObject({ reserved: '99', spent: '0', remaining: '1' })
    await expectDenied(ask(id, '2'), { code: 'limit.amountExceeded', remaining: '1' })
    signer.isAway = false
    for (const payment of held) await paymentIn(app.admin, payment.id, 'CONFIRMED')
    await outAndBack()
    expect(await today()).toMatchObject({ reserved: '0', spent: '99', remaining: '1' })
  })

  /** What every counter has reserved is what the reservations in its window add up to. */
  async function expectTrueBooks(): Promise<void> {
    const untrue = await app.query(
      `select c.limit_id, c.window_start, c.reserved_amount, c.reserved_count, sum(r.amount), count(r.amount)
       from limit_counter c
       left join reservation r on (r.organization_id, r.limit_id, r.window_start, r.payee, r.status)
         = (c.organization_id, c.limit_id, c.window_start, c.payee, 'RESERVED')
       group by c.organization_id, c.limit_id, c.window_start, c.payee
       having (c.reserved_amount, c.reserved_count) <> (coalesce(sum(r.amount), 0), count(r.amount))`,
    )
    expect(untrue).toEqual([])
  }

  it('begins anew with its window, and only with its own', async () => {
    const id = await agentWith({ limits: [limit('100'), limit('150', { window: 'WEEK' })] })
    await pay(id, '80')
    daysLater = 1
    expect((await states(id)).map(({ spent }) => spent).sort()).toEqual(['0', '80'])
    await expectDenied(ask(id, '71'), { window: 'WEEK', remaining: '70' })
    await pay(id, '70')
    daysLater = 5
    expect((await states(id)).map(({ spent }) => spent)).toEqual(['0', '0'])
    await put(id, { limits: [limit('100'), limit('1000', { window: 'MONTH' })] })
    expect((await states(id)).map(({ spent }) => spent).sort()).toEqual(['0', '150'])
  })

  it('of a single transaction binds each alone', async () => {
    const id = await agentWith({ limits: [limit('50', { window: 'TRANSACTION' })] })
    await pay(id, '50')
    await pay(id, '50')
    await expectDenied(ask(id, '51'), { window: 'TRANSACTION', allowed: { maxAmount: '50' } })
  })

  it.each([
    ['of an amount', { maxAmount: '100' }],
    ['of a count', { maxCount: 10 }],
  ])('%s is never passed by thirty payments at the same time', async (_case, cap) => {
    const id = await agentWith({ limits: [{ window: 'DAY', asset: app.token, ...cap }] })
    const replies = await Promise.all(Array.from({ length: 30 }, () => ask(id, '10')))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(10)
    expect(replies.filter(({ status }) => status === 403)).toHaveLength(20)
  })

  it('per payee counts for each payee alone', async () => {
    const id = await agentWith({ limits: [limit('100', { perPayee: true })] })
    await pay(id, '100', { payee: PAYEE.toLowerCase() })
    await expectDenied(ask(id, '1'), { code: 'limit.amountExceeded', remaining: '0' })
    await pay(id, '70', { payee: OTHER_PAYEE })
    const seen = (await states(id)).map(({ payee, spent }) => [payee, spent])
    expect(new Map(seen as [string, string][])).toEqual(
      new Map([
        [PAYEE.toLowerCase(), '100'],
        [OTHER_PAYEE, '70'],
      ]),
    )
  })

  it('per payee says when more payees have used it than are shown, and hides no other limit', async () => {
    const id = await agentWith({ limits: [limit('100', { perPayee: true }), limit('100')] })
    const get = () => expectOk(app.admin.get<{ data: LimitState[]; hasMore: boolean }>(`/v1/agents/${id}/limits`))
    const { data } = await get()
    const { limitId, windowStart } = data.find(({ perPayee }) => perPayee) as LimitState
    const use = (payees: number) =>
      app.query(
        `insert into limit_counter (organization_id, limit_id, window_start, payee)
         select organization_id, id, $2, n from spending_limit, generate_series(1, $3::int) n where id = $1
         on conflict do nothing`,
        [limitId, windowStart, payees],
      )
    await use(999)
    expect(await get()).toMatchObject({ data: { length: 1000 }, hasMore: false })
    await use(1000)
    expect(await get()).toMatchObject({ data: { length: 1000, 0: { perPayee: false } }, hasMore: true })
  })

  it('per payee that comes into force within its window counts for each payee what was paid', async () => {
    const id = await agentWith({})
    await pay(id, '60')
    await pay(id, '30', { payee: OTHER_PAYEE })
    await put(id, { limits: [limit('100', { perPayee: true })] })
    await expectDenied(ask(id, '41'), { remaining: '40' })
    await expectDenied(ask(id, '71', { payee: OTHER_PAYEE }), { remaining: '70' })
  })
})

describe('a limit of the organisation', () => {
  it('binds all its agents together, and those of no other', async () => {
    const [one, two] = [await anOrganization(app), await anOrganization(app)]
    const [a, b, other] = [
      await agentWith({}, one.admin),
      await agentWith({}, one.admin),
      await agentWith({}, two.admin),
    ]
    await pay(a, '30', { client: one.admin })
    await putFor(one, '100')
    await pay(b, '30', { client: one.admin })
    const reason = { code: 'limit.amountExceeded', scope: 'ORGANIZATION', remaining: '40' }
    for (const id of [a, b]) await expectDenied(ask(id, '41', { client: one.admin }), reason)
    for (const id of [a, b]) expect(await states(id, one.admin)).toMatchObject([{ scope: 'ORGANIZATION', spent: '60' }])
    await pay(other, '41', { client: two.admin })
    const replies = await Promise.all([a, b, a, b, a, b].map((id) => ask(id, '10', { client: one.admin })))
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 403, 403])
  })

  it('is changed under If-Match, one of two', async () => {
    const one = await anOrganization(app)
    const etag = (await one.admin.get('/v1/organizations/current')).headers.get('etag') as string
    const replies = await Promise.all(['1', '2'].map((cap) => putFor(one, cap, { 'if-match': etag })))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412])
  })

  const putFor = ({ admin }: TestOrganization, cap: string, headers = {}) =>
    admin.put('/v1/organizations/current/limits', { limits: [limit(cap)] }, headers)
})
