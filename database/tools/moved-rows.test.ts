import { randomUUID } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/src/embedded/postgres.ts'
import { migrate } from './migrate.ts'

/**
 * Migrations that move rows which were there before, in a database whose owner is no superuser: the policies bind such an
 * owner, too, so that a migration which does not say otherwise moves nothing and says nothing.
 */
const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))
const FIRST_THAT_MOVES = '20261123170000_assignment_lanes'

let folder: string
let server: EmbeddedPostgres
let superuser: pg.Client

const [organization, queuedFor, agent, retired, task, running, done, key] = Array.from({ length: 8 }, () =>
  randomUUID(),
)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wedi-moved-rows-'))
  server = await startEmbeddedPostgres({ directory: join(folder, 'data'), settings: { fsync: 'off' } })
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  await admin.query(`create role owner login createrole password 'owner'`)
  await admin.query('create database moved owner owner')
  await admin.end()
  const url = new URL(server.url.replace(/[^/]+$/, 'moved'))
  superuser = new pg.Client({ connectionString: url.href })
  await superuser.connect()
  Object.assign(url, { username: 'owner', password: 'owner' })
  expect(await migrate(url.href, before())).not.toHaveLength(0)
  await fill()
  expect((await migrate(url.href))[0]).toBe(FIRST_THAT_MOVES)
}, 120_000)

afterAll(async () => {
  await superuser.end()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}, 30_000)

/** The migrations up to then, as they would have been applied long ago. */
function before(): string {
  const directory = join(folder, 'before')
  mkdirSync(directory)
  for (const name of readdirSync(MIGRATIONS)) {
    if (name < FIRST_THAT_MOVES) cpSync(join(MIGRATIONS, name), join(directory, name), { recursive: true })
  }
  return directory
}

async function fill(): Promise<void> {
  const put = (text: string, ...values: unknown[]) => superuser.query(text, values)
  await put(
    `insert into organization (id, name, created_at, updated_at) values ($1, 'one', now(), now())`,
    organization,
  )
  for (const [id, status] of [
    [agent, 'ACTIVE'],
    [queuedFor, 'PAUSED'],
    [retired, 'RETIRED'],
  ]) {
    await put(
      `insert into agent (organization_id, id, name, status, labels, max_concurrency, created_at, updated_at, retired_at)
       values ($1, $2::uuid, 'agent ' || $2::uuid::text, $3::agent_status, '{}', 3, now(), now(),
               case when $3::agent_status = 'RETIRED' then now() end)`,
      ...[organization, id, status],
    )
  }
  for (const [id, status, assigned] of [
    [task, 'QUEUED', null],
    [running, 'RUNNING', agent],
    [done, 'SUCCEEDED', agent],
  ]) {
    await put(
      `insert into task (organization_id, id, type, payload, status, assigned_agent_id, agent_id, max_attempts, run_after,
                         lease_expires_at, created_by, created_at, updated_at)
       values ($1, $2, 'errand', '{}', $3::task_status, $4::uuid, $5, 5, now(), case when $4::uuid is not null then now() end, 'test', now(), now())`,
      ...[organization, id, status, assigned, status === 'QUEUED' ? queuedFor : null],
    )
  }
  await put(
    `insert into job (organization_id, kind, subject, run_at, created_at) values ($1, 'tasks.assign', 'x', now(), now())`,
    organization,
  )
  await put(
    `insert into api_key (organization_id, id, kind, name, role, key_id, display_prefix, secret_hash, pepper_version,
                          created_by, expires_at, created_at)
     values ($1, $2, 'SK', 'key', 'ADMIN', 'abcdefghijkl', 'wedi_sk_abcd', '\\x00', 1, 'test', now() + interval '9 days', now())`,
    ...[organization, key],
  )
}

const rows = async (text: string) => (await superuser.query(text)).rows

describe('of an owner who is no superuser', () => {
  it('tasks that wait or run are in their lanes, each once, and no lease is left of the time before', async () => {
    expect(await rows('select id, lane_id is not null as "isInLane", lease_expires_at from task order by id')).toEqual(
      [
        { id: task, isInLane: true, lease_expires_at: null },
        { id: running, isInLane: true, lease_expires_at: null },
        { id: done, isInLane: false, lease_expires_at: null },
      ].toSorted((a, b) => (`${a.id}` < `${b.id}` ? -1 : 1)),
    )
    const lanes =
      'select l.agent_id, count(t.id)::int from task_lane l join task t on t.lane_id = l.id group by 1 order by 1'
    expect(await rows(lanes)).toEqual([
      { agent_id: queuedFor, count: 1 },
      { agent_id: null, count: 1 },
    ])
  })

  it('agents have their seats with what they hold, closed until somebody has looked at each', async () => {
    const seats = 'select agent_id, is_open, max_in_use, in_use from agent_seat order by agent_id'
    expect(await rows(seats)).toEqual(
      [agent, queuedFor, retired]
        .toSorted()
        .map((id) => ({ agent_id: id, is_open: false, max_in_use: 3, in_use: id === agent ? 1 : 0 })),
    )
    expect(await rows('select organization_id, due_at is not null as "isDue" from task_queue')).toEqual([
      { organization_id: organization, isDue: true },
    ])
    const looks = `select subject from job where kind = 'assignment<agent.changed' order by 1`
    expect((await rows(looks)).map(({ subject }) => subject)).toEqual([agent, queuedFor, retired].toSorted())
    expect(await rows(`select from job where kind = 'tasks.assign'`)).toEqual([])
  })

  it('nothing is known of the health of any agent that is not retired', async () => {
    expect(await rows('select agent_id, status from agent_health order by agent_id')).toEqual(
      [agent, queuedFor].toSorted().map((id) => ({ agent_id: id, status: 'UNKNOWN' })),
    )
  })

  it('each key is the first of its line, and its end will be announced', async () => {
    expect(await rows('select id, family_id from api_key')).toEqual([{ id: key, family_id: key }])
    expect(await rows(`select subject from job where kind = 'keys.expiry'`)).toEqual([{ subject: key }])
  })

  it('the policies bind the owner again', async () => {
    const unbound = `select relname from pg_class where relkind in ('r', 'p') and relrowsecurity and not relforcerowsecurity`
    expect(await rows(unbound)).toEqual([])
  })
})
