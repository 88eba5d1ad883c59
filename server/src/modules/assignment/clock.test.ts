import type { Static } from 'typebox'
import { expect, it, onTestFinished } from 'vitest'
import { startApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { anAgent, asAgent, type TaskView } from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'
import type { AgentHealth } from '../health/contract.ts'

const WRONG_BY_MS = 90_000
/** Percentiles are of buckets that are two percent wide to either side. */
const EXACTNESS = 1.03

it.each([
  ['goes ahead', WRONG_BY_MS],
  ['is behind', -WRONG_BY_MS],
])('a server whose clock %s by 90 s reports how long a task took as it was', async (_what, offsetMs) => {
  const app = await startApp({ clock: () => new Date(Date.now() + offsetMs) })
  onTestFinished(() => app.stop())
  const agent = await anAgent(app.admin, { runtime: 'REMOTE' })
  const key = await asAgent(app.admin, agent.id)
  const { id: instanceId } = await expectOk(key.post<{ id: string }>(`/v1/agents/${agent.id}/instances`, {}))
  const { id } = await expectOk(app.admin.post<TaskView>('/v1/tasks', { type: 'errand', payload: {} }))

  const asked = performance.now()
  await expectOk(key.post(`/v1/agents/${agent.id}/claims`, { instanceId, max: 1, waitMs: 10_000 }))
  const given = performance.now()
  while (performance.now() - given < 50) await expectOk(app.admin.get(`/v1/tasks/${id}`))
  const atLeastMs = performance.now() - given
  await expectOk(key.post(`/v1/tasks/${id}/complete`, { fencingToken: '1' }))
  const atMostMs = performance.now() - asked

  const tookMs = await until('it is counted', async () => {
    const { responseTime } = await expectOk(app.admin.get<Static<typeof AgentHealth>>(`/v1/agents/${agent.id}/health`))
    return responseTime.p50Ms ?? undefined
  })
  expect(tookMs).toBeGreaterThan(atLeastMs / EXACTNESS)
  expect(tookMs).toBeLessThan(atMostMs * EXACTNESS)
})
