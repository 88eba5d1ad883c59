import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Client, escapeIdentifier } from 'pg'

import { replaceFile } from './files.ts'
import { findPrograms, type PostgresPrograms } from './postgres-program.ts'
import { commandLine, endProcess, hasCode, type StopStep } from './process.ts'
import { startOnPort, startService } from './service.ts'

export interface EmbeddedPostgresOptions {
  /** The data directory; made if missing. Its password is kept beside it, in `<directory>.password`. */
  readonly directory: string
  /** Made if missing. */
  readonly database?: string
  /** Server settings over ours, such as `{ fsync: 'off' }` in tests. Durability is on unless taken away here. */
  readonly settings?: Readonly<Record<string, string>>
  /** A free one by default. */
  readonly port?: number
  readonly onProgress?: (message: string) => void
}

export interface EmbeddedPostgres {
  /** A superuser's connection string, on 127.0.0.1. */
  readonly url: string
  stop(): Promise<void>
  /** Resolves with the end of the log when PostgreSQL ended without being asked to. */
  readonly exited: Promise<string>
}

/** Fast shutdown: clients are cut off, everything is written. Then immediate: the next start recovers from the log. */
const stopSteps: [StopStep, StopStep] = [
  { signal: 'SIGINT', waitMs: 6000 },
  { signal: 'SIGQUIT', waitMs: 3000 },
]
/** Starting after a crash replays the log, which takes as long as it takes. */
const readyTimeoutMs = 120_000

/** Starts PostgreSQL on the directory, made if missing, for as long as this process lives. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { database = 'wedi', settings = {}, onProgress = () => undefined } = options
  const directory = resolve(options.directory)
  mkdirSync(dirname(directory), { recursive: true, mode: 0o700 })
  const programs = findPrograms(directory)
  if (existsSync(join(directory, 'PG_VERSION'))) {
    await clearOrphan(directory, onProgress)
    giveDirectory(directory, programs)
  } else {
    onProgress('Preparing the embedded PostgreSQL')
    await initialize(directory, programs)
  }
  const password = readPassword(directory)
  const start = (port: number) => startService(serverCommand(directory, programs, { ...settings, port: String(port) }))
  const { service, port } = await startOnPort(start, willPass, options.port)
  const urlOf = (name: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(name)}`
  try {
    await ensureDatabase(database, urlOf)
  } catch (error) {
    await service.stop()
    throw error
  }
  return { url: urlOf(database), stop: service.stop, exited: service.exited }
}

function serverCommand(directory: string, programs: PostgresPrograms, settings: Record<string, string>) {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A plan made while a table was empty may take any index: statistics, and so better plans, come seconds after rows.
    autovacuum_naptime: '5s',
    ...settings,
  }
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return {
    name: 'The embedded PostgreSQL',
    ...programs.invoke('postgres', ['-D', directory, ...args]),
    stopSteps,
    watchdogWaitMs: 700,
    isReady: (output: string) => output.includes('database system is ready to accept connections'),
    readyTimeoutMs,
  }
}

/** The port went to another process meanwhile, or the backends of a killed server have not all ended yet. */
function willPass(output: string): boolean {
  return /Address already in use|pre-existing shared memory block/.test(output)
}

/** Initialises a sibling and renames it when complete: an interrupted start leaves no half directory behind. */
async function initialize(directory: string, programs: PostgresPrograms): Promise<void> {
  requireEmpty(directory)
  const prefix = `${basename(directory)}.initdb-`
  for (const name of readdirSync(dirname(directory))) {
    if (!name.startsWith(prefix)) continue
    rmSync(join(dirname(directory), name), { recursive: true, force: true, maxRetries: 5 })
  }
  const workshop = mkdtempSync(join(dirname(directory), prefix))
  try {
    const password = randomBytes(24).toString('base64url')
    const passwordFile = join(workshop, 'password')
    writeFileSync(passwordFile, password, { mode: 0o600 })
    giveDirectory(workshop, programs)
    await runInitdb(programs, join(workshop, 'data'), passwordFile)
    // First the password: a directory is there only together with it.
    replaceFile(passwordPath(directory), password)
    renameSync(join(workshop, 'data'), directory)
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}

async function runInitdb(programs: PostgresPrograms, data: string, passwordFile: string): Promise<void> {
  const access = ['-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile]
  const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const { command, args, options } = programs.invoke('initdb', ['-D', data, ...access, ...locale])
  await promisify(execFile)(command, args, options)
}

function requireEmpty(directory: string): void {
  if (!existsSync(directory) || readdirSync(directory).length === 0) return
  throw new Error(`${directory} holds something that is not a PostgreSQL database; move it away.`)
}

/** Makes the account PostgreSQL runs as the owner, as it demands; a copy made by root belongs to root as a whole. */
function giveDirectory(directory: string, { account }: PostgresPrograms): void {
  if (account === undefined) return
  const { uid, gid } = account
  execFileSync('chown', ['-R', '--', `${uid}:${gid}`, directory])
}

const passwordPath = (directory: string) => `${directory}.password`

function readPassword(directory: string): string {
  try {
    return readFileSync(passwordPath(directory), 'utf8').trim()
  } catch (cause) {
    throw new Error(`The password of the database in ${directory} is missing: ${passwordPath(directory)}.`, { cause })
  }
}

/** Stops a PostgreSQL that outlived the Wedi it belonged to, and removes a pid file nobody answers for. */
async function clearOrphan(directory: string, onProgress: (message: string) => void): Promise<void> {
  const pidFile = join(directory, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  const command = commandLine(pid) ?? ''
  if (command.includes('postgres') && command.includes(` ${directory} `)) {
    onProgress(`Stopping the PostgreSQL an earlier Wedi left behind (process ${pid})`)
    const isGone = await endProcess(pid, [...stopSteps, { signal: 'SIGKILL', waitMs: 1000 }])
    if (!isGone) throw new Error(`PostgreSQL (process ${pid}) still runs on ${directory} and cannot be stopped.`)
  }
  // PostgreSQL itself would take any process that now has this pid for a server.
  rmSync(pidFile, { force: true })
}

async function ensureDatabase(database: string, urlOf: (name: string) => string): Promise<void> {
  if (await query(urlOf(database), 'SELECT 1')) return
  await query(urlOf('postgres'), `CREATE DATABASE ${escapeIdentifier(database)}`)
}

/** False when the database does not exist. */
async function query(url: string, sql: string): Promise<boolean> {
  const client = new Client({ connectionString: url })
  try {
    await client.connect()
    await client.query(sql)
    return true
  } catch (error) {
    if (hasCode(error, '3D000')) return false
    throw error
  } finally {
    await client.end()
  }
}
