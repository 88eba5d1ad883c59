import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrate } from '@wedi/database/migrate'
import pg from 'pg'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../server/src/embedded/postgres.ts'
import { type Outage, wayTo } from '../server/test/support/outage.ts'

/**
 * What is committed survives the death of the process: that needs `synchronous_commit`, which stays on. Surviving the
 * death of the machine (`fsync`) is PostgreSQL's own promise and not what is tried here.
 */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '300', max_wal_size: '256MB' }
const TEMPLATE = 'wedi_template'

/** A PostgreSQL that can be killed and comes up again on what it had written. */
export interface DatabaseServer {
  /** Makes a migrated database of this name; answers the way the servers take to it. */
  create(name: string): Promise<void>
  drop(name: string): Promise<void>
  /** For Wedi: stays the same through kills and cuts. */
  wayUrl(name: string): string
  /** As the owner of everything, past every policy. */
  query<Row extends pg.QueryResultRow>(name: string, text: string, values?: unknown[]): Promise<Row[]>
  /** SIGKILL to the postmaster, then a start that recovers. */
  killAndRestart(): Promise<void>
  readonly way: Pick<Outage, 'cut' | 'mend'>
  stop(): Promise<void>
}

export async function startDatabase(directory: string): Promise<DatabaseServer> {
  let postgres: EmbeddedPostgres = await startEmbeddedPostgres({ directory, database: TEMPLATE, settings: SETTINGS })
  await migrate(postgres.url)
  const way = await wayTo(postgres.url)
  const named = (url: string, name: string) => {
    const changed = new URL(url)
    changed.pathname = `/${name}`
    return changed.href
  }

  const pools = new Map<string, pg.Pool>()

  /** Kept, because each new one costs as much as a hundred questions; whatever breaks is replaced. */
  function poolOf(name: string): pg.Pool {
    const kept = pools.get(name)
    if (kept) return kept
    const pool = new pg.Pool({ connectionString: named(postgres.url, name), connectionTimeoutMillis: 30_000, max: 3 })
    pool.on('error', () => undefined)
    pools.set(name, pool)
    return pool
  }

  async function closePools(...names: string[]): Promise<void> {
    const closing = names.flatMap((name) => pools.get(name) ?? [])
    for (const name of names) pools.delete(name)
    await Promise.all(closing.map((pool) => pool.end().catch(() => undefined)))
  }

  async function query<Row extends pg.QueryResultRow>(name: string, text: string, values?: unknown[]): Promise<Row[]> {
    return (await poolOf(name).query<Row>(text, values)).rows
  }

  return {
    way,
    query,
    create: async (name) => void (await query('postgres', `create database ${name} template ${TEMPLATE}`)),
    async drop(name) {
      await closePools(name)
      await query('postgres', `drop database if exists ${name} with (force)`)
    },
    wayUrl: (name) => named(way.url, name),
    async killAndRestart() {
      const pid = Number.parseInt(readFileSync(join(directory, 'postmaster.pid'), 'utf8'), 10)
      process.kill(pid, 'SIGKILL')
      await postgres.exited
      postgres = await startEmbeddedPostgres({ directory, database: TEMPLATE, settings: SETTINGS })
      // Not before: whoever asked meanwhile has made one to the port that is gone.
      await closePools(...pools.keys())
      way.lead(postgres.url)
    },
    async stop() {
      await way.close()
      await closePools(...pools.keys())
      await postgres.stop()
    },
  }
}
