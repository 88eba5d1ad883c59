import pg from 'pg'
import { queryAt } from './app.ts'
import { until } from './until.ts'

/** Takes locks in a transaction of its own, as another process would, and keeps them until it is told to let go. */
export async function hold(databaseUrl: string, text: string, values: unknown[] = []): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('begin')
  await client.query(text, values)
  return () => client.end()
}

/** One round at a time: while this is held, no process gives out tasks of the organisation. */
export const holdQueue = (databaseUrl: string, organizationId: string) =>
  hold(databaseUrl, `select pg_advisory_xact_lock(hashtextextended('tasks/' || $1::text, 0))`, [organizationId])

const GATE = 4711

/** Whoever records a decision of one of these types stops there, with its transaction open, while the gate is held. */
export async function gateAtDecisions(databaseUrl: string, types: readonly string[]) {
  await queryAt(
    databaseUrl,
    `create function at_the_gate() returns trigger language plpgsql as
       'begin perform pg_advisory_xact_lock_shared(${GATE}); return new; end';
     create trigger at_the_gate before insert on agent_decision for each row
       when (new.type in (${types.map((type) => `'${type}'`).join(', ')})) execute function at_the_gate()`,
  )
  const waiting = `select from pg_locks where locktype = 'advisory' and objid = ${GATE} and not granted
                     and database = (select oid from pg_database where datname = current_database())`
  return {
    shut: () => hold(databaseUrl, `select pg_advisory_xact_lock(${GATE})`),
    somebodyWaits: () =>
      until('somebody waits at the gate', async () => (await queryAt(databaseUrl, waiting)).length > 0),
  }
}
