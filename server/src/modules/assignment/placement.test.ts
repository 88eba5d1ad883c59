import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import {
  aCapability,
  aFundedAgent,
  anAgent,
  anOrganization,
  aPaymentTask,
  type TaskView,
  taskIn,
} from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'

let app: TestApp
/** Another process of the same database: it assigns as well. */
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

const tenant = async () => (await anOrganization(app)).admin
const submit = (client: Client, over = {}, payload = {}) =>
  expectOk(client.post<TaskView>('/v1/tasks', aPaymentTask(app, over, payload)))

describe('a payment task', () => {
  it('goes to the agent that may pay it, past one that is idle and would be denied', async () => {
    const client = await tenant()
    const capability = aCapability({ payees: { allow: [], deny: [] } })
    await aFundedAgent(app, { client, maxConcurrency: 100, capability })
    const { agent } = await aFundedAgent(app, { client, maxConcurrency: 5 })
    const made = await Promise.all(Array.from({ length: 6 }, () => submit(client)))
    for (const { id } of made) expect((await taskIn(client, id, 'SUCCEEDED', 'FAILED')).assignedAgentId).toBe(agent.id)
  })

  it('of more than an agent may still pay goes to one with room in its limits, also when many come at once', async () => {
    const client = await tenant()
    const limits = [{ window: 'LIFETIME' as const, asset: app.token, maxAmount: '30' }]
    for (let i = 0; i < 2; i++) await aFundedAgent(app, { client, capability: aCapability({ limits }) })
    const made = await Promise.all(Array.from({ length: 6 }, () => submit(client, {}, { amount: '10' })))
    for (const { id } of made) expect((await taskIn(client, id, 'SUCCEEDED', 'FAILED')).status).toBe('SUCCEEDED')
    const { id } = await submit(client, {}, { amount: '10' })
    expect(await taskIn(client, id, 'FAILED')).toMatchObject({ error: { code: 'payment.denied' } })
  })

  it('waits for the busy one when only that one may pay it', async () => {
    const client = await tenant()
    await aFundedAgent(app, { client, capability: aCapability({ payees: { allow: [], deny: [] } }) })
    const { agent } = await aFundedAgent(app, { client, maxConcurrency: 1 })
    const made = await Promise.all(Array.from({ length: 4 }, () => submit(client)))
    for (const { id } of made) expect((await taskIn(client, id, 'SUCCEEDED', 'FAILED')).assignedAgentId).toBe(agent.id)
  })

  it('waits while its organisation is frozen, and is paid when it is not', async () => {
    const client = await tenant()
    await aFundedAgent(app, { client })
    await expectOk(client.post('/v1/organizations/current/freeze', { reason: 'tried' }))
    const { id } = await submit(client)
    const waiting = await until('it says why', async () => {
      const task = await expectOk(client.get<TaskView>(`/v1/tasks/${id}`))
      return task.unassignableReason?.includes('organization.frozen') && task
    })
    expect(waiting.status).toBe('QUEUED')
    await expectOk(client.post('/v1/organizations/current/unfreeze', { reason: 'tried' }))
    await submit(client)
    await taskIn(client, id, 'SUCCEEDED')
  })
})

describe('two processes that assign at once', () => {
  it('give nobody more than its slots, and every task to one', async () => {
    const client = await tenant()
    const other = client.as(client.key)
    Object.assign(other, { url: second.url })
    const agents = [await anAgent(client, { maxConcurrency: 2 }), await anAgent(client, { maxConcurrency: 3 })]
    const ask = (i: number) =>
      expectOk((i % 2 ? client : other).post<TaskView>('/v1/tasks', { type: 'errand', payload: {} }))
    const made = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(i)))
    for (const { id } of made)
      expect((await taskIn(client, id, 'FAILED')).error).toMatchObject({ code: 'task.notUnderstood' })
    const rows = await app.query<{ in_use: number; over: number }>(
      'select in_use, over from agent_seat where agent_id = any($1)',
      [agents.map(({ id }) => id)],
    )
    expect(rows).toEqual([
      { in_use: 0, over: 0 },
      { in_use: 0, over: 0 },
    ])
    const given = await app.query<{ count: number }>(
      `select count(*)::int as count from agent_decision where type = 'task.assigned' and task_id = any($1)`,
      [made.map(({ id }) => id)],
    )
    expect(given).toEqual([{ count: 40 }])
  })
})

describe('the database itself', () => {
  it('holds no agent with more than its slots, whatever the application says', async () => {
    const { id } = await anAgent(await tenant(), { maxConcurrency: 2 })
    await until(
      'it has a seat',
      async () => (await app.query('select 1 from agent_seat where agent_id = $1', [id])).length,
    )
    await app.query('update agent_seat set in_use = 2 where agent_id = $1', [id])
    const over = app.query('update agent_seat set in_use = in_use + 1 where agent_id = $1', [id])
    await expect(over).rejects.toMatchObject({ constraint: 'agent_seat_within' })
  })

  it('lets what an agent holds beyond its lowered slots only become less', async () => {
    const client = await tenant()
    const { id } = await anAgent(client, { maxConcurrency: 5 })
    const seat = async () =>
      (await app.query('select max_in_use, in_use, over from agent_seat where agent_id = $1', [id]))[0]
    await until('it has a seat', seat)
    await app.query('update agent_seat set in_use = 4 where agent_id = $1', [id])
    await expectOk(client.patch(`/v1/agents/${id}`, { maxConcurrency: 2 }))
    await until('it has fewer slots', async () => (await seat())?.max_in_use === 2)
    expect(await seat()).toEqual({ max_in_use: 2, in_use: 4, over: 2 })
  })
})

describe('fairness', () => {
  it('of keys is put as a whole, and read again', async () => {
    const client = await tenant()
    const keys = [
      { key: '', weight: 2, maxRunning: null },
      { key: 'customer', weight: 5, maxRunning: 1 },
    ]
    expect(await expectOk(client.request('PUT', '/v1/organizations/current/fairness', { keys }))).toEqual({ keys })
    expect(await expectOk(client.get('/v1/organizations/current/fairness'))).toEqual({ keys })
    const { keys: none } = await expectOk(
      client.request<{ keys: [] }>('PUT', '/v1/organizations/current/fairness', { keys: [] }),
    )
    expect(none).toEqual([])
  })

  it('a key that may hold no slot waits and says so, until it may', async () => {
    const client = await tenant()
    await anAgent(client)
    const put = (maxRunning: number) =>
      expectOk(client.request('PUT', '/v1/organizations/current/fairness', { keys: [{ key: 'customer', maxRunning }] }))
    await put(0)
    const { id } = await expectOk(
      client.post<TaskView>('/v1/tasks', { type: 'errand', payload: {}, fairnessKey: 'customer' }),
    )
    await until('it says why', async () =>
      (await client.get<TaskView>(`/v1/tasks/${id}`)).body.unassignableReason?.includes('fairness key'),
    )
    await put(1)
    await taskIn(client, id, 'FAILED')
  })
  it('a key that holds all it may keeps no other key waiting, however many and urgent its tasks', async () => {
    const client = await tenant()
    await anAgent(client, { maxConcurrency: 10 })
    const keys = [{ key: 'full', maxRunning: 0 }]
    await expectOk(client.request('PUT', '/v1/organizations/current/fairness', { keys }))
    const errand = (over: object) => expectOk(client.post<TaskView>('/v1/tasks', { payload: {}, ...over }))
    const urgent = (_: unknown, at: number) => errand({ type: `errand-${at}`, fairnessKey: 'full', priority: 9 })
    const held = await Promise.all(Array.from({ length: 70 }, urgent))
    const { id } = await errand({ type: 'errand', fairnessKey: 'other' })
    await taskIn(client, id, 'FAILED')
    await until('it says why', async () => {
      const { body } = await client.get<TaskView>(`/v1/tasks/${held[69]?.id}`)
      return body.status === 'QUEUED' && body.unassignableReason?.includes('fairness key')
    })
  })
})
