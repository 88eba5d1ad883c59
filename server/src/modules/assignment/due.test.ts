import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDatabase, startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { anAgent, anOrganization, asAgent, type TaskView, taskIn } from '../../../test/support/factories.ts'
import { gateAtDecisions, holdQueue } from '../../../test/support/hold.ts'
import { until } from '../../../test/support/until.ts'

/** Two processes: one gives out tasks, the other only answers, as if each time it were killed after the commit. */
let database: Awaited<ReturnType<typeof createDatabase>>
let giver: TestApp
let front: TestApp
let gate: Awaited<ReturnType<typeof gateAtDecisions>>
beforeAll(async () => {
  database = await createDatabase()
  giver = await startApp({ databaseUrl: database.url })
  const { masterKey, adminKey } = giver
  front = await startApp({ databaseUrl: database.url, masterKey, adminKey, doesJobs: false })
  gate = await gateAtDecisions(database.url, ['task.submitted', 'task.released'])
})
afterAll(async () => {
  await Promise.all([giver.stop(), front.stop()])
  await database.drop()
})

type Prepare = (client: Client) => Promise<{
  /** What somebody says through the process that dies afterwards. */
  say: (through: Client) => Promise<string>
  /** What becomes of the task if it was heard. */
  comesTo: (taskId: string) => Promise<unknown>
}>
const errand = async (client: Client, over: Record<string, unknown> = {}) =>
  (await expectOk(client.post<TaskView>('/v1/tasks', { type: 'errand', payload: {}, ...over }))).id
const reason = (client: Client, words: string) => (taskId: string) =>
  until(words, async () => {
    const { unassignableReason } = await expectOk(client.get<TaskView>(`/v1/tasks/${taskId}`))
    return unassignableReason === words
  })

const retry: Prepare = async (client) => {
  const agent = await anAgent(client, { runtime: 'REMOTE' })
  const key = await asAgent(client, agent.id)
  const { id: instanceId } = await expectOk(key.post<{ id: string }>(`/v1/agents/${agent.id}/instances`, {}))
  const taskId = await errand(client)
  const ask = { instanceId, max: 1, waitMs: 10_000, leaseSeconds: 60 }
  await expectOk(key.post(`/v1/agents/${agent.id}/claims`, ask))
  // Nothing has waited in its lane for long: it is left, and is no reason any more to look again soon.
  await giver.query(
    `update task_lane set waiting_since = waiting_since - interval '1 minute'
     where id = (select lane_id from task where id = $1)`,
    [taskId],
  )
  return {
    async say(through) {
      await expectOk(through.as(key.key).post(`/v1/tasks/${taskId}/fail`, { fencingToken: '1' }))
      return taskId
    },
    comesTo: reason(client, 'It waits for a capable agent to claim it.'),
  }
}

const deadline: Prepare = async (client) => {
  await reason(client, 'No agent is able to take it.')(await errand(client))
  return {
    say: (through) => errand(through, { deadlineAt: new Date(Date.now() + 3000).toISOString() }),
    comesTo: (taskId) => taskIn(client, taskId, 'FAILED'),
  }
}

const firstOfItsKind: Prepare = async (client) => {
  await reason(client, 'No agent is able to take it.')(await errand(client))
  return {
    say: (through) => errand(through, { fairnessKey: 'another' }),
    comesTo: reason(client, 'No agent is able to take it.'),
  }
}

it.each([
  ['a retry', retry],
  ['a deadline', deadline],
  ['the first task of its kind', firstOfItsKind],
])('%s that is said to the queue while a round comes to its end is not forgotten', async (_what, prepare) => {
  const { id: organizationId, admin: client } = await anOrganization(giver)
  const { say, comesTo } = await prepare(client)
  const due = async (text: string) => (await giver.query(text, [organizationId])).length > 0
  const isResting = `select from task_queue where organization_id = $1 and coalesce(due_at > clock_timestamp(), true)`
  const isStuck = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
                     and query like 'update task_queue set turn%' and $1::text is not null`

  const letRound = await holdQueue(database.url, organizationId)
  await giver.query('update task_queue set due_at = clock_timestamp() where organization_id = $1', [organizationId])
  const letSay = await gate.shut()
  const said = say(front.admin.as(client.key))
  await gate.somebodyWaits()
  await letRound()
  await until('the round rests, or waits to', async () => (await due(isResting)) || due(isStuck))
  await letSay()
  const taskId = await said
  await (await holdQueue(database.url, organizationId))()

  // The time until then passes at once. Nothing but the hour that was said makes the giver look again.
  const soon = await giver.query(
    `update task_queue set due_at = clock_timestamp()
     where organization_id = $1 and due_at < clock_timestamp() + interval '11 seconds' returning 1`,
    [organizationId],
  )
  expect(soon).toHaveLength(1)
  await comesTo(taskId)
})
