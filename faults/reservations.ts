import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { newId } from '../server/src/platform/ids.ts'
import type { DatabaseServer } from './database.ts'
import { Findings, type Violation } from './invariants.ts'
import { ledgerOf } from './ledger.ts'
import { type Random, seeded } from './random.ts'
import type { ReserverTask, Said } from './reserver.ts'
import { Tally } from './tally.ts'
import { accountOf } from './tenant.ts'
import { judgeCounter, watchCaps } from './watch.ts'

export interface ReservationsResult {
  readonly operations: number
  readonly refused: number
  readonly lost: number
  readonly samples: number
  readonly injected: Readonly<Record<string, number>>
  readonly violations: readonly Violation[]
  readonly seconds: number
}

const RESERVER = fileURLToPath(new URL('reserver.ts', import.meta.url))
const NAME = 'seed_reservations'
const ASSET = 'eip155:31337/slip44:60'
const PROCESSES = 2
const CLIENTS = 8
const ORGANIZATIONS = 3
const AGENTS = 4
const ROUND_MS = 700
/** Room above what is spent: some batches fit, and then the next finds room for a part of it. */
const HEADROOM = { agent: 60_000, payee: 30_000, organization: 200_000, count: 140 }

type Ending = 'RESERVED' | 'SPENT' | 'RELEASED'

/**
 * Hammers the limits by themselves, always close to their caps, while the processes and connections that do it are killed:
 * nothing may go over a cap at any instant, and whatever was committed must be in the books, once.
 */
export async function runReservations(
  database: DatabaseServer,
  { operations, seed, say }: { operations: number; seed: string; say: (line: string) => void },
): Promise<ReservationsResult> {
  const begun = performance.now()
  const random = seeded(`reservations/${seed}`)
  const findings = new Findings()
  const tally = new Tally()
  await database.drop(NAME)
  await database.create(NAME)
  const ledger = ledgerOf(database, NAME)
  const task = await prepare(database)
  const told = { ends: new Map<string, Ending>(), operations: 0, refused: 0, lost: 0 }
  const crew = startCrew(task, seed, (said) => hear(said, told))
  const watch = watchCaps(ledger, findings)
  for (let round = 1; told.operations + told.refused < operations; round++) {
    await pause(ROUND_MS)
    await raiseCaps(database).catch(() => undefined)
    await trouble({ random, crew, database, tally })
    if (round % 20 === 0) say(`reservations: ${told.operations} committed, ${told.refused} refused`)
  }
  await crew.stop()
  await watch.end()
  for (const counter of await ledger.counters()) judgeCounter(counter, findings)
  await compare(database, told.ends, findings)
  const { refused, lost } = told
  if (findings.all.length === 0) await database.drop(NAME)
  return {
    ...{ operations: told.operations + refused, refused, lost, samples: watch.samples(), violations: findings.all },
    ...{ injected: Object.fromEntries(tally.counts), seconds: (performance.now() - begun) / 1000 },
  }
}

function hear({ reserved, spent, released, refused, lost }: Said, told: Told): void {
  for (const id of reserved) told.ends.set(id, 'RESERVED')
  for (const id of spent) told.ends.set(id, 'SPENT')
  for (const id of released) told.ends.set(id, 'RELEASED')
  told.operations += reserved.length + spent.length + released.length
  told.refused += refused
  told.lost += lost
}

interface Told {
  readonly ends: Map<string, Ending>
  operations: number
  refused: number
  lost: number
}

type Limit = [
  scopeId: string,
  scope: string,
  window: string,
  perPayee: boolean,
  amount: number | null,
  count: number | null,
]

async function prepare(database: DatabaseServer): Promise<Omit<ReserverTask, 'seed'>> {
  const organizations = Array.from({ length: ORGANIZATIONS }, () => ({
    ...{ id: newId(), agentIds: Array.from({ length: AGENTS }, newId) },
  }))
  for (const { id: organizationId, agentIds } of organizations) {
    const limits: Limit[] = [
      [organizationId, 'ORGANIZATION', 'DAY', false, HEADROOM.organization, null],
      ...agentIds.flatMap((id): Limit[] => [
        [id, 'AGENT', 'DAY', false, HEADROOM.agent, null],
        [id, 'AGENT', 'MONTH', false, null, HEADROOM.count],
        [id, 'AGENT', 'LIFETIME', true, HEADROOM.payee, null],
      ]),
    ]
    for (const limit of limits) await insertLimit(database, organizationId, limit)
  }
  const payees = [0, 1, 2, 3].map((number) => accountOf(`reservations/${number}`))
  return { databaseUrl: database.wayUrl(NAME), organizations, asset: ASSET, payees, clients: CLIENTS }
}

function insertLimit(database: DatabaseServer, organizationId: string, limit: Limit) {
  const [scopeId, scope, window, perPayee, amount, count] = limit
  return database.query(
    NAME,
    `insert into spending_limit (organization_id, id, scope, scope_id, limit_window, asset, per_payee, max_amount,
                                 max_count, is_active, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true, now(), now())`,
    [organizationId, newId(), scope, scopeId, window, ASSET, perPayee, amount, count],
  )
}

/** What is spent stays spent, so caps rise with it; they never fall. */
const raiseCaps = (database: DatabaseServer) =>
  database.query(
    NAME,
    `update spending_limit l
     set max_amount = case when l.max_amount is null then null else greatest(l.max_amount, c.spent + case
           when l.per_payee then $1::int when l.scope = 'AGENT' then $2::int else $3::int end) end,
         max_count = case when l.max_count is null then null else greatest(l.max_count, c.times + $4::int) end
     from (select limit_id, max(spent_amount) as spent, max(spent_count)::int as times from limit_counter group by limit_id) c
     where c.limit_id = l.id`,
    [HEADROOM.payee, HEADROOM.agent, HEADROOM.organization, HEADROOM.count],
  )

interface Crew {
  killOne(random: Random): Promise<void>
  stop(): Promise<void>
}

function startCrew(task: Omit<ReserverTask, 'seed'>, seed: string, hear: (said: Said) => void): Crew {
  let born = 0
  const start = (): ChildProcess => {
    const child = fork(RESERVER, [JSON.stringify({ ...task, seed: `${seed}/${++born}` } satisfies ReserverTask)])
    child.on('message', (said) => hear(said as Said))
    return child
  }
  const crew = Array.from({ length: PROCESSES }, start)
  const end = (child: ChildProcess) =>
    new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
    })
  return {
    async killOne(random) {
      const at = random.between(0, crew.length - 1)
      await end(crew[at] as ChildProcess)
      crew[at] = start()
    },
    stop: async () => void (await Promise.all(crew.map(end))),
  }
}

interface Trouble {
  readonly random: Random
  readonly crew: Crew
  readonly database: DatabaseServer
  readonly tally: Tally
}

async function trouble({ random, crew, database, tally }: Trouble): Promise<void> {
  const what = random.next()
  if (what < 0.06) {
    tally.add('reservations: process killed')
    await crew.killOne(random)
  } else if (what < 0.08) {
    tally.add('reservations: database killed')
    await database.killAndRestart()
  } else if (what < 0.3) {
    tally.add('reservations: connection killed')
    await database.query(
      NAME,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() order by random() limit 1`,
    )
  }
}

/** Whatever a client heard of is in the books as it heard it; what it never heard of may have been done or not. */
async function compare(database: DatabaseServer, ends: ReadonlyMap<string, Ending>, findings: Findings): Promise<void> {
  const rows = await database.query<{ id: string; status: Ending; count: number }>(
    NAME,
    `select payment_id as id, status::text, count(*)::int as count from reservation group by payment_id, status`,
  )
  const books = new Map<string, string>()
  for (const { id, status, count } of rows) books.set(id, `${books.get(id) ?? ''}${count} ${status} `)
  for (const [id, end] of ends) {
    const found = books.get(id)?.trim()
    // The end of a reservation may have been committed without anybody hearing of it.
    const isRight = end === 'RESERVED' ? found !== undefined && /^4 \w+$/.test(found) : found === `4 ${end}`
    if (!isRight) findings.add('acknowledged but lost', `reservation ${id}: ${end} was said, the books have ${found}`)
  }
}
