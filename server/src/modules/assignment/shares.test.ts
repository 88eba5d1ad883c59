import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { anAgent, anOrganization, asAgent, type TaskView } from '../../../test/support/factories.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

interface Given {
  readonly data: readonly { task: TaskView & { fairnessKey: string | null; priority: number } }[]
}

/** So many tasks of each kind, and what one agent is given that asks for this many at once. */
async function claimed(client: Client, kinds: readonly (object & { count: number })[], max: number) {
  const { id } = await anAgent(client, { runtime: 'REMOTE', maxConcurrency: 100 })
  const agent = await asAgent(client, id)
  const { id: instanceId } = await expectOk(agent.post<{ id: string }>(`/v1/agents/${id}/instances`, {}))
  for (const { count, ...kind } of kinds) {
    const body = { type: 'errand', payload: {}, ...kind }
    await Promise.all(Array.from({ length: count }, () => expectOk(client.post('/v1/tasks', body))))
  }
  const asked = { instanceId, max, waitMs: 0, leaseSeconds: 60 }
  return (await expectOk(agent.post<Given>(`/v1/agents/${id}/claims`, asked))).data.map(({ task }) => task)
}

it('one that asks for many is given of each key by its weight', async () => {
  const { admin: client } = await anOrganization(app)
  const keys = [
    { key: 'heavy', weight: 9 },
    { key: 'light', weight: 1 },
  ]
  await expectOk(client.request('PUT', '/v1/organizations/current/fairness', { keys }))
  const kinds = keys.map(({ key }) => ({ fairnessKey: key, count: 80 }))
  const heavy = (await claimed(client, kinds, 60)).filter(({ fairnessKey }) => fairnessKey === 'heavy')
  expect(heavy).toHaveLength(54)
})

it('one that asks for many is given none of the less urgent while there are urgent ones', async () => {
  const { admin: client } = await anOrganization(app)
  const kinds = [
    { type: 'chore', priority: 0, count: 40 },
    { type: 'errand', priority: 9, count: 50 },
  ]
  const given = await claimed(client, kinds, 40)
  expect(given.map(({ priority }) => priority)).toEqual(Array.from({ length: 40 }, () => 9))
})
