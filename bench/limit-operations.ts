import type pg from 'pg'
import { limitBook } from '../server/src/modules/capabilities/limits.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import { coalesce } from '../server/src/platform/coalesce.ts'
import { Database } from '../server/src/platform/database/database.ts'
import { newId } from '../server/src/platform/ids.ts'
import { createLog } from '../server/src/platform/log.ts'
import { poolAt } from './limit-contenders.ts'

const CALLERS = 256
const PROCESSES = 2
const MAX_BATCH = 256
const MAX_WAITING = 10_000
/** Small enough that it is full nearly always. */
const CAP = 2000n
const PER_LIMIT = 20_000
const LARGEST = 9
const LOOK_EVERY_MS = 50

export interface Operations {
  readonly operations: number
  readonly reserved: number
  readonly refused: number
  readonly spent: number
  readonly released: number
  readonly perSecond: number
  readonly looks: number
  /** Counters over their cap at any look or at the end, counters that are not the sum of their reservations, and answers without a row. */
  readonly faults: number
}

/**
 * Reserve, spend and give back, a fixed number of operations in random order on one limit after another, each of them
 * full most of the time, from two pools as two processes have them. Somebody looks at the counters all the while.
 */
export async function operate(
  databaseUrl: string,
  { operations, say }: { operations: number; say: (line: string) => void },
): Promise<Operations> {
  const organizationId = newId()
  const pools = Array.from({ length: PROCESSES }, () => pool(databaseUrl, organizationId))
  const owner = poolAt(databaseUrl, 2)
  const done = { reserved: 0, refused: 0, spent: 0, released: 0 }
  const acknowledged = new Map<string, 'RESERVED' | 'SPENT' | 'RELEASED'>()
  const limits = Array.from({ length: Math.ceil(operations / PER_LIMIT) }, newId)
  const random = randomFrom(operations)
  let next = 0
  const caller = async (_: unknown, n: number) => {
    const { reserve, end } = pools[n % PROCESSES] as ReturnType<typeof pool>
    while (next < operations) {
      const limitId = limits[Math.floor(next++ / PER_LIMIT)] as string
      const id = newId()
      if (!(await reserve({ limitId, id, amount: BigInt(1 + random(LARGEST)) }))) {
        done.refused++
        continue
      }
      done.reserved++
      acknowledged.set(id, 'RESERVED')
      const fate = random(10)
      if (fate === 0 || next >= operations) continue
      next++
      const isSpent = fate === 1
      await end(id, isSpent)
      done[isSpent ? 'spent' : 'released']++
      acknowledged.set(id, isSpent ? 'SPENT' : 'RELEASED')
    }
  }
  const looking = new AbortController()
  const looks = look(owner, organizationId, looking.signal)
  const begun = performance.now()
  await Promise.all(Array.from({ length: CALLERS }, caller))
  const perSecond = (next / (performance.now() - begun)) * 1000
  looking.abort()
  const seen = await looks
  const faults =
    seen.over + (await faultsIn(owner, organizationId)) + (await unlike(owner, organizationId, acknowledged))
  for (const { stop } of pools) await stop()
  await owner.end()
  say(`  ${next} operations: ${JSON.stringify(done)}, ${seen.looks} looks, ${faults} faults`)
  return { operations: next, ...done, perSecond, looks: seen.looks, faults }
}

/** One process' worth: its connections, and what comes together in it goes together. */
function pool(databaseUrl: string, organizationId: string) {
  const database = new Database({
    ...{ connectionString: databaseUrl, clock: systemClock, log: createLog('warn'), maxConnections: 8 },
  })
  const book = limitBook({ database, clock: systemClock, historyOf: async () => ({ open: [], spent: [] }) })
  const use = (limitId: string) => ({
    ...{ limitId, scope: 'AGENT' as const, window: 'LIFETIME' as const, perPayee: false, maxAmount: CAP },
    ...{ maxCount: null, reserved: 0n, spent: 0n, reservedCount: 0, spentCount: 0, span: { start: new Date(0) } },
  })
  interface Asked {
    limitId: string
    id: string
    amount: bigint
  }
  const bounds = { maxBatch: MAX_BATCH, maxWaiting: MAX_WAITING }
  const reserve = coalesce({
    ...bounds,
    act: (key, items: readonly Asked[]) =>
      database.inOrganization(key, (tx) =>
        book.reserveMany(
          tx,
          items.map(({ limitId, id, amount }) => ({ payment: { id, amount, payee: '' }, uses: [use(limitId)] })),
        ),
      ),
  })
  const end = coalesce({
    ...bounds,
    act: (_key, items: readonly { id: string; isSpent: boolean }[]) =>
      database.inOrganization(organizationId, async (tx) => {
        for (const isSpent of [true, false]) {
          const ids = items.filter((each) => each.isSpent === isSpent).map(({ id }) => id)
          if (ids.length > 0) await (isSpent ? book.post : book.release)(tx, ...ids)
        }
        return items.map(() => undefined)
      }),
  })
  return {
    reserve: (asked: Asked) => reserve(organizationId, asked),
    end: (id: string, isSpent: boolean) => end(organizationId, { id, isSpent }),
    stop: () => database.close(),
  }
}

const OVER = `select count(*)::int as over from limit_counter
              where organization_id = $1 and reserved_amount + spent_amount > $2::numeric`

async function look(owner: pg.Pool, organizationId: string, signal: AbortSignal) {
  const seen = { looks: 0, over: 0 }
  while (!signal.aborted) {
    const { rows } = await owner.query<{ over: number }>(OVER, [organizationId, CAP])
    seen.over += rows[0]?.over ?? 0
    seen.looks++
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  return seen
}

/** Counters over their cap, or that their reservations do not add up to. */
async function faultsIn(owner: pg.Pool, organizationId: string): Promise<number> {
  const { rows } = await owner.query<{ faults: number }>(
    `select count(*)::int as faults
     from limit_counter c
     left join (
       select limit_id, coalesce(sum(amount) filter (where status = 'RESERVED'), 0) as reserved,
              coalesce(sum(amount) filter (where status = 'SPENT'), 0) as spent,
              count(*) filter (where status = 'RESERVED') as reserved_count,
              count(*) filter (where status = 'SPENT') as spent_count
       from reservation where organization_id = $1 group by limit_id
     ) r using (limit_id)
     where c.organization_id = $1
       and (c.reserved_amount + c.spent_amount > $2::numeric
            or (c.reserved_amount, c.spent_amount, c.reserved_count, c.spent_count)
               is distinct from (r.reserved, r.spent, r.reserved_count, r.spent_count))`,
    [organizationId, CAP],
  )
  return rows[0]?.faults ?? Number.NaN
}

/** Answers that the rows do not bear out, and rows that nobody was told of. */
async function unlike(owner: pg.Pool, organizationId: string, told: ReadonlyMap<string, string>): Promise<number> {
  const { rows } = await owner.query<{ id: string; status: string }>(
    'select payment_id as id, status::text from reservation where organization_id = $1',
    [organizationId],
  )
  const wrong = rows.filter(({ id, status }) => told.get(id) !== status).length
  return wrong + Math.abs(rows.length - told.size)
}

/** The same numbers for the same seed: a linear congruential generator is random enough to mix operations. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
