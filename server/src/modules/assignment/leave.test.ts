import { expect, it, onTestFinished } from 'vitest'
import { createDatabase, type StartOptions, startApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import {
  aFundedAgent,
  aPayment,
  aPaymentTask,
  asAgent,
  paymentIn,
  type TaskView,
  taskIn,
} from '../../../test/support/factories.ts'
import { hold } from '../../../test/support/hold.ts'
import { slowWayTo } from '../../../test/support/slow-way.ts'
import { until } from '../../../test/support/until.ts'

/** A task of which its agent has asked for the payment, and nobody there yet who makes it. */
async function aTaskThatPays() {
  const database = await createDatabase()
  const way = await slowWayTo(database.url)
  const start = async (options: StartOptions) => {
    const app = await startApp({ databaseUrl: way.url, ...options })
    onTestFinished(() => app.stop())
    return app
  }
  // What is registered last is done first.
  onTestFinished(database.drop)
  onTestFinished(way.close)
  const maker = await startApp({ databaseUrl: database.url })
  const { masterKey, adminKey } = maker
  const { agent } = await aFundedAgent(maker, { runtime: 'REMOTE' })
  const key = await asAgent(maker.admin, agent.id)
  const { id: instanceId } = await expectOk(key.post<{ id: string }>(`/v1/agents/${agent.id}/instances`, {}))
  const { id: taskId } = await expectOk(maker.admin.post<TaskView>('/v1/tasks', aPaymentTask(maker)))
  const claim = { instanceId, max: 1, waitMs: 10_000, leaseSeconds: 60 }
  await expectOk(key.post(`/v1/agents/${agent.id}/claims`, claim))
  await maker.stop()
  const front = await start({ masterKey, adminKey, doesJobs: false })
  const client = front.admin.as(key.key)
  const payment = await expectOk(aPayment(front, { client, agentId: agent.id, taskId }))
  return { front, client, way, taskId, paymentId: payment.id, startWorker: () => start({ masterKey, adminKey }) }
}

interface Situation {
  readonly front: { query: Awaited<ReturnType<typeof startApp>>['query'] }
  readonly client: Client
  readonly taskId: string
}

it.each<[string, (situation: Situation) => Promise<unknown>]>([
  ['is given up by its agent', ({ client, taskId }) => client.post(`/v1/tasks/${taskId}/fail`, { fencingToken: '1' })],
  [
    'loses its agent',
    ({ front, taskId }) =>
      front.query(
        `with ended as (update task set lease_expires_at = clock_timestamp() where id = $1 returning organization_id)
         update task_queue q set due_at = clock_timestamp() from ended where q.organization_id = ended.organization_id`,
        [taskId],
      ),
  ],
])('a task that %s in the moment in which its payment ends, ends with it', async (_what, leave) => {
  const { front, client, way, taskId, paymentId, startWorker } = await aTaskThatPays()
  const letPay = await hold(front.databaseUrl, 'select from payment where id = $1 for update', [paymentId])
  // Whoever leaves the task is stopped where it first touches it: what it read before is old by the time it goes on.
  const leaving = way.holdNext('tasks.lock', 'tasks.park')
  const left = leave({ front, client, taskId })
  await startWorker()
  await leaving.reached
  await letPay()
  await paymentIn(front.admin, paymentId, 'CONFIRMED')
  await until('its end was told to the task', async () => {
    const told = `select from job where subject = $1 and kind = 'assignment<payment.changed'`
    return (await front.query(told, [paymentId])).length === 0
  })
  expect((await expectOk(front.admin.get<TaskView>(`/v1/tasks/${taskId}`))).status).toBe('RUNNING')
  leaving.release()
  await left
  expect(await taskIn(front.admin, taskId, 'SUCCEEDED')).toMatchObject({ paymentId, attempt: 1 })
})
