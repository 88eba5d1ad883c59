import { median } from '../numbers.ts'
import { type Crew, capacityOf, graphileFlow, type Latency, steadily, Times, wediFlow } from './flow.ts'
import type { Wedi } from './wedi.ts'

const CREW: Crew = { agents: 16, slots: 8 }
const CALLERS = 32
const DEADLINE_MS = 30_000
/** No flow is slower than this, however loaded the machine. */
const LEAST_PER_SECOND = 2

export interface Delays {
  readonly perSecond: number
  /** What each sustained with 32 callers that wait for their task to be started, from submit to complete. */
  readonly capacities: readonly { readonly name: string; readonly perSecond: number }[]
  readonly flows: readonly {
    readonly name: string
    readonly p50Ms: number
    readonly p99Ms: number
    readonly rounds: readonly Latency[]
  }[]
}

interface Plan {
  readonly databaseUrl: string
  readonly rounds: number
  readonly seconds: number
  readonly say: (line: string) => void
}

/** Both get the same constant rate: half of what the slower of them sustains. */
export async function measureLatency(wedi: Wedi, { databaseUrl, rounds, seconds, say }: Plan): Promise<Delays> {
  let times = new Times()
  const work = async (id: string) => times.started(id)
  const callers = Array.from({ length: CALLERS }, () => 0)
  const flows = [await wediFlow(wedi, [CREW], work), await graphileFlow(databaseUrl, [CREW], work)]
  const capacities: { name: string; perSecond: number }[] = []
  for (const flow of [...flows, ...flows]) {
    capacities.push({ name: flow.name, perSecond: await capacityOf(flow, { seconds, times, callers }) })
  }
  const best = flows.map(({ name }) =>
    Math.max(...capacities.filter((each) => each.name === name).map((each) => each.perSecond)),
  )
  const perSecond = Math.max(LEAST_PER_SECOND, Math.floor(Math.min(...best) / 2))
  say(
    `\nAccepted → assigned at ${perSecond}/s, half of what the slower sustains (${best.map((each) => each.toFixed(0)).join(' and ')}/s)`,
  )
  const taken = flows.map(({ name }) => ({ name, rounds: [] as Latency[] }))
  for (let i = 1; i <= rounds; i++) {
    for (const [at, flow] of flows.entries()) {
      times = new Times()
      const refused = await steadily(perSecond, seconds, async () => times.accepted(await flow.submit(0)))
      await times.all(DEADLINE_MS)
      const took = times.took()
      const one = { ...took, waiting: took.waiting + refused }
      taken[at]?.rounds.push(one)
      const late = one.waiting > 0 ? `, FAILED: ${one.waiting} never accepted or never started` : ''
      say(`  ${i}. ${flow.name}: p50 ${one.p50Ms.toFixed(1)} ms, p99 ${one.p99Ms.toFixed(1)} ms${late}`)
    }
  }
  for (const flow of flows) await flow.stop()
  return { perSecond, capacities, flows: taken.map(({ name, rounds }) => ({ name, ...summary(rounds), rounds })) }
}

function summary(rounds: readonly Latency[]) {
  const good = rounds.filter(({ waiting }) => waiting === 0)
  return { p50Ms: median(good.map(({ p50Ms }) => p50Ms)), p99Ms: median(good.map(({ p99Ms }) => p99Ms)) }
}

const GOAL = { p50Ms: 2, p99Ms: 10 }

export function latencyLines({ flows, perSecond }: Delays) {
  return flows.flatMap(({ name, p50Ms, p99Ms }) => {
    const what = `accepted → assigned at ${perSecond}/s: ${name}`
    if (name !== 'wedi') return [{ what, measured: `p50 ${p50Ms.toFixed(1)} ms  p99 ${p99Ms.toFixed(1)} ms`, goal: '' }]
    return [
      {
        what: `${what}, p50`,
        measured: `${p50Ms.toFixed(1)} ms`,
        goal: `≤ ${GOAL.p50Ms} ms`,
        isMet: p50Ms <= GOAL.p50Ms,
      },
      {
        what: `${what}, p99`,
        measured: `${p99Ms.toFixed(1)} ms`,
        goal: `≤ ${GOAL.p99Ms} ms`,
        isMet: p99Ms <= GOAL.p99Ms,
      },
    ]
  })
}
