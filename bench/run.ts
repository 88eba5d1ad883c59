import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startEmbeddedPostgres } from '../server/src/embedded/postgres.ts'
import { makeKey } from '../server/src/modules/access/index.ts'
import { type FleetRows, fleetLines } from './fleets.ts'
import { measureHttp, measureHttpFleets } from './http.ts'
import { COUNTING, type KeyResults, keyLines, measureKeys } from './keys.ts'
import { type LimitResults, limitLines, measureLimits } from './limits.ts'
import { CONNECTIONS } from './load.ts'
import { type PaymentLoad, type PaymentTimes, paymentTimes } from './payments.ts'
import { PEER } from './peer.ts'
import { startProduct, warmStarts } from './product.ts'
import { linesOf, paymentLines, type Results, table } from './report.ts'
import { POOL_SIZE } from './server.ts'
import { measureTasks, PARTS } from './tasks/index.ts'

const isQuick = process.argv.includes('--quick')
const rounds = isQuick ? { rounds: 3, seconds: 1 } : { rounds: 5, seconds: 4 }
/** Agents of the largest fleet that is asked over HTTP. */
const largest = isQuick ? 5000 : 100_000
const seconds = isQuick ? 5 : 20
const loads: PaymentLoad[] = [
  { what: 'task', agents: 4, perSecond: 10, seconds },
  { what: 'payment', agents: 20, perSecond: 75, seconds },
  { what: 'payment', agents: 20, perSecond: 150, seconds },
]
const starts = isQuick ? 3 : 5
/** So many operations on a hot limit: `--operations 1000000` */
const operationsAt = process.argv.indexOf('--operations')
const operations = operationsAt === -1 ? 0 : Number(process.argv[operationsAt + 1])
if (!Number.isSafeInteger(operations)) throw new Error('--operations needs a whole number')
/** `npm run bench -- tasks`, or parts of it: `tasks latency balance`; `tasks churn --minutes 30`. */
const minutesAt = process.argv.indexOf('--minutes')
const minutes = minutesAt === -1 ? (isQuick ? 0.5 : 30) : Number(process.argv[minutesAt + 1])
/** Each contender for limits keeps its own connections open from round to round. */
const CONNECTIONS_FOR_ALL = { max_connections: '200' }
/** `--profile=DIRECTORY` */
const profileTo = process.argv.find((each) => each.startsWith('--profile='))?.slice('--profile='.length)

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const directory = mkdtempSync(join(tmpdir(), 'wedi-bench-'))
try {
  await only()
} finally {
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}

/** `npm run bench -- limits`: only these; everything but tasks and keys without a word. */
function only(): Promise<void> {
  const parts = { tasks: onlyTasks, limits: onlyLimits, payments: onlyPayments, keys: onlyKeys }
  const [chosen] = Object.entries(parts).flatMap(([name, run]) => (process.argv.includes(name) ? [run] : []))
  return (chosen ?? main)()
}

async function main(): Promise<void> {
  const { environment, ...http } = await overHttp()
  const { startsMs, paid } = await asProduct()
  const { limits } = await ofLimits()
  const { keys } = await ofKeys()
  const results: Results = { environment, ...http, startsMs, payments: paid }
  const lines = [...linesOf(results), ...limitLines(limits), ...keyLines(keys)]
  say(`\n${table(lines)}`)
  say(
    `\nRaw figures: ${keep({ ...results, limits, keys, lines, plan: { ...rounds, connections: CONNECTIONS, isQuick }, peer: PEER })}`,
  )
}

async function onlyPayments(): Promise<void> {
  const { paid } = await asProduct()
  const lines = paid.flatMap(paymentLines)
  say(`\n${table(lines)}`)
  say(`\nRaw figures: ${keep({ environment: machine(), payments: paid, lines, plan: { loads, isQuick } }, 'payments')}`)
}

async function onlyLimits(): Promise<void> {
  const { environment, limits } = await ofLimits()
  for (const [name, value] of Object.entries(environment)) say(`${name}: ${value}`)
  const lines = limitLines(limits)
  say(`\n${table(lines)}`)
  say(`\nRaw figures: ${keep({ environment, limits, lines, plan: { ...rounds, operations, isQuick } }, 'limits')}`)
}

async function onlyKeys(): Promise<void> {
  const { environment, keys } = await ofKeys()
  for (const [name, value] of Object.entries(environment)) say(`${name}: ${value}`)
  const lines = keyLines(keys)
  say(`\n${table(lines)}`)
  say(`\nRaw figures: ${keep({ environment, keys, lines, plan: { ...rounds, isQuick } }, 'keys')}`)
}

/** On a PostgreSQL of its own, which counts statements. */
async function ofKeys(): Promise<{ environment: Record<string, string>; keys: KeyResults }> {
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'keys'), settings: COUNTING })
  try {
    const environment = { ...machine(), ...(await durability(postgres.url)) }
    return { environment, keys: await measureKeys({ databaseUrl: postgres.url, ...rounds, say }) }
  } finally {
    await postgres.stop()
  }
}

async function onlyTasks(): Promise<void> {
  const named = PARTS.filter((part) => process.argv.includes(part))
  const isOverHttp = process.argv.includes('http')
  const parts = named.length > 0 || isOverHttp ? named : PARTS.filter((part) => part !== 'churn')
  const environment = machine()
  for (const [name, value] of Object.entries(environment)) say(`${name}: ${value}`)
  const { lines, raw } = await measureTasks({ directory, parts, isQuick, minutes, say })
  if (isOverHttp) {
    raw.http = await httpFleets()
    lines.push(...fleetLines(raw.http as readonly FleetRows[]))
  }
  say(`\n${table(lines)}`)
  say(
    `\nRaw figures: ${keep({ environment, ...raw, lines, plan: { parts, isQuick } }, ['tasks', ...parts, ...(isOverHttp ? ['http'] : [])].join('-'))}`,
  )
}

/** On a PostgreSQL of its own, as durable as the product's. */
async function ofLimits(): Promise<{ environment: Record<string, string>; limits: LimitResults }> {
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'limits'), settings: CONNECTIONS_FOR_ALL })
  try {
    const environment = { ...machine(), ...(await durability(postgres.url)) }
    return { environment, limits: await measureLimits({ databaseUrl: postgres.url, ...rounds, operations, say }) }
  } finally {
    await postgres.stop()
  }
}

async function overHttp() {
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres') })
  try {
    const environment = { ...machine(), ...(await durability(postgres.url)) }
    for (const [name, value] of Object.entries(environment)) say(`${name}: ${value}`)
    say(`both: ${CONNECTIONS} connections of load, ${POOL_SIZE} connections to one database, a process each`)
    for (const line of PEER) say(`peer, ${line}`)
    const profiling = profileTo === undefined ? {} : { profileTo }
    const http = await measureHttp({ databaseUrl: postgres.url, ...rounds, largest, say, ...profiling })
    say(`\nThe statements of a create, ours and the peer's: ${http.steps.join(', ')}`)
    return { environment, ...http }
  } finally {
    await postgres.stop()
  }
}

async function httpFleets(): Promise<readonly FleetRows[]> {
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres') })
  try {
    return await measureHttpFleets({ databaseUrl: postgres.url, ...rounds, largest, say })
  } finally {
    await postgres.stop()
  }
}

async function asProduct() {
  const home = join(directory, 'home')
  const adminKey = makeKey('sk')
  const product = await startProduct(home, adminKey)
  say(`\nFirst start, on an empty directory: ${product.readyMs.toFixed(0)} ms`)
  const paid: PaymentTimes[] = []
  try {
    for (const load of loads) paid.push(await paymentTimes(product.address, adminKey, load))
  } finally {
    await product.stop()
  }
  const startsMs = await warmStarts(home, adminKey, starts)
  say(`Starts after that: ${startsMs.map((each) => each.toFixed(0)).join(', ')} ms`)
  return { paid, startsMs }
}

function machine(): Record<string, string> {
  const versionOf = (name: string): string => createRequire(import.meta.url)(`${name}/package.json`).version
  const [cpu] = cpus()
  return {
    commit: commit(),
    machine: `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${process.platform}-${process.arch}`,
    versions: `node ${process.version}, ${['fastify', 'pg', 'autocannon'].map((name) => `${name} ${versionOf(name)}`).join(', ')}`,
  }
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim()
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '-changed')
  } catch {
    return 'unknown'
  }
}

/** Asked of the server, not of ourselves. */
async function durability(url: string): Promise<Record<string, string>> {
  const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method', 'shared_buffers']
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(
    `select version() as version,
            (select string_agg(name || ' ' || current_setting(name), ', ' order by name)
             from pg_settings where name = any($1)) as settings`,
    [names],
  )
  await client.end()
  return { postgres: rows[0].version, durability: rows[0].settings }
}

function keep(results: unknown, what = ''): string {
  const folder = fileURLToPath(new URL('results', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const name = [new Date().toISOString().slice(0, 10), commit(), what].filter(Boolean).join('-')
  const path = join(folder, `${name}.json`)
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`)
  return path
}
