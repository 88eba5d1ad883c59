import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))

/** The key of the advisory lock that Prisma's own engine takes, so that the two wait for each other. */
const PRISMA_LOCK = 72_707_369
/** Another process may be migrating; a longer wait means that it hangs. */
const LOCK_TIMEOUT_MS = 120_000

/** A first line that says that PostgreSQL takes this statement (CREATE INDEX CONCURRENTLY, VACUUM) only on its own. */
const ALONE = /^--\s*migrate: outside a transaction\b/

const BOOK = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz,
  migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
  started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`

interface Migration {
  readonly name: string
  readonly script: string
  readonly checksum: string
}

interface Entry {
  readonly name: string
  readonly checksum: string
  readonly isFinished: boolean
}

/**
 * Brings the database to the newest migration; gives the names of those it applied. What `prisma migrate deploy` does,
 * with the same files, table, checksums and lock (either can take over from the other), without the CLI, and so that a
 * crash at any moment leaves a migration applied or not applied: the script and its entry are one transaction.
 */
export async function migrate(connectionString: string, directory: string = MIGRATIONS): Promise<string[]> {
  const client = new pg.Client({ connectionString, application_name: 'wedi-migrate' })
  await client.connect()
  try {
    await lock(client)
    await client.query(BOOK)
    const pending = pendingOf(readMigrations(directory), await readBook(client))
    for (const migration of pending) await apply(client, migration)
    return pending.map(({ name }) => name)
  } finally {
    // The lock belongs to the session and ends with it.
    await client.end()
  }
}

async function lock(client: pg.Client): Promise<void> {
  // A role or a database may have its own limits, made for requests; building an index may take its time.
  await client.query(
    `set statement_timeout = 0; set lock_timeout = ${LOCK_TIMEOUT_MS}; set client_min_messages = warning`,
  )
  await client.query('select pg_advisory_lock($1)', [PRISMA_LOCK])
  await client.query('set lock_timeout = 0')
}

function readMigrations(directory: string): Migration[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, 'migration.sql')))
    .map(({ name }) => {
      const bytes = readFileSync(join(directory, name, 'migration.sql'))
      return { name, script: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function readBook(client: pg.Client): Promise<Entry[]> {
  const { rows } = await client.query<Entry>(
    `select migration_name as name, checksum, finished_at is not null as "isFinished"
     from _prisma_migrations where rolled_back_at is null order by started_at`,
  )
  return rows
}

/** Pure: what is left to do, or why nothing may be done. */
function pendingOf(migrations: readonly Migration[], book: readonly Entry[]): Migration[] {
  const applied = new Map(book.map((entry) => [entry.name, entry]))
  const known = new Set(migrations.map(({ name }) => name))
  for (const { name, isFinished } of book) {
    if (!isFinished) {
      throw new Error(
        `Migration ${name} began and did not finish. Look at what it left, put it right, then say so with ` +
          `prisma migrate resolve --applied ${name} (or --rolled-back ${name}).`,
      )
    }
    if (!known.has(name)) {
      throw new Error(
        `The database is newer than this program: it has migration ${name}. Start a version that has it, too.`,
      )
    }
  }
  for (const { name, checksum } of migrations) {
    const entry = applied.get(name)
    if (entry !== undefined && entry.checksum !== checksum) {
      throw new Error(`Migration ${name} was edited after it was applied. Put it back and write a new one.`)
    }
  }
  return migrations.filter(({ name }) => !applied.has(name))
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const isAlone = ALONE.test(migration.script)
  const id = randomUUID()
  if (!isAlone) await client.query('begin')
  try {
    await client.query(
      'insert into _prisma_migrations (id, checksum, migration_name, started_at) values ($1, $2, $3, clock_timestamp())',
      [id, migration.checksum, migration.name],
    )
    await (isAlone ? run(client, migration) : runInside(client, migration))
    await client.query(
      'update _prisma_migrations set finished_at = clock_timestamp(), applied_steps_count = 1 where id = $1',
      [id],
    )
    if (!isAlone) await client.query('commit')
  } catch (error) {
    if (isAlone) await client.query('update _prisma_migrations set logs = $2 where id = $1', [id, String(error)])
    else await client.query('rollback')
    throw error
  }
}

/** A script that commits would leave its entry unfinished at best and half of itself applied at worst. */
async function runInside(client: pg.Client, migration: Migration): Promise<void> {
  const before = await transactionId(client)
  await run(client, migration)
  if ((await transactionId(client)) !== before) {
    throw new Error(
      `Migration ${migration.name} ends its transaction itself. It runs in one already: leave BEGIN and COMMIT out.`,
    )
  }
}

async function transactionId(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>('select pg_current_xact_id()::text as id')
  return rows[0]?.id ?? ''
}

async function run(client: pg.Client, { name, script }: Migration): Promise<void> {
  // One message holds the whole script; the answers, counted, tell which statement of it failed.
  let completed = 0
  const count = (): void => {
    completed += 1
  }
  client.connection.on('commandComplete', count)
  try {
    await client.query(script)
  } catch (error) {
    throw new Error(`Migration ${name} failed: ${describe(error, script, completed)}`, { cause: error })
  } finally {
    client.connection.off('commandComplete', count)
  }
}

/** PostgreSQL says where only for what it does not understand; for what it could not do, the statement is the place. */
function describe(error: unknown, script: string, completed: number): string {
  if (!(error instanceof pg.DatabaseError)) return String(error)
  const statements = splitStatements(script)
  const position = error.position === undefined ? undefined : Number(error.position) - 1
  const failed =
    position === undefined ? statements[completed] : statements.findLast((statement) => statement.start <= position)
  const start = position ?? failed?.start
  const where = start === undefined ? '' : ` at line ${lineOf(script, start)}`
  const lines = [
    `${error.code} ${error.message}${where}`,
    error.detail && `Detail: ${error.detail}`,
    error.hint && `Hint: ${error.hint}`,
    error.where && `Where: ${error.where}`,
    failed && `Statement: ${failed.text}`,
  ]
  return lines.filter((line) => line !== undefined && line !== '').join('\n')
}

function lineOf(script: string, position: number): number {
  return script.slice(0, position).split('\n').length
}

interface Piece {
  readonly start: number
  readonly text: string
}

/** Comments, strings, quoted names and function bodies, in which a semicolon ends nothing. */
const OPAQUE = /--[^\n]*|\/\*[\s\S]*?\*\/|(?<!\w)[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"[^"]*"|(\$\w*\$)[\s\S]*?\1/g

/** Only for an error's words: exact enough to show the statement, and never what is executed. */
function splitStatements(script: string): Piece[] {
  const opaque = script.replace(OPAQUE, (text) => (/^(--|\/\*)/.test(text) ? ' ' : '_').repeat(text.length))
  return [...opaque.matchAll(/[^;\s][^;]*/g)].map(({ index, 0: { length } }) => ({
    start: index,
    text: script.slice(index, index + length).trim(),
  }))
}

if (import.meta.main) {
  const url = process.env.DATABASE_URL
  if (url === undefined) throw new Error('DATABASE_URL says which database to migrate.')
  const applied = await migrate(url)
  process.stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied:\n${applied.join('\n')}\n`)
}
