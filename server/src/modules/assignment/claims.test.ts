import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  type AgentView,
  aCapability,
  aFundedAgent,
  anAgent,
  anOrganization,
  aPaymentTask,
  asAgent,
  type PaymentView,
  paymentIn,
  type TaskView,
  taskIn,
  unique,
} from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

const tenant = async () => (await anOrganization(app)).admin

interface Claim {
  readonly task: TaskView
  readonly lease: { readonly fencingToken: string; readonly expiresAt: string }
}
interface Worker {
  readonly agent: AgentView
  readonly client: Client
  readonly instanceId: string
  claim(over?: Record<string, unknown>): Promise<Claim[]>
  say(word: 'heartbeat' | 'complete' | 'fail', claim: Claim, body?: Record<string, unknown>): ReturnType<Client['post']>
}

/** A process of a remote agent. */
async function worker(client: Client, over: Record<string, unknown> = {}, agent?: AgentView): Promise<Worker> {
  const own = agent ?? (await aFundedAgent(app, { client, runtime: 'REMOTE', ...over })).agent
  const key = await asAgent(client, own.id)
  const { id: instanceId } = await expectOk(key.post<{ id: string }>(`/v1/agents/${own.id}/instances`, {}))
  return {
    ...{ agent: own, client: key, instanceId },
    async claim(asked = {}) {
      const body = { instanceId, max: 1, waitMs: 10_000, ...asked }
      return (await expectOk(key.post<{ data: Claim[] }>(`/v1/agents/${own.id}/claims`, body))).data
    },
    say: (word, { task, lease }, body = {}) =>
      key.post(`/v1/tasks/${task.id}/${word}`, { fencingToken: lease.fencingToken, ...body }),
  }
}

const errand = (client: Client, over: Record<string, unknown> = {}) =>
  expectOk(client.post<TaskView>('/v1/tasks', { type: 'errand', payload: {}, ...over }))
const read = (client: Client, id: string) => expectOk(client.get<TaskView>(`/v1/tasks/${id}`))
const ERROR = { code: 'errand.failed', detail: 'It rained.' }

/** As if so much time had passed without a heartbeat. */
const letLeaseRunOut = (id: string) =>
  app.query(
    `with ended as (update task set lease_expires_at = clock_timestamp() where id = $1 returning organization_id)
     update task_queue set due_at = clock_timestamp() from ended where task_queue.organization_id = ended.organization_id`,
    [id],
  )
const seatOf = async (agentId: string) =>
  (
    await app.query<{ in_use: number; over: number }>('select in_use, over from agent_seat where agent_id = $1', [
      agentId,
    ])
  )[0]

describe('a claim', () => {
  it('gets what waits, no more than it asks for nor than the agent has slots, with a lease of its own', async () => {
    const client = await tenant()
    const { claim } = await worker(client, { maxConcurrency: 3 })
    for (let i = 0; i < 5; i++) await errand(client)
    const first = await claim({ max: 2 })
    expect(first.map(({ task }) => task.status)).toEqual(['ASSIGNED', 'ASSIGNED'])
    expect(first.map(({ lease }) => lease.fencingToken)).toEqual(['1', '1'])
    expect(await claim({ max: 100 })).toHaveLength(1)
    expect(await claim({ max: 100, waitMs: 0 })).toEqual([])
  })

  it('waits for a task, which it gets as soon as that is submitted', async () => {
    const client = await tenant()
    const { claim, agent } = await worker(client)
    const waiting = claim({ waitMs: 30_000 })
    const { id } = await errand(client)
    const [got] = await waiting
    expect(got?.task).toMatchObject({ id, assignedAgentId: agent.id, attempt: 1, leaseSeconds: 30 })
  })

  it('names its instance in letters of either size', async () => {
    const client = await tenant()
    const { claim, instanceId } = await worker(client)
    const { id } = await errand(client)
    expect((await claim({ instanceId: instanceId.toUpperCase() })).map(({ task }) => task.id)).toEqual([id])
  })

  it('that waits is answered with nothing when its time is up', async () => {
    const { claim } = await worker(await tenant())
    const began = performance.now()
    expect(await claim({ waitMs: 300 })).toEqual([])
    expect(performance.now() - began).toBeGreaterThan(290)
  })

  it('of many that wait at once, each task goes to one, and together they get all', async () => {
    const client = await tenant()
    const { claim } = await worker(client, { maxConcurrency: 100 })
    const waiting = Array.from({ length: 10 }, () => claim({ max: 3 }))
    const made = await Promise.all(Array.from({ length: 10 }, () => errand(client)))
    const got: Claim[] = (await Promise.all(waiting)).flat()
    while (got.length < 10) got.push(...(await claim({ max: 100 })))
    expect(got.map(({ task }) => task.id).sort()).toEqual(made.map(({ id }) => id).sort())
  })

  it('that waits is answered with nothing, and never with a task, once its instance stops or drains', async () => {
    const client = await tenant()
    const [stopping, draining] = [await worker(client), await worker(client, { maxConcurrency: 2 })]
    const held = await errand(client, { agentId: draining.agent.id })
    await draining.claim()
    const waiting = [stopping, draining].map(({ claim }) => claim({ waitMs: 30_000 }))
    for (let i = 0; i < 20; i++) await read(client, held.id)
    const began = performance.now()
    for (const { client: key, instanceId } of [stopping, draining])
      await expectOk(key.post(`/v1/instances/${instanceId}/stop`))
    const { id } = await errand(client)
    expect(await Promise.all(waiting)).toEqual([[], []])
    expect(performance.now() - began).toBeLessThan(15_000)
    expect(await read(client, id)).toMatchObject({ status: 'QUEUED', attempt: 0 })
  })

  it('whose client went away gives back what it would have got', async () => {
    const client = await tenant()
    const { agent, client: key, instanceId, claim } = await worker(client, { maxConcurrency: 1 })
    const gone = new AbortController()
    const asked = fetch(`${app.url}/v1/agents/${agent.id}/claims`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ instanceId, max: 1, waitMs: 30_000 }),
      signal: gone.signal,
    })
    gone.abort()
    await expect(asked).rejects.toThrow()
    const { id } = await errand(client)
    const [got] = await claim()
    expect(got?.task.id).toBe(id)
  })

  it.each<[string, (client: Client) => Promise<{ path: string; as: Client; body: object }>, number, string]>([
    [
      'of another agent',
      async (client) => {
        const [{ instanceId, client: as }, { agent }] = [await worker(client), await worker(client)]
        return { path: agent.id, as, body: { instanceId } }
      },
      404,
      'agent.notFound',
    ],
    [
      'by an instance of another agent',
      async (client) => {
        const [{ agent, client: as }, { instanceId }] = [await worker(client), await worker(client)]
        return { path: agent.id, as, body: { instanceId } }
      },
      404,
      'instance.notFound',
    ],
    [
      'by a stopped instance',
      async (client) => {
        const { agent, client: as, instanceId } = await worker(client)
        await expectOk(as.post(`/v1/instances/${instanceId}/stop`))
        return { path: agent.id, as, body: { instanceId } }
      },
      409,
      'instance.stopped',
    ],
    [
      'by an instance that drains',
      async (client) => {
        const { agent, client: as, instanceId, claim } = await worker(client)
        await errand(client)
        await claim()
        await expectOk(as.post(`/v1/instances/${instanceId}/stop`))
        return { path: agent.id, as, body: { instanceId } }
      },
      409,
      'instance.draining',
    ],
    [
      'for a hosted agent',
      async (client) => {
        const { instanceId, agent, client: as } = await worker(client, {}, await anAgent(client))
        return { path: agent.id, as, body: { instanceId } }
      },
      409,
      'task.notRemote',
    ],
  ])('is refused %s', async (_case, prepare, status, code) => {
    const { path, as, body } = await prepare(await tenant())
    expectProblem(await as.post(`/v1/agents/${path}/claims`, { max: 1, waitMs: 0, ...body }), status, code)
  })

  it('more than sixteen of one instance do not wait: 429; another of the same agent waits', async () => {
    const client = await tenant()
    const { agent, client: key, instanceId, claim } = await worker(client, { maxConcurrency: 100 })
    const body = { instanceId, max: 1, waitMs: 20_000 }
    const asked = Array.from({ length: 18 }, () => key.post(`/v1/agents/${agent.id}/claims`, body))
    const refused = await Promise.race(
      asked.map(async (each) => ((await each).status === 429 ? each : new Promise<never>(() => {}))),
    )
    expectProblem(refused, 429, 'request.tooMany')
    const other = await worker(client, {}, agent)
    expect(await other.claim({ waitMs: 1 })).toEqual([])
    for (let i = 0; i < 16; i++) await errand(client)
    await Promise.all(asked)
    expect(await claim({ waitMs: 0 })).toEqual([])
  })

  it('more than 256 of one agent do not wait, from however many instances: another agent is served', async () => {
    const client = await tenant()
    const first = await worker(client)
    const others = await Promise.all(Array.from({ length: 16 }, () => worker(client, {}, first.agent)))
    const asked = [first, ...others].flatMap(({ agent, client: key, instanceId }) =>
      Array.from({ length: 16 }, () =>
        key.post(`/v1/agents/${agent.id}/claims`, { instanceId, max: 1, waitMs: 20_000 }),
      ),
    )
    const refused = (await Promise.race(
      asked.map(async (each) => ((await each).status === 429 ? each : new Promise<never>(() => {}))),
    )) as Awaited<(typeof asked)[number]>
    expectProblem(refused, 429, 'request.tooMany')
    const another = await worker(client)
    const { id } = await errand(client, { agentId: another.agent.id })
    expect((await another.claim()).map(({ task }) => task.id)).toEqual([id])
    // Who stops is answered, so nobody waits to the end.
    for (const { client: key, instanceId } of [first, ...others])
      await expectOk(key.post(`/v1/instances/${instanceId}/stop`))
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 429)).toHaveLength(16)
  })
})

describe('a task in the hands of a remote agent', () => {
  it('is completed once, and a repeated answer is the same answer', async () => {
    const client = await tenant()
    const { say, claim, agent } = await worker(client)
    const { id } = await errand(client)
    const got = (await claim())[0] as Claim
    const replies = await Promise.all([1, 2, 3].map(() => say('complete', got, { result: { weather: 'fine' } })))
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1)
    expect(await read(client, id)).toMatchObject({ status: 'SUCCEEDED', result: { weather: 'fine' }, attempt: 1 })
    expectProblem(await say('complete', got, { result: { weather: 'bad' } }), 409, 'task.stale')
    expectProblem(await say('fail', got, { error: ERROR }), 409, 'task.stale')
    expect(await seatOf(agent.id)).toEqual({ in_use: 0, over: 0 })
    const { data } = await expectOk(client.get<{ data: { type: string }[] }>(`/v1/decisions?taskId=${id}`))
    expect(data.map(({ type }) => type).reverse()).toEqual(['task.submitted', 'task.assigned', 'task.succeeded'])
  })

  it('is kept by heartbeats, of its own and of its instance', async () => {
    const client = await tenant()
    const { say, claim, client: key, instanceId } = await worker(client)
    await errand(client)
    const got = (await claim({ leaseSeconds: 60 }))[0] as Claim
    const { body } = await say('heartbeat', got)
    expect(body).toEqual({ lease: { fencingToken: '1', expiresAt: expect.any(String) }, cancelRequested: false })
    expect((await read(client, got.task.id)).status).toBe('RUNNING')
    const tasks = [{ taskId: got.task.id, fencingToken: '1' }]
    const { tasks: news } = await expectOk(
      key.post<{ tasks: { isHeld: boolean; expiresAt: string }[] }>(`/v1/instances/${instanceId}/heartbeat`, { tasks }),
    )
    expect(news).toEqual([{ taskId: got.task.id, isHeld: true, expiresAt: expect.any(String) }])
    const left = Date.parse(news[0]?.expiresAt as string) - Date.now()
    expect(left).toBeGreaterThan(45_000)
  })

  it('goes to another within a second of its lease, and the first has no say in it any more', async () => {
    const client = await tenant()
    const [first, second] = [await worker(client), await worker(client)]
    const { id } = await errand(client)
    const old = (await first.claim())[0] as Claim
    const waiting = second.claim({ waitMs: 20_000 })
    const began = performance.now()
    await letLeaseRunOut(id)
    const got = (await waiting)[0] as Claim
    const took = performance.now() - began
    expect(got.task).toMatchObject({ id, attempt: 2, assignedAgentId: second.agent.id })
    expect(got.lease.fencingToken).toBe('2')
    if (process.env.WEDI_TIMED === '1') expect(took).toBeLessThan(1000)
    for (const word of ['heartbeat', 'complete'] as const) expectProblem(await first.say(word, old), 409, 'task.stale')
    expectProblem(await first.say('fail', old, { error: ERROR }), 409, 'task.stale')
    expectProblem(await first.say('complete', got), 409, 'task.stale')
    expect((await second.say('complete', got)).status).toBe(200)
    expect(await seatOf(first.agent.id)).toEqual({ in_use: 0, over: 0 })
    const nobodys = { ...got, task: { ...got.task, id: first.agent.id } }
    expectProblem(await first.say('complete', nobodys), 404, 'task.notFound')
  })

  it('is tried again after a failure, with a pause, and is DEAD with the reason after its last attempt', async () => {
    const client = await tenant()
    const { say, claim } = await worker(client)
    const { id } = await errand(client, { maxAttempts: 2 })
    const first = (await claim())[0] as Claim
    const replies = await Promise.all([1, 2].map(() => say('fail', first, { error: ERROR })))
    expect(replies.map(({ status }) => status)).toEqual([200, 200])
    const resting = await read(client, id)
    expect(resting).toMatchObject({ status: 'QUEUED', error: ERROR, attempt: 1 })
    expect(Date.parse(resting.runAfter)).toBeGreaterThan(Date.parse(resting.updatedAt))
    const second = (await claim())[0] as Claim
    expect(second.task).toMatchObject({ id, attempt: 2 })
    expect((await say('fail', second, { error: ERROR })).body).toMatchObject({ status: 'DEAD' })
    expect(await read(client, id)).toMatchObject({ status: 'DEAD', error: { ...ERROR, attempts: 2 } })
    expect((await expectOk(client.post<TaskView>(`/v1/tasks/${id}/requeue`))).attempt).toBe(0)
    expect((await claim())[0]?.lease.fencingToken).toBe('3')
  })

  it('that no attempt can mend fails at once', async () => {
    const client = await tenant()
    const { say, claim } = await worker(client)
    const { id } = await errand(client)
    await say('fail', (await claim())[0] as Claim, { error: ERROR, retryable: false })
    expect(await read(client, id)).toMatchObject({ status: 'FAILED', error: ERROR })
  })

  it('that kills every process which takes it is DEAD after its last attempt', async () => {
    const client = await tenant()
    const { claim, agent } = await worker(client)
    const { id } = await errand(client, { maxAttempts: 3 })
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect((await claim())[0]?.task.attempt).toBe(attempt)
      await letLeaseRunOut(id)
    }
    expect(await taskIn(client, id, 'DEAD')).toMatchObject({ error: { code: 'task.leaseExpired', attempts: 3 } })
    expect(await seatOf(agent.id)).toEqual({ in_use: 0, over: 0 })
  })

  it('hears at its next heartbeat that it was canceled; its slot is free at once, its answer is not taken', async () => {
    const client = await tenant()
    const { say, claim } = await worker(client, { maxConcurrency: 1 })
    await errand(client)
    const got = (await claim())[0] as Claim
    await expectOk(client.post(`/v1/tasks/${got.task.id}/cancel`))
    const next = await errand(client)
    expect((await claim())[0]?.task.id).toBe(next.id)
    expect((await say('heartbeat', got)).body).toEqual({ lease: null, cancelRequested: true })
    expectProblem(await say('complete', got), 409, 'task.stale')
    expect(await read(client, got.task.id)).toMatchObject({ status: 'CANCELED' })
  })

  it.each(['pause', 'freeze'])('is taken back by a %s of its agent, and no attempt is lost', async (act) => {
    const client = await tenant()
    const { say, claim, agent } = await worker(client)
    const { id } = await errand(client)
    const got = (await claim())[0] as Claim
    await expectOk(client.post(`/v1/agents/${agent.id}/${act}`, {}))
    expect(await taskIn(client, id, 'QUEUED')).toMatchObject({ attempt: 0, assignedAgentId: null })
    expectProblem(await say('complete', got), 409, 'task.stale')
    await expectOk(client.post(`/v1/agents/${agent.id}/${act === 'pause' ? 'resume' : 'unfreeze'}`, {}))
    expect((await claim())[0]?.lease.fencingToken).toBe('2')
  })

  it('is taken back when its agent may no longer do what it asks', async () => {
    const client = await tenant()
    const { claim, agent } = await worker(client)
    const { id } = await errand(client)
    await claim()
    await expectOk(client.put(`/v1/agents/${agent.id}/capability`, aCapability({ taskTypes: ['payment'] })))
    await taskIn(client, id, 'QUEUED')
    await until(
      'it says why',
      async () => (await read(client, id)).unassignableReason === 'No agent is able to take it.',
    )
  })

  it('that is late fails, also while it is being worked on', async () => {
    const client = await tenant()
    const { say, claim } = await worker(client)
    const { id } = await errand(client, { deadlineAt: new Date(Date.now() + 4000).toISOString() })
    const got = (await claim())[0] as Claim
    expect(await taskIn(client, id, 'FAILED')).toMatchObject({ error: { code: 'task.deadlinePassed' } })
    expectProblem(await say('complete', got), 409, 'task.stale')
    await expectOk(client.post(`/v1/tasks/${id}/requeue`))
    const again = (await claim())[0] as Claim
    expect(again.task).toMatchObject({ id, deadlineAt: null, attempt: 1 })
  })

  it("is its holder's alone, though who had it before speaks in the same moment, also for the same agent", async () => {
    const client = await tenant()
    const { say, claim, client: key, instanceId } = await worker(client)
    for (let i = 0; i < 3; i++) {
      const { id } = await errand(client)
      const old = (await claim({ leaseSeconds: 60 }))[0] as Claim
      await letLeaseRunOut(id)
      const got = (await claim({ leaseSeconds: 60 }))[0] as Claim
      expect(got.lease.fencingToken).toBe('2')
      const tasks = [old, got].map(({ task, lease }) => ({ taskId: task.id, fencingToken: lease.fencingToken }))
      const beat = await expectOk(
        key.post<{ tasks: { isHeld: boolean }[] }>(`/v1/instances/${instanceId}/heartbeat`, { tasks }),
      )
      expect(beat.tasks.map(({ isHeld }) => isHeld)).toEqual([false, true])
      const beats = await Promise.all([old, old, got].map((each) => say('heartbeat', each)))
      expect(beats.map(({ status }) => status)).toEqual([409, 409, 200])
      const words = await Promise.all([old, old, old, got].map((each) => say('complete', each, { result: each.lease })))
      expect(words.map(({ status }) => status)).toEqual([409, 409, 409, 200])
      expect(await read(client, id)).toMatchObject({ status: 'SUCCEEDED', result: got.lease })
    }
  })

  it('fails without a reason, if its agent has none', async () => {
    const client = await tenant()
    const { say, claim } = await worker(client)
    const { id } = await errand(client)
    const got = (await claim())[0] as Claim
    expect((await say('fail', got, { retryable: false })).status).toBe(200)
    expect(await read(client, id)).toMatchObject({ status: 'FAILED', error: { code: 'task.failed' } })
  })
})

describe('a payment of a remote agent', () => {
  const pay = (client: Client, agentId: string, taskId: string, over = {}) =>
    client.post<PaymentView>(
      '/v1/payments',
      { agentId, taskId, payee: `0x${'1'.repeat(40)}`, amount: '5', asset: app.token, ...over },
      { 'idempotency-key': unique('payment') },
    )

  it('belongs to the task it was asked for; the agent ends the task itself', async () => {
    const client = await tenant()
    const { say, claim, agent, client: key } = await worker(client)
    const { id } = await expectOk(client.post<TaskView>('/v1/tasks', aPaymentTask(app)))
    const got = (await claim())[0] as Claim
    const payment = await expectOk(pay(key, agent.id, id))
    expect(await read(client, id)).toMatchObject({ status: 'RUNNING', paymentId: payment.id })
    expectProblem(await pay(key, agent.id, id), 409, 'payment.taskTaken')
    await paymentIn(client, payment.id, 'CONFIRMED')
    expect((await read(client, id)).status).toBe('RUNNING')
    expect((await say('complete', got, { result: { paid: true } })).status).toBe(200)
    expect(await read(client, id)).toMatchObject({ status: 'SUCCEEDED', result: { paid: true }, paymentId: payment.id })
    expectProblem(await pay(key, agent.id, id), 409, 'payment.taskNotRunning')
  })

  it('that is denied leaves the task to the agent', async () => {
    const client = await tenant()
    const { say, claim, agent, client: key } = await worker(client)
    const { id } = await errand(client)
    const got = (await claim())[0] as Claim
    await expectOk(client.put(`/v1/agents/${agent.id}/capability`, aCapability({ payees: { allow: [], deny: [] } })))
    expectProblem(await pay(key, agent.id, id), 403, 'payment.denied')
    expect(await read(client, id)).toMatchObject({ status: 'ASSIGNED', paymentId: null })
    expect((await say('complete', got)).status).toBe(200)
  })

  it('that is held frees the slot, and ends the task with the answer', async () => {
    const client = await tenant()
    const capability = aCapability({ authorityLevel: 'PROPOSE' })
    const { say, claim, agent, client: key } = await worker(client, { maxConcurrency: 1, capability })
    const { id } = await expectOk(client.post<TaskView>('/v1/tasks', aPaymentTask(app)))
    const got = (await claim())[0] as Claim
    const { approvalId } = await expectOk(pay(key, agent.id, id))
    expect(await read(client, id)).toMatchObject({ isParked: true, leaseExpiresAt: null })
    expect(await seatOf(agent.id)).toEqual({ in_use: 0, over: 0 })
    expectProblem(await say('complete', got), 409, 'task.stale')
    await expectOk(client.post(`/v1/approvals/${approvalId}/approve`, {}))
    expect(await taskIn(client, id, 'SUCCEEDED')).toMatchObject({ isParked: false })
  })

  it('ends the task by itself when the agent is gone', async () => {
    const client = await tenant()
    const { claim, agent, client: key } = await worker(client)
    const { id } = await expectOk(client.post<TaskView>('/v1/tasks', aPaymentTask(app)))
    await claim()
    const payment = await expectOk(pay(key, agent.id, id))
    await letLeaseRunOut(id)
    const done = await taskIn(client, id, 'SUCCEEDED')
    expect(done).toMatchObject({ attempt: 1, result: { paymentId: payment.id } })
    expect(await seatOf(agent.id)).toEqual({ in_use: 0, over: 0 })
  })
  it('decides what becomes of the task when the agent gives it up for another attempt', async () => {
    const client = await tenant()
    const { claim, say, agent, client: key } = await worker(client)
    const { id } = await expectOk(client.post<TaskView>('/v1/tasks', aPaymentTask(app)))
    const got = (await claim())[0] as Claim
    const payment = await expectOk(pay(key, agent.id, id))
    expectProblem(await say('fail', got, { error: ERROR }), 409, 'task.stale')
    const done = await taskIn(client, id, 'SUCCEEDED')
    expect(done).toMatchObject({ attempt: 1, result: { paymentId: payment.id } })
    expect(await seatOf(agent.id)).toEqual({ in_use: 0, over: 0 })
  })

  it('that is made ends the task of the hosted agent that gets it next', async () => {
    const client = await tenant()
    const { claim, say, agent, client: key } = await worker(client)
    const { id } = await errand(client)
    const got = (await claim())[0] as Claim
    const payment = await expectOk(pay(key, agent.id, id))
    await paymentIn(client, payment.id, 'CONFIRMED')
    await aFundedAgent(app, { client })
    expect((await say('fail', got, { error: ERROR })).body).toMatchObject({ status: 'QUEUED', paymentId: payment.id })
    expect(await taskIn(client, id, 'SUCCEEDED')).toMatchObject({ attempt: 2, result: { paymentId: payment.id } })
  })
})
