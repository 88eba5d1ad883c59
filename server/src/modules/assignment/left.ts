import type { Plan, Seat, Situation } from './rules.ts'
import { LEAST_HEADS } from './store/lanes.ts'

/** A round looks at so many tasks and lanes at most. */
export const BATCH = 256
export const LANES = 64

export interface Left {
  /** There may be more to give out at once. */
  readonly hasMore: boolean
  /** Remote agents that could take more, if there were more for them. */
  readonly sated: readonly string[]
}

/** What a plan leaves, of what was looked at and behind it. A further round has always less to do: one task at least. */
export function leftBy(plan: Plan, situation: Situation): Left {
  const room = seatsWithRoom(plan, situation)
  const hasChanged = plan.placed.length + plan.refused.length > 0
  const hasMore = hasChanged && (isCut(plan, situation, room) || isFullNoMore(plan, situation, room))
  const isKept = plan.capped.length + plan.refused.length > 0
  return { hasMore, sated: hasMore || isKept ? [] : room.flatMap(({ agentId, asksFor }) => (asksFor ? agentId : [])) }
}

/** The batch is full, or all heads of a lane were given or refused, and somebody may take what is behind them. */
function isCut({ placed, refused }: Plan, { lanes, seats }: Situation, room: readonly Seat[]): boolean {
  if (placed.length >= BATCH || lanes.length >= LANES) return true
  // Of hosted agents there may be more than were looked at.
  if (room.length === 0 && seats.every(({ asksFor }) => asksFor !== undefined)) return false
  const gone = new Set([...refused, ...placed.map(({ taskId }) => taskId)])
  return lanes.some(({ heads }) => heads.length >= LEAST_HEADS && heads.every(({ id }) => gone.has(id)))
}

/** Evened out, who was full when a task came may have room for it again. */
function isFullNoMore({ placed, capped, refused }: Plan, { lanes }: Situation, room: readonly Seat[]): boolean {
  const settled = new Set([...refused, ...placed.map(({ taskId }) => taskId)])
  const waiting = lanes.filter(({ id, heads }) => !capped.includes(id) && heads.some((head) => !settled.has(head.id)))
  return waiting.some(({ abilities, agentId }) =>
    room.some((seat) => abilities.includes(seat.abilityId) && (agentId === null || agentId === seat.agentId)),
  )
}

function seatsWithRoom({ placed }: Plan, { seats }: Situation): Seat[] {
  const got = new Map<string, number>()
  for (const { agentId } of placed) got.set(agentId, (got.get(agentId) ?? 0) + 1)
  return seats.filter(({ agentId, inUse, maxInUse, asksFor = Number.POSITIVE_INFINITY }) => {
    const given = got.get(agentId) ?? 0
    return inUse + given < maxInUse && given < asksFor
  })
}
