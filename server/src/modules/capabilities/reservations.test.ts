import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock'
import { Database } from '#platform/database/database'
import { newId } from '#platform/ids'
import { createLog } from '#platform/log'
import { createDatabase, queryAt } from '../../../test/support/app.ts'
import { until } from '../../../test/support/until.ts'
import { limitBook } from './limits.ts'
import { type Part, type Place, reservationStore } from './reservation-store.ts'
import { windowAt } from './windows.ts'

/** The statements themselves, in more ways than payments can be made to ask for in a test's time. */

let made: Awaited<ReturnType<typeof createDatabase>>
/** Two pools, as two processes have. */
let databases: Database[]

beforeAll(async () => {
  made = await createDatabase()
  const options = { connectionString: made.url, clock: systemClock, log: createLog('silent') }
  databases = [0, 1].map(() => new Database({ ...options, maxConnections: 5 }))
})
afterAll(async () => {
  for (const database of databases) await database.close()
  await made.drop()
})

const inProcess = (n: number) => databases[n % 2] as Database
const reserve = (organizationId: string, parts: readonly Part[], process = 0) =>
  inProcess(process).inOrganization(organizationId, (tx) => reservationStore.reserve(tx, parts))
const settle = (organizationId: string, ids: readonly string[], isSpent: boolean, process = 0) =>
  inProcess(process).inOrganization(organizationId, (tx) => reservationStore.settle(tx, ids, isSpent))

const WINDOWS = [new Date('2026-11-23T00:00:00.000Z'), new Date('2026-11-24T00:00:00.000Z')]
const aPlace = (over: Partial<Place> = {}): Place => ({
  ...{ limitId: newId(), windowStart: WINDOWS[0] as Date, payee: '', maxAmount: null, maxCount: null },
  ...over,
})
const aPart = (amount: bigint, ...places: Place[]): Part => ({ paymentId: newId(), amount, places })

interface Counter {
  used: bigint
  count: number
}
const keyOf = ({ limitId, windowStart, payee }: Place) => `${limitId} ${windowStart.toISOString()} ${payee}`

/** What the statement does, said in another language. */
function admit(counters: Map<string, Counter>, parts: readonly Part[]): boolean[] {
  return parts.map(({ amount, places }) => {
    const at = places.map((place) => ({ place, ...(counters.get(keyOf(place)) ?? { used: 0n, count: 0 }) }))
    const fits = at.every(
      ({ place, used, count }) =>
        (place.maxAmount === null || used + amount <= place.maxAmount) &&
        (place.maxCount === null || count < place.maxCount),
    )
    if (fits) {
      for (const { place, used, count } of at) counters.set(keyOf(place), { used: used + amount, count: count + 1 })
    }
    return fits
  })
}

/** Of each counter: what it says, and what its reservations add up to. */
const booksOf = (organizationId: string) =>
  queryAt<Record<'limitId' | 'reserved' | 'spent' | 'openSum' | 'spentSum' | 'cap', string> & Counts>(
    made.url,
    `select c.limit_id as "limitId", c.reserved_amount as reserved, c.spent_amount as spent, c.cap_amount as cap,
            c.reserved_count as "reservedCount", c.spent_count as "spentCount",
            coalesce(sum(r.amount) filter (where r.status = 'RESERVED'), 0) as "openSum",
            coalesce(sum(r.amount) filter (where r.status = 'SPENT'), 0) as "spentSum",
            count(r.*) filter (where r.status = 'RESERVED')::int as open,
            count(r.*) filter (where r.status = 'SPENT')::int as done
     from limit_counter c left join reservation r using (organization_id, limit_id, window_start, payee)
     where c.organization_id = $1 group by c.organization_id, c.limit_id, c.window_start, c.payee`,
    [organizationId],
  )
type Counts = Record<'reservedCount' | 'spentCount' | 'open' | 'done', number>

async function expectTrueBooks(organizationId: string): Promise<void> {
  for (const book of await booksOf(organizationId)) {
    expect(book).toMatchObject({ reserved: book.openSum, spent: book.spentSum })
    expect(book).toMatchObject({ reservedCount: book.open, spentCount: book.done })
    if (book.cap !== null) expect(BigInt(book.reserved) + BigInt(book.spent)).toBeLessThanOrEqual(BigInt(book.cap))
  }
}

describe('a batch of reservations', () => {
  it('admits in order whatever fits every one of its limits, and nothing of what does not', async () => {
    const amount = fc.bigInt({ min: 1n, max: 60n })
    const cap = fc.record({
      maxAmount: fc.option(fc.bigInt({ min: 0n, max: 200n })),
      maxCount: fc.option(fc.nat(6)),
    })
    const asked = fc.record({ amount, where: fc.uniqueArray(fc.nat(5), { maxLength: 6 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(cap, { minLength: 6, maxLength: 6 }),
        fc.array(fc.array(asked, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        async (caps, batches) => {
          const organizationId = newId()
          const limitIds = [newId(), newId()]
          // Two limits, two windows, two payees: what differs in one of the three is another counter.
          const places = caps.map((each, i) =>
            aPlace({
              ...each,
              limitId: limitIds[i % 2] as string,
              windowStart: WINDOWS[i < 4 ? 0 : 1] as Date,
              payee: i === 2 || i === 3 ? 'payee' : '',
            }),
          )
          const counters = new Map<string, Counter>()
          for (const [n, batch] of batches.entries()) {
            const parts = batch.map(({ amount, where }) => ({
              ...aPart(amount),
              // One limit counts a payment in one window and for one payee only.
              places: where.flatMap((i, at) =>
                where.findIndex((j) => j % 2 === i % 2) === at ? [places[i] as Place] : [],
              ),
            }))
            expect(await reserve(organizationId, parts, n)).toEqual(admit(counters, parts))
          }
          await expectTrueBooks(organizationId)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('that names limits in any order does not wait for another in a circle, and passes no cap, in two processes', async () => {
    const organizationId = newId()
    const places = Array.from({ length: 8 }, (_, i) => aPlace({ maxAmount: 1000n, maxCount: i % 2 === 0 ? 150 : null }))
    const shuffled = () => places.toSorted(() => Math.random() - 0.5).slice(0, 3)
    const batches = Array.from({ length: 60 }, (_, n) =>
      reserve(
        organizationId,
        Array.from({ length: 10 }, () => aPart(BigInt(1 + (n % 20)), ...shuffled())),
        n,
      ),
    )
    const said = (await Promise.all(batches)).flat()
    expect(new Set(said)).toEqual(new Set([true, false]))
    await expectTrueBooks(organizationId)
  })

  it('and reservations one by one at the same time take exactly the cap', async () => {
    const organizationId = newId()
    const place = aPlace({ maxAmount: 500n, maxCount: 400 })
    const said = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        reserve(
          organizationId,
          Array.from({ length: n % 4 === 0 ? 20 : 1 }, () => aPart(1n, place)),
          n,
        ),
      ),
    )
    expect(said.flat().filter(Boolean)).toHaveLength(400)
    await expectTrueBooks(organizationId)
  })

  it('of no limits takes nothing and is fine', async () => {
    expect(await reserve(newId(), [aPart(5n)])).toEqual([true])
  })

  it('with a payment that has its part already is refused as a whole', async () => {
    const organizationId = newId()
    const place = aPlace({ maxAmount: 100n })
    const part = aPart(10n, place)
    await reserve(organizationId, [part])
    await expect(reserve(organizationId, [aPart(10n, place), part])).rejects.toMatchObject({ code: '23505' })
    expect(await booksOf(organizationId)).toMatchObject([{ reserved: '10', open: 1 }])
  })
})

describe('the end of reservations', () => {
  it('comes once to each, whoever asks again: spent or given back', async () => {
    const organizationId = newId()
    const places = [aPlace({ maxAmount: 100n }), aPlace({ maxCount: 5 })]
    const [a, b, c, d] = [1n, 20n, 30n, 4n].map((amount) => aPart(amount, ...places)) as [Part, Part, Part, Part]
    expect(await reserve(organizationId, [a, b, c, d])).toEqual([true, true, true, true])
    const both = [a.paymentId, b.paymentId]
    await Promise.all([0, 1, 2, 3].map((n) => settle(organizationId, both, true, n)))
    await settle(organizationId, [...both, c.paymentId], false)
    for (const book of await booksOf(organizationId)) {
      expect(book).toMatchObject({ reserved: '4', reservedCount: 1, spent: '21', spentCount: 2 })
    }
    await expectTrueBooks(organizationId)
  })

  it('in two processes and in any order keeps the books', async () => {
    const organizationId = newId()
    const places = Array.from({ length: 4 }, () => aPlace({ maxAmount: 10_000n }))
    const parts = Array.from({ length: 200 }, (_, i) => aPart(BigInt(1 + i), ...places.toSpliced(i % 4, 1)))
    await reserve(organizationId, parts)
    const ids = parts.map(({ paymentId }) => paymentId)
    const ends = Array.from({ length: 40 }, (_, n) =>
      settle(organizationId, ids.slice(n * 5, n * 5 + 12), n % 3 > 0, n),
    )
    await Promise.all(ends)
    await expectTrueBooks(organizationId)
    expect((await booksOf(organizationId)).every(({ reserved }) => reserved === '0')).toBe(true)
  })
})

it.each([
  ['DAY', 'LIFETIME'],
  ['LIFETIME', 'DAY'],
] as const)('what moves between windows and what is taken, of %s and %s, do not wait in a circle', async (...kinds) => {
  const [organizationId, agentId, asset] = [newId(), newId(), 'eip155:1/slip44:60']
  const noHistory = async () => ({ open: [], spent: [] })
  const book = limitBook({ database: inProcess(0), clock: systemClock, historyOf: noHistory })
  const wanted = kinds.map((window) => ({ window, asset, maxAmount: '100' }))
  const limits = await inProcess(0).inOrganization(organizationId, (tx) => book.put(tx, 'AGENT', agentId, wanted))
  const placeIn = (kind: string, at: Date) => {
    const { limitId, window } = limits.find((each) => each.window === kind) as (typeof limits)[number]
    return aPlace({ limitId, windowStart: windowAt(window, at).start, maxAmount: 100n })
  }
  const now = new Date()
  const late = aPart(10n, placeIn('DAY', new Date(now.getTime() - 86_400_000)), placeIn('LIFETIME', now))
  expect(await reserve(organizationId, [late])).toEqual([true])

  const payment = { id: late.paymentId, amount: 10n, agentId, asset, payee: 'payee' }
  let moving: Promise<boolean> | undefined
  const [first, second] = kinds.map((kind) => placeIn(kind, now)) as [Place, Place]
  await inProcess(1).inOrganization(organizationId, async (tx) => {
    await reservationStore.reserve(tx, [aPart(1n, first)])
    moving = inProcess(0).inOrganization(organizationId, (other) => book.rebook(other, payment))
    const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
    await until('the one waits for the other', async () => (await queryAt(made.url, waits)).length > 0)
    await reservationStore.reserve(tx, [aPart(1n, second)])
  })
  expect(await moving).toBe(true)
  await expectTrueBooks(organizationId)
})

it('a counter is not passed by whoever goes around the statement', async () => {
  const organizationId = newId()
  await reserve(organizationId, [aPart(10n, aPlace({ maxAmount: 100n, maxCount: 3 }))])
  const set = (change: string) =>
    queryAt(made.url, `update limit_counter set ${change} where organization_id = $1`, [organizationId])
  for (const change of ['reserved_amount = 101', 'spent_amount = 91', 'spent_count = 3', 'reserved_count = -1']) {
    await expect(set(change)).rejects.toMatchObject({ code: '23514' })
  }
})

it('what is long past is forgotten: not what is open, not a lifetime, and not because one clock runs ahead', async () => {
  const organizationId = newId()
  const now = new Date()
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)
  const started = { lifetime: new Date(0), open: daysAgo(400), past: daysAgo(91), recent: daysAgo(89) }
  const parts = Object.values(started).map((windowStart) => aPart(1n, aPlace({ windowStart, maxAmount: 1n })))
  await reserve(organizationId, parts)
  const ended = parts.filter(({ places }) => places[0]?.windowStart !== started.open)
  await settle(
    organizationId,
    ended.map(({ paymentId }) => paymentId),
    true,
  )
  const forget = (clock: () => Date) =>
    limitBook({ database: inProcess(0), clock, historyOf: async () => ({ open: [], spent: [] }) }).forgetPast()
  const left = async () =>
    (await queryAt(made.url, 'select window_start from limit_counter where organization_id = $1', [organizationId]))
      .length
  await forget(() => daysAgo(30))
  expect(await left()).toBe(4)
  await forget(() => daysAgo(-1000))
  expect(await left()).toBe(3)
  await settle(organizationId, [parts[1]?.paymentId ?? ''], false)
  await expectTrueBooks(organizationId)
  await forget(() => now)
  expect(await left()).toBe(2)
})
