import { names } from '#modules/capabilities'
import { leveled } from './level.ts'

export interface Requirements {
  readonly provider?: string
  readonly chain?: string
  readonly asset?: string
  readonly tags?: readonly string[]
}

/** What an agent can take, as far as a task's type and requirements ask. */
export interface Scope {
  readonly taskTypes: readonly string[]
  readonly providers: readonly string[]
  readonly chains: readonly string[]
  readonly assets: readonly string[]
  readonly tags: readonly string[]
}

/** A task at the front of its lane. */
export interface Head {
  readonly id: string
  readonly priority: number
}

/** Tasks that any agent takes alike, the first ones in the order in which they are to be given out. */
export interface Lane {
  readonly id: string
  /** The agent they are pinned to. */
  readonly agentId: string | null
  readonly abilities: readonly string[]
  readonly key: string
  readonly heads: readonly Head[]
}

export interface Share {
  readonly weight: number
  /** Tasks of this key that hold a slot now, counted as far as it matters. */
  readonly running: number
  readonly maxRunning: number | null
  readonly turn: number
}

/** An agent with a free slot. */
export interface Seat {
  readonly agentId: string
  readonly abilityId: string
  readonly inUse: number
  /** Slots. */
  readonly maxInUse: number
  /** How many it may be given in this round; undefined: as many as it has slots. */
  readonly asksFor?: number
  readonly recentFailures: number
  /** How much it can take: of two that are alike the one goes first that is of less use for others. */
  readonly breadth: number
}

/** How a task fares at an agent beyond scope and slots: the lower the better; `HOPELESS` only if it is so everywhere. */
export type Fate = number
export const WELCOME: Fate = 0
export const HOPELESS: Fate = 9

export interface Situation {
  readonly lanes: readonly Lane[]
  readonly seats: readonly Seat[]
  readonly shares: ReadonlyMap<string, Share>
  /** The virtual time of the fair order. */
  readonly turn: number
  readonly limit: number
  /** Asked for each pair that is considered, and may change with each that is placed. Undefined: not now. */
  readonly fate?: (lane: Lane, head: Head, seat: Seat) => Fate | undefined
  readonly placed?: (lane: Lane, head: Head, seat: Seat) => void
  /** Tasks for which there is no hope at any agent, busy ones included: they go where they end soonest. */
  readonly hopeless?: ReadonlySet<string>
}

export interface Placement {
  readonly taskId: string
  readonly laneId: string
  readonly agentId: string
}

export interface Plan {
  readonly placed: readonly Placement[]
  /** Lanes whose key holds as many slots as it may. */
  readonly capped: readonly string[]
  /** Tasks that no agent with a free slot may take now. */
  readonly refused: readonly string[]
  readonly turns: ReadonlyMap<string, number>
  readonly turn: number
}

/** Why an agent of this scope cannot take a task of this kind; undefined when it can. */
export function missing(kind: { type: string; requires: Requirements }, scope: Scope): string | undefined {
  const { provider, chain, asset, tags = [] } = kind.requires
  if (!names(scope.taskTypes, kind.type)) return `does not take tasks of type ${kind.type}`
  if (provider !== undefined && !names(scope.providers, provider)) return `may not use ${provider}`
  if (chain !== undefined && !names(scope.chains, chain)) return `may not use ${chain}`
  if (asset !== undefined && !names(scope.assets, asset)) return `may not use ${asset}`
  const lacking = tags.find((tag) => !scope.tags.includes(tag))
  return lacking === undefined ? undefined : `lacks the tag ${lacking}`
}

const ALL = 1000
/** Of how much use an agent is: what takes everything counts for more than any list. */
export const breadthOf = ({ taskTypes, chains, assets, tags }: Scope): number =>
  [taskTypes, chains, assets].reduce((sum, list) => sum + (list.includes('*') ? ALL : list.length), tags.length)

/**
 * Gives out tasks: the highest priority first, in it the fairness key whose turn it is, in that the oldest. Each goes to
 * the agent that is used least after it has taken it, then to the one with fewer failures, then to the one of less use
 * for other tasks. Counts are exact here, so the least used is the right one. No slot is given twice.
 */
export function plan(situation: Situation): Plan {
  const { shares, limit } = situation
  const queues = situation.lanes.map((lane) => ({ lane, at: 0 }))
  const keys = new Map(
    [...shares].map(([key, share]) => [key, { ...share, turn: Math.max(share.turn, situation.turn) }]),
  )
  const seats = seatsOf(situation)
  const placed: Placement[] = []
  const capped = new Set<string>()
  const refused: string[] = []
  const turns = new Map<string, number>()
  let turn = situation.turn
  const isCapped = (share: Share) => share.maxRunning !== null && share.running >= share.maxRunning
  for (;;) {
    const next = placed.length < limit ? nextOf(queues, keys) : undefined
    if (!next) break
    const { lane } = next
    const share = keys.get(lane.key) as Share & { turn: number; running: number }
    const head = lane.heads[next.at] as Head
    const seat = isCapped(share) ? 'full' : seats.take(lane, head)
    if (typeof seat === 'string') {
      if (isCapped(share)) capped.add(lane.id)
      if (seat === 'refused') refused.push(head.id)
      // Where there is no room, the others of the lane find none either.
      next.at = seat === 'refused' ? next.at + 1 : lane.heads.length
      continue
    }
    next.at++
    placed.push({ taskId: head.id, laneId: lane.id, agentId: seat.agentId })
    turn = Math.max(turn, share.turn)
    keys.set(lane.key, { ...share, running: share.running + 1, turn: share.turn + 1 / share.weight })
    turns.set(lane.key, share.turn + 1 / share.weight)
  }
  // Who may pay what was asked for each as it was placed: those stay where they are.
  const given = situation.fate ? placed : leveled(placed, situation.lanes, situation.seats)
  return { placed: given, capped: [...capped], refused, turns, turn }
}

interface Queue {
  readonly lane: Lane
  at: number
}

/** The queue whose head comes next. */
function nextOf(queues: readonly Queue[], keys: ReadonlyMap<string, Share>): Queue | undefined {
  let best: Queue | undefined
  for (const queue of queues) {
    if (queue.at < queue.lane.heads.length && (best === undefined || isBefore(queue, best, keys))) best = queue
  }
  return best
}

function isBefore(a: Queue, b: Queue, keys: ReadonlyMap<string, Share>): boolean {
  const [first, second] = [a.lane.heads[a.at] as Head, b.lane.heads[b.at] as Head]
  if (first.priority !== second.priority) return first.priority > second.priority
  const [mine, other] = [keys.get(a.lane.key)?.turn ?? 0, keys.get(b.lane.key)?.turn ?? 0]
  return mine === other ? first.id < second.id : mine < other
}

/** The seats of a round, with what was taken of them in it. */
function seatsOf({ seats, fate, placed, hopeless }: Situation) {
  const taken = new Map<string, number>()
  const byAbility = Map.groupBy(seats, ({ abilityId }) => abilityId)
  const given = ({ agentId }: Seat) => taken.get(agentId) ?? 0
  const load = (seat: Seat) => (seat.inUse + given(seat) + 1) / seat.maxInUse
  const isFree = (seat: Seat) => load(seat) <= 1 && given(seat) < (seat.asksFor ?? Number.POSITIVE_INFINITY)
  const order = (a: Seat, b: Seat) =>
    load(a) - load(b) ||
    a.recentFailures - b.recentFailures ||
    a.breadth - b.breadth ||
    (a.agentId < b.agentId ? -1 : 1)
  const least = (best: Seat | undefined, each: Seat) => (best === undefined || order(each, best) < 0 ? each : best)

  return {
    /** The seat that the task gets; `full` when the lane has none, `refused` when none of them may have this task. */
    take(lane: Lane, head: Head): Seat | 'full' | 'refused' {
      const open = lane.abilities
        .flatMap((id) => byAbility.get(id) ?? [])
        .filter((seat) => (lane.agentId === null || seat.agentId === lane.agentId) && isFree(seat))
      if (open.length === 0) return 'full'
      const fates = open.map((seat) => (fate ? fate(lane, head, seat) : WELCOME))
      const worst = hopeless?.has(head.id) ? HOPELESS : HOPELESS - 1
      const lowest = Math.min(...fates.filter((each) => each !== undefined))
      const best = lowest <= worst ? open.filter((_, i) => fates[i] === lowest).reduce(least, undefined) : undefined
      if (!best) return 'refused'
      taken.set(best.agentId, given(best) + 1)
      placed?.(lane, head, best)
      return best
    },
  }
}
