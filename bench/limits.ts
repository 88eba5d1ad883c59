import { migrate } from '@wedi/database/migrate'
import { newId } from '../server/src/platform/ids.ts'
import { BATCH, type Contender, type Limit, makePeerTables, POOL_SIZE, peers, wedi } from './limit-contenders.ts'
import { type Operations, operate } from './limit-operations.ts'
import { median, quantile } from './numbers.ts'

/** Payments that ask at the same time, each caller one after the other. */
const CALLERS = 256
/** Each limit is asked for a fifth more than it has, so that every one is driven over its edge. */
const TRIES_PER_ROOM = 1.2

/** How many limits are asked in turn, and how many payments each of them lets through before the next takes its place. */
const LOADS = [
  { what: 'one hot limit', width: 1, cap: 1000 },
  { what: '1,000 limits', width: 1000, cap: 10 },
] as const
type Load = (typeof LOADS)[number]

interface Round {
  readonly answered: number
  readonly letThrough: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly retries: number
  /** Limits that let through more than their cap, and how much more in all. */
  readonly overspentLimits: number
  readonly overspend: number
  /** Payments that were told yes and left no row, or the other way round. */
  readonly unaccounted: number
}

interface Measured {
  readonly load: string
  readonly name: string
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly overspend: number
  readonly rounds: readonly Round[]
}

export interface LimitResults {
  readonly reservations: readonly Measured[]
  readonly operations?: Operations
}

interface Plan {
  readonly databaseUrl: string
  readonly rounds: number
  readonly seconds: number
  /** So many operations on a hot limit of ours; none when 0. */
  readonly operations: number
  readonly say: (line: string) => void
}

/** Reservations a second, ours and the usual ways, in turn on one PostgreSQL; what each let through too much is counted. */
export async function measureLimits({ databaseUrl, rounds, seconds, operations, say }: Plan): Promise<LimitResults> {
  await migrate(databaseUrl)
  await makePeerTables(databaseUrl)
  say(`limits: ${CALLERS} callers, ${POOL_SIZE} connections each; batches of at most ${BATCH}`)
  const contenders = [wedi(databaseUrl, 'batched'), wedi(databaseUrl, 'un-batched'), ...(await peers(databaseUrl))]
  const reservations: Measured[] = []
  try {
    for (const load of LOADS) reservations.push(...(await compete(contenders, load, { rounds, seconds, say })))
  } finally {
    for (const contender of contenders) await contender.stop()
  }
  if (operations === 0) return { reservations }
  return { reservations, operations: await operate(databaseUrl, { operations, say }) }
}

async function compete(contenders: readonly Contender[], load: Load, plan: Pick<Plan, 'rounds' | 'seconds' | 'say'>) {
  const taken = contenders.map(({ name }) => ({ name, rounds: [] as Round[] }))
  for (const contender of contenders) await round(contender, load, 1)
  for (let i = 0; i < plan.rounds; i++) {
    for (const [at, contender] of contenders.entries()) {
      const one = await round(contender, load, plan.seconds)
      taken[at]?.rounds.push(one)
      const over = one.overspend > 0 ? `, OVERSPENT by ${one.overspend} on ${one.overspentLimits} limits` : ''
      const lost = one.unaccounted > 0 ? `, UNACCOUNTED: ${one.unaccounted}` : ''
      plan.say(`  ${i + 1}. ${load.what}, ${contender.name}: ${one.perSecond.toFixed(0)}/s${over}${lost}`)
    }
  }
  return taken.map(({ name, rounds }) => ({ load: load.what, name, ...summary(rounds), rounds }))
}

function summary(rounds: readonly Round[]) {
  const of = (pick: (round: Round) => number) => median(rounds.map(pick))
  return {
    ...{ perSecond: of((r) => r.perSecond), p50Ms: of((r) => r.p50Ms), p99Ms: of((r) => r.p99Ms) },
    overspend: rounds.reduce((sum, { overspend }) => sum + overspend, 0),
  }
}

/** More than any of them gets through in a second. */
const MOST_PER_SECOND = 120_000

async function round(contender: Contender, { width, cap }: Load, seconds: number): Promise<Round> {
  const perGeneration = Math.ceil(width * cap * TRIES_PER_ROOM)
  const generations = Math.ceil((MOST_PER_SECOND * seconds) / perGeneration)
  const limits = Array.from({ length: generations * width }, (): Limit => ({ id: newId(), cap }))
  await contender.prepare(limits)
  const told = new Map<string, number>()
  const tookMs: number[] = []
  const begun = performance.now()
  let next = 0
  const caller = async () => {
    while (performance.now() - begun < seconds * 1000) {
      const operation = next++
      const limit = limits[Math.floor(operation / perGeneration) * width + (operation % width)]
      if (!limit) return
      const asked = performance.now()
      if (await contender.take(limit, newId())) told.set(limit.id, (told.get(limit.id) ?? 0) + 1)
      tookMs.push(performance.now() - asked)
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  const perSecond = (tookMs.length / (performance.now() - begun)) * 1000
  const latency = { p50Ms: quantile(tookMs, 0.5), p99Ms: quantile(tookMs, 0.99) }
  return { answered: tookMs.length, perSecond, ...latency, ...(await account(contender, limits, told)) }
}

/** What the rows say, next to what the callers were told. */
async function account(contender: Contender, limits: readonly Limit[], told: ReadonlyMap<string, number>) {
  const asked = limits.map(({ id }) => id)
  const rows = await contender.letThrough(asked)
  const over = limits.map(({ id, cap }) => Math.max(0, (rows.get(id) ?? 0) - cap)).filter((each) => each > 0)
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0)
  return {
    ...{ letThrough: sum([...rows.values()]), retries: contender.retries() },
    ...{ overspentLimits: over.length, overspend: sum(over) },
    unaccounted: sum(asked.map((id) => Math.abs((rows.get(id) ?? 0) - (told.get(id) ?? 0)))),
  }
}

const GOAL_PER_SECOND = 20_000

/** Where the goals are. */
export function limitLines({ reservations, operations }: LimitResults) {
  const found = (load: string, name: string) => reservations.find((each) => each.load === load && each.name === name)
  const hot = found(LOADS[0].what, 'wedi, batched')
  const ours = reservations.filter(({ name }) => name.startsWith('wedi'))
  const overspend = ours.reduce((sum, each) => sum + each.overspend, 0)
  const unaccounted = ours.flatMap(({ rounds }) => rounds).reduce((sum, each) => sum + each.unaccounted, 0)
  const speed = hot?.perSecond ?? Number.NaN
  return [
    ...reservations.map(({ load, name, perSecond, p50Ms, p99Ms, overspend: over }) => ({
      what: `reserve on ${load}, ${name}`,
      measured: `${perSecond.toFixed(0)}/s  p50 ${p50Ms.toFixed(1)} ms  p99 ${p99Ms.toFixed(1)} ms`,
      goal: over > 0 ? `overspent by ${over}` : '',
    })),
    {
      what: 'reservations on one hot limit, batched',
      measured: `${speed.toFixed(0)}/s`,
      goal: `≥ ${GOAL_PER_SECOND}/s`,
      isMet: speed >= GOAL_PER_SECOND,
    },
    {
      ...{ what: 'overspent, and not accounted for, ours', measured: `${overspend}, ${unaccounted}`, goal: '0, 0' },
      isMet: overspend === 0 && unaccounted === 0,
    },
    ...(operations
      ? [
          {
            what: `faults in ${operations.operations} operations on a limit`,
            measured: `${operations.faults}, at ${operations.perSecond.toFixed(0)}/s`,
            goal: '0',
            isMet: operations.faults === 0,
          },
        ]
      : []),
  ]
}
