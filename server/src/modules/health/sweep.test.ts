import type { Static } from 'typebox'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { anAgent, asAgent } from '../../../test/support/factories.ts'
import { openHealth } from '../../../test/support/health.ts'
import { hold } from '../../../test/support/hold.ts'
import { until } from '../../../test/support/until.ts'
import type { AgentHealth } from './contract.ts'

/** So long that the server itself does not look while the test does. */
const HEARTBEAT_MS = 60_000
const COUNT = 10

let app: TestApp
let others: ReturnType<typeof openHealth>[]
beforeAll(async () => {
  app = await startApp({ heartbeatMs: HEARTBEAT_MS })
  others = Array.from({ length: 3 }, () => openHealth({ databaseUrl: app.databaseUrl, heartbeatMs: HEARTBEAT_MS }))
})
afterAll(async () => {
  await Promise.all(others.map((each) => each.close()))
  await app.stop()
})

async function instancesOf(agentId: string): Promise<string[]> {
  const key = await asAgent(app.admin, agentId)
  const start = () => expectOk(key.post<{ id: string }>(`/v1/agents/${agentId}/instances`, {}))
  return (await Promise.all(Array.from({ length: COUNT }, start))).map(({ id }) => id)
}

/** All look at the same moment: whoever waits for a row that another is just changing goes on when it is changed. */
async function sweepTogether(): Promise<number> {
  const letGo = await hold(app.databaseUrl, 'select from agent_instance for update')
  let looked = 0
  const looking = others.map(({ instances }) => instances.sweep.once().finally(() => looked++))
  const stuck = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await until('all have looked, or wait', async () => looked + (await app.query(stuck)).length >= others.length)
  await letGo()
  const again = others.map(({ instances }) => instances.sweep.once())
  return (await Promise.all([...looking, ...again])).reduce((sum, moved) => sum + moved, 0)
}

it.each([
  ['SUSPECT', 2.5, 'instance.suspect', undefined],
  ['DOWN', 5, 'instance.down', COUNT],
])('that instances are %s is noticed once, however many processes look', async (status, silent, type, lost) => {
  const { id: agentId } = await anAgent(app.admin, { runtime: 'REMOTE' })
  const ids = await instancesOf(agentId)
  await app.query(`update agent_instance set last_seen_at = now() - $2 * interval '1 ms' where id = any($1::uuid[])`, [
    ids,
    silent * HEARTBEAT_MS,
  ])
  expect(await sweepTogether()).toBe(COUNT)
  expect(await sweepTogether()).toBe(0)
  const path = `/v1/agents/${agentId}/instances?status=${status}`
  expect((await expectOk(app.admin.get<{ data: unknown[] }>(path))).data).toHaveLength(COUNT)
  const { data: said } = await expectOk(
    app.admin.get<{ data: { subject: string }[] }>(`/v1/decisions?agentId=${agentId}&type=${type}&limit=200`),
  )
  expect(said.map(({ subject }) => subject).sort()).toEqual(ids.map((id) => `instance:${id}`).sort())
  if (lost === undefined) return
  await until('what was lost is counted', async () => {
    const { errors } = await expectOk(app.admin.get<Static<typeof AgentHealth>>(`/v1/agents/${agentId}/health`))
    return errors.HEARTBEAT_LOST !== undefined && errors
  }).then((errors) => expect(errors.HEARTBEAT_LOST).toBe(lost))
})
