import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { AgentOptions, Context, Task } from '@wedi/sdk'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '../../server/src/embedded/process.ts'
import { atEnd, chainOf, closeAll, type Wedi as Server, startWedi } from '../../server/test/journeys/process.ts'
import { sentBy } from '../../server/test/journeys/story.ts'
import { until } from '../../server/test/support/until.ts'
import { newProject, type Project } from './support/package.ts'
import { PATIENTLY, PAYEE, type Remote, type Sdk, type World, worldOf } from './support/world.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 })

/** An agent that does not end by then is not waited for: its test has failed already. */
const STOP_MS = 10_000

let project: Project
let sdk: Sdk
let server: Server
let world: World
beforeAll(async () => {
  project = await newProject()
  sdk = await project.load()
  server = await startWedi({ env: { PORT: String(await freePort()) } })
  world = await worldOf(sdk, server)
})
afterAll(async () => {
  await closeAll()
  project.remove()
})

/** Runs until the test is over (one of many at once says itself which), and remembers what it was told of. */
function run(agent: Remote, options: Omit<AgentOptions, 'url' | 'credential'>, whenOver = onTestFinished) {
  const errors: unknown[] = []
  const running = world.run(agent, { onError: (error) => errors.push(error), ...options })
  whenOver(async () => {
    await Promise.race([running.stop().catch(() => undefined), pause(STOP_MS, undefined, { ref: false })])
  })
  return { ...running, errors }
}

/** A program that waits for what the test does with it. */
function puppet() {
  const runs: { task: Task; context: Context; end(result?: Record<string, unknown>): void }[] = []
  const program = (task: Task, context: Context) =>
    new Promise<Record<string, unknown> | undefined>((resolve, reject) => {
      runs.push({ task, context, end: resolve })
      context.signal.addEventListener('abort', () => reject(context.signal.reason))
    })
  const started = (count: number) =>
    until(`${count} runs`, async () => runs.length >= count, { ...PATIENTLY, last: () => runs.length })
  return { runs, program, started }
}

it('an agent pays for its task: the money moves once and the task shows the payment', async () => {
  const agent = await world.newAgent()
  const { errors } = run(agent, {
    program: async ({ payload }, { pay, decide }) => {
      await decide({ reasons: [{ code: 'invoice.matches' }], inputs: { invoice: payload.invoice } })
      const payment = await pay({
        payee: PAYEE,
        amount: 12_500_000n,
        asset: world.token,
        reference: String(payload.invoice),
      })
      return { hash: payment.transactionHash }
    },
  })
  const { id } = await world.submit(agent, { payload: { invoice: 'INV-1' } })
  const task = await world.taskIn(id, 'SUCCEEDED', 'FAILED', 'DEAD')
  expect(errors).toEqual([])
  expect(task).toMatchObject({ status: 'SUCCEEDED', attempt: 1, result: { hash: expect.stringMatching(/^0x/) } })
  const { data } = await world.admin.get('/v1/payments', { taskId: id })
  expect(data).toMatchObject([{ status: 'CONFIRMED', amount: '12500000', transactionHash: task.result?.hash }])
  const decisions = await world.admin.get('/v1/decisions', { taskId: id, type: 'agent.decided' })
  expect(decisions.data).toMatchObject([{ agentId: agent.id, inputs: { invoice: 'INV-1' } }])
})

/** Together: a lease or a heartbeat has to pass in each of these stories, and each has an agent and tasks of its own. */
it.concurrent('a task whose runner is killed is done by another, and what the first has paid is not paid again', async ({
  onTestFinished,
}) => {
  const agent = await world.newAgent()
  const intent = { payee: PAYEE, amount: '700', asset: world.token }
  const first = startProgram(agent, {
    maxConcurrency: 1,
    program: `async (task, { pay }) => {
      const payment = await pay(${JSON.stringify(intent)})
      console.log('paid ' + payment.id)
      await new Promise(() => setInterval(() => undefined, 1000))
    }`,
  })
  const { id } = await world.submit(agent)
  const paid = await until('the first has paid', async () => /paid (\S+)/.exec(first.output())?.[1], PATIENTLY)
  first.kill('SIGKILL')

  const { errors } = run(
    agent,
    { program: async (_, { pay }) => ({ paymentId: (await pay(intent)).id }) },
    onTestFinished,
  )
  const task = await world.taskIn(id, 'SUCCEEDED', 'FAILED', 'DEAD')
  expect(errors).toEqual([])
  expect(task).toMatchObject({ status: 'SUCCEEDED', attempt: 2, result: { paymentId: paid } })
  expect(await sentBy((await chainOf(server)).node, agent.address)).toBe(1)
})

it.concurrent('a cancel reaches the program, and its slot takes the next task', async ({ onTestFinished }) => {
  const agent = await world.newAgent()
  const { runs, program, started } = puppet()
  run(agent, { program, maxConcurrency: 1 }, onTestFinished)
  const canceled = await world.submit(agent)
  await started(1)
  await world.admin.post('/v1/tasks/{taskId}/cancel', { taskId: canceled.id })
  const next = await world.submit(agent)
  await started(2)
  expect(runs[0]?.context.signal.reason).toBeInstanceOf(sdk.TaskLost)
  runs[1]?.end({ done: true })
  expect(await world.taskIn(next.id, 'SUCCEEDED')).toMatchObject({ result: { done: true } })
  expect(await world.taskIn(canceled.id, 'CANCELED')).toMatchObject({ result: null })
})

it.concurrent('a program whose server does not hear of it stops when its lease is over, and another does the task', async ({
  onTestFinished,
}) => {
  const agent = await world.newAgent()
  let isCut = false
  const cut: typeof fetch = (...call) => (isCut ? Promise.reject(new TypeError('fetch failed')) : fetch(...call))
  const [here, there] = [puppet(), puppet()]
  run(agent, { program: here.program, fetch: cut, maxConcurrency: 1 }, onTestFinished)
  const { id } = await world.submit(agent)
  await here.started(1)
  isCut = true
  run(agent, { program: there.program }, onTestFinished)
  await there.started(1)
  await until('the first has stopped', async () => here.runs[0]?.context.signal.aborted, PATIENTLY)
  expect(here.runs[0]?.context.signal.reason).toBeInstanceOf(sdk.TaskLost)
  isCut = false
  there.runs[0]?.end({ by: 'the other' })
  expect(await world.taskIn(id, 'SUCCEEDED')).toMatchObject({ attempt: 2, result: { by: 'the other' } })
})

it.concurrent('ends by itself when its credential is not valid any more', async ({ onTestFinished }) => {
  const agent = await world.newAgent()
  const { program, started, runs } = puppet()
  const { ended } = run(agent, { program }, onTestFinished)
  const failed = ended.catch((error: unknown) => error)
  await world.submit(agent)
  await started(1)
  await world.admin.post('/v1/api-keys/{apiKeyId}/revoke', { apiKeyId: agent.credentialId })
  expect(await failed).toMatchObject({ name: 'WediError', status: 401 })
  expect(runs[0]?.context.signal.aborted).toBe(true)
})

it('a payment for something else does not pass for the one that exists', async () => {
  const agent = await world.newAgent()
  const asset = world.token
  const { errors } = run(agent, {
    program: async (_, { pay }) => {
      await pay({ payee: PAYEE, amount: 5n, asset })
      await pay({ payee: PAYEE, amount: 5n, asset: asset.toLowerCase() })
      await pay({ payee: PAYEE, amount: 6n, asset })
    },
  })
  const { id } = await world.submit(agent)
  expect(await world.taskIn(id, 'SUCCEEDED', 'FAILED', 'DEAD')).toMatchObject({
    ...{ status: 'FAILED', error: { code: 'payment.taskTaken' } },
  })
  expect(errors).toHaveLength(1)
  expect((await world.admin.get('/v1/payments', { taskId: id })).data).toHaveLength(1)
})

it('a denial ends the task with its reasons, unless the program has another way', async () => {
  const agent = await world.newAgent()
  const reasons: unknown[] = []
  run(agent, {
    program: async ({ payload }, { pay }) => {
      try {
        await pay({ payee: PAYEE, amount: 10n ** 30n, asset: world.token })
      } catch (error) {
        if (error instanceof sdk.WediError) reasons.push(error.problem.reasons)
        if (payload.otherWay !== true) throw error
      }
    },
  })
  await world.admin.put('/v1/agents/{agentId}/capability', {
    ...{ agentId: agent.id, authorityLevel: 'AUTONOMOUS', taskTypes: [agent.type], tags: [] },
    ...{ providers: ['*'], chains: ['*'], assets: ['*'], payees: { allow: [], deny: [] } },
    limits: [],
  })
  const [given, refused] = [
    await world.submit(agent, { payload: { otherWay: true } }),
    await world.submit(agent, { payload: { otherWay: false } }),
  ]
  expect(await world.taskIn(given.id, 'SUCCEEDED', 'FAILED', 'DEAD')).toMatchObject({ status: 'SUCCEEDED' })
  const failed = await world.taskIn(refused.id, 'SUCCEEDED', 'FAILED', 'DEAD')
  expect(failed).toMatchObject({ status: 'FAILED', attempt: 1, error: { code: 'payment.denied' } })
  expect(reasons).toMatchObject([[{ code: 'payee.notAllowed' }], [{ code: 'payee.notAllowed' }]])
})

it('a drain lets what runs end and takes nothing more', async () => {
  const agent = await world.newAgent()
  const { runs, program, started } = puppet()
  const signal = new AbortController()
  const { ended } = run(agent, { program, maxConcurrency: 2, signal: signal.signal })
  const working = await world.submit(agent)
  await started(1)
  signal.abort()
  const instance = () => world.admin.get('/v1/agents/{agentId}/instances', { agentId: agent.id })
  await until('it drains', async () => (await instance()).data[0]?.isDraining, PATIENTLY)
  const late = await world.submit(agent)
  runs[0]?.end({ done: true })
  await ended
  expect(await world.taskIn(working.id, 'SUCCEEDED')).toMatchObject({ result: { done: true } })
  expect(await instance()).toMatchObject({ data: [{ status: 'STOPPED' }] })
  expect(await world.taskIn(late.id, 'QUEUED')).toMatchObject({ attempt: 0 })
  expect(runs).toHaveLength(1)
})

it('a poison task is tried as often as it may be, and ends dead', async () => {
  const agent = await world.newAgent()
  const seen: string[] = []
  const program = ({ id, payload }: Task) => {
    seen.push(id)
    return { length: (payload.text as string).length }
  }
  const { errors } = run(agent, { program })
  const { id } = await world.submit(agent, { payload: {}, maxAttempts: 2 })
  const good = await world.submit(agent, { payload: { text: 'four' } })
  expect(await world.taskIn(id, 'SUCCEEDED', 'FAILED', 'DEAD')).toMatchObject({
    ...{ status: 'DEAD', attempt: 2, error: { code: 'program.TypeError' } },
  })
  expect(await world.taskIn(good.id, 'SUCCEEDED')).toMatchObject({ result: { length: 4 } })
  expect(seen.filter((each) => each === id)).toHaveLength(2)
  expect(errors).toMatchObject([expect.any(TypeError), expect.any(TypeError)])
})

it('a program says itself how it failed, and whether another attempt is worth it', async () => {
  const agent = await world.newAgent()
  const failure = { code: 'invoice.unreadable', detail: 'It is in a language nobody here speaks.', retryable: false }
  run(agent, {
    program: () => {
      throw new sdk.TaskFailure(failure)
    },
  })
  const { id } = await world.submit(agent)
  const { code, detail } = failure
  const task = await world.taskIn(id, 'SUCCEEDED', 'FAILED', 'DEAD')
  expect(task).toMatchObject({ status: 'FAILED', attempt: 1, error: { code, detail } })
})

it.each([
  ['has a NUL in it', '\0 is not a word', ' is not a word'],
  ['is cut within a letter', `${'x'.repeat(499)}😀`, `${'x'.repeat(499)}\uFFFD`],
  ['has a code that is none', new Error('told by its code'), 'Its failure could not be told.'],
])('a failure that %s is told all the same', async (_, thrown, detail) => {
  const agent = await world.newAgent()
  run(agent, {
    program: () => {
      if (typeof thrown === 'string') throw new Error(thrown)
      throw new sdk.TaskFailure({ code: 'no code at all', detail: thrown.message, retryable: true })
    },
  })
  const { id } = await world.submit(agent, { maxAttempts: 1 })
  expect(await world.taskIn(id, 'SUCCEEDED', 'FAILED', 'DEAD')).toMatchObject({
    attempt: 1,
    error: { code: 'program.Error', detail },
  })
})

it('never works on more tasks than it says', async () => {
  const agent = await world.newAgent({ maxConcurrency: 10 })
  const { runs, program, started } = puppet()
  run(agent, { program, maxConcurrency: 2 })
  const tasks = await Promise.all(Array.from({ length: 6 }, () => world.submit(agent)))
  for (let count = 2; count <= tasks.length; count++) {
    await started(count)
    expect(runs).toHaveLength(count)
    runs[count - 2]?.end()
  }
  runs.at(-1)?.end()
  for (const { id } of tasks) await world.taskIn(id, 'SUCCEEDED')
})

it('what was done is told until it is heard, and counts once', async () => {
  const agent = await world.newAgent()
  const lost: string[] = []
  /** The server hears every word of the agent on its task, and the first answer never arrives. */
  const deaf: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const path = new URL(String(input)).pathname
    if (!/complete$|fail$|payments$/.test(path) || lost.includes(path)) return response
    lost.push(path)
    throw new TypeError('fetch failed')
  }
  let count = 0
  const { errors } = run(agent, {
    fetch: deaf,
    program: async (_, { pay }) => {
      count++
      return { paymentId: (await pay({ payee: PAYEE, amount: 1n, asset: world.token })).id }
    },
  })
  const { id } = await world.submit(agent)
  const task = await world.taskIn(id, 'SUCCEEDED', 'FAILED', 'DEAD')
  expect(task).toMatchObject({ status: 'SUCCEEDED', attempt: 1 })
  expect(lost).toEqual(['/v1/payments', `/v1/tasks/${id}/complete`])
  expect(count).toBe(1)
  expect(errors).toEqual([])
  expect((await world.admin.get('/v1/payments', { taskId: id })).data).toHaveLength(1)
})

it.each([
  ['the server is killed', restart],
  ['its database is killed', killDatabase],
])('when %s, what runs goes on, and is told afterwards', async (_, outage) => {
  const agent = await world.newAgent()
  const { runs, program, started } = puppet()
  run(agent, { program, leaseSeconds: 60 })
  const first = await world.submit(agent)
  await started(1)
  await outage(() => runs[0]?.end({ done: true }))
  expect(await world.taskIn(first.id, 'SUCCEEDED', 'FAILED', 'DEAD')).toMatchObject({
    ...{ status: 'SUCCEEDED', attempt: 1, result: { done: true } },
  })
  const second = await world.submit(agent)
  await started(2)
  runs[1]?.end()
  await world.taskIn(second.id, 'SUCCEEDED')
  expect(runs).toHaveLength(2)
})

/** While it is away something happens. */
async function restart(meanwhile: () => void): Promise<void> {
  await server.kill('SIGKILL')
  meanwhile()
  server = await startWedi({ home: server.home, env: { PORT: new URL(server.url).port } })
}

async function killDatabase(meanwhile: () => void): Promise<void> {
  const [pid] = readFileSync(join(server.home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  process.kill(Number(pid), 'SIGKILL')
  meanwhile()
}

/** The same in a process of its own, so that it can be killed. */
function startProgram(agent: Remote, { program, maxConcurrency }: { program: string; maxConcurrency: number }) {
  const { credential } = agent
  const options = JSON.stringify({ url: server.url, credential, maxConcurrency, leaseSeconds: 15 })
  const script = `import { runAgent } from '@wedi/sdk'\nawait runAgent({ ...${options}, program: ${program} }).ended\n`
  const child = spawn(process.execPath, [project.write(`agent-${agent.id}.js`, script)])
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const kill = (signal: NodeJS.Signals) => void child.kill(signal)
  atEnd(async () => kill('SIGKILL'))
  return { output: () => output, kill }
}
