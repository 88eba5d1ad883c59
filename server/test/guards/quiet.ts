import type pg from 'pg'
import { expect } from 'vitest'
import { until } from '../support/until.ts'

const SOON = `< now() + interval '1 hour'`
/** What the server would do by itself sooner or later, to rows that nobody is at: table, time, which. It is done tomorrow. */
const PUT_OFF = [
  // Nobody works on what was claimed here: its lease would run out while a test looks.
  ['task', 'lease_expires_at', `lease_expires_at ${SOON}`],
  // The first look of a new wallet. One that is going on has its lease, and is waited for.
  ['wallet_book', 'due_at', 'due_at <= clock_timestamp()'],
  // A round that looks whether something has changed. What is due now is done.
  ['task_queue', 'due_at', `due_at > clock_timestamp() and due_at ${SOON}`],
  // Agents with failures in their past are looked at again and again; what was done is counted by the minute, hour and day.
  ['job', 'run_at', `kind = 'health.assess' and lease_token is null and run_at ${SOON}`],
  ['health_bucket', 'due_at', `due_at ${SOON}`],
].map(
  ([table, time, which]) => `update ${table} set ${time} = now() + interval '1 day' where ctid = any(array(
     select ctid from ${table} where organization_id = $1 and ${which} for update skip locked))`,
)

/**
 * Nothing of the organisation waits to be done, or will in a moment. One statement, one moment: what is on its way from
 * one table to the next is seen in one of them.
 */
export async function quiet(eyes: pg.Client, organizationId: string): Promise<void> {
  const found = async () => {
    for (const text of PUT_OFF) await eyes.query(text, [organizationId])
    const { rows } = await eyes.query<{ what: string }>(
      `select 'job ' || kind as what from job
       where organization_id = $1 and (lease_token is not null or run_at <= clock_timestamp() + interval '1 second')
       union all select 'wallet_book' from wallet_book
       where organization_id = $1 and due_at < clock_timestamp() + interval '30 minutes'
       union all select 'webhook_cursor' from webhook_cursor
       where organization_id = $1 and (lease_token is not null or due_at < 'infinity')
       union all (select 'log_pending' from log_pending where organization_id = $1 limit 1)
       union all (select 'health_mark' from health_mark where organization_id = $1 limit 1)
       union all select 'health_bucket' from health_bucket
       where organization_id = $1 and due_at < clock_timestamp() + interval '30 minutes'
       union all select 'task_queue' from task_queue
       where organization_id = $1 and due_at < clock_timestamp() + interval '30 minutes'
       union all select 'task_lane' from task_lane
       where organization_id = $1 and waiting_since is not null and reason is null`,
      [organizationId],
    )
    return rows
  }
  let waiting: { what: string }[] = []
  const isQuiet = async () => {
    waiting = await found()
    return waiting.length === 0
  }
  await until('nothing is due', isQuiet, { last: () => waiting })
}

/** Every row of an organisation, of every table, as text. */
export async function rowsOf(eyes: pg.Client, organizationId: string): Promise<string[]> {
  const { rows: tables } = await eyes.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and a.attname = 'organization_id' order by 1`,
  )
  const parts = tables.map(
    ({ name }) => `select '${name} ' || t::text as row from ${name} t where organization_id = $1`,
  )
  const { rows } = await eyes.query<{ row: string }>(
    `${parts.join(' union all ')} union all select 'organization ' || t::text from organization t where id = $1 order by 1`,
    [organizationId],
  )
  expect(rows.length).toBeGreaterThan(20)
  return rows.map(({ row }) => row)
}
