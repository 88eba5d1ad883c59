import type { Request } from 'autocannon'
import { type Fleet, NEW_AGENT } from './ground.ts'
import type { Line } from './report.ts'
import { type Contestant, interleaved, type Measured } from './rounds.ts'
import { kindOf } from './tasks/fleet.ts'
import { PAYLOAD } from './tasks/queue.ts'

/** What the best open agent platform answers on such a machine with a fleet of 600, durable, one request after the other. */
const PLATFORM_PER_SECOND = { 'agent read': 76, 'agent create': 38, 'task create': 81, 'claim + complete': 71 }
type Work = keyof typeof PLATFORM_PER_SECOND
const GOAL = { times: 20, at: 600, p99Ms: 50, flat: 0.8 }

/** One kind of work at each size of a fleet. */
export interface FleetRows {
  readonly work: Work
  readonly bySize: readonly (Measured & { readonly size: number })[]
}

interface Plan {
  readonly rounds: number
  readonly seconds: number
  readonly say: (line: string) => void
}

export async function measureFleets(fleets: readonly Fleet[], url: string, plan: Plan): Promise<FleetRows[]> {
  const works: Record<Work, (fleet: Fleet) => Request[]> = {
    'agent read': readsOf,
    'agent create': (fleet) => [created(fleet, '/agents', NEW_AGENT)],
    'task create': tasksOf,
    'claim + complete': claimsOf,
  }
  const rows: FleetRows[] = []
  for (const [work, requestsOf] of Object.entries(works) as [Work, (fleet: Fleet) => Request[]][]) {
    plan.say(`\n${work}, by size of the fleet`)
    const contestants = fleets.map(
      (fleet): Contestant => ({ name: `fleet of ${fleet.size}`, url, requests: requestsOf(fleet) }),
    )
    const measured = await interleaved(contestants, plan)
    rows.push({ work, bySize: measured.map((each, at) => ({ ...each, size: fleets[at]?.size ?? 0 })) })
  }
  return rows
}

const headersOf = (key: string) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' })

export const readsOf = ({ workers, key }: Fleet, prefix = ''): Request[] =>
  workers.map(({ agentId }) => ({
    ...{ method: 'GET', path: `${prefix}/v1/agents/${agentId}` },
    headers: { authorization: `Bearer ${key}` },
  }))

const created = ({ key }: Fleet, path: string, body: object): Request => ({
  ...{ method: 'POST', path: `/v1${path}`, headers: headersOf(key), body: JSON.stringify(body) },
})

const tasksOf = (fleet: Fleet): Request[] =>
  fleet.workers.map((_, at) => created(fleet, '/tasks', { ...kindOf(at), payload: PAYLOAD }))

/** Each claim is followed by the complete of what it was given: two requests, of which both are counted and timed. */
function claimsOf({ workers }: Fleet): Request[] {
  return workers.flatMap(({ agentId, instanceId, key }): Request[] => [
    {
      ...{ method: 'POST', path: `/v1/agents/${agentId}/claims`, headers: headersOf(key) },
      body: JSON.stringify({ instanceId, max: 1, waitMs: 0 }),
      onResponse: (_status, body, context) => {
        const [given] = (JSON.parse(body) as Claimed).data ?? []
        context.taskId = given?.task.id ?? 'none'
        context.fencingToken = given?.lease.fencingToken ?? '0'
      },
    },
    {
      ...{ method: 'POST', path: '/v1/tasks', headers: headersOf(key) },
      setupRequest: (request, { taskId, fencingToken }) => ({
        ...{ ...request, path: `/v1/tasks/${taskId}/complete` },
        body: JSON.stringify({ fencingToken }),
      }),
    },
  ])
}

interface Claimed {
  readonly data?: readonly {
    readonly task: { readonly id: string }
    readonly lease: { readonly fencingToken: string }
  }[]
}

export function fleetLines(rows: readonly FleetRows[]): Line[] {
  return rows.flatMap(({ work, bySize }) => {
    const requests = work === 'claim + complete' ? 2 : 1
    const perSecond = ({ perSecond: answered }: Measured) => answered / requests
    const speeds = bySize.map(perSecond)
    const flatness = Math.min(...speeds) / Math.max(...speeds)
    const [asked] = bySize.filter(({ size }) => size === GOAL.at)
    const times = (asked ? perSecond(asked) : Number.NaN) / PLATFORM_PER_SECOND[work]
    const p99Ms = asked?.p99Ms ?? Number.NaN
    return [
      ...bySize.map((each) => ({
        what: `${work}, fleet of ${each.size}`,
        measured: `${perSecond(each).toFixed(0)}/s  p50 ${each.p50Ms.toFixed(1)} ms  p99 ${each.p99Ms.toFixed(1)} ms`,
        goal: '',
      })),
      {
        what: `${work}, fleet of ${GOAL.at} ÷ ${PLATFORM_PER_SECOND[work]}/s`,
        ...{ measured: times.toFixed(1), goal: `≥ ${GOAL.times}`, isMet: times >= GOAL.times },
      },
      {
        what: `${work}, fleet of ${GOAL.at}, p99`,
        ...{ measured: `${p99Ms.toFixed(1)} ms`, goal: `≤ ${GOAL.p99Ms} ms`, isMet: p99Ms <= GOAL.p99Ms },
      },
      {
        what: `${work}, slowest fleet ÷ fastest`,
        ...{ measured: flatness.toFixed(2), goal: `≥ ${GOAL.flat}`, isMet: flatness >= GOAL.flat },
      },
    ]
  })
}
