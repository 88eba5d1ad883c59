import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import type { Client } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  type ApprovalView,
  aCapability,
  aFundedAgent,
  aPayment,
  clientsOfEveryRole,
  type PaymentView,
  paymentIn,
} from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'

let app: TestApp
let approver: Client
let offsetMs = 0
beforeAll(async () => {
  app = await startApp({ clock: () => new Date(Date.now() + offsetMs) })
  approver = (await clientsOfEveryRole(app.admin)).APPROVER
})
afterAll(() => app.stop())

const proposing = (over: Record<string, unknown> = {}) =>
  aCapability({ authorityLevel: 'PROPOSE', limits: [{ window: 'DAY', asset: app.token, maxAmount: '100' }], ...over })

async function aHeldPayment(amount = '60'): Promise<PaymentView & { approvalId: string }> {
  const { agent } = await aFundedAgent(app, { capability: proposing() })
  const { status, body } = await aPayment(app, { agentId: agent.id, amount })
  expect(status).toBe(201)
  expect(body).toMatchObject({ status: 'HELD', approvalId: expect.any(String) })
  return body as PaymentView & { approvalId: string }
}

const reservedOf = async (agentId: string) =>
  (await app.admin.get<{ data: { reserved: string; spent: string }[] }>(`/v1/agents/${agentId}/limits`)).body.data[0]

it('pays by itself once another key approves', async () => {
  const held = await aHeldPayment()
  expect(await reservedOf(held.agentId)).toMatchObject({ reserved: '60' })
  const { body: pending } = await approver.get<{ data: ApprovalView[] }>('/v1/approvals?status=PENDING')
  expect(pending.data.map(({ id }) => id)).toContain(held.approvalId)
  const { status, body } = await approver.post<ApprovalView>(`/v1/approvals/${held.approvalId}/approve`, {
    note: 'seen',
  })
  expect([status, body.status, body.note]).toEqual([200, 'APPROVED', 'seen'])
  await paymentIn(app.admin, held.id, 'CONFIRMED')
  expect(await reservedOf(held.agentId)).toMatchObject({ reserved: '0', spent: '60' })
})

it('lets nobody approve what they asked for', async () => {
  const held = await aHeldPayment()
  expectProblem(await app.admin.post(`/v1/approvals/${held.approvalId}/approve`), 403, 'approval.requester')
  expect(await paymentIn(app.admin, held.id, 'HELD')).toMatchObject({ status: 'HELD' })
})

it('counts one answer: of ten at once, one approves', async () => {
  const held = await aHeldPayment()
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => approver.post(`/v1/approvals/${held.approvalId}/approve`)),
  )
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
  for (const reply of replies) if (reply.status !== 200) expectProblem(reply, 409, 'approval.notPending')
  await paymentIn(app.admin, held.id, 'CONFIRMED')
})

it('gives back the reservation of what is rejected', async () => {
  const held = await aHeldPayment()
  expect((await approver.post(`/v1/approvals/${held.approvalId}/reject`, { note: 'not ours' })).body).toMatchObject({
    status: 'REJECTED',
  })
  expect(await paymentIn(app.admin, held.id, 'CANCELED')).toMatchObject({
    failure: { code: 'approval.rejected', detail: 'not ours' },
  })
  expect(await reservedOf(held.agentId)).toMatchObject({ reserved: '0', spent: '0' })
  expectProblem(await approver.post(`/v1/approvals/${held.approvalId}/approve`), 409, 'approval.notPending')
})

it.each<[string, () => Record<string, unknown>, string]>([
  ['the payee is no longer allowed', () => ({ payees: { allow: [] } }), 'payee.notAllowed'],
  [
    'the cap is below the amount now',
    () => ({ limits: [{ window: 'DAY', asset: app.token, maxAmount: '59' }] }),
    'limit.amountExceeded',
  ],
  ['the agent only observes now', () => ({ authorityLevel: 'OBSERVE' }), 'authority.observeOnly'],
])('voids an approval when %s', async (_case, change, code) => {
  const held = await aHeldPayment()
  await app.admin.put(`/v1/agents/${held.agentId}/capability`, proposing(change()))
  const reply = await approver.post<{ reasons: { code: string }[] }>(`/v1/approvals/${held.approvalId}/approve`)
  expectProblem(reply, 409, 'approval.stale')
  expect(reply.body.reasons.map((reason) => reason.code)).toContain(code)
  expect((await approver.get(`/v1/approvals/${held.approvalId}`)).body).toMatchObject({ status: 'VOIDED' })
  await paymentIn(app.admin, held.id, 'CANCELED')
  expect((await reservedOf(held.agentId))?.reserved ?? '0').toBe('0')
})

it('voids an approval of another intent than the payment has now', async () => {
  const held = await aHeldPayment()
  await app.query(`update payment set amount = amount + 1 where id = $1`, [held.id])
  const reply = await approver.post<{ reasons: { code: string }[] }>(`/v1/approvals/${held.approvalId}/approve`)
  expectProblem(reply, 409, 'approval.stale')
  const changes = [{ field: 'amount', asked: '60', now: '61' }]
  expect(reply.body.reasons).toEqual([{ code: 'approval.intentChanged', changes }])
  await paymentIn(app.admin, held.id, 'CANCELED')
})

it('voids the approval of a canceled payment', async () => {
  const held = await aHeldPayment()
  expect((await app.admin.post(`/v1/payments/${held.id}/cancel`)).body).toMatchObject({ status: 'CANCELED' })
  expect((await approver.get(`/v1/approvals/${held.approvalId}`)).body).toMatchObject({ status: 'VOIDED' })
})

it('records what the rules were asked for an answer, and that an approval is void', async () => {
  const recordsOf = async (id: string, type: string) => {
    const { body } = await app.admin.get<{ data: { type: string; inputs: object }[] }>(`/v1/decisions?paymentId=${id}`)
    return body.data.filter((each) => each.type === type)
  }
  const asked = {
    rules: expect.any(String),
    stage: 'execution',
    standing: expect.anything(),
    limits: expect.any(Array),
  }
  const under = { capabilityRevision: expect.any(Number), authorityLevel: 'PROPOSE' }
  const approved = await aHeldPayment()
  await approver.post(`/v1/approvals/${approved.approvalId}/approve`)
  const [said] = await recordsOf(approved.id, 'approval.approved')
  expect(said).toMatchObject({ verdict: 'ALLOW', ...under, inputs: asked })
  const stale = await aHeldPayment()
  await app.admin.put(`/v1/agents/${stale.agentId}/capability`, proposing({ payees: { allow: [] } }))
  await approver.post(`/v1/approvals/${stale.approvalId}/approve`)
  for (const type of ['approval.voided', 'payment.canceled'])
    expect(await recordsOf(stale.id, type)).toMatchObject([{ verdict: 'DENY', ...under, inputs: asked }])
  const canceled = await aHeldPayment()
  await app.admin.post(`/v1/payments/${canceled.id}/cancel`)
  expect(await recordsOf(canceled.id, 'approval.voided')).toMatchObject([{ verdict: null, reasons: [] }])
})

it('ends by itself when nobody answers in time', async () => {
  const held = await aHeldPayment()
  offsetMs += 8 * 24 * 3_600_000
  try {
    expectProblem(await approver.post(`/v1/approvals/${held.approvalId}/approve`), 409, 'approval.notPending')
    await app.query(`update job set run_at = now() where kind = 'payments.expireApproval' and subject = $1`, [
      held.approvalId,
    ])
    await until('the approval is expired', async () => {
      const { body } = await approver.get<ApprovalView>(`/v1/approvals/${held.approvalId}`)
      return body.status === 'EXPIRED'
    })
    expect(await paymentIn(app.admin, held.id, 'CANCELED')).toMatchObject({ failure: { code: 'approval.expired' } })
  } finally {
    offsetMs -= 8 * 24 * 3_600_000
  }
})

it('stays open while the agent is frozen, and counts after', async () => {
  const held = await aHeldPayment()
  await app.admin.post(`/v1/agents/${held.agentId}/freeze`, { reason: 'stop' })
  expectProblem(await approver.post(`/v1/approvals/${held.approvalId}/approve`), 409, 'approval.frozen')
  await app.admin.post(`/v1/agents/${held.agentId}/unfreeze`)
  expect((await approver.post(`/v1/approvals/${held.approvalId}/approve`)).status).toBe(200)
  await paymentIn(app.admin, held.id, 'CONFIRMED')
})

it('says which parts are no longer what was approved', async () => {
  const held = await aHeldPayment()
  await app.query('update payment set amount = 61 where id = $1', [held.id])
  const reply = await approver.post<{ reasons: unknown[] }>(`/v1/approvals/${held.approvalId}/approve`)
  expectProblem(reply, 409, 'approval.stale')
  expect(reply.body.reasons).toEqual([
    { code: 'approval.intentChanged', changes: [{ field: 'amount', asked: '60', now: '61' }] },
  ])
  expect(await paymentIn(app.admin, held.id, 'CANCELED')).toMatchObject({ failure: { code: 'approval.stale' } })
})

describe('approved in a later window', () => {
  /** The same moment of the next day, which is another day, hour and perhaps week; approvals wait longer. */
  const DAY_MS = 24 * 3_600_000

  it('is counted in the windows of the approval', async () => {
    const held = await aHeldPayment()
    offsetMs += DAY_MS
    expect(await reservedOf(held.agentId)).toMatchObject({ reserved: '0' })
    expect((await approver.post(`/v1/approvals/${held.approvalId}/approve`)).status).toBe(200)
    await paymentIn(app.admin, held.id, 'CONFIRMED')
    expect(await reservedOf(held.agentId)).toMatchObject({ reserved: '0', spent: '60', remaining: '40' })
  })

  it('is void when they have no room, and says which limit', async () => {
    const { agent } = await aFundedAgent(app, { capability: proposing() })
    const early = await aPayment(app, { agentId: agent.id, amount: '60' })
    offsetMs += DAY_MS
    await aPayment(app, { agentId: agent.id, amount: '50' })
    const reply = await approver.post<{ reasons: { code: string; remaining?: string }[] }>(
      `/v1/approvals/${early.body.approvalId}/approve`,
    )
    expectProblem(reply, 409, 'approval.stale')
    expect(reply.body.reasons).toMatchObject([{ code: 'limit.amountExceeded', remaining: '50' }])
    expect(await reservedOf(agent.id)).toMatchObject({ reserved: '50' })
  })

  it('leaves nothing reserved in the windows of before', async () => {
    const held = await aHeldPayment()
    const taken = () =>
      app.query<{ reserved: string }>(
        `select c.reserved_amount::text as reserved from limit_counter c join spending_limit l on l.id = c.limit_id
         where l.scope_id = $1 order by c.window_start`,
        [held.agentId],
      )
    expect(await taken()).toEqual([{ reserved: '60' }])
    offsetMs += DAY_MS
    await app.admin.post(`/v1/agents/${held.agentId}/freeze`, { reason: 'stop' })
    expectProblem(await approver.post(`/v1/approvals/${held.approvalId}/approve`), 409, 'approval.frozen')
    expect(await taken()).toEqual([{ reserved: '60' }])
    await app.admin.post(`/v1/agents/${held.agentId}/unfreeze`, {})
    await approver.post(`/v1/approvals/${held.approvalId}/approve`)
    await paymentIn(app.admin, held.id, 'CONFIRMED')
    expect(await taken()).toEqual([{ reserved: '0' }, { reserved: '0' }])
  })
})

it('ends once when it is approved, rejected, canceled and expires at the same time', async () => {
  const held = await aHeldPayment()
  const others = (await clientsOfEveryRole(app.admin)).APPROVER
  // Due, but not yet by the clock of the requests: only the job says that it is over.
  await app.query('update approval set expires_at = $2 where id = $1', [
    held.approvalId,
    new Date(Date.now() + offsetMs + 300),
  ])
  const replies = await Promise.all([
    approver.post(`/v1/approvals/${held.approvalId}/approve`),
    others.post(`/v1/approvals/${held.approvalId}/approve`),
    others.post(`/v1/approvals/${held.approvalId}/reject`, {}),
    app.admin.post(`/v1/payments/${held.id}/cancel`),
    app.query(`update job set run_at = now() where kind = 'payments.expireApproval' and subject = $1`, [
      held.approvalId,
    ]),
  ])
  const { status } = await paymentIn(app.admin, held.id, 'CONFIRMED', 'CANCELED')
  const { body: approval } = await approver.get<ApprovalView>(`/v1/approvals/${held.approvalId}`)
  // What was approved may still be canceled before it is signed.
  if (status === 'CONFIRMED') expect(approval.status).toBe('APPROVED')
  expect(await reservedOf(held.agentId)).toMatchObject({ reserved: '0', spent: status === 'CONFIRMED' ? '60' : '0' })
  const answered = replies.slice(0, 3).filter((reply) => 'status' in reply && reply.status === 200)
  expect(answered.length).toBeLessThanOrEqual(1)
  const { body: log } = await app.admin.get<{ data: { type: string }[] }>(`/v1/decisions?paymentId=${held.id}`)
  expect(log.data.filter(({ type }) => ['payment.confirmed', 'payment.canceled'].includes(type))).toHaveLength(1)
})
