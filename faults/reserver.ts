import { setTimeout as pause } from 'node:timers/promises'
import { capabilityService, type LimitUse } from '../server/src/modules/capabilities/index.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import { Database } from '../server/src/platform/database/database.ts'
import { newId } from '../server/src/platform/ids.ts'
import { createLog } from '../server/src/platform/log.ts'
import { type Random, seeded } from './random.ts'

/** A process that takes and ends reservations as fast as it can, as the server does, and says what was committed. */

interface Organization {
  readonly id: string
  readonly agentIds: readonly string[]
}

export interface ReserverTask {
  readonly databaseUrl: string
  readonly organizations: readonly Organization[]
  readonly asset: string
  readonly payees: readonly string[]
  readonly clients: number
  readonly seed: string
}

/** What one message says: committed acts since the last. */
export interface Said {
  readonly reserved: string[]
  readonly spent: string[]
  readonly released: string[]
  /** Of which nothing remains: no room, or nobody knows. */
  refused: number
  lost: number
}

/** Many in one transaction, as a server under load does. */
const BATCH = 40
const OPEN_PER_CLIENT = 120
const SAY_MS = 100
const empty = (): Said => ({ reserved: [], spent: [], released: [], refused: 0, lost: 0 })

const task = JSON.parse(process.argv[2] ?? '') as ReserverTask
const log = createLog('silent')
const database = new Database({ connectionString: task.databaseUrl, clock: systemClock, log })
const { limits } = capabilityService({ database, clock: systemClock } as Parameters<typeof capabilityService>[0])

let said = empty()
setInterval(() => {
  process.send?.(said)
  said = empty()
}, SAY_MS)
process.once('disconnect', () => process.exit(0))
for (let client = 0; client < task.clients; client++) void work(seeded(`${task.seed}/${client}`))

async function work(random: Random): Promise<never> {
  const home = random.pick(task.organizations)
  const open: string[] = []
  for (;;) {
    const isTaking = open.length === 0 || (open.length < OPEN_PER_CLIENT && random.chance(0.5))
    try {
      if (isTaking) await take(random, home, open)
      else await end(random, home.id, open)
    } catch {
      await pause(20)
    }
  }
}

/** As requests do: each takes its part of all limits or of none. */
async function take(random: Random, { id, agentIds }: Organization, open: string[]): Promise<void> {
  const agentId = random.pick(agentIds)
  const payments = Array.from({ length: random.between(1, BATCH) }, () => ({
    ...{ id: newId(), payee: random.pick(task.payees), amount: BigInt(random.between(1, 1000)) },
  }))
  const taken = await knowing(payments.length, () =>
    database.inOrganization(id, async (tx) => {
      const uses = new Map<string, LimitUse[]>()
      for (const payee of task.payees) uses.set(payee, await limits.uses(tx, { agentId, asset: task.asset, payee }))
      const asked = payments.map((payment) => ({ payment, uses: uses.get(payment.payee) ?? [] }))
      return limits.reserveMany(tx, asked)
    }),
  )
  const reserved = payments.filter((_, at) => taken[at]).map((payment) => payment.id)
  said.refused += payments.length - reserved.length
  said.reserved.push(...reserved)
  open.push(...reserved)
}

/** Sometimes twice, as after a crash: the second time changes nothing. */
async function end(random: Random, organizationId: string, open: string[]): Promise<void> {
  const ended = open.splice(random.between(0, open.length - 1), random.between(1, BATCH))
  const isSpent = random.chance(0.2)
  const times = random.chance(0.1) ? 2 : 1
  for (let time = 0; time < times; time++)
    await knowing(ended.length, () =>
      database.inOrganization(organizationId, async (tx) => {
        await (isSpent ? limits.post(tx, ...ended) : limits.release(tx, ...ended))
      }),
    )
  const ends = isSpent ? said.spent : said.released
  ends.push(...ended)
}

/** The connection or the database may go away in the middle: whether it was committed is not known then. */
async function knowing<T>(operations: number, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    said.lost += operations
    throw error
  }
}
