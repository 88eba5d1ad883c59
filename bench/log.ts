import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { migrate } from '@wedi/database/migrate'
import pg from 'pg'
import { uuidv7 } from 'uuidv7'
import { startEmbeddedPostgres } from '../server/src/embedded/postgres.ts'
import { decisionLog, decisionService } from '../server/src/modules/decisions/index.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import { keyRing } from '../server/src/platform/crypto.ts'
import { Database } from '../server/src/platform/database/database.ts'
import { Jobs } from '../server/src/platform/jobs.ts'
import { createLog } from '../server/src/platform/log.ts'
import { type LogCost, logCost } from './log-cost.ts'
import { median, quantile } from './numbers.ts'

/**
 * The decision log against a bare insert of the same row and against a hash chain per organisation, on one PostgreSQL
 * that waits for its disk, in interleaved rounds. `node bench/log.ts [--quick]`
 */

const isQuick = process.argv.includes('--quick')
const ROUNDS = isQuick ? 3 : 7
const SECONDS = isQuick ? 1 : 4
const IN_FLIGHT = 32
const BATCH = 1000
const BATCHES_IN_FLIGHT = 4
const STEADY_PER_SECOND = 500
const ORGANIZATION = uuidv7()
const AGENT = uuidv7()
const ACTOR = `agent:${AGENT}`
const INPUTS = {
  plan: 'pay the cheapest of three offers',
  offers: ['120', '130', '145'],
  asset: 'eip155:31337/slip44:60',
}
const LEAF_BYTES = 720
const DRAIN_MS = 60_000

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const COLUMNS = 'organization_id, id, type, actor, subject, agent_id, leaf, leaf_hash, occurred_at, inputs, salts'
const SALTS = Object.fromEntries(Object.keys(INPUTS).map((name) => [name, randomBytes(16).toString('base64')]))

/** A row of the same size; the peers neither salt nor hash, so what that costs stays in our figure. */
const row = () => [
  ...[ORGANIZATION, uuidv7(), 'agent.decided', ACTOR, `agent:${AGENT}`, AGENT],
  ...[randomBytes(LEAF_BYTES).toString('base64').slice(0, LEAF_BYTES), randomBytes(32), new Date(), INPUTS, SALTS],
]

const BARE = {
  name: 'bare',
  text: `insert into bare_decision (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
}

interface Contestant {
  readonly name: string
  readonly inFlight: number
  /** How many rows one call appends. */
  readonly rows: number
  act(): Promise<unknown>
  /** Waits until what was appended is where it has to be; part of the time. */
  settle?(): Promise<void>
}

const directory = mkdtempSync(join(tmpdir(), 'wedi-bench-log-'))
const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres') })
try {
  await main(postgres.url)
} catch (error) {
  // Said before the database goes: its connections would speak first, and go on speaking.
  console.error(error)
  process.exitCode = 1
}
await postgres.stop()
rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
process.exit()

async function main(url: string): Promise<void> {
  await migrate(url)
  const pool = new pg.Pool({ connectionString: url, max: IN_FLIGHT })
  pool.on('error', () => {})
  await preparePeers(pool)
  const log = createLog('warn')
  const database = new Database({ connectionString: url, clock: systemClock, log, maxConnections: IN_FLIGHT })
  const jobs = new Jobs(database, log)
  const settings = { origin: 'wedi.bench/log', keyNumbers: [1], witnesses: [] }
  const tree = decisionLog({ ...{ database, jobs, log, settings }, keys: keyRing('bench'), rulesVersion: 'bench' })
  const decisions = decisionService({ database, onRecorded: tree.wake })
  tree.start()
  const drained = async () => {
    for (const end = performance.now() + DRAIN_MS; performance.now() < end; await pause(5)) {
      const { rows } = await pool.query('select 1 from log_pending limit 1')
      if (rows.length === 0) return
    }
    throw new Error('the sequencer did not get to the end')
  }
  const entry = { type: 'agent.decided', subject: `agent:${AGENT}`, agentId: AGENT, inputs: INPUTS }
  const caller = { organizationId: ORGANIZATION, actor: ACTOR, agentId: AGENT }
  const many = { decisions: Array.from({ length: BATCH }, () => ({ inputs: INPUTS })) }
  const contestants: Contestant[] = [
    { name: 'bare insert, single', inFlight: IN_FLIGHT, rows: 1, act: () => pool.query(BARE, row()) },
    {
      ...{ name: 'wedi, single', inFlight: IN_FLIGHT, rows: 1 },
      act: () => database.inOrganization(ORGANIZATION, (tx) => decisions.record(tx, ACTOR, entry)),
      settle: drained,
    },
    { name: 'hash chain, single', inFlight: IN_FLIGHT, rows: 1, act: () => chained(pool) },
    { name: 'bare insert, batched', inFlight: BATCHES_IN_FLIGHT, rows: BATCH, act: () => bareBatch(pool) },
    {
      ...{ name: 'wedi, batched', inFlight: BATCHES_IN_FLIGHT, rows: BATCH },
      act: () => database.inOrganization(ORGANIZATION, (tx) => decisions.add(tx, caller, AGENT, many)),
      settle: drained,
    },
  ]
  const taken = contestants.map((contestant) => ({ name: contestant.name, perSecond: [] as number[] }))
  for (const contestant of contestants) await round(contestant, 1)
  for (let i = 1; i <= ROUNDS; i++) {
    for (const [at, contestant] of contestants.entries()) {
      const perSecond = await round(contestant, SECONDS)
      taken[at]?.perSecond.push(perSecond)
      say(`  ${i}. ${contestant.name}: ${perSecond.toFixed(0)}/s`)
    }
  }
  const inclusion = await inclusionTimes(pool, () =>
    database.inOrganization(ORGANIZATION, (tx) => decisions.record(tx, ACTOR, entry)),
  )
  await tree.stop()
  await Promise.all([database.close(), pool.end()])
  report(taken, inclusion, await logCost(directory, SECONDS * 5))
}

async function preparePeers(pool: pg.Pool): Promise<void> {
  for (const table of ['bare_decision', 'chained_decision']) {
    await pool.query(`create table ${table} (like agent_decision including defaults including indexes)`)
    await pool.query(`alter table ${table} add inputs jsonb, add salts jsonb`)
  }
  await pool.query('create table chain_head (organization_id uuid primary key, hash bytea not null)')
  await pool.query('insert into chain_head values ($1, $2)', [ORGANIZATION, Buffer.alloc(32)])
}

/** What a hash chain has to do: the next link needs the one before it. */
async function chained(pool: pg.Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const head = 'select hash from chain_head where organization_id = $1 for update'
    await client.query({ name: 'head', text: head, values: [ORGANIZATION] })
    const text = BARE.text.replace('bare_', 'chained_')
    await client.query({ name: 'link', text, values: row() })
    const moved = 'update chain_head set hash = $2 where organization_id = $1'
    await client.query({ name: 'move', text: moved, values: [ORGANIZATION, randomBytes(32)] })
    await client.query('commit')
  } finally {
    client.release()
  }
}

function bareBatch(pool: pg.Pool): Promise<unknown> {
  const rows = Array.from({ length: BATCH }, row)
  const text = `insert into bare_decision (${COLUMNS})
    select o, id, t, a, s, ag, l, h, w, i::jsonb, sa::jsonb
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::bytea[],
                $9::timestamptz[], $10::text[], $11::text[]) as x(o, id, t, a, s, ag, l, h, w, i, sa)`
  const values = Array.from({ length: 11 }, (_, column) =>
    rows.map((each) => (column < 9 ? each[column] : JSON.stringify(each[column]))),
  )
  return pool.query({ name: 'bare batch', text, values })
}

async function round({ act, settle, inFlight, rows }: Contestant, seconds: number): Promise<number> {
  const begun = performance.now()
  const end = begun + seconds * 1000
  let calls = 0
  const worker = async () => {
    while (performance.now() < end) {
      await act()
      calls++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  await settle?.()
  return (calls * rows * 1000) / (performance.now() - begun)
}

/** At a constant rate, from the commit of a decision until it is below a signed head, as another connection sees it. */
async function inclusionTimes(pool: pg.Pool, record: () => Promise<string>): Promise<{ p50Ms: number; p99Ms: number }> {
  const seconds = SECONDS * 2
  const committed = new Map<string, number>()
  const took: number[] = []
  const {
    rows: [last],
  } = await pool.query<{ at: string }>('select coalesce(max(leaf_index), -1) as at from log_entry')
  let after = last?.at ?? '-1'
  const total = STEADY_PER_SECOND * seconds
  const sending: Promise<void>[] = []
  const begun = performance.now()
  const look = async () => {
    const { rows } = await pool.query<{ id: string; at: string }>(
      'select decision_id as id, leaf_index as at from log_entry where organization_id = $1 and leaf_index > $2 order by leaf_index',
      [ORGANIZATION, after],
    )
    const now = performance.now()
    for (const { id, at } of rows) {
      took.push(Math.max(0, now - (committed.get(id) ?? now)))
      after = at
    }
  }
  for (let sent = 0; took.length < total && performance.now() < begun + DRAIN_MS; ) {
    for (; sent < total && sent < ((performance.now() - begun) / 1000) * STEADY_PER_SECOND; sent++) {
      sending.push(record().then((id) => void committed.set(id, performance.now())))
    }
    await look()
    await pause(2)
  }
  await Promise.all(sending)
  return { p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) }
}

function report(
  taken: { name: string; perSecond: number[] }[],
  inclusion: { p50Ms: number; p99Ms: number },
  cost: LogCost,
): void {
  const speed = (name: string): number => median(taken.find((each) => each.name === name)?.perSecond ?? [])
  say('')
  for (const { name } of taken) say(`${name}: ${speed(name).toFixed(0)}/s`)
  say(
    `single: ${(speed('wedi, single') / speed('bare insert, single')).toFixed(2)} of a bare insert (goal 0.70), signed included`,
  )
  say(`batched: ${(speed('wedi, batched') / speed('bare insert, batched')).toFixed(2)} of a bare insert (goal 25000/s)`)
  say(
    `signed inclusion at ${STEADY_PER_SECOND}/s: p50 ${inclusion.p50Ms.toFixed(0)} ms, p99 ${inclusion.p99Ms.toFixed(0)} ms (goal 500)`,
  )
  const share = (part: number, whole: number) => `${((part / whole) * 100).toFixed(0)} %`
  say(
    `log of a payment: ${share(cost.logMs, cost.totalMs)} of the database's time (${cost.logMs.toFixed(2)} of ${cost.totalMs.toFixed(2)} ms, goal 10 %), ${share(cost.logWalBytes, cost.totalWalBytes)} of what it writes ahead`,
  )
  const results = new URL('results/', import.meta.url)
  mkdirSync(results, { recursive: true })
  writeFileSync(new URL('log.json', results), `${JSON.stringify({ taken, inclusion, cost, isQuick }, null, 2)}\n`)
}
