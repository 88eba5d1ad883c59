import { setTimeout as pause } from 'node:timers/promises'
import { capabilityService, type LimitUse } from '../server/src/modules/capabilities/index.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import { Database } from '../server/src/platform/database/database.ts'
import { newId } from '../server/src/platform/ids.ts'
import { createLog } from '../server/src/platform/log.ts'
import { type Random, seeded } from './random.ts'

/** A process that takes and ends reservations as fast as it can, as the server does, and says what was committed. */

export interface ReserverTask {
  readonly databaseUrl: string
  readonly organizations: readonly { readonly id: string; readonly agentIds: readonly string[] }[]
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

const OPEN_PER_CLIENT = 6
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
  const open: Open[] = []
  for (;;) {
    const isTaking = open.length === 0 || (open.length < OPEN_PER_CLIENT && random.chance(0.5))
    try {
      if (isTaking) await take(random, open)
      else await end(random, open)
    } catch {
      // The connection or the database went away in the middle: whether it was committed is not known.
      said.lost += 1
      await pause(20)
    }
  }
}

interface Open {
  readonly organizationId: string
  readonly id: string
}

/** As a request does: looks for room first, and takes it of all limits or of none. Sometimes it does not look. */
async function take(random: Random, open: Open[]): Promise<void> {
  const { id: organizationId, agentIds } = random.pick(task.organizations)
  const about = { agentId: random.pick(agentIds), asset: task.asset, payee: random.pick(task.payees) }
  const payment = { id: newId(), payee: about.payee, amount: BigInt(random.between(1, 1000)) }
  const isBold = random.chance(0.2)
  const isTaken = await database.inOrganization(organizationId, async (tx) => {
    const uses = await limits.uses(tx, about)
    return (isBold || hasRoom(uses, payment.amount)) && limits.reserve(tx, payment, uses)
  })
  if (!isTaken) {
    said.refused += 1
    return
  }
  said.reserved.push(payment.id)
  open.push({ organizationId, id: payment.id })
}

/** Sometimes twice, as after a crash: the second time changes nothing. */
async function end(random: Random, open: Open[]): Promise<void> {
  const [ended] = open.splice(random.between(0, open.length - 1), 1)
  if (!ended) return
  const { organizationId, id } = ended
  const isSpent = random.chance(0.2)
  const times = random.chance(0.1) ? 2 : 1
  for (let time = 0; time < times; time++)
    await database.inOrganization(organizationId, async (tx) => {
      await (isSpent ? limits.post(tx, id) : limits.release(tx, id))
    })
  const ends = isSpent ? said.spent : said.released
  ends.push(id)
}

function hasRoom(uses: readonly LimitUse[], amount: bigint): boolean {
  return uses.every(
    ({ maxAmount, maxCount, reserved, spent, reservedCount, spentCount }) =>
      (maxAmount === null || reserved + spent + amount <= maxAmount) &&
      (maxCount === null || reservedCount + spentCount < maxCount),
  )
}
