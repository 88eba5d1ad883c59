import { type Lane, plan, type Seat } from '../../server/src/modules/assignment/rules.ts'
import { median, quantile } from '../numbers.ts'
import { type Fleet, leastUtilisation, mostPlaced } from './max-flow.ts'

const AGENTS = 40
const KINDS = 8
const MOST_SLOTS = 20
/** How many kinds an agent takes at most. */
const MOST_ABLE = 4
/** Of all slots, so much is asked for. */
const LOAD = { from: 0.2, to: 0.9 }
const SEED = 20_261_123

export interface Balance {
  readonly name: string
  readonly knows: string
  readonly placements: number
  /** Max utilisation ÷ the optimum's, of each fleet. */
  readonly ratio: { readonly mean: number; readonly p50: number; readonly p99: number; readonly worst: number }
  readonly slotOverruns: number
  readonly mismatches: number
  /** Tasks left waiting though all of them fit. */
  readonly waiting: number
}

interface Case {
  readonly fleet: Fleet
  /** Kinds, in the order in which the tasks come. */
  readonly tasks: readonly number[]
  readonly optimum: number
}

/** Where each task of a case goes, in order; undefined: it waits. */
type Way = (one: Case, random: () => number) => (number | undefined)[]

const WAYS: readonly { name: string; knows: string; place: Way }[] = [
  { name: 'wedi, one at a time', knows: 'capabilities and slots, the pure plan', place: planned(1) },
  { name: 'wedi, batched', knows: 'capabilities and slots, the pure plan over all tasks', place: planned(Infinity) },
  { name: 'round-robin', knows: 'capabilities, not slots', place: roundRobin },
  { name: 'two choices', knows: 'capabilities and the number held, not slots', place: twoChoices((held) => held) },
  {
    ...{ name: 'two choices, by utilisation', knows: 'capabilities and slots; full ones are not chosen' },
    place: twoChoices((held, slots) => (held + 1) / slots, true),
  },
]

/** The same random fleets for everyone, until so many tasks are placed. */
export function measureBalance(placements: number): Balance[] {
  const random = randomFrom(SEED)
  const taken = WAYS.map((way) => ({
    ...way,
    ratios: [] as number[],
    overruns: 0,
    mismatches: 0,
    waiting: 0,
    count: 0,
  }))
  for (let done = 0; done < placements; ) {
    const one = randomCase(random)
    done += one.tasks.length
    for (const way of taken) {
      const { utilisation, ...faults } = judged(one, way.place(one, random))
      way.ratios.push(utilisation / one.optimum)
      way.overruns += faults.overruns
      way.mismatches += faults.mismatches
      way.waiting += faults.waiting
      way.count += one.tasks.length
    }
  }
  return taken.map(({ name, knows, ratios, overruns, mismatches, waiting, count }) => ({
    ...{ name, knows, placements: count, slotOverruns: overruns, mismatches, waiting },
    ratio: {
      mean: ratios.reduce((sum, each) => sum + each, 0) / ratios.length,
      ...{ p50: median(ratios), p99: quantile(ratios, 0.99), worst: quantile(ratios, 1) },
    },
  }))
}

function randomCase(random: () => number): Case {
  const upTo = (most: number): number => 1 + Math.floor(random() * most)
  const slots = Array.from({ length: AGENTS }, () => upTo(MOST_SLOTS))
  const takes = slots.map(() => new Set(Array.from({ length: upTo(MOST_ABLE) }, () => upTo(KINDS) - 1)))
  const able = Array.from({ length: KINDS }, (_, kind) =>
    takes.flatMap((kinds, agent) => (kinds.has(kind) ? [agent] : [])),
  )
  const fleet = { slots, able }
  const load = LOAD.from + random() * (LOAD.to - LOAD.from)
  const wanted = Math.ceil(load * slots.reduce((sum, each) => sum + each, 0))
  const drawn = Array.from({ length: wanted }, () => upTo(KINDS) - 1)
  const asked = able.map((_, kind) => drawn.filter((each) => each === kind).length)
  // What fits nowhere would only wait, whoever places it.
  const counts = mostPlaced(fleet, asked, slots)
  const tasks = shuffled(
    counts.flatMap((count, kind) => Array.from({ length: count }, () => kind)),
    random,
  )
  return { fleet, tasks, optimum: leastUtilisation(fleet, counts) }
}

function judged({ fleet, tasks }: Case, placed: readonly (number | undefined)[]) {
  const held = fleet.slots.map(() => 0)
  const faults = { overruns: 0, mismatches: 0, waiting: 0 }
  for (const [at, agent] of placed.entries()) {
    if (agent === undefined) {
      faults.waiting++
      continue
    }
    held[agent] = (held[agent] as number) + 1
    if ((held[agent] as number) > (fleet.slots[agent] as number)) faults.overruns++
    if (!fleet.able[tasks[at] as number]?.includes(agent)) faults.mismatches++
  }
  return { ...faults, utilisation: Math.max(...held.map((count, agent) => count / (fleet.slots[agent] as number))) }
}

/** The plan as a round calls it, with as many tasks as that at once. */
function planned(atOnce: number): Way {
  return ({ fleet, tasks }) => {
    const held = fleet.slots.map(() => 0)
    const breadth = fleet.slots.map((_, agent) => fleet.able.filter((agents) => agents.includes(agent)).length)
    const result: (number | undefined)[] = tasks.map(() => undefined)
    for (let from = 0; from < tasks.length; from += atOnce) {
      const seats = fleet.slots.map(
        (maxInUse, agent): Seat => ({
          ...{ agentId: String(agent), abilityId: String(agent), inUse: held[agent] as number, maxInUse },
          ...{ recentFailures: 0, breadth: breadth[agent] as number },
        }),
      )
      const lanes = lanesOf(fleet, tasks, { from, to: Math.min(from + atOnce, tasks.length) })
      const shares = new Map([['', { weight: 1, running: 0, maxRunning: null, turn: 0 }]])
      for (const { taskId, agentId } of plan({ lanes, seats, shares, turn: 0, limit: tasks.length }).placed) {
        result[Number(taskId)] = Number(agentId)
        held[Number(agentId)] = (held[Number(agentId)] as number) + 1
      }
    }
    return result
  }
}

const ID_DIGITS = 9

function lanesOf({ able }: Fleet, tasks: readonly number[], { from, to }: { from: number; to: number }): Lane[] {
  const heads = new Map<number, { id: string; priority: number }[]>()
  for (let at = from; at < to; at++) {
    const kind = tasks[at] as number
    const head = { id: String(at).padStart(ID_DIGITS, '0'), priority: 0 }
    heads.set(kind, [...(heads.get(kind) ?? []), head])
  }
  return [...heads].map(([kind, ofKind]) => ({
    ...{ id: String(kind), agentId: null, key: '', heads: ofKind },
    abilities: (able[kind] ?? []).map(String),
  }))
}

function roundRobin({ fleet, tasks }: Case): number[] {
  const next = new Map<number, number>()
  return tasks.map((kind) => {
    const able = fleet.able[kind] as readonly number[]
    const turn = next.get(kind) ?? 0
    next.set(kind, turn + 1)
    return able[turn % able.length] as number
  })
}

function twoChoices(load: (held: number, slots: number) => number, isFullSkipped = false): Way {
  return ({ fleet, tasks }, random) => {
    const held = fleet.slots.map(() => 0)
    const loadOf = (agent: number) => load(held[agent] as number, fleet.slots[agent] as number)
    return tasks.map((kind) => {
      const hasRoom = (agent: number) => !isFullSkipped || (held[agent] as number) < (fleet.slots[agent] as number)
      const able = (fleet.able[kind] as readonly number[]).filter(hasRoom)
      if (able.length === 0) return undefined
      const pick = () => able[Math.floor(random() * able.length)] as number
      const [one, other] = [pick(), pick()]
      const agent = loadOf(one) <= loadOf(other) ? one : other
      held[agent] = (held[agent] as number) + 1
      return agent
    })
  }
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value)
}

/** A 32-bit linear congruential generator: the same fleets in every run. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const GOAL = { online: 1.15, batched: 1.02 }

export function balanceLines(results: readonly Balance[]) {
  return results.flatMap(({ name, ratio, placements, slotOverruns, mismatches }) => {
    const what = `max utilisation ÷ optimum: ${name}`
    const measured = `mean ${ratio.mean.toFixed(3)}  p99 ${ratio.p99.toFixed(2)}  slot overruns ${slotOverruns}`
    if (!name.startsWith('wedi')) return [{ what, measured, goal: '' }]
    const goal = name.endsWith('batched') ? GOAL.batched : GOAL.online
    return [
      { what, measured, goal: `≤ ${goal}`, isMet: ratio.mean <= goal },
      {
        ...{
          what: `faults in ${placements} placements: ${name}`,
          measured: String(slotOverruns + mismatches),
          goal: '0',
        },
        isMet: slotOverruns + mismatches === 0,
      },
    ]
  })
}
