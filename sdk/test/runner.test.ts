import type { AgentOptions, Context, RunningAgent, Task } from '@wedi/sdk'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { atEnd, chainOf, closeAll, startWedi, type Wedi as Server } from '../../server/test/journeys/process.ts'
import { sentBy } from '../../server/test/journeys/story.ts'
import { until } from '../../server/test/support/until.ts'
import { newProject, type Project } from './support/package.ts'
import { PATIENTLY, PAYEE, type Remote, type Sdk, type World, worldOf } from './support/world.ts'

const TEST_MS = 240_000

let project: Project
let sdk: Sdk
let server: Server
let world: World
const agents: RunningAgent[] = []
beforeAll(async () => {
  project = await newProject()
  sdk = await project.load()
  server = await startWedi()
  world = await worldOf(sdk, server)
}, TEST_MS)
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.stop().catch(() => undefined)))
})
afterAll(async () => {
  await closeAll()
  project.remove()
})

/** Runs until the test is over, and remembers what it was told of. */
function run(agent: Remote, options: Omit<AgentOptions, 'url' | 'credential'>) {
  const errors: unknown[] = []
  const running = world.run(agent, { onError: (error) => errors.push(error), ...options })
  agents.push(running)
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

it('an agent pays for its task: the money moves once and the task shows the payment', { timeout: TEST_MS }, async () => {
  const agent = await world.newAgent()
  const { asset } = { asset: world.token }
  const { errors } = run(agent, {
    program: async ({ payload }, { pay, decide }) => {
      await decide({ reasons: [{ code: 'invoice.matches' }], inputs: { invoice: payload.invoice } })
      const payment = await pay({ payee: PAYEE, amount: 12_500_000n, asset, reference: String(payload.invoice) })
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
