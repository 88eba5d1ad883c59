import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbeddedPostgres } from '../server/src/embedded/postgres.ts'
import { makeKey } from '../server/src/modules/access/index.ts'
import { paymentTimes } from './payments.ts'
import { startProduct } from './product.ts'

/** Slow enough that nobody waits for a row: a wait would count as work. */
const LOAD = { what: 'payment', agents: 20, perSecond: 10 } as const
const OF_THE_LOG = '(agent_decision|decision_disclosure|log_pending|log_entry|log_tile|log_checkpoint)'

export interface LogCost {
  readonly payments: number
  /** Of the database's time for a payment, from the request until it is in the tree below a signed head. */
  readonly logMs: number
  readonly totalMs: number
  readonly logWalBytes: number
  readonly totalWalBytes: number
}

/** What the decision log costs of a payment, by PostgreSQL's own count of each statement's time. */
export async function logCost(directory: string, seconds: number): Promise<LogCost> {
  const settings = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.max': '5000' }
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'cost'), settings })
  const adminKey = makeKey('sk')
  const own = { DATABASE_URL: postgres.url, WEDI_MASTER_KEY: randomBytes(32).toString('base64url') }
  const product = await startProduct(join(directory, 'cost-home'), adminKey, own)
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  try {
    await client.query('create extension pg_stat_statements')
    await paymentTimes(product.address, adminKey, { ...LOAD, seconds: 2 })
    await client.query('select pg_stat_statements_reset()')
    const { confirmed } = await paymentTimes(product.address, adminKey, { ...LOAD, seconds })
    const { rows } = await client.query<{ isLog: boolean; ms: number; wal: number }>(
      `select query ~ $1 as "isLog", sum(total_exec_time)::float8 as ms, sum(wal_bytes)::float8 as wal
       from pg_stat_statements where toplevel group by 1`,
      [OF_THE_LOG],
    )
    const sum = (pick: 'ms' | 'wal', isLog?: boolean) =>
      rows
        .filter((each) => isLog === undefined || each.isLog === isLog)
        .reduce((total, each) => total + each[pick], 0) / confirmed
    return {
      ...{ payments: confirmed, logMs: sum('ms', true), totalMs: sum('ms') },
      ...{ logWalBytes: sum('wal', true), totalWalBytes: sum('wal') },
    }
  } finally {
    await client.end()
    await product.stop()
    await postgres.stop()
  }
}
