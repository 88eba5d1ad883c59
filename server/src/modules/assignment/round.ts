import type { TaskRow } from '@wedi/database'
import type { Tx } from '#platform/database/database'
import type { Claim } from './claims.ts'
import { type Giving, giving, NOTHING_GIVEN } from './giving.ts'
import { BATCH, LANES, type Left, leftBy } from './left.ts'
import type { AssignmentNeeds } from './needs.ts'
import { findOverdue, overdue } from './overdue.ts'
import { fateBy, PASSING, type Preview, previewOf } from './preview.ts'
import { breadthOf, type Lane, missing, type Plan, plan, type Seat, type Share, type Situation } from './rules.ts'
import { type LaneHeads, laneStore, type QueueState, type UnmatchedLane } from './store/lanes.ts'
import { reasonStore } from './store/reasons.ts'
import { type FreeSeat, seatStore } from './store/seats.ts'
import { taskStore } from './store/tasks.ts'

const LANES_MATCHED = 500
/** Looked at of each ability: with fewer tasks than seats the least used are among them. */
const SEATS_OF_ABILITY = 64
const PAYMENT = 'payment'
const ONCE = { plans: 'once' } as const
/** Until a payment that nobody may make just now is looked at again: a person has to act, or somebody has to become free. */
const REST_MS = { untilChanged: 5000, untilFree: 1000 } as const

export interface RoundResult extends Left {
  /** What was given to each claim. */
  readonly given: ReadonlyMap<Claim, TaskRow[]>
}

/**
 * One look at an organisation's queue: what is overdue ends, then waiting tasks are given, under the queue's lock, to
 * agents with a free slot. Reads the heads of lanes that somebody can take, the least used seats, and nothing behind
 * either. Each step that takes seats or lanes commits by itself (`needs.ts` has the order of locks).
 */
export function rounds(needs: AssignmentNeeds) {
  const { database } = needs
  const endOverdue = overdue(needs)
  const { giveOut, isMiss } = giving(needs)

  return async function round(organizationId: string, claims: readonly Claim[]): Promise<RoundResult> {
    const place = async (isCareful: boolean) => {
      const act = async (tx: Tx) => placeIn(tx, await look(tx, claims), { asked: claims, isCareful })
      return resultOf(await database.inOrganization(organizationId, act, ONCE))
    }
    const endOrPlace = async (tx: Tx) => {
      const seen = await look(tx, claims)
      return (seen.queue.isDue && (await findOverdue(tx))) || placeIn(tx, seen, { asked: claims, isCareful: false })
    }
    const carefully = async (error: unknown) => {
      if (!isMiss(error)) throw error
      return place(true)
    }
    try {
      const first = await database.inOrganization(organizationId, endOrPlace, ONCE)
      if (!('expired' in first)) return await resultOf(first)
      const isMoreOverdue = await endOverdue(organizationId, first)
      const result = await place(false).catch(carefully)
      return { ...result, hasMore: result.hasMore || isMoreOverdue }
    } catch (error) {
      return carefully(error)
    }
  }

  /** All that a round has to know, in one round trip; in the order of locks. */
  async function look(tx: Tx, claims: readonly Claim[]) {
    const claimers = [...new Set(claims.map(agentOf))]
    const asked = claims.reduce((sum, { max }) => sum + max, 0)
    laneStore.lockQueue(tx)
    const [queue = NEW_QUEUE, unmatched, open, lanes, seats] = await Promise.all([
      laneStore.queue(tx),
      laneStore.unmatched(tx, LANES_MATCHED),
      openOf(tx, claims),
      laneStore.heads(tx, claimers, { asked, lanes: LANES, total: BATCH }),
      claimers.length === 0 ? [] : seatStore.freeOf(tx, claimers),
    ])
    return { queue, unmatched, open, lanes, seats }
  }

  async function placeIn(tx: Tx, seen: Seen, { asked, isCareful }: Asked): Promise<Round> {
    const { queue, lanes } = seen
    if (await matchLanes(tx, seen)) return { ...NOTHING_GIVEN, hasMore: true, closed: [], sated: [] }
    const claims = asked.filter(({ instanceId }) => seen.open.has(instanceId))
    const situation = await situationOf(tx, seen, claims)
    const { decided, preview } = await decide(tx, situation)
    const given = await giveOut(tx, decided, { claims, lanes, isCareful })
    await explain(tx, decided, situation, preview)
    // Whose task was missed has its turn when the task is given, which is at once.
    const isWhole = given.missed === 0
    if (decided.turns.size > 0 && isWhole) seatStore.served(tx, decided.turns)
    if (queue.isDue) await leaveEmpty(tx)
    const hasChanged = decided.placed.length + decided.refused.length > 0
    if (queue.isDue || queue.dueAt === null || hasChanged)
      laneStore.rest(tx, queue, isWhole ? decided.turn : queue.turn)
    // A claim may wait longer than its instance works: one that stopped or drains meanwhile is answered with nothing.
    const closed = asked.filter(({ instanceId }) => !seen.open.has(instanceId))
    const left = leftBy(decided, situation)
    return { ...given, ...left, hasMore: left.hasMore || !isWhole || closed.length > 0, closed }
  }

  async function openOf(tx: Tx, claims: readonly Claim[]): Promise<ReadonlySet<string>> {
    if (claims.length === 0) return new Set()
    return needs.instances.openOf(tx, [...new Set(claims.map(({ instanceId }) => instanceId))])
  }

  /** Holds lanes alone, but waits for nobody after that: whoever waits for them may go on soon. */
  async function leaveEmpty(tx: Tx): Promise<void> {
    const empty = await laneStore.tryEmpty(tx, LANES_MATCHED)
    const ids = empty.map(({ id }) => id)
    if (ids.length > 0) await laneStore.leave(tx, ids)
  }

  /** Lanes that have not been held against the present abilities. True when there were any. */
  async function matchLanes(tx: Tx, { queue, unmatched }: Seen): Promise<boolean> {
    if (unmatched.length === 0) return false
    const abilities = await seatStore.abilities(tx)
    const found = unmatched.map((lane) => {
      const fit = abilities.filter(({ scope }) => missing(lane, scope) === undefined)
      return { ...lane, abilities: fit.map((ability) => ability.id) }
    })
    await laneStore.match(tx, found, queue.abilityRevision)
    const lost = found.filter(({ abilities, agentId }) => abilities.length === 0 && agentId === null)
    reasonStore.explain(
      tx,
      lost.map(({ id }) => ({ id, reason: REASONS.nobody })),
    )
    return true
  }

  async function situationOf(tx: Tx, { queue, lanes, seats }: Seen, claims: readonly Claim[]): Promise<Looked> {
    const asking = new Map<string, number>()
    for (const { agentId, max } of claims) asking.set(agentId, (asking.get(agentId) ?? 0) + max)
    const shares = new Map(lanes.map(({ key, ...share }): [string, Share] => [key, share]))
    const hosted = await hostedSeats(tx, lanes)
    const found = new Map([...seats, ...hosted].map((seat) => [seat.agentId, seat]))
    const open = [...found.values()].flatMap(({ runtime, scope, ...seat }): Seat[] => {
      const asksFor = asking.get(seat.agentId)
      if (runtime === 'REMOTE' && asksFor === undefined) return []
      return [{ ...seat, breadth: breadthOf(scope), ...(runtime === 'REMOTE' && asksFor && { asksFor }) }]
    })
    return { lanes, seats: open, shares, turn: queue.turn, limit: BATCH }
  }

  async function hostedSeats(tx: Tx, lanes: readonly LaneHeads[]) {
    const hosted = lanes.filter(({ isHosted }) => isHosted)
    if (hosted.length === 0) return []
    const abilities = new Set(hosted.flatMap((lane) => (lane.agentId === null ? lane.abilities : [])))
    const count = hosted.reduce((sum, { heads }) => sum + heads.length, 0)
    const each = Math.min(BATCH, Math.max(SEATS_OF_ABILITY, count))
    return seatStore.free(
      tx,
      [...abilities],
      hosted.flatMap(({ agentId }) => agentId ?? []),
      each,
    )
  }

  /** The plan; with payments among the tasks, held against what the rules would say. */
  async function decide(tx: Tx, situation: Looked): Promise<{ decided: Plan; preview?: Preview }> {
    const paying = situation.lanes.filter(({ type }) => type === PAYMENT)
    const payments = new Map(paying.flatMap(({ heads }) => heads.map(({ id, payment }) => [id, payment])))
    if (payments.size === 0) return { decided: plan(situation) }
    const planWith = async (seats: readonly Seat[], hopeless: ReadonlySet<string>) => {
      const preview = await previewOf(tx, needs, payments, seats.map(agentOf))
      const placed = (_lane: Lane, { id }: { id: string }, { agentId }: Seat) => preview.placed(id, agentId)
      return { preview, decided: plan({ ...situation, seats, fate: fateBy(preview), placed, hopeless }) }
    }
    const first = await planWith(situation.seats, new Set())
    if (first.decided.refused.length === 0) return first
    const { reserve, hopeless } = await lookFurther(tx, situation, first, payments)
    if (reserve.length === 0 && hopeless.size === 0) return first
    return planWith([...situation.seats, ...reserve], hopeless)
  }

  /** For payments that those who were looked at may not make: others with a free slot, and whether there is any hope. */
  async function lookFurther(
    tx: Tx,
    { lanes, seats }: Looked,
    { decided, preview }: { decided: Plan; preview: Preview },
    payments: ReadonlyMap<string, unknown>,
  ): Promise<{ reserve: Seat[]; hopeless: ReadonlySet<string> }> {
    const refused = new Set(decided.refused)
    const concerned = lanes.filter(({ heads }) => heads.some(({ id }) => refused.has(id)))
    const abilities = [...new Set(concerned.flatMap((lane) => lane.abilities))]
    const others = await seatStore.others(tx, abilities, { except: seats.map(agentOf), limit: BATCH })
    const theirs = await previewOf(tx, needs, payments, others.map(agentOf))
    const isHopeless = (lane: Lane, taskId: string): boolean => {
      const isAble = (seat: Pick<Seat, 'agentId' | 'abilityId'>) =>
        lane.abilities.includes(seat.abilityId) && (lane.agentId === null || lane.agentId === seat.agentId)
      return (
        seats.filter(isAble).every(({ agentId }) => preview.isDenied(taskId, agentId)) &&
        others.filter(isAble).every(({ agentId }) => theirs.isDenied(taskId, agentId))
      )
    }
    const isFree = (each: (typeof others)[number]) => each.runtime === 'HOSTED' && each.inUse < each.maxInUse
    return {
      reserve: others.filter(isFree).map(({ scope, runtime: _, ...seat }) => ({ ...seat, breadth: breadthOf(scope) })),
      hopeless: new Set(
        concerned.flatMap((lane) =>
          lane.heads.flatMap(({ id }) => (refused.has(id) && isHopeless(lane, id) ? [id] : [])),
        ),
      ),
    }
  }

  /** What keeps the tasks that could not be placed for a reason of their own. */
  async function explain(
    tx: Tx,
    { capped, refused }: Plan,
    { lanes, seats }: Looked,
    preview?: Preview,
  ): Promise<void> {
    if (capped.length > 0)
      reasonStore.explain(
        tx,
        capped.map((id) => ({ id, reason: REASONS.capped })),
      )
    if (refused.length === 0 || !preview) return
    const reasons = refused.map((taskId) => {
      const lane = lanes.find(({ heads }) => heads.some(({ id }) => id === taskId))
      const able = seats.filter(({ abilityId }) => lane?.abilities.includes(abilityId))
      const codes = new Set(able.flatMap(({ agentId }) => preview.obstacles(taskId, agentId)))
      const restMs = [...codes].every((code) => PASSING.has(code)) ? REST_MS.untilChanged : REST_MS.untilFree
      return { taskId, restMs, reason: `No agent with a free slot may pay it now: ${[...codes].join(', ')}.` }
    })
    await taskStore.explain(tx, reasons)
  }
}

/** Why tasks wait, in words. */
export const REASONS = {
  nobody: 'No agent is able to take it.',
  busy: 'Every capable agent is busy.',
  unclaimed: 'It waits for a capable agent to claim it.',
  capped: 'As many tasks of its fairness key are running as may be.',
} as const

const NEW_QUEUE: QueueState = { abilityRevision: 0, turn: 0, dueAt: null, isDue: true }

interface Asked {
  readonly asked: readonly Claim[]
  readonly isCareful: boolean
}

/** As its transaction leaves it. */
interface Round extends Giving, Left {
  /** Claims that get nothing and wait no longer. */
  readonly closed: readonly Claim[]
}

async function resultOf({ hasMore, sated, tasks, claimOf, closed }: Round): Promise<RoundResult> {
  const given = new Map<Claim, TaskRow[]>(closed.map((claim) => [claim, []]))
  for (const task of await tasks) {
    const claim = claimOf.get(task.id)
    if (!claim) continue
    const theirs = given.get(claim)
    if (theirs) theirs.push(task)
    else given.set(claim, [task])
  }
  return { hasMore, given, sated }
}

const agentOf = ({ agentId }: { agentId: string }): string => agentId

interface Seen {
  readonly queue: QueueState
  readonly unmatched: readonly UnmatchedLane[]
  /** Instances that may be given work. */
  readonly open: ReadonlySet<string>
  readonly lanes: readonly LaneHeads[]
  /** Free slots of those who claim. */
  readonly seats: readonly FreeSeat[]
}

interface Looked extends Situation {
  readonly lanes: readonly LaneHeads[]
}
