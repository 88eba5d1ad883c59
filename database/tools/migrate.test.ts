import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/src/embedded/postgres.ts'
import { migrate } from './migrate.ts'

const FIRST = 'create table note (id int primary key);'

let folder: string
let server: EmbeddedPostgres
let admin: pg.Client
let database = 0
let url: string
let directory: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wedi-migrate-'))
  server = await startEmbeddedPostgres({ directory: join(folder, 'data'), settings: { fsync: 'off' } })
  admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
}, 120_000)

afterAll(async () => {
  await admin.end()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}, 30_000)

beforeEach(async () => {
  database += 1
  await admin.query(`create database migrate_${database}`)
  url = server.url.replace(/[^/]+$/, `migrate_${database}`)
  directory = join(folder, `migrations-${database}`)
  write('1_first', FIRST)
})

function write(name: string, script: string): void {
  mkdirSync(join(directory, name), { recursive: true })
  writeFileSync(join(directory, name, 'migration.sql'), script)
}

async function query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

const tables = async () =>
  (
    await query<{ name: string }>(
      `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
    )
  )
    .map(({ name }) => name)
    .filter((name) => name !== '_prisma_migrations')

const entries = () =>
  query<{ name: string; finished: boolean }>(
    'select migration_name as name, finished_at is not null as finished from _prisma_migrations order by started_at',
  )

describe('migrate', () => {
  it('applies what is missing, in order, once', async () => {
    expect(await migrate(url, directory)).toEqual(['1_first'])
    write('2_second', 'alter table note add text text;')
    write('3_third', 'create function f() returns int language plpgsql as $$ begin return 1; end $$; select f();')
    expect(await migrate(url, directory)).toEqual(['2_second', '3_third'])
    expect(await migrate(url, directory)).toEqual([])
    expect(await entries()).toEqual(['1_first', '2_second', '3_third'].map((name) => ({ name, finished: true })))
  })

  it('lets one of many processes that start together do it', async () => {
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(url, directory)))
    expect(applied.flat()).toEqual(['1_first'])
  })

  it('refuses a migration that was edited after it was applied', async () => {
    await migrate(url, directory)
    write('1_first', `${FIRST} -- better`)
    write('2_second', 'create table other ()')
    await expect(migrate(url, directory)).rejects.toThrow('1_first was edited')
    expect(await tables()).toEqual(['note'])
  })

  it('refuses a database that is newer than the program', async () => {
    write('2_second', 'create table other ()')
    await migrate(url, directory)
    rmSync(join(directory, '2_second'), { recursive: true })
    await expect(migrate(url, directory)).rejects.toThrow('newer than this program: it has migration 2_second')
  })

  it.each([
    [
      'what PostgreSQL cannot parse',
      'create table a ();\n\ncreate tabel b ();',
      ['42601', 'line 3', 'create tabel b ()'],
    ],
    [
      'what it cannot do, behind semicolons that end nothing',
      `create table a ();\n-- it's; only a comment\nselect ';' as "a;b", $x$ ; $x$;\ninsert into note values (1), (1);`,
      ['23505', 'line 4', 'insert into note values (1), (1)', '(id)=(1)'],
    ],
  ])('says where and why, and leaves nothing: %s', async (_case, script, words) => {
    write('2_second', script)
    const failure: unknown = await migrate(url, directory).catch((error: unknown) => error)
    for (const word of ['2_second', ...words]) expect(String(failure)).toContain(word)
    expect(await tables()).toEqual(['note'])
    expect(await entries()).toEqual([{ name: '1_first', finished: true }])
    write('2_second', 'create table a ()')
    expect(await migrate(url, directory)).toEqual(['2_second'])
  })

  it('leaves nothing half done when it is killed in the middle', async () => {
    write('2_second', 'create table a (); select pg_sleep(60); create table b ();')
    const program = `import { migrate } from '${new URL('./migrate.ts', import.meta.url)}'; await migrate('${url}', '${directory}')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' })
    const sleeping = `select pid from pg_stat_activity where wait_event = 'PgSleep' and datname = 'migrate_${database}'`
    await expect.poll(async () => (await admin.query(sleeping)).rowCount, { timeout: 10_000 }).toBe(1)
    child.kill('SIGKILL')
    // PostgreSQL only notices when it next writes to the socket; the migration waits for the lock until then.
    await admin.query(`select pg_cancel_backend(pid) from (${sleeping}) as sleeping`)
    write('2_second', 'create table a (); create table b ();')
    expect(await migrate(url, directory)).toEqual(['2_second'])
    expect(await tables()).toEqual(['a', 'b', 'note'])
  }, 30_000)

  it('refuses a script that ends its transaction, and does not go on from there', async () => {
    write('2_second', 'create table a (); commit; create table b ();')
    await expect(migrate(url, directory)).rejects.toThrow('ends its transaction itself')
    await expect(migrate(url, directory)).rejects.toThrow('2_second began and did not finish')
  })

  it('runs alone what PostgreSQL only takes outside a transaction', async () => {
    write('2_second', '-- migrate: outside a transaction\ncreate index concurrently note_index on note (id)')
    expect(await migrate(url, directory)).toEqual(['1_first', '2_second'])
    write('3_third', '-- migrate: outside a transaction\ncreate index concurrently other_index on nothing (id)')
    await expect(migrate(url, directory)).rejects.toThrow('3_third failed: 42P01')
    await expect(migrate(url, directory)).rejects.toThrow('3_third began and did not finish')
  })
})
