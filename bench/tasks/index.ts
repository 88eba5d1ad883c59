import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { migrate } from '@wedi/database/migrate'
import { startEmbeddedPostgres } from '../../server/src/embedded/postgres.ts'
import { makeKey } from '../../server/src/modules/access/index.ts'
import type { Line } from '../report.ts'
import { balanceLines, measureBalance } from './balance.ts'
import { bullmq } from './bullmq.ts'
import { churnLines, measureChurn } from './churn.ts'
import { cpuSeconds } from './cpu.ts'
import { flatnessLines, measureFlatness } from './flatness.ts'
import { graphile, makeGraphileTables } from './graphile.ts'
import { latencyLines, measureLatency } from './latency.ts'
import { measureNoise, noiseLines } from './neighbour.ts'
import { pgBoss } from './pg-boss.ts'
import type { Absent, Queue } from './queue.ts'
import { startRedis } from './redis.ts'
import { measureThroughput, throughputLines } from './throughput.ts'
import { startWedi, type Wedi, wediQueue } from './wedi.ts'

const CONNECTIONS_FOR_ALL = { max_connections: '300' }
const PEERS = ['graphile-worker', 'pg-boss', 'bullmq', 'ioredis']

/** `npm run bench -- tasks` does all of them but `churn`, which takes as long as it is told. */
export const PARTS = ['throughput', 'latency', 'balance', 'neighbour', 'flatness', 'churn'] as const
export type Part = (typeof PARTS)[number]

interface Plan {
  readonly directory: string
  readonly parts: readonly Part[]
  readonly isQuick: boolean
  /** Of the churn. */
  readonly minutes: number
  readonly say: (line: string) => void
}

export interface TaskResults {
  readonly lines: Line[]
  readonly raw: Record<string, unknown>
}

/** Sizes of a full run and of a quick one. */
const SIZES = {
  full: {
    ...{ rounds: 5, tasks: { batched: 30_000, 'un-batched': 5000 }, seconds: 10, placements: 1_000_000 },
    ...{ backlog: 100_000, noiseSeconds: 20, claims: 200 },
    ...{ backlogs: [1000, 10_000, 100_000, 1_000_000], fleets: [10, 1000, 100_000] },
  },
  quick: {
    ...{ rounds: 1, tasks: { batched: 2000, 'un-batched': 300 }, seconds: 2, placements: 20_000 },
    ...{ backlog: 500, noiseSeconds: 4, claims: 20 },
    ...{ backlogs: [1000, 10_000], fleets: [10, 1000] },
  },
}

/** Everyone on one PostgreSQL that waits for its disk, and a Redis that does where there is one. */
export async function measureTasks(plan: Plan): Promise<TaskResults> {
  const { directory, parts, say } = plan
  const results: TaskResults = { lines: [], raw: { peers: versionsOf(PEERS) } }
  const take = (part: Part, figures: unknown, lines: readonly Line[]) => {
    results.raw[part] = figures
    results.lines.push(...lines)
  }
  const size = plan.isQuick ? SIZES.quick : SIZES.full
  say(`peers: ${results.raw.peers}`)
  if (parts.includes('balance')) {
    say('\nBalance: most used agent ÷ what it would be at best')
    const figures = measureBalance(size.placements)
    for (const { name, ratio, slotOverruns } of figures)
      say(`  ${name}: ${ratio.mean.toFixed(3)}, slot overruns ${slotOverruns}`)
    take('balance', figures, balanceLines(figures))
  }
  if (parts.some((part) => part !== 'balance' && part !== 'churn')) await onDatabase(plan, take)
  if (parts.includes('churn')) {
    const figures = await measureChurn({ home: join(directory, 'churn'), minutes: plan.minutes, say })
    take('churn', figures, churnLines(figures))
  }
  return results
}

type Take = (part: Part, figures: unknown, lines: readonly Line[]) => void

async function onDatabase(plan: Plan, take: Take): Promise<void> {
  const data = join(plan.directory, 'tasks')
  const postgres = await startEmbeddedPostgres({ directory: data, settings: CONNECTIONS_FOR_ALL })
  try {
    const { url: databaseUrl } = postgres
    await migrate(databaseUrl)
    await makeGraphileTables(databaseUrl)
    const secrets = { masterKey: randomBytes(32).toString('base64url'), adminKey: makeKey('sk') }
    const wedi = await startWedi(databaseUrl, secrets)
    try {
      await onAll(
        wedi,
        {
          ...plan,
          databaseUrl,
          postgresPid: Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]),
        },
        take,
      )
    } finally {
      await wedi.stop()
    }
  } finally {
    await postgres.stop()
  }
}

interface Ground extends Plan {
  readonly databaseUrl: string
  readonly postgresPid: number
}

async function onAll(wedi: Wedi, ground: Ground, take: Take): Promise<void> {
  const { databaseUrl, parts, isQuick, say } = ground
  const size = isQuick ? SIZES.quick : SIZES.full
  if (parts.includes('throughput')) await throughput(wedi, ground, take)
  if (parts.includes('latency')) {
    const figures = await measureLatency(wedi, { databaseUrl, rounds: size.rounds, seconds: size.seconds, say })
    take('latency', figures, latencyLines(figures))
  }
  if (parts.includes('neighbour')) {
    const figures = await measureNoise(wedi, { databaseUrl, backlog: size.backlog, seconds: size.noiseSeconds, say })
    take('neighbour', figures, noiseLines(figures))
  }
  if (parts.includes('flatness')) {
    const figures = await measureFlatness(wedi, { ...size, say })
    take('flatness', figures, flatnessLines(figures))
  }
}

async function throughput(
  wedi: Wedi,
  { databaseUrl, directory, postgresPid, isQuick, say }: Ground,
  take: Take,
): Promise<void> {
  const size = isQuick ? SIZES.quick : SIZES.full
  const redisHome = join(directory, 'redis')
  mkdirSync(redisHome)
  const redis = await startRedis(redisHome)
  const queues: Queue[] = []
  for (const how of ['un-batched', 'batched'] as const) {
    queues.push(await wediQueue(wedi, how), graphile(databaseUrl, how), await pgBoss(databaseUrl, how))
    if (redis) queues.push(bullmq(redis.port, how))
  }
  const absent: Absent[] = redis ? [] : [{ name: 'bullmq', why: 'redis-server is not installed' }]
  say(`\nAssign and complete, from a backlog that is there; Redis ${redis?.version ?? 'not installed'}`)
  for (const { name, how, does } of queues) say(`${name}, ${how}: ${does}`)
  try {
    const pids = [postgresPid, ...(redis ? [redis.pid] : [])]
    const plan = { rounds: size.rounds, tasks: size.tasks, cpuSeconds: () => cpuSeconds(pids), say }
    const figures = await measureThroughput(queues, wedi.owner, plan)
    take('throughput', { figures, absent, redis: redis?.version }, throughputLines(figures, absent))
  } finally {
    for (const queue of queues) await queue.stop()
    await redis?.stop()
  }
}

const versionsOf = (names: readonly string[]): string => names.map((name) => `${name} ${versionOf(name)}`).join(', ')

/** Not through its exports: not everyone exports its package.json. */
function versionOf(name: string): string {
  const [folder] = (createRequire(import.meta.url).resolve.paths(name) ?? []).flatMap((path) => {
    try {
      return [JSON.parse(readFileSync(join(path, name, 'package.json'), 'utf8')).version as string]
    } catch {
      return []
    }
  })
  return folder ?? 'unknown'
}
