import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, it, onTestFinished } from 'vitest'

import { startEmbeddedPostgres } from './postgres.ts'
import { findPrograms } from './postgres-program.ts'
import { startTime, until } from './process.ts'
import { runModule, temporaryDirectory } from './testing.ts'

const soon = { timeoutMs: 10_000 }

/** Starts PostgreSQL for one test. */
async function postgresIn(directory: string) {
  const postgres = await startEmbeddedPostgres({ directory })
  onTestFinished(() => postgres.stop())
  return postgres
}

/** A process of its own that starts PostgreSQL, prints its URL and lives on. */
function postgresElsewhere(directory: string) {
  return runModule(`
    import { startEmbeddedPostgres } from './postgres.ts'
    const { url } = await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)} })
    console.log(url)
    setInterval(() => undefined, 1000)`)
}

function postmaster(directory: string): number {
  return Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0])
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

it('PostgreSQL dies within a second when its process group is killed, and restarts with every commit', async () => {
  const directory = join(temporaryDirectory(), 'postgres')
  const parent = postgresElsewhere(directory)
  const url = (await parent.line) ?? ''
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  const pid = postmaster(directory)
  await parent.kill()
  expect(await until(() => startTime(pid) === undefined, { timeoutMs: 1000 })).toBe(true)

  const { url: again } = await postgresIn(directory)
  expect(await query(again, 'SELECT answer FROM kept')).toEqual([42])
}, 30_000)

it('PostgreSQL starts at once after a kill, while the earlier one is still stopping', async () => {
  const directory = join(temporaryDirectory(), 'postgres')
  const parent = postgresElsewhere(directory)
  await query((await parent.line) ?? '', 'CREATE TABLE kept AS SELECT 42 AS answer')
  await parent.kill()
  const { url } = await postgresIn(directory)
  expect(await query(url, 'SELECT answer FROM kept')).toEqual([42])
}, 30_000)

it('a PostgreSQL left behind without a watchdog is stopped by the next start', async () => {
  const directory = join(temporaryDirectory(), 'postgres')
  await (await startEmbeddedPostgres({ directory })).stop()
  const { command, args, options } = findPrograms(directory).invoke('postgres', ['-D', directory, '-c', 'port=61234'])
  const orphan = spawn(command, [...args, '-c', 'unix_socket_directories='], { ...options, stdio: 'ignore' })
  expect(await until(() => existsSync(join(directory, 'postmaster.pid')), soon)).toBe(true)

  const { url } = await postgresIn(directory)
  expect(startTime(orphan.pid ?? 0)).toBeUndefined()
  expect(await query(url, 'SELECT 1')).toEqual([1])
}, 30_000)

it('a pid file that names another living process does not keep PostgreSQL from starting', async () => {
  const directory = join(temporaryDirectory(), 'postgres')
  await (await startEmbeddedPostgres({ directory })).stop()
  writeFileSync(join(directory, 'postmaster.pid'), `${process.pid}\n${directory}\n`)
  const { url } = await postgresIn(directory)
  expect(await query(url, 'SELECT 1')).toEqual([1])
}, 30_000)

it('an interrupted initdb is not left behind', async () => {
  const home = temporaryDirectory()
  const directory = join(home, 'postgres')
  const isInitializing = () => readdirSync(home).some((name) => existsSync(join(home, name, 'data', 'PG_VERSION')))
  const parent = postgresElsewhere(directory)
  expect(await until(isInitializing, { ...soon, intervalMs: 1 })).toBe(true)
  await parent.kill()
  expect(existsSync(directory)).toBe(false)

  const { url } = await postgresIn(directory)
  expect(await query(url, 'SELECT 1')).toEqual([1])
  expect(readdirSync(home).sort()).toEqual(['postgres', 'postgres.password'])
}, 30_000)

it('a directory that holds something else is refused and left as it is', async () => {
  const directory = join(temporaryDirectory(), 'postgres')
  mkdirSync(directory)
  writeFileSync(join(directory, 'letter.txt'), 'dear')
  await expect(startEmbeddedPostgres({ directory })).rejects.toThrow('not a PostgreSQL database')
  expect(readdirSync(directory)).toEqual(['letter.txt'])
}, 30_000)

it('PostgreSQL keeps commits through a crash by default, and takes settings of tests', async () => {
  const directory = join(temporaryDirectory(), 'postgres')
  const show =
    "SELECT string_agg(setting, ' ' ORDER BY name) FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')"
  const durable = await startEmbeddedPostgres({ directory })
  expect(await query(durable.url, show)).toEqual(['on on'])
  await durable.stop()
  const quick = await startEmbeddedPostgres({ directory, settings: { fsync: 'off' } })
  expect(await query(quick.url, show)).toEqual(['off on'])
  await quick.stop()
}, 30_000)

it('tells when PostgreSQL ends without being asked to', async () => {
  const directory = join(temporaryDirectory(), 'postgres')
  const { exited } = await postgresIn(directory)
  process.kill(postmaster(directory), 'SIGQUIT')
  expect(await exited).toContain('immediate shutdown')
}, 30_000)
