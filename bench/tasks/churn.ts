import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { makeKey } from '../../server/src/modules/access/index.ts'
import { type Call, caller } from '../call.ts'
import { quantile } from '../numbers.ts'
import { startProduct } from '../product.ts'
import { steadily } from './flow.ts'

const AGENTS = 20
const TASKS_PER_SECOND = 10
const CHANGE_EVERY_MS = 500
const HEARTBEAT_MS = 4000
const WAIT_MS = 5000
const WORK_MS = 100
const SLOTS = 10
const BUCKET_MS = 300_000
/** In a run shorter than two buckets the first half stands against the second. */
const LEAST_BUCKETS = 2
const KINDS = 4

/** Five minutes of it. */
interface Stretch {
  readonly minutes: number
  readonly assigned: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly rssMb: number
}

export interface Churn {
  readonly minutes: number
  readonly submitted: number
  readonly done: number
  /** Refused or broken: tasks, and changes of the fleet. */
  readonly unsubmitted: number
  readonly unchanged: number
  readonly changes: Readonly<Record<string, number>>
  readonly rssStartMb: number
  readonly rssEndMb: number
  readonly stretches: readonly Stretch[]
}

interface Plan {
  readonly home: string
  readonly minutes: number
  readonly say: (line: string) => void
}

/** The started product; agents come, go, pause and change what they can do while tasks flow, all over HTTP. */
export async function measureChurn({ home, minutes, say }: Plan): Promise<Churn> {
  say(
    `\nChurn: ${AGENTS} agents, ${TASKS_PER_SECOND} tasks a second, a change every ${CHANGE_EVERY_MS} ms, ${minutes} minutes`,
  )
  const adminKey = makeKey('sk')
  const product = await startProduct(home, adminKey)
  try {
    const call = caller(product.address, adminKey)
    const crowd = new Crowd(product.address, call)
    for (let i = 0; i < AGENTS; i++) await crowd.join()
    const seconds = minutes * 60
    const rssStartMb = rssMbOf(product.pid)
    const begun = performance.now()
    const bucketMs = Math.min(BUCKET_MS, (seconds * 1000) / LEAST_BUCKETS)
    const stretches: Stretch[] = []
    const look = async () => {
      for (let at = 1; at * bucketMs <= seconds * 1000; at++) {
        await pause(Math.max(0, begun + at * bucketMs - performance.now()))
        const took = crowd.takeTimes()
        const stretch = {
          ...{ minutes: (at * bucketMs) / 60_000, assigned: took.length, rssMb: rssMbOf(product.pid) },
          ...{ p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) },
        }
        stretches.push(stretch)
        const { p50Ms, p99Ms, rssMb } = stretch
        say(
          `  ${stretch.minutes.toFixed(1)} min: ${took.length} assigned, p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms, ${rssMb.toFixed(0)} MB`,
        )
      }
    }
    const [, unsubmitted, unchanged] = await Promise.all([
      look(),
      steadily(TASKS_PER_SECOND, seconds, (i) => crowd.submit(i)),
      steadily(1000 / CHANGE_EVERY_MS, seconds, (i) => crowd.change(i)),
    ])
    await crowd.leave()
    const { submitted, done, changes } = crowd
    return {
      minutes,
      submitted,
      done,
      unsubmitted,
      unchanged,
      changes,
      rssStartMb,
      rssEndMb: rssMbOf(product.pid),
      stretches,
    }
  } finally {
    await product.stop()
  }
}

const capabilityOf = (kind: number) => ({
  ...{
    authorityLevel: 'OBSERVE',
    providers: ['*'],
    chains: ['*'],
    assets: ['*'],
    payees: { allow: ['*'] },
    limits: [],
  },
  taskTypes: [kind, kind + 1].map((each) => `churn.${each % KINDS}`),
  tags: [],
})

interface Agent {
  readonly id: string
  readonly gone: AbortController
  readonly ended: Promise<void>
}

/** Agents, each with one process that asks for work as long as it is there. */
class Crowd {
  readonly changes: Record<string, number> = {}
  submitted = 0
  done = 0
  #joined = 0
  readonly #agents: Agent[] = []
  readonly #submittedAt = new Map<string, number>()
  readonly #isPaused = new Set<string>()
  #took: number[] = []
  readonly #address: string
  readonly #call: Call

  constructor(address: string, call: Call) {
    this.#address = address
    this.#call = call
  }

  takeTimes(): number[] {
    const took = this.#took
    this.#took = []
    return took
  }

  async join(): Promise<void> {
    // In turn, so that there is always somebody for each kind of task.
    const kind = this.#joined++
    const body = { name: 'churner', runtime: 'REMOTE', maxConcurrency: SLOTS, capability: capabilityOf(kind) }
    const { id } = await this.#call<{ id: string }>('POST', '/agents', body)
    const { secret } = await this.#call<{ secret: string }>('POST', `/agents/${id}/credentials`, {})
    const gone = new AbortController()
    const own = caller(this.#address, secret)
    const ended = this.#attend(id, own, gone.signal).catch((error) => void process.stderr.write(`${error}\n`))
    this.#agents.push({ id, gone, ended })
  }

  async leave(): Promise<void> {
    for (const { gone } of this.#agents) gone.abort()
    await Promise.all(this.#agents.map(({ ended }) => ended))
  }

  /** Wedi may have given it to an agent before it has answered us. */
  async submit(i: number): Promise<void> {
    const at = performance.now()
    const body = { type: `churn.${i % KINDS}`, payload: { i }, maxAttempts: 20 }
    const { id } = await this.#call<{ id: string }>('POST', '/tasks', body)
    this.submitted++
    this.#submittedAt.set(id, at)
  }

  /** One of the things that happen to fleets, in turn. */
  async change(i: number): Promise<void> {
    const kinds = ['capability', 'pause', 'resume', 'leave and join'] as const
    const kind = kinds[i % kinds.length] as (typeof kinds)[number]
    this.changes[kind] = (this.changes[kind] ?? 0) + 1
    if (kind === 'leave and join') return this.#replace()
    const agent = this.#agents[(i * 7) % this.#agents.length] as Agent
    if (kind === 'capability')
      await this.#call('PUT', `/agents/${agent.id}/capability`, capabilityOf(Math.floor(i / kinds.length) % KINDS))
    else if (kind === 'pause' && this.#isPaused.size < AGENTS / 4 && !this.#isPaused.has(agent.id)) {
      await this.#call('POST', `/agents/${agent.id}/pause`, {})
      if (this.#agents.includes(agent)) this.#isPaused.add(agent.id)
    } else if (kind === 'resume') {
      const [paused] = this.#isPaused
      if (paused === undefined) return
      this.#isPaused.delete(paused)
      await this.#call('POST', `/agents/${paused}/resume`, {})
    }
  }

  /** Leaves without a word, as a process that dies does; its agent is retired. */
  async #replace(): Promise<void> {
    const agent = this.#agents.shift()
    if (agent === undefined) return
    agent.gone.abort()
    this.#isPaused.delete(agent.id)
    await this.#call('DELETE', `/agents/${agent.id}`)
    await this.join()
  }

  async #attend(agentId: string, own: Call, gone: AbortSignal): Promise<void> {
    const { id: instanceId } = await own<{ id: string }>('POST', `/agents/${agentId}/instances`, {})
    const held = new Map<string, string>()
    const beating = setInterval(() => {
      const tasks = [...held].map(([taskId, fencingToken]) => ({ taskId, fencingToken }))
      own('POST', `/instances/${instanceId}/heartbeat`, { tasks }).catch(() => undefined)
    }, HEARTBEAT_MS)
    try {
      while (!gone.aborted) {
        const free = SLOTS - held.size
        if (free === 0) {
          await pause(WORK_MS)
          continue
        }
        const asked = { instanceId, max: free, waitMs: WAIT_MS }
        const claimed = await own<Claimed>('POST', `/agents/${agentId}/claims`, asked, gone).catch(() => undefined)
        if (claimed === undefined) await pause(WORK_MS)
        for (const { task, lease } of claimed?.data ?? []) {
          held.set(task.id, lease.fencingToken)
          void this.#work(own, task.id, lease.fencingToken).finally(() => held.delete(task.id))
        }
      }
    } finally {
      clearInterval(beating)
    }
  }

  async #work(own: Call, taskId: string, fencingToken: string): Promise<void> {
    const at = this.#submittedAt.get(taskId)
    if (at !== undefined) this.#took.push(performance.now() - at)
    this.#submittedAt.delete(taskId)
    await pause(WORK_MS)
    // Refused when it was taken from the agent meanwhile: another one does it.
    const isDone = await own('POST', `/tasks/${taskId}/complete`, { fencingToken }).then(
      () => true,
      () => false,
    )
    if (isDone) this.done++
  }
}

interface Claimed {
  readonly data: readonly {
    readonly task: { readonly id: string }
    readonly lease: { readonly fencingToken: string }
  }[]
}

/** NaN where there is no /proc. */
function rssMbOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  } catch {
    return Number.NaN
  }
}

/** How much more it may be at the end than after the first stretch, when everything is compiled and cached. */
const GOAL = { rss: 1.5, p99: 2 }

export function churnLines({
  minutes,
  submitted,
  done,
  unsubmitted,
  unchanged,
  rssStartMb,
  rssEndMb,
  stretches,
}: Churn) {
  const [first, last] = [stretches[0], stretches.at(-1)]
  const rss = (last?.rssMb ?? Number.NaN) / (first?.rssMb ?? Number.NaN)
  const p99 = (last?.p99Ms ?? Number.NaN) / (first?.p99Ms ?? Number.NaN)
  const what = `churn of ${minutes} min`
  return [
    {
      what: `${what}, done of submitted`,
      measured: `${done} of ${submitted}; ${unsubmitted} and ${unchanged} changes refused`,
      goal: '',
    },
    {
      what: `${what}, memory at its start and end`,
      measured: `${rssStartMb.toFixed(0)} and ${rssEndMb.toFixed(0)} MB`,
      goal: '',
    },
    ...stretches.map(({ minutes: at, p50Ms, p99Ms, rssMb }) => ({
      what: `${what}, until ${at.toFixed(1)} min`,
      measured: `p50 ${p50Ms.toFixed(0)} ms  p99 ${p99Ms.toFixed(0)} ms  ${rssMb.toFixed(0)} MB`,
      goal: '',
    })),
    {
      what: `${what}, memory, last ÷ first stretch`,
      measured: rss.toFixed(2),
      goal: `≤ ${GOAL.rss}`,
      isMet: rss <= GOAL.rss,
    },
    {
      what: `${what}, p99, last ÷ first stretch`,
      measured: p99.toFixed(2),
      goal: `≤ ${GOAL.p99}`,
      isMet: p99 <= GOAL.p99,
    },
  ]
}
