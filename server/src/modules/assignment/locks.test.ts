import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { aFundedAgent, anOrganization, asAgent } from '../../../test/support/factories.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

interface Given {
  readonly task: { readonly id: string }
  readonly lease: { readonly fencingToken: string }
}
const WORKERS = 8
const SLOTS = 4
const TURNS = 12

async function worker(client: Client) {
  const { agent } = await aFundedAgent(app, { client, runtime: 'REMOTE', maxConcurrency: SLOTS })
  const key = await asAgent(client, agent.id)
  const { id: instanceId } = await expectOk(key.post<{ id: string }>(`/v1/agents/${agent.id}/instances`, {}))
  const ask = { instanceId, max: SLOTS, waitMs: 300 }
  return {
    agentId: agent.id,
    claim: async () => (await expectOk(key.post<{ data: Given[] }>(`/v1/agents/${agent.id}/claims`, ask))).data,
    complete: ({ task, lease }: Given) =>
      key.post(`/v1/tasks/${task.id}/complete`, { fencingToken: lease.fencingToken }),
  }
}

/** As if the agents of these tasks had been away for a lease. */
const letLeasesRunOut = (ids: readonly string[]) =>
  app.query(
    `with held as (select id from task where id = any($1::uuid[]) order by id for no key update),
          ended as (update task t set lease_expires_at = clock_timestamp() from held
                    where t.id = held.id and t.lease_expires_at is not null returning t.organization_id)
     update task_queue set due_at = clock_timestamp() where organization_id in (select organization_id from ended)`,
    [ids],
  )

it('answers, leases that run out, cancels, pauses and rounds do not wait for each other in a circle', async () => {
  const client = (await anOrganization(app)).admin
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => worker(client)))
  const replies: number[] = []
  const seen = async (reply: Promise<{ status: number }>) => void replies.push((await reply).status)
  for (let turn = 0; turn < TURNS; turn++) {
    const body = (at: number) => ({ type: 'errand', payload: {}, fairnessKey: `key ${at % 3}` })
    await Promise.all(
      Array.from({ length: WORKERS * SLOTS }, (_, at) => seen(client.post('/v1/tasks', body(turn + at)))),
    )
    const given = await Promise.all(workers.map(({ claim }) => claim()))
    const lost = given.flatMap((each) => each.slice(2, 3).map(({ task }) => task.id))
    const paused = workers[turn % WORKERS]?.agentId
    await Promise.all([
      letLeasesRunOut(lost),
      seen(client.post(`/v1/agents/${paused}/pause`)),
      ...workers.map(({ claim }) => claim().then(() => undefined)),
      ...given.flatMap((each, at) =>
        each.map((one) => seen(workers[at]?.complete(one) as Promise<{ status: number }>)),
      ),
      ...given.flatMap((each) => each.slice(3, 4).map(({ task }) => seen(client.post(`/v1/tasks/${task.id}/cancel`)))),
    ])
    await seen(client.post(`/v1/agents/${paused}/resume`))
  }
  expect(replies.filter((status) => status >= 500)).toEqual([])
  const [found] = await app.query<{ deadlocks: number }>(
    'select deadlocks::int from pg_stat_database where datname = current_database()',
  )
  expect(found?.deadlocks).toBe(0)
})
