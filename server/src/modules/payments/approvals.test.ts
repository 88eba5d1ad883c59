import { afterAll, beforeAll, expect, it } from 'vitest'
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
  expect(reply.body.reasons).toEqual([{ code: 'approval.intentChanged' }])
  await paymentIn(app.admin, held.id, 'CANCELED')
})

it('voids the approval of a canceled payment', async () => {
  const held = await aHeldPayment()
  expect((await app.admin.post(`/v1/payments/${held.id}/cancel`)).body).toMatchObject({ status: 'CANCELED' })
  expect((await approver.get(`/v1/approvals/${held.approvalId}`)).body).toMatchObject({ status: 'VOIDED' })
})

it('ends by itself when nobody answers in time', async () => {
  const held = await aHeldPayment()
  offsetMs = 8 * 24 * 3_600_000
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
    offsetMs = 0
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
