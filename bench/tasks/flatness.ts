import { median, quantile } from '../numbers.ts'
import { addBacklog, KINDS } from './fleet.ts'
import type { Team, Wedi } from './wedi.ts'

const NOBODYS = 'bench.nobody'
const KEYS = 100
const BATCH = 100
const FLEET = 1000
const BACKLOG = 10_000
/** Of these backlogs, so much can be done by somebody now. */
const RUNNABLE = 0.1
/** Of what cannot, so much waits for a capability nobody has, in many lanes; the rest for its time. */
const NOBODYS_SHARE = 0.75
const SLOTS = 1000
const SAMPLE = 64
const WARMING = 10

export interface Cost {
  readonly backlog: number
  readonly agents: number
  readonly claimP50Ms: number
  readonly claimP99Ms: number
  readonly completeP50Ms: number
  /** Of one of the tasks that come in one claim of 100, or as many as there are. */
  readonly batchedClaimMs: number
}

export interface Flatness {
  readonly byBacklog: readonly Cost[]
  readonly byFleet: readonly Cost[]
}

interface Plan {
  readonly backlogs: readonly number[]
  readonly fleets: readonly number[]
  readonly claims: number
  readonly say: (line: string) => void
}

/** What one claim costs, one after the other, as the backlog grows and as the fleet grows. */
export async function measureFlatness(wedi: Wedi, { backlogs, fleets, claims, say }: Plan): Promise<Flatness> {
  const grown = async (name: string, sizes: readonly { backlog: number; agents: number }[]): Promise<Cost[]> => {
    say(`\nCost of a claim by size of the ${name}`)
    const teams: { size: { backlog: number; agents: number }; team: Team }[] = []
    for (const size of sizes) teams.push({ size, team: await prepared(wedi, size) })
    await wedi.owner.query('vacuum analyze')
    const costs: Cost[] = []
    for (const { size, team } of teams) {
      const cost = { ...size, ...(await costOf(wedi, team, claims)) }
      costs.push(cost)
      const batched = `${cost.batchedClaimMs.toFixed(3)} ms a task by ${BATCH}`
      const single = `claim p50 ${cost.claimP50Ms.toFixed(2)} ms, p99 ${cost.claimP99Ms.toFixed(2)} ms`
      say(
        `  ${size.backlog} tasks, ${size.agents} agents: ${single}, complete ${cost.completeP50Ms.toFixed(2)} ms; ${batched}`,
      )
    }
    return costs
  }
  return {
    byBacklog: await grown(
      'backlog',
      backlogs.map((backlog) => ({ backlog, agents: FLEET })),
    ),
    byFleet: await grown(
      'fleet',
      fleets.map((agents) => ({ backlog: BACKLOG, agents })),
    ),
  }
}

async function prepared({ owner, team }: Wedi, { backlog, agents }: { backlog: number; agents: number }) {
  const made = await team({ size: agents, slots: SLOTS, sample: Math.min(agents, SAMPLE) })
  const runnable = Math.ceil(backlog * RUNNABLE)
  const nobodys = Math.ceil((backlog - runnable) * NOBODYS_SHARE)
  await addBacklog(owner, made.organizationId, { count: nobodys, type: NOBODYS, keys: Math.min(KEYS, nobodys) })
  await addBacklog(owner, made.organizationId, { count: backlog - runnable - nobodys, inHours: 1 })
  await addBacklog(owner, made.organizationId, { count: runnable })
  return made
}

async function costOf({ owner }: Wedi, team: Team, claims: number) {
  let taken = 0
  /** What was taken is put back, so that the backlog stays as large as it is said to be. */
  const refill = async (): Promise<void> => {
    const count = taken - (taken % KINDS)
    if (count > 0) await addBacklog(owner, team.organizationId, { count })
    taken -= count
  }
  const one = async (i: number, max: number) => {
    await refill()
    const member = team.members[i % team.members.length] as Team['members'][number]
    const begun = performance.now()
    const tasks = await team.claim(member, { max, waitMs: 0 })
    const claimed = performance.now()
    if (tasks.length === 0) throw new Error('a claim got nothing')
    await Promise.all(tasks.map((task) => team.finish(member, task)))
    taken += tasks.length
    return { claimMs: (claimed - begun) / tasks.length, completeMs: performance.now() - claimed }
  }
  const many = async (count: number, max: number) => {
    const costs: Awaited<ReturnType<typeof one>>[] = []
    for (let i = 0; i < count; i++) costs.push(await one(i, max))
    return costs
  }
  // The first claims look at every lane once; what comes after is the cost of a claim.
  await many(WARMING, 1)
  const singles = await many(claims, 1)
  const batches = await many(claims / BATCH_SHARE, BATCH)
  const claimMs = singles.map((each) => each.claimMs)
  return {
    ...{ claimP50Ms: median(claimMs), claimP99Ms: quantile(claimMs, 0.99) },
    completeP50Ms: median(singles.map(({ completeMs }) => completeMs)),
    batchedClaimMs: median(batches.map((each) => each.claimMs)),
  }
}

/** Fewer batches than single claims: each is many. */
const BATCH_SHARE = 10
/** What counts as flat: the largest costs at most so much of the smallest. */
const GOAL = 1.5

export function flatnessLines({ byBacklog, byFleet }: Flatness) {
  const lines = (what: string, costs: readonly Cost[], size: (cost: Cost) => number) => {
    const ratio = (costs.at(-1)?.claimP50Ms ?? Number.NaN) / (costs[0]?.claimP50Ms ?? Number.NaN)
    return [
      ...costs.map((cost) => ({
        what: `claim, ${what} of ${size(cost)}`,
        measured: `p50 ${cost.claimP50Ms.toFixed(2)} ms  ${cost.batchedClaimMs.toFixed(3)} ms a task batched`,
        goal: '',
      })),
      {
        what: `claim, largest ${what} ÷ smallest`,
        measured: ratio.toFixed(2),
        goal: `≤ ${GOAL}`,
        isMet: ratio <= GOAL,
      },
    ]
  }
  return [...lines('backlog', byBacklog, ({ backlog }) => backlog), ...lines('fleet', byFleet, ({ agents }) => agents)]
}
