import type { Static } from 'typebox'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { anAgent, asAgent } from '../../../test/support/factories.ts'
import type { AgentHealth } from './contract.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

it('an agent that was away for longer than is remembered does not look as if it were new', async () => {
  const { id: agentId } = await anAgent(app.admin, { runtime: 'REMOTE' })
  const key = await asAgent(app.admin, agentId)
  const start = async () => (await expectOk(key.post<{ id: string }>(`/v1/agents/${agentId}/instances`, {}))).id
  const [early, late, now] = [await start(), await start(), await start()]
  for (const id of [early, late]) await expectOk(key.post(`/v1/instances/${id}/stop`))
  // Days before now: began, ended.
  for (const [id, began, ended] of [
    [early, 90, 89],
    [late, 60, 59],
    [now, 3, null],
  ]) {
    await app.query(
      `update instance_span set began_at = now() - $2::int * interval '1 day',
              ended_at = now() - $3::int * interval '1 day' where instance_id = $1`,
      [id, began, ended],
    )
  }
  const uptime = async () =>
    (await expectOk(app.admin.get<Static<typeof AgentHealth>>(`/v1/agents/${agentId}/health`))).uptime
  const isAsItWas = async () => {
    const { '7d': week, '30d': month } = await uptime()
    expect(week).toBeCloseTo(3 / 7, 3)
    expect(month).toBeCloseTo(3 / 30, 3)
  }
  await isAsItWas()
  await app.app.keepHouse()
  await isAsItWas()
  await app.app.keepHouse()
  await isAsItWas()
  expect(await app.query('select from instance_span where instance_id = $1', [late])).toEqual([])
})
