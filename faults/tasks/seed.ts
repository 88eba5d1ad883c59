import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { makeKey } from '../../server/src/modules/access/index.ts'
import { callerOf } from '../caller.ts'
import { CONFIRMATIONS } from '../chain.ts'
import { Findings, type Violation } from '../invariants.ts'
import { seeded } from '../random.ts'
import { type Servers, startServers } from '../servers.ts'
import { Tally } from '../tally.ts'
import type { World } from '../world.ts'
import { wreakHavoc } from './chaos.ts'
import { checkDeadlocks, checkRecords, checkSeats, checkTasks, isSettled, type TaskSeen, tasksSeen } from './checks.ts'
import { type Crew, startCrew } from './crew.ts'
import { historyOf, keepHistory } from './history.ts'
import type { TaskInvariant } from './invariants.ts'
import { newTaskBook, startTaskLoad, type TaskBook } from './load.ts'
import { type TaskPlan, type TaskPlanOptions, taskPlanOf } from './plan.ts'
import { measureReassignments, type Reassignments } from './reassignment.ts'
import { hostedConcurrency, makeWorkshop, type Workshop } from './tenant.ts'
import { lostIn, type TaskWatch, watchTasks } from './watch.ts'

export interface TaskSeedResult {
  readonly seed: string
  readonly kills: number
  /** Tasks by the status they ended in. */
  readonly tasks: Readonly<Record<string, number>>
  readonly assignments: number
  readonly refusedWrites: number
  readonly crashes: number
  readonly reassignments: Reassignments
  readonly samples: number
  /** How much of the time there was nobody who could have given a task again, from 0 to 1. */
  readonly outageShare: number
  readonly memoryMb: readonly number[]
  readonly injected: Readonly<Record<string, number>>
  readonly violations: readonly Violation<TaskInvariant>[]
  readonly seconds: number
  /** Of the servers, when something was violated. */
  readonly output: readonly string[]
}

export interface RunOptions extends TaskPlanOptions {
  readonly graceMs: number
}

const MASTER_KEY = 'the master key of the fault simulator, which guards nothing'
const ANSWER_MS = 60_000
/** Every attempt of a task may cost a lease, and the pause before the next. */
const SETTLE_MS = 240_000
const LOOK_MS = 500
const MOST_MEMORY_MB = 700

/** One seed: an organisation with agents of all kinds; breaks things as planned, heals everything, waits, and checks. */
export async function runTaskSeed(world: World, seed: string, options: RunOptions): Promise<TaskSeedResult> {
  const begun = performance.now()
  const plan = taskPlanOf(seed, options)
  const name = `tasks_${seed.replaceAll(/[^a-z0-9]/g, '_')}`
  const directory = join(world.directory, name)
  mkdirSync(directory, { recursive: true })
  const { database } = world
  const findings = new Findings<TaskInvariant>()
  const over = new AbortController()
  let servers: Servers | undefined
  let crew: Crew | undefined
  try {
    await database.drop(name)
    await database.create(name)
    await keepHistory(database, name)
    const key = makeKey('sk')
    servers = await startServers({ count: plan.skewsMs.length, directory, ...environments(world, plan, { name, key }) })
    const { ready } = servers
    const book = newTaskBook()
    const admin = callerOf({
      ...{ ready, key },
      onAnswer: ({ method, path }, answered) => {
        if (answered?.status === 500) book.odd.push(`${method} ${path}: 500 ${answered.body.code}`)
      },
    })
    const workshop = await makeWorkshop(admin, world.chain, plan)
    crew = startCrew(workshop.workers, { urls: servers.urls, directory, seed })
    const watch = watchTasks({ ...{ database, name, findings, ready, signal: over.signal }, ...capsOf(plan, workshop) })
    const random = seeded(`tasks/run/${seed}`)
    const { submitters } = plan
    const { hasPoison } = options
    const load = startTaskLoad(workshop, book, {
      submitters,
      hasPoison,
      waiting: watch.waiting,
      random: random.stream('load'),
      signal: over.signal,
    })
    const tally = new Tally()
    const scene = { database, servers, crew, workshop, book, random: random.stream('chaos'), tally }
    const kills = await wreakHavoc(plan, scene)
    crew.calmDown()
    await load.finish(ANSWER_MS)
    const tasks = await settled(() => tasksSeen(database, name), book)
    const found = await conclude({
      ...{ world, name, findings, plan, options },
      ...{ workshop, crew, servers, watch, book, tasks },
    })
    for (const worker of plan.skewsMs.filter((skewMs) => skewMs !== 0))
      tally.add(`server with a clock ${worker / 1000} s off`)
    if (crew.crashes() > 0) tally.add('agent crashed by a task', crew.crashes())
    return {
      ...{ seed, kills, ...found, crashes: crew.crashes() },
      ...{ injected: Object.fromEntries(tally.counts), violations: findings.all },
      seconds: (performance.now() - begun) / 1000,
      output: findings.all.length > 0 ? servers.output() : [],
    }
  } catch (error) {
    throw new Error(`seed ${seed} broke down; the servers said:\n${servers?.output().join('\n---\n')}`, {
      cause: error,
    })
  } finally {
    over.abort()
    await crew?.end()
    await servers?.stop()
    if (findings.all.length === 0) await database.drop(name)
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

function environments({ database, chain }: World, { skewsMs }: TaskPlan, { name, key }: { name: string; key: string }) {
  const settings = {
    ...{ chain: chain.chain, rpcUrl: chain.rpcUrl, confirmations: CONFIRMATIONS },
    assets: [{ asset: `${chain.chain}/erc20:${chain.token}`, symbol: 'dUSD', decimals: 6 }],
  }
  const env = {
    ...{ DATABASE_URL: database.wayUrl(name), WEDI_MASTER_KEY: MASTER_KEY, WEDI_ADMIN_KEY: key },
    ...{ WEDI_CHAINS: JSON.stringify([settings]), LOG_LEVEL: process.env.LOG_LEVEL ?? 'error' },
  }
  const envOf = (number: number) => ({ FAULTS_SKEW_MS: String(skewsMs[number] ?? 0) })
  return { env, envOf }
}

function capsOf({ caps }: TaskPlan, { workers, hosted }: Workshop) {
  return {
    maxConcurrencyOf: new Map([
      ...workers.map(({ id, plan }) => [id, plan.maxConcurrency] as const),
      ...hosted.map((id) => [id, hostedConcurrency] as const),
    ]),
    maxRunningOf: new Map(caps.map(({ key, maxRunning }) => [key, maxRunning])),
  }
}

/** Waits until every task is over, or nobody can take it; what then still is, is judged. */
async function settled(look: () => Promise<TaskSeen[]>, book: TaskBook): Promise<TaskSeen[]> {
  const asked = new Map(book.tasks.flatMap((each) => [...each.ids].map((id) => [id, each] as const)))
  const deadline = performance.now() + SETTLE_MS
  for (;;) {
    const tasks = await look()
    if (tasks.every((task) => isSettled(task, asked.get(task.id), book))) return tasks
    if (performance.now() > deadline) return tasks
    await pause(LOOK_MS)
  }
}

interface Ended {
  readonly world: World
  readonly name: string
  readonly findings: Findings<TaskInvariant>
  readonly plan: TaskPlan
  readonly options: RunOptions
  readonly workshop: Workshop
  readonly crew: Crew
  readonly servers: Servers
  readonly watch: TaskWatch
  readonly book: TaskBook
  readonly tasks: readonly TaskSeen[]
}

/** Agents stop first: what they were told last is then in their journals. */
async function conclude({ world, name, findings, workshop, crew, servers, watch, book, options }: Ended) {
  const { database } = world
  await crew.end()
  await watch.end()
  const tasks = await tasksSeen(database, name)
  const history = await historyOf(database, name)
  const entries = crew.entries()
  const calm = workshop.workers.filter(({ plan }) => !plan.isShaken).map(({ id }) => id)
  const evidence = { book, tasks, history, entries, calmAgents: new Set(calm) }
  checkTasks(evidence, findings)
  await checkRecords(workshop.admin, evidence, findings)
  await checkSeats(database, name, findings)
  await checkDeadlocks(database, name, findings)
  const mayWait = new Set(
    book.tasks
      .filter(({ kind }) => ['pinned', 'keyed', 'hosted', 'nobody', 'paying'].includes(kind))
      .flatMap(({ ids }) => [...ids]),
  )
  const { graceMs } = options
  const reassignments = measureReassignments({ history, entries, outages: watch.outages(), mayWait, graceMs }, findings)
  const memoryMb = servers.memoryMb()
  for (const mb of memoryMb) if (mb > MOST_MEMORY_MB) findings.add('memory', `a server holds ${mb} MB`)
  for (const what of servers.fallen()) findings.add('odd answer', what)
  const counts: Record<string, number> = {}
  for (const { status } of tasks) counts[status] = (counts[status] ?? 0) + 1
  const changes = [...history.values()].flat()
  const times = changes.map(({ at }) => at)
  const [from, to] = [Math.min(...times), Math.max(...times)]
  return {
    outageShare: lostIn(watch.outages(), from, to) / Math.max(1, to - from),
    ...{ tasks: counts, reassignments, memoryMb, samples: watch.samples() },
    assignments: changes.filter(({ now, token, tokenWas }) => now === 'ASSIGNED' && token !== tokenWas).length,
    refusedWrites: entries.filter((entry) => entry.what === 'answered' && entry.status !== 200).length,
  }
}
