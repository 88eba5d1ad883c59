import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDatabase, startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { anAgent, anOrganization, asAgent, type TaskView } from '../../../test/support/factories.ts'
import { gateAtDecisions } from '../../../test/support/hold.ts'
import { until } from '../../../test/support/until.ts'

let database: Awaited<ReturnType<typeof createDatabase>>
let app: TestApp
let gate: Awaited<ReturnType<typeof gateAtDecisions>>
beforeAll(async () => {
  database = await createDatabase()
  app = await startApp({ databaseUrl: database.url })
  gate = await gateAtDecisions(database.url, ['task.canceled'])
})
afterAll(async () => {
  await app.stop()
  await database.drop()
})

const waitsForARow = () =>
  until('somebody waits for a row', async () => {
    const text = `select from pg_stat_activity where datname = current_database() and wait_event in ('transactionid', 'tuple')`
    return (await app.query(text)).length > 0
  })

it('a task that is canceled in the moment it is given out is not given, and no record says that it was', async () => {
  const client = (await anOrganization(app)).admin
  const agent = await anAgent(client, { runtime: 'REMOTE', maxConcurrency: 2 })
  const key = await asAgent(client, agent.id)
  const { id: instanceId } = await expectOk(key.post<{ id: string }>(`/v1/agents/${agent.id}/instances`, {}))
  const submit = () => expectOk(client.post<TaskView>('/v1/tasks', { type: 'errand', payload: {} }))
  const [canceled, kept] = [await submit(), await submit()]
  const open = await gate.shut()
  const canceling = client.post(`/v1/tasks/${canceled.id}/cancel`)
  await gate.somebodyWaits()
  const ask = { instanceId, max: 2, waitMs: 10_000 }
  const claiming = expectOk(key.post<{ data: { task: TaskView }[] }>(`/v1/agents/${agent.id}/claims`, ask))
  await waitsForARow()
  await open()
  expect((await canceling).status).toBe(200)
  expect((await claiming).data.map(({ task }) => task.id)).toEqual([kept.id])

  const given = async ({ id }: TaskView) =>
    (await expectOk(client.get<{ data: unknown[] }>(`/v1/decisions?taskId=${id}&type=task.assigned`))).data
  expect(await given(canceled)).toEqual([])
  expect(await given(kept)).toMatchObject([{ inputs: { attempt: 1, fencingToken: '1' } }])
})
