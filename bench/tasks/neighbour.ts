import { setTimeout as pause } from 'node:timers/promises'
import { type Crew, capacityOf, type Flow, graphileFlow, type Latency, steadily, Times, wediFlow } from './flow.ts'
import type { Wedi } from './wedi.ts'

const OTHERS = 10
/** The first organisation is the noisy one; its tasks take long, so that its backlog stays. */
const CREWS: readonly Crew[] = [
  { agents: 10, slots: 10 },
  ...Array.from({ length: OTHERS }, () => ({ agents: 2, slots: 10 })),
]
const NOISY = 0
const NOISY_WORK_MS = 250
const OTHERS_WORK_MS = 20
/** Of all others together, or a quarter of what they can have on a slower machine. */
const PER_SECOND = 50
const LEAST_PER_SECOND = 2
const SENDERS = 4
const LAST_LOOK_MS = 1000

export interface Noise {
  readonly name: string
  readonly backlog: number
  /** Tasks of the others. */
  readonly perSecond: number
  readonly quiet: Latency
  /** While the backlog is being enqueued. */
  readonly enqueuing: Latency
  /** While it stands, and its own agents work at it. */
  readonly standing: Latency
}

interface Plan {
  readonly databaseUrl: string
  readonly backlog: number
  readonly seconds: number
  readonly say: (line: string) => void
}

/** What ten small organisations wait for their tasks, before, while and after a large one enqueues its backlog. */
export async function measureNoise(wedi: Wedi, plan: Plan): Promise<Noise[]> {
  plan.say(`\n${OTHERS} organisations with some tasks a second, and one that enqueues ${plan.backlog}`)
  return [
    await noiseIn((work) => wediFlow(wedi, CREWS, work), plan),
    await noiseIn((work) => graphileFlow(plan.databaseUrl, CREWS, work), plan),
  ]
}

type Open = (work: (id: string, organization: number) => Promise<void>) => Promise<Flow>

async function noiseIn(open: Open, { backlog, seconds, say }: Plan): Promise<Noise> {
  const times = new Times()
  let isOver = false
  const flow = await open(async (id, organization) => {
    if (organization !== NOISY) times.started(id)
    if (!isOver) await pause(organization === NOISY ? NOISY_WORK_MS : OTHERS_WORK_MS)
  })
  // Twice: what is hot has been compiled when it is asked the second time.
  const callers = Array.from({ length: OTHERS }, (_, at) => at + 1)
  await capacityOf(flow, { seconds: seconds / 2, times, callers })
  const capacity = await capacityOf(flow, { seconds: seconds / 2, times, callers })
  const perSecond = Math.max(LEAST_PER_SECOND, Math.min(PER_SECOND, Math.floor(capacity / 4)))
  const others = (lasting: number) =>
    steadily(perSecond, lasting, async (i) => times.accepted(await flow.submit(1 + (i % OTHERS))))
  const stretch = async (act: () => Promise<unknown>): Promise<Latency> => {
    const from = performance.now()
    await act()
    const to = performance.now()
    await pause(LAST_LOOK_MS)
    return times.took(from, to)
  }
  const quiet = await stretch(() => others(seconds))
  const enqueuing = await stretch(async () => {
    let isEnqueued = false
    const enqueued = enqueue(flow, backlog).then(() => {
      isEnqueued = true
    })
    while (!isEnqueued) await others(1)
    await enqueued
  })
  const standing = await stretch(() => others(seconds))
  isOver = true
  await flow.stop()
  const shown = Object.entries({ quiet, enqueuing, standing }).map(([when, each]) => `${when} ${shownOf(each)}`)
  say(`  ${flow.name}, ${perSecond} a second: ${shown.join('; ')}`)
  return { name: flow.name, backlog, perSecond, quiet, enqueuing, standing }
}

async function enqueue(flow: Flow, count: number): Promise<void> {
  let left = count
  const sender = async () => {
    while (left-- > 0) await flow.submit(NOISY)
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
}

const shownOf = ({ p50Ms, p99Ms, waiting }: Latency): string =>
  `p50 ${p50Ms.toFixed(1)} ms, p99 ${waiting > 0 ? 'more than ' : ''}${p99Ms.toFixed(1)} ms${waiting > 0 ? ` (${waiting} still wait)` : ''}`

const GOAL = 2

export function noiseLines(results: readonly Noise[]) {
  return results.flatMap(({ name, quiet, enqueuing, standing }) => {
    const what = `others' p99 beside a noisy one: ${name}`
    const ratios = { enqueuing: enqueuing.p99Ms / quiet.p99Ms, standing: standing.p99Ms / quiet.p99Ms }
    return [
      { what: `${what}, quiet`, measured: shownOf(quiet), goal: '' },
      ...Object.entries(ratios).map(([when, ratio]) => ({
        ...{ what: `${what}, ${when} ÷ quiet`, measured: ratio.toFixed(2) },
        ...(name === 'wedi' ? { goal: `≤ ${GOAL}`, isMet: ratio <= GOAL } : { goal: '' }),
      })),
    ]
  })
}
