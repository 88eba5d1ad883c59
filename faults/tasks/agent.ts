import { setTimeout as pause } from 'node:timers/promises'
import { type Random, seeded } from '../random.ts'
import { type Habit, habitOf } from './habits.ts'
import { type Act, openJournal } from './journal.ts'
import { wireTo } from './wire.ts'

/** A process of a remote agent, as anyone may write one: it registers, beats, claims, works and answers, badly at times. */

export interface AgentOrders {
  readonly urls: readonly string[]
  readonly agentId: string
  readonly credential: string
  readonly journal: string
  readonly seed: string
  readonly leaseSeconds: number
  readonly polls: number
  readonly hangsUpPercent: number
  readonly isWellBehaved: boolean
}

/** What a task of this simulator asks for. */
export interface Work {
  readonly workMs: number
  /** `crash`: whoever reads it dies. `reject`: nobody can do it. */
  readonly poison?: 'crash' | 'reject'
  readonly pay?: { readonly payee: string; readonly amount: string; readonly asset: string }
}

interface Given {
  readonly task: { readonly id: string; readonly payload: Work }
  readonly lease: { readonly fencingToken: string; readonly expiresAt: string }
}

const CRASHED = 7
const BEAT_MS = 1000
const ANSWER_MS = 20_000
const WAIT_MS = 20_000
/** Between two looks for work when there was none, or when it was refused. */
const REST_MS = 150
const SLACK_MS = 5000
const MOST_AT_ONCE = 4

const orders = JSON.parse(process.env.FAULTS_ORDERS ?? '') as AgentOrders
const random = seeded(orders.seed)
const note = openJournal(orders.journal)
const { urls, credential } = orders
const onOdd = (text: string) => note({ what: 'odd', text })
const wire = wireTo({ urls, credential, first: random.between(0, 9), onOdd })
/** What it works on, by task, with its token: the leases its heartbeats extend. */
const held = new Map<string, string>()
let { isWellBehaved } = orders
let isEnding = false
let working = 0
process.once('SIGTERM', () => {
  isEnding = true
})
// From now on it does its work properly, so that everything comes to an end.
process.once('SIGUSR2', () => {
  isWellBehaved = true
})

const expect = (what: string, heard: { status: number; code: string }, ...statuses: number[]) => {
  if (!statuses.includes(heard.status)) note({ what: 'odd', text: `${what}: ${heard.status} ${heard.code}` })
}

async function register(): Promise<string> {
  for (;;) {
    const heard = await wire.postSurely(`/v1/agents/${orders.agentId}/instances`, {}, { deadlineMs: ANSWER_MS })
    if (heard?.status === 201) return String(heard.body.id)
    // Frozen or retired: not now, or never.
    if (heard) expect('register', heard, 403, 409)
    await pause(REST_MS)
  }
}

async function beat(instanceId: string): Promise<never> {
  for (;;) {
    await pause(BEAT_MS)
    const tasks = [...held].map(([taskId, fencingToken]) => ({ taskId, fencingToken }))
    const body = { load: { inUse: working }, tasks }
    const heard = await wire.post(`/v1/instances/${instanceId}/heartbeat`, body, { timeoutMs: SLACK_MS })
    if (heard && heard.status < 500) expect('instance heartbeat', heard, 200, 403, 409, 429)
    if (heard?.status !== 200) continue
    for (const { taskId, isHeld } of heard.body.tasks as { taskId: string; isHeld: boolean }[])
      if (!isHeld) held.delete(taskId)
  }
}

async function claimWithoutEnd(instanceId: string, own: Random): Promise<void> {
  const path = `/v1/agents/${orders.agentId}/claims`
  while (!isEnding) {
    const waitMs = own.pick([0, 1000, WAIT_MS])
    const body = { instanceId, max: own.between(1, MOST_AT_ONCE), waitMs, leaseSeconds: orders.leaseSeconds }
    const hangUp = own.next() * 100 < orders.hangsUpPercent ? AbortSignal.timeout(own.between(5, 1500)) : undefined
    const how = { timeoutMs: waitMs + SLACK_MS, ...(hangUp && { signal: hangUp }) }
    const heard = await wire.post(path, body, how)
    if (heard && heard.status < 500) expect('claim', heard, 200, 403, 409, 429)
    const given = heard?.status === 200 ? (heard.body.data as Given[]) : []
    // All of them are written down before the first is begun: one that kills must not take the others with it unseen.
    for (const { task, lease } of given) {
      note({ what: 'begun', task: task.id, token: lease.fencingToken, expiresAt: lease.expiresAt })
      held.set(task.id, lease.fencingToken)
    }
    for (const each of given) void take(each)
    if (given.length === 0) await pause(REST_MS)
  }
}

async function take({ task, lease }: Given): Promise<void> {
  const { payload } = task
  if (payload.poison === 'crash') process.exit(CRASHED)
  working += 1
  try {
    if (payload.poison === 'reject') await answer('fail', task.id, lease.fencingToken)
    else await work(task.id, lease.fencingToken, payload)
  } finally {
    working -= 1
    if (held.get(task.id) === lease.fencingToken) held.delete(task.id)
  }
}

async function work(task: string, token: string, { workMs, pay }: Work): Promise<void> {
  const habit = habitOf(random, isWellBehaved)
  await pause(workMs)
  if (pay) await askForPayment(task, token, pay)
  await ACTS[habit](task, token)
}

const ACTS: Record<Habit, (task: string, token: string) => Promise<unknown>> = {
  complete: (task, token) => answer('complete', task, token),
  'complete twice'(task, token) {
    const mark = newMark()
    return Promise.all([answer('complete', task, token, mark), answer('complete', task, token, mark)])
  },
  async 'complete, then fail'(task, token) {
    await answer('complete', task, token)
    await answer('give up', task, token)
  },
  async 'use an old token first'(task, token) {
    const old = String(BigInt(token) - 1n)
    if (old !== '0') await answer(random.pick(['complete', 'fail', 'heartbeat']), task, old)
    await answer('complete', task, token)
  },
  fail: (task, token) => answer('fail', task, token),
  'give up': (task, token) => answer('give up', task, token),
  async 'say nothing'(task) {
    held.delete(task)
  },
  async 'come back late'(task, token) {
    held.delete(task)
    await pause(orders.leaseSeconds * 1000 + random.between(0, 4000))
    await answer('complete', task, token)
  },
  async 'take longer than a lease'(task, token) {
    await pause(orders.leaseSeconds * 500)
    await answer('heartbeat', task, token)
    await pause(orders.leaseSeconds * 800)
    await answer('complete', task, token)
  },
}

let marks = 0
/** Tells one result from every other. */
const newMark = () => `${orders.seed}/${++marks}`

const BODIES: Record<Act, (mark: string) => object> = {
  complete: (mark) => ({ result: { mark } }),
  fail: (mark) => ({ error: { code: 'worker.failed', detail: mark }, retryable: true }),
  'give up': (mark) => ({ error: { code: 'worker.gaveUp', detail: mark }, retryable: false }),
  heartbeat: () => ({}),
}
const WORDS: Record<Act, string> = { complete: 'complete', fail: 'fail', 'give up': 'fail', heartbeat: 'heartbeat' }

/** Says it until it is heard; what was said may have been done before. */
async function answer(act: Act, task: string, token: string, mark = newMark()): Promise<void> {
  note({ what: 'asked', act, task, token, mark })
  const body = { fencingToken: token, ...BODIES[act](mark) }
  const heard = await wire.postSurely(`/v1/tasks/${task}/${WORDS[act]}`, body, { deadlineMs: ANSWER_MS })
  if (!heard) return
  note({ what: 'answered', act, task, token, mark, status: heard.status, code: heard.code })
  // 404: the task is somebody else's by now.
  expect(act, heard, 200, 403, 404, 409)
}

/** The task and its assignment are the key: who is given the task after a crash may not pay again under another. */
async function askForPayment(taskId: string, token: string, pay: NonNullable<Work['pay']>): Promise<void> {
  const body = { ...pay, agentId: orders.agentId, taskId }
  const key = `${taskId}/${token}`
  const heard = await wire.postSurely('/v1/payments', body, { deadlineMs: ANSWER_MS, key })
  if (heard) expect('pay', heard, 201, 403, 409)
}

async function main(): Promise<void> {
  const instanceId = await register()
  void beat(instanceId)
  const polls = Array.from({ length: orders.polls }, (_, at) =>
    claimWithoutEnd(instanceId, random.stream(`poll ${at}`)),
  )
  await Promise.all(polls)
  while (working > 0) await pause(REST_MS)
  const stopped = await wire.postSurely(`/v1/instances/${instanceId}/stop`, {}, { deadlineMs: ANSWER_MS })
  if (stopped) expect('stop', stopped, 200, 403)
  process.exit(0)
}

await main()
