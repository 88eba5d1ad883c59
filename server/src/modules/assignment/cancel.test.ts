import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  aCapability,
  aFundedAgent,
  anOrganization,
  aPayment,
  asAgent,
  type PaymentView,
  paymentIn,
  type TaskView,
} from '../../../test/support/factories.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

/** An errand in the hands of a remote agent that has asked for a payment for it. */
async function anErrandThatPays(authorityLevel: 'AUTONOMOUS' | 'PROPOSE') {
  const client = (await anOrganization(app)).admin
  const limits = [{ window: 'LIFETIME' as const, asset: app.token, maxAmount: '10' }]
  const capability = aCapability({ authorityLevel, limits })
  const { agent } = await aFundedAgent(app, { client, runtime: 'REMOTE', capability })
  const key = await asAgent(client, agent.id)
  const { id: instanceId } = await expectOk(key.post<{ id: string }>(`/v1/agents/${agent.id}/instances`, {}))
  const { id } = await expectOk(client.post<TaskView>('/v1/tasks', { type: 'errand', payload: {} }))
  await expectOk(key.post(`/v1/agents/${agent.id}/claims`, { instanceId, max: 1, waitMs: 10_000 }))
  const payment = await expectOk(aPayment(app, { client: key, agentId: agent.id, taskId: id, amount: '4' }))
  const limitsPath = `/v1/agents/${agent.id}/limits`
  return {
    ...{ client, key, id, paymentId: payment.id },
    task: () => expectOk(client.get<TaskView>(`/v1/tasks/${id}`)),
    payment: () => expectOk(client.get<PaymentView>(`/v1/payments/${payment.id}`)),
    reserved: async () => (await expectOk(client.get<{ data: { reserved: string }[] }>(limitsPath))).data[0]?.reserved,
    cancel: () => client.post<TaskView>(`/v1/tasks/${id}/cancel`),
  }
}

describe('to cancel a task', () => {
  it('that waits cancels the payment which an earlier attempt has left open', async () => {
    const { id, cancel, task, payment, reserved } = await anErrandThatPays('PROPOSE')
    // A task does not go back to the queue so any more; one that once did is still there.
    await app.query(
      `update task set status = 'QUEUED', is_parked = false, assigned_agent_id = null, instance_id = null where id = $1`,
      [id],
    )
    expect(await payment()).toMatchObject({ status: 'HELD' })
    expect(await reserved()).toBe('4')
    expect((await cancel()).status).toBe(200)
    expect(await task()).toMatchObject({ status: 'CANCELED' })
    expect(await payment()).toMatchObject({ status: 'CANCELED' })
    expect(await reserved()).toBe('0')
  })

  it('that waits is possible though an earlier attempt has paid; the payment stays', async () => {
    const { client, key, id, paymentId, cancel, task, payment } = await anErrandThatPays('AUTONOMOUS')
    await paymentIn(client, paymentId, 'CONFIRMED')
    await expectOk(key.post(`/v1/tasks/${id}/fail`, { fencingToken: '1' }))
    expect(await task()).toMatchObject({ status: 'QUEUED', paymentId })
    expect((await cancel()).status).toBe(200)
    expect(await task()).toMatchObject({ status: 'CANCELED' })
    expect(await payment()).toMatchObject({ status: 'CONFIRMED' })
  })

  it('that somebody works on is not possible once it was paid', async () => {
    const { client, paymentId, cancel, task } = await anErrandThatPays('AUTONOMOUS')
    await paymentIn(client, paymentId, 'CONFIRMED')
    expectProblem(await cancel(), 409, 'payment.notCancelable')
    expect(await task()).toMatchObject({ status: 'RUNNING', paymentId })
  })
})
