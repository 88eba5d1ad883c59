import { migrate } from '@wedi/database/migrate'
import pg from 'pg'
import { bcryptKeys, betterAuthKeys, type Contender, wedi } from './key-contenders.ts'
import { median, quantile } from './numbers.ts'

/** One caller after the other: what a verification costs, not what a machine can do at once. */
const CALLS_COUNTED = 20

interface Measured {
  readonly name: string
  readonly calls: number
  readonly p50Us: number
  readonly p99Us: number
  /** Of the worst round. */
  readonly worstP99Us: number
  readonly statementsPerCall: number
  readonly writesPerCall: number
}

export interface KeyResults {
  readonly verifications: readonly Measured[]
}

interface Plan {
  readonly databaseUrl: string
  readonly rounds: number
  readonly seconds: number
  readonly say: (line: string) => void
}

/** What a PostgreSQL has to be started with, so that it counts statements. */
export const COUNTING = { shared_preload_libraries: 'pg_stat_statements' }

/** Verifications of a good key, ours and others', in turn on one PostgreSQL, which counts the statements of each. */
export async function measureKeys({ databaseUrl, rounds, seconds, say }: Plan): Promise<KeyResults> {
  await migrate(databaseUrl)
  const owner = new pg.Client({ connectionString: databaseUrl })
  await owner.connect()
  await owner.query('create extension pg_stat_statements')
  const contenders = [...(await wedi(databaseUrl)), await betterAuthKeys(databaseUrl), await bcryptKeys(databaseUrl)]
  try {
    const taken = contenders.map(() => [] as number[][])
    for (const { verify } of contenders) await verify()
    for (let round = 0; round < rounds; round++) {
      for (const [at, contender] of contenders.entries()) {
        const times = await timesOf(contender, seconds)
        taken[at]?.push(times)
        say(`${contender.name}: p50 ${quantile(times, 0.5).toFixed(1)} µs, p99 ${quantile(times, 0.99).toFixed(1)} µs`)
      }
    }
    const verifications: Measured[] = []
    for (const [at, contender] of contenders.entries()) {
      const roundsOf = taken[at] ?? []
      const p99s = roundsOf.map((times) => quantile(times, 0.99))
      verifications.push({
        name: contender.name,
        calls: roundsOf.flat().length,
        p50Us: median(roundsOf.map((times) => quantile(times, 0.5))),
        p99Us: median(p99s),
        worstP99Us: Math.max(...p99s),
        ...(await statementsOf(owner, contender)),
      })
    }
    return { verifications }
  } finally {
    for (const contender of contenders) await contender.stop()
    await owner.end()
  }
}

async function timesOf({ verify }: Contender, seconds: number): Promise<number[]> {
  const times: number[] = []
  const end = performance.now() + seconds * 1000
  for (let now = performance.now(); now < end; ) {
    await verify()
    const after = performance.now()
    times.push((after - now) * 1000)
    now = after
  }
  return times
}

/** As the database counted them, without what opens and closes transactions. */
async function statementsOf(owner: pg.Client, { verify }: Contender) {
  await owner.query('select pg_stat_statements_reset()')
  for (let i = 0; i < CALLS_COUNTED; i++) await verify()
  const { rows } = await owner.query<{ all: number; writes: number }>(
    `select coalesce(sum(calls), 0)::int as all,
            coalesce(sum(calls) filter (where query ~* '^\\s*(insert|update|delete)'), 0)::int as writes
     from pg_stat_statements s join pg_database d on d.oid = s.dbid
     where d.datname = current_database() and query !~* 'pg_stat_statements|^(begin|commit|rollback)'`,
  )
  const [{ all, writes } = { all: Number.NaN, writes: Number.NaN }] = rows
  return { statementsPerCall: all / CALLS_COUNTED, writesPerCall: writes / CALLS_COUNTED }
}

const CACHED_GOAL_US = 100

export function keyLines({ verifications }: KeyResults) {
  const of = (name: string) => verifications.find((each) => each.name === name)
  const [cached, looked] = [of('wedi, cached'), of('wedi, from the database')]
  return [
    ...verifications.map(({ name, p50Us, p99Us, statementsPerCall, writesPerCall }) => ({
      what: `verify a key: ${name}`,
      measured: `p50 ${p50Us.toFixed(1)} µs  p99 ${p99Us.toFixed(1)} µs  ${statementsPerCall} statements, ${writesPerCall} writes`,
      goal: '',
    })),
    {
      ...{ what: 'verify a key: ours, cached, p99', measured: `${cached?.p99Us.toFixed(1)} µs` },
      ...{ goal: `≤ ${CACHED_GOAL_US} µs`, isMet: (cached?.p99Us ?? Number.NaN) <= CACHED_GOAL_US },
    },
    {
      what: 'verify a key: ours, from the database',
      measured: `${looked?.statementsPerCall} statements, ${looked?.writesPerCall} writes`,
      ...{ goal: '1, 0', isMet: looked?.statementsPerCall === 1 && looked.writesPerCall === 0 },
    },
  ]
}
