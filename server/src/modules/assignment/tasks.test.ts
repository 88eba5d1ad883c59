import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  aCapability,
  aFundedAgent,
  anAgent,
  anOrganization,
  aPaymentTask,
  aTask,
  type PaymentView,
  type TaskView,
  taskIn,
} from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

const submit = (client: Client, over = {}, payload = {}) =>
  expectOk(client.post<TaskView>('/v1/tasks', aPaymentTask(app, over, payload)))
const read = async (client: Client, id: string) => (await client.get<TaskView>(`/v1/tasks/${id}`)).body
const put = (client: Client, id: string, over = {}) =>
  expectOk(client.put(`/v1/agents/${id}/capability`, aCapability(over)))
const funded = async (client: Client, over = {}) => (await aFundedAgent(app, { client, ...over })).agent

/** The reason once there is one. */
const reasonOf = (client: Client, id: string): Promise<string> =>
  until(`task ${id} says why it waits`, async () => (await read(client, id)).unassignableReason ?? undefined)

/** A tenant of its own: no other test's agents take its tasks. */
const tenant = async () => (await anOrganization(app)).admin

describe('a task', () => {
  it('goes to the agent that can do it and pays what it asks', async () => {
    const client = await tenant()
    await funded(client, { capability: aCapability({ taskTypes: ['errand'] }) })
    const able = await funded(client, { capability: aCapability({ taskTypes: ['payment'] }) })
    const { id } = await submit(client, {}, { amount: '123', memo: 'for once' })
    const done = await taskIn(client, id, 'SUCCEEDED')
    expect(done).toMatchObject({ assignedAgentId: able.id, attempt: 1, error: null, unassignableReason: null })
    const payment = await expectOk(client.get<PaymentView>(`/v1/payments/${done.paymentId}`))
    expect(payment).toMatchObject({
      status: 'CONFIRMED',
      amount: '123',
      memo: 'for once',
      agentId: able.id,
      taskId: id,
    })
    expect(done.result).toEqual({ paymentId: payment.id, transactionHash: payment.transactionHash })
  })

  it.each<[string, Record<string, unknown>, (client: Client, id: string) => Promise<unknown>]>([
    ['is resumed', {}, (client, id) => client.post(`/v1/agents/${id}/resume`, {})],
    ['is unfrozen', {}, (client, id) => client.post(`/v1/agents/${id}/unfreeze`, {})],
    [
      'gets the task type',
      { capability: aCapability({ tags: ['eu'], taskTypes: [] }) },
      (client, id) => put(client, id, { tags: ['eu'] }),
    ],
    ['gets the tag', { capability: aCapability() }, (client, id) => put(client, id, { tags: ['eu'] })],
    [
      'gets the asset',
      { capability: aCapability({ tags: ['eu'], assets: [] }) },
      (client, id) => put(client, id, { tags: ['eu'] }),
    ],
  ])('waits with a reason, and is given to an agent as soon as it %s', async (what, over, enable) => {
    const client = await tenant()
    const agent = await funded(client, { capability: aCapability({ tags: ['eu'] }), ...over })
    const hinder = { 'is resumed': 'pause', 'is unfrozen': 'freeze' }[what]
    if (hinder) await expectOk(client.post(`/v1/agents/${agent.id}/${hinder}`, {}))
    const { id } = await submit(client, { requires: { tags: ['eu'] } })
    expect(await reasonOf(client, id)).toBe('No agent is able to take it.')
    expect((await read(client, id)).status).toBe('QUEUED')
    await enable(client, agent.id)
    expect(await taskIn(client, id, 'SUCCEEDED')).toMatchObject({ assignedAgentId: agent.id, unassignableReason: null })
  })

  it('waits until there is an agent at all', async () => {
    const client = await tenant()
    const { id } = await aTask(client, { requires: {} })
    expect(await reasonOf(client, id)).toBe('No agent is able to take it.')
    const agent = await anAgent(client)
    expect(await taskIn(client, id, 'FAILED')).toMatchObject({
      assignedAgentId: agent.id,
      error: { code: 'task.notUnderstood' },
    })
  })

  it('that is pinned waits for its agent while others are idle', async () => {
    const client = await tenant()
    const [pinned] = [await funded(client), await funded(client)]
    await expectOk(client.post(`/v1/agents/${pinned.id}/pause`, {}))
    const { id } = await submit(client, { agentId: pinned.id })
    expect(await reasonOf(client, id)).toBe('The agent it is pinned to is PAUSED.')
    await expectOk(client.post(`/v1/agents/${pinned.id}/resume`, {}))
    expect((await taskIn(client, id, 'SUCCEEDED')).assignedAgentId).toBe(pinned.id)
    const foreign = await anAgent(app.admin)
    expectProblem(await client.post('/v1/tasks', aPaymentTask(app, { agentId: foreign.id })), 404, 'agent.notFound')
  })

  it('is taken behind those of a higher priority, and first of those of its own', async () => {
    const client = await tenant()
    const agent = await funded(client, { maxConcurrency: 1 })
    await expectOk(client.post(`/v1/agents/${agent.id}/pause`, {}))
    const made: { id: string; priority: number }[] = []
    for (const priority of [0, 5, 9, 5, 0]) made.push({ ...(await submit(client, { priority })), priority })
    await expectOk(client.post(`/v1/agents/${agent.id}/resume`, {}))
    for (const { id } of made) await taskIn(client, id, 'SUCCEEDED')
    const path = '/v1/decisions?type=task.assigned&limit=200'
    const { data } = await expectOk(client.get<{ data: { taskId: string }[] }>(path))
    const expected = [2, 1, 3, 0, 4].map((i) => made[i]?.id)
    expect(data.map(({ taskId }) => taskId).reverse()).toEqual(expected)
  })

  it('is found although hundreds that nobody can do stand before it', async () => {
    const client = await tenant()
    const agent = await funded(client)
    await app.query(
      `insert into task (organization_id, id, type, payload, requires, priority, max_attempts, run_after, created_by, created_at, updated_at)
       select $1, gen_random_uuid(), 'errand', '{}', '{"tags":["nobody"]}', 9, 1, now(), 'test', now(), now()
       from generate_series(1, 250)`,
      [agent.organizationId],
    )
    await taskIn(client, (await submit(client)).id, 'SUCCEEDED')
  })

  it('whose deadline passes fails', async () => {
    const client = await tenant()
    const { id } = await aTask(client, { deadlineAt: new Date(Date.now() + 400).toISOString() })
    expect(await taskIn(client, id, 'FAILED')).toMatchObject({
      assignedAgentId: null,
      error: { code: 'task.deadlinePassed' },
    })
  })
})

describe('an end', () => {
  it('by hand takes a queued task out of the queue, once', async () => {
    const { id } = await aTask(app.admin)
    const replies = await Promise.all([1, 2, 3].map(() => app.admin.post(`/v1/tasks/${id}/cancel`)))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect(await read(app.admin, id)).toMatchObject({ status: 'CANCELED', finishedAt: expect.any(String) })
    expectProblem(await app.admin.post(`/v1/tasks/${id}/cancel`), 409, 'task.notCancelable')
  })

  it('by hand of a held task ends its payment, and gives back what it had reserved', async () => {
    const client = await tenant()
    const limits = [{ window: 'LIFETIME' as const, asset: app.token, maxAmount: '10' }]
    const agent = await funded(client, { capability: aCapability({ authorityLevel: 'PROPOSE', limits }) })
    const reserved = async () =>
      (await expectOk(client.get<{ data: { reserved: string }[] }>(`/v1/agents/${agent.id}/limits`))).data[0]?.reserved
    const { id } = await submit(client, {}, { amount: '4' })
    const held = await parked(client, id)
    expect(await reserved()).toBe('4')
    await expectOk(client.post(`/v1/tasks/${id}/cancel`))
    expect(await expectOk(client.get(`/v1/payments/${held.paymentId}`))).toMatchObject({ status: 'CANCELED' })
    expect(await reserved()).toBe('0')
    expect(await read(client, id)).toMatchObject({ status: 'CANCELED', isParked: false })
  })

  it('in success is for good', async () => {
    const client = await tenant()
    await funded(client)
    const { id } = await submit(client)
    await taskIn(client, id, 'SUCCEEDED')
    expectProblem(await client.post(`/v1/tasks/${id}/cancel`), 409, 'task.notCancelable')
    expectProblem(await client.post(`/v1/tasks/${id}/requeue`), 409, 'task.notRequeueable')
  })

  it('in failure can be taken back once the reason is gone', async () => {
    const client = await tenant()
    const agent = await funded(client, { capability: aCapability({ authorityLevel: 'OBSERVE' }) })
    const { id } = await submit(client)
    const failed = await taskIn(client, id, 'FAILED')
    expect(failed.error).toMatchObject({ code: 'payment.denied', reasons: [{ code: 'authority.observeOnly' }] })
    await put(client, agent.id)
    const replies = await Promise.all([1, 2, 3].map(() => client.post(`/v1/tasks/${id}/requeue`)))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect(await taskIn(client, id, 'SUCCEEDED')).toMatchObject({ error: null, attempt: 1 })
  })
})

const parked = (client: Client, id: string): Promise<TaskView> =>
  until(`task ${id} is parked`, async () => {
    const task = await read(client, id)
    return task.isParked && task
  })

describe('a slot', () => {
  it('is given to three tasks at most of an agent that has three', async () => {
    const client = await tenant()
    const { id, organizationId } = await funded(client, { maxConcurrency: 3 })
    await Promise.all(Array.from({ length: 60 }, () => submit(client)))
    const seen: number[] = []
    await until(
      'all are done',
      async () => {
        const [row] = await app.query<{ held: number; open: number }>(
          `select count(*) filter (where status in ('ASSIGNED', 'RUNNING') and not is_parked)::int as held,
                count(*) filter (where status not in ('SUCCEEDED', 'FAILED'))::int as open from task where organization_id = $1`,
          [organizationId],
        )
        seen.push(row?.held ?? 0)
        return row?.open === 0
      },
      { deadlineMs: 25_000 },
    )
    expect(Math.max(...seen)).toBe(3)
    const { data } = await expectOk(
      client.get<{ data: TaskView[] }>(`/v1/tasks?agentId=${id}&status=SUCCEEDED&limit=200`),
    )
    expect(data).toHaveLength(60)
  })

  it('is not held by a task that waits for a person', async () => {
    const client = await tenant()
    const agent = await funded(client, { maxConcurrency: 1, capability: aCapability({ authorityLevel: 'PROPOSE' }) })
    await expectOk(client.post(`/v1/agents/${agent.id}/pause`, {}))
    const made = await Promise.all(Array.from({ length: 5 }, () => submit(client)))
    await expectOk(client.post(`/v1/agents/${agent.id}/resume`, {}))
    for (const { id } of made) expect(await parked(client, id)).toMatchObject({ status: 'RUNNING' })
    const { data } = await expectOk(client.get<{ data: { id: string }[] }>('/v1/approvals?status=PENDING'))
    await Promise.all(data.map(({ id }) => expectOk(client.post(`/v1/approvals/${id}/approve`, {}))))
    for (const { id } of made) {
      const open = await read(client, id)
      if (open.status === 'RUNNING') expect(open.isParked).toBe(true)
      await taskIn(client, id, 'SUCCEEDED')
    }
  })
})
