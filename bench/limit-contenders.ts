import pg from 'pg'
import { limitBook } from '../server/src/modules/capabilities/limits.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import { coalesce } from '../server/src/platform/coalesce.ts'
import { Database } from '../server/src/platform/database/database.ts'
import { newId } from '../server/src/platform/ids.ts'
import { createLog } from '../server/src/platform/log.ts'

export const POOL_SIZE = 20
export const BATCH = 256
/** Waiting is the load generator's own; nothing of it may be refused. */
const MAX_WAITING = 1_000_000

/** One limit of so many payments; each payment has an amount of one. */
export interface Limit {
  readonly id: string
  readonly cap: number
}

/** Something that keeps limits. Every payment it lets through leaves a row that says so, committed when it answers. */
export interface Contender {
  readonly name: string
  prepare(limits: readonly Limit[]): Promise<void>
  /** Whether the payment may be made. */
  take(limit: Limit, paymentId: string): Promise<boolean>
  /** Of each limit, how many rows say that they were let through. */
  letThrough(limitIds: readonly string[]): Promise<Map<string, number>>
  /** How often a transaction had to be begun again, since the last time this was asked. */
  retries(): number
  stop(): Promise<void>
}

type Book = Pick<ReturnType<typeof limitBook>, 'reserveMany'>
type Uses = Parameters<Book['reserveMany']>[1][number]['uses']

/** What the verdict would have read of the limit: only the caps count for the reservation. */
const usesOf = ({ id, cap }: Limit): Uses => [
  {
    ...{ limitId: id, scope: 'AGENT', window: 'LIFETIME', perPayee: false, maxAmount: BigInt(cap), maxCount: null },
    ...{ reserved: 0n, spent: 0n, reservedCount: 0, spentCount: 0, span: { start: new Date(0) } },
  },
]

/** Ours, as the payment path does it (a transaction for each), or as many as come in one. */
export function wedi(databaseUrl: string, how: 'un-batched' | 'batched'): Contender {
  const database = new Database({
    ...{ connectionString: databaseUrl, clock: systemClock, log: createLog('warn'), maxConnections: POOL_SIZE },
  })
  const book = limitBook({ database, clock: systemClock, historyOf: async () => ({ open: [], spent: [] }) })
  const owner = poolAt(databaseUrl, 1)
  const organizationId = newId()
  const reserve = (key: string, items: readonly { limit: Limit; paymentId: string }[]) =>
    database.inOrganization(key, (tx) =>
      book.reserveMany(
        tx,
        items.map(({ limit, paymentId: id }) => ({ payment: { id, amount: 1n, payee: '' }, uses: usesOf(limit) })),
      ),
    )
  const together = coalesce({ act: reserve, maxBatch: BATCH, maxWaiting: MAX_WAITING })
  return {
    name: `wedi, ${how}`,
    prepare: async () => undefined,
    async take(limit, paymentId) {
      if (how === 'batched') return together(organizationId, { limit, paymentId })
      return (await reserve(organizationId, [{ limit, paymentId }]))[0] ?? false
    },
    letThrough: (ids) => counted(owner, 'select limit_id, count(*)::int from reservation', organizationId, ids),
    retries: () => 0,
    async stop() {
      await Promise.all([database.close(), owner.end()])
    },
  }
}

const PEER_TABLES = `
  create schema if not exists peer;
  create table if not exists peer.spending_limit (
    organization_id uuid, id uuid, spent numeric(78, 0) not null default 0, primary key (organization_id, id));
  create table if not exists peer.spend (
    organization_id uuid, limit_id uuid, payment_id uuid, amount numeric(78, 0) not null,
    primary key (organization_id, limit_id, payment_id));`

const SUM = {
  name: 'sum',
  text: 'select coalesce(sum(amount), 0)::int as spent from peer.spend where organization_id = $1 and limit_id = $2',
}
const INSERT = { name: 'insert', text: 'insert into peer.spend values ($1, $2, $3, 1)' }
const LOCK = { name: 'lock', text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))' }
/** The update waits for the row, looks at it again and decides; the record goes with it. */
const CONDITIONAL = {
  name: 'conditional',
  text: `with taken as (
           update peer.spending_limit set spent = spent + 1
           where organization_id = $1 and id = $2 and spent + 1 <= $4::numeric returning id)
         insert into peer.spend select $1, id, $3, 1 from taken`,
}
const SERIALIZATION_FAILURE = '40001'
const DEADLOCK = '40P01'
const ADMIN_SHUTDOWN = '57P01'

type Take = (client: pg.Pool, row: { organizationId: string; limit: Limit; paymentId: string }) => Promise<boolean>

/** The usual ways, on tables with nothing but what they need, and without tenancy. */
export async function peers(databaseUrl: string): Promise<Contender[]> {
  const retried = { count: 0 }
  const summing = (begin: string, isLocked = false): Take => {
    return (pool, { organizationId, limit, paymentId }) =>
      inTransaction(pool, begin, async (client) => {
        if (isLocked) await client.query({ ...LOCK, values: [limit.id] })
        const { rows } = await client.query({ ...SUM, values: [organizationId, limit.id] })
        if (rows[0].spent + 1 > limit.cap) return false
        await client.query({ ...INSERT, values: [organizationId, limit.id, paymentId] })
        return true
      })
  }
  const serializable = summing('begin isolation level serializable')
  const ways: Record<string, Take> = {
    'sum, then insert': summing('begin'),
    'SERIALIZABLE, retried': async (pool, row) => {
      for (;;) {
        try {
          return await serializable(pool, row)
        } catch (error) {
          const { code } = error as { code?: string }
          if (code !== SERIALIZATION_FAILURE && code !== DEADLOCK) throw error
          retried.count++
        }
      }
    },
    'advisory lock, sum': summing('begin', true),
    'conditional update': async (pool, { organizationId, limit, paymentId }) => {
      const { rowCount } = await pool.query({
        ...CONDITIONAL,
        values: [organizationId, limit.id, paymentId, limit.cap],
      })
      return rowCount === 1
    },
  }
  return Promise.all(
    Object.entries(ways).map(async ([name, take]) => {
      const pool = poolAt(databaseUrl, POOL_SIZE)
      const organizationId = newId()
      return {
        name,
        async prepare(limits) {
          const values = [organizationId, limits.map(({ id }) => id)]
          await pool.query(
            'insert into peer.spending_limit (organization_id, id) select $1, unnest($2::uuid[])',
            values,
          )
        },
        take: (limit, paymentId) => take(pool, { organizationId, limit, paymentId }),
        letThrough: (ids) => counted(pool, 'select limit_id, count(*)::int from peer.spend', organizationId, ids),
        retries() {
          const { count } = retried
          if (name.startsWith('SERIALIZABLE')) retried.count = 0
          return name.startsWith('SERIALIZABLE') ? count : 0
        },
        stop: () => pool.end(),
      } satisfies Contender
    }),
  )
}

/** A pool that has ended leaves its last connections to the server, whose own end is then nobody's loss. */
export function poolAt(databaseUrl: string, max: number): pg.Pool {
  return new pg.Pool({ connectionString: databaseUrl, max }).on('error', (error: Error & { code?: string }) => {
    if (error.code !== ADMIN_SHUTDOWN) throw error
  })
}

export async function makePeerTables(databaseUrl: string): Promise<void> {
  const pool = poolAt(databaseUrl, 1)
  await pool.query(PEER_TABLES)
  await pool.end()
}

async function inTransaction<T>(pool: pg.Pool, begin: string, act: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query(begin)
    const result = await act(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

async function counted(
  pool: pg.Pool,
  select: string,
  organizationId: string,
  limitIds: readonly string[],
): Promise<Map<string, number>> {
  const text = `${select} where organization_id = $1 and limit_id = any($2::uuid[]) group by limit_id`
  const { rows } = await pool.query<{ limit_id: string; count: number }>(text, [organizationId, limitIds])
  return new Map(rows.map((row) => [row.limit_id, row.count]))
}
