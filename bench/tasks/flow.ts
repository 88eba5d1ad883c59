import { setTimeout as pause } from 'node:timers/promises'
import { quantile } from '../numbers.ts'
import { KINDS, type Member } from './fleet.ts'
import { graphilePool, graphileWorker } from './graphile.ts'
import type { Team, Wedi } from './wedi.ts'

/** Tasks that come one by one, of several organisations, and agents that wait for them. */
export interface Flow {
  readonly name: string
  /** Answers its id when it is committed that this organisation wants it done. */
  submit(organization: number): Promise<string>
  stop(): Promise<void>
}

/** Called when an agent has a task in its hands; it is completed when the answer is there. */
export type Work = (id: string, organization: number) => Promise<void>

export interface Crew {
  /** Of each organisation. */
  readonly agents: number
  readonly slots: number
}

const WAIT_MS = 20_000
const MOST_CLAIMED = 100
const RETRY_MS = 100

/** A call that fails is an agent's to repeat; that it failed is not hidden. */
const said = (error: unknown): undefined => void process.stderr.write(`${error}\n`)

/** Every agent asks for work as long as it has a free slot, as the runner of the client library does. */
export async function wediFlow(wedi: Wedi, crews: readonly Crew[], work: Work): Promise<Flow> {
  const stopped = new AbortController()
  const { signal } = stopped
  const teams: Team[] = []
  for (const { agents, slots } of crews) teams.push(await wedi.team({ size: agents, slots }))
  const running: Promise<unknown>[] = []
  for (const [organization, team] of teams.entries()) {
    for (const member of team.members) {
      running.push(
        attend({ team, member, slots: crews[organization]?.slots ?? 1, signal }, (id) => work(id, organization)),
      )
    }
  }
  let next = 0
  return {
    name: 'wedi',
    // Only of kinds that one of so few agents takes.
    submit: (organization) =>
      (teams[organization] as Team).submit(next++ % Math.min(KINDS, crews[organization]?.agents ?? 1)),
    async stop() {
      stopped.abort()
      await Promise.all(running)
    },
  }
}

interface Post {
  readonly team: Team
  readonly member: Member
  readonly slots: number
  readonly signal: AbortSignal
}

async function attend({ team, member, slots, signal }: Post, work: (id: string) => Promise<void>): Promise<void> {
  let free = slots
  let freed = Promise.withResolvers<void>()
  const end = async (held: Awaited<ReturnType<Team['claim']>>[number]) => {
    await work(held.task.id)
    await team.finish(member, held).catch(said)
    free++
    freed.resolve()
  }
  const ends = new Set<Promise<void>>()
  while (!signal.aborted) {
    if (free === 0) {
      await freed.promise
      freed = Promise.withResolvers()
      continue
    }
    const tasks = await team.claim(member, { max: Math.min(free, MOST_CLAIMED), waitMs: WAIT_MS, signal }).catch(said)
    if (tasks === undefined) {
      await pause(RETRY_MS)
      continue
    }
    free -= tasks.length
    for (const task of tasks) {
      const one = end(task).finally(() => ends.delete(one))
      ends.add(one)
    }
  }
  await Promise.all(ends)
}

/** One queue for everybody, with as many workers as there are slots; it tells organisations apart by what a job says. */
export async function graphileFlow(databaseUrl: string, crews: readonly Crew[], work: Work): Promise<Flow> {
  const pool = graphilePool(databaseUrl)
  const name = `flow ${crews.length}`
  const concurrency = crews.reduce((sum, { agents, slots }) => sum + agents * slots, 0)
  const handler = (payload: unknown) => {
    const { id, organization } = payload as { id: string; organization: number }
    return work(id, organization)
  }
  const worker = await graphileWorker(pool, { ...{ name, how: 'un-batched', handler }, concurrency })
  return {
    name: 'graphile-worker',
    async submit(organization) {
      const id = crypto.randomUUID()
      await worker.add(name, { id, organization })
      return id
    },
    async stop() {
      await worker.stop()
      await pool.query(
        'select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs where task_identifier = $1))',
        [name],
      )
      await pool.end()
    },
  }
}

/** When tasks were accepted, and when an agent had them. */
export class Times {
  readonly #accepted = new Map<string, number>()
  readonly #started = new Map<string, number>()
  readonly #awaited = new Map<string, () => void>()

  readonly started = (id: string): void => {
    this.#started.set(id, performance.now())
    this.#awaited.get(id)?.()
    this.#awaited.delete(id)
  }
  readonly accepted = (id: string): void => void this.#accepted.set(id, performance.now())

  whenStarted(id: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.#started.has(id)) resolve()
      else this.#awaited.set(id, resolve)
    })
  }

  /** From accepted to started, of those accepted in this time; what is not started yet counts with its time so far. */
  took(from = 0, to = Number.POSITIVE_INFINITY): Latency {
    const now = performance.now()
    const accepted = [...this.#accepted].filter(([, at]) => at >= from && at < to)
    const took = accepted.map(([id, at]) => Math.max(0, (this.#started.get(id) ?? now) - at))
    const waiting = accepted.filter(([id]) => !this.#started.has(id)).length
    return { count: took.length, waiting, p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) }
  }

  /** False when some are not started in this time. */
  async all(deadlineMs: number): Promise<boolean> {
    for (const end = performance.now() + deadlineMs; performance.now() < end; await pause(LOOK_EVERY_MS)) {
      if ([...this.#accepted.keys()].every((id) => this.#started.has(id))) return true
    }
    return false
  }
}

const LOOK_EVERY_MS = 10

export interface Latency {
  readonly count: number
  /** Not started when it was looked at: their times are too short. */
  readonly waiting: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** At a constant rate, whatever the answers do. Answers how many of them failed, and says why the first one did. */
export async function steadily(
  perSecond: number,
  seconds: number,
  act: (i: number) => Promise<unknown>,
): Promise<number> {
  let failed = 0
  const fail = (error: unknown) => {
    if (failed++ === 0) process.stderr.write(`${error}\n`)
  }
  const begun = performance.now()
  const acts: Promise<unknown>[] = []
  for (let i = 0; i < perSecond * seconds; i++) {
    await pause(Math.max(0, begun + (i * 1000) / perSecond - performance.now()))
    acts.push(act(i).catch(fail))
  }
  await Promise.all(acts)
  return failed
}

/** A closed loop: each caller submits, waits until an agent has it, and submits the next. Answers how many a second. */
export async function capacityOf(
  flow: Flow,
  { seconds, times, callers }: { seconds: number; times: Times; callers: readonly number[] },
): Promise<number> {
  const begun = performance.now()
  let done = 0
  const call = async (organization: number) => {
    while (performance.now() < begun + seconds * 1000) {
      await times.whenStarted(await flow.submit(organization))
      done++
    }
  }
  await Promise.all(callers.map(call))
  return (done * 1000) / (performance.now() - begun)
}
