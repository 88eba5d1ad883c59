import type { Lane, Placement, Seat } from './rules.ts'

interface Place {
  readonly seat: Seat
  held: number
  given: number
  /** What it was given in this round, by lane. */
  readonly tasks: Map<Lane, string[]>
}

/** A task of this lane goes to this place; whose room that was is the step after. */
interface Step {
  readonly from: Place
  readonly lane: Lane
  readonly to: Place
  readonly before: Step | undefined
}

/**
 * Evens out what one round has placed: who was placed first may have taken the seat that a later one has no other than.
 * From the most used seat a task goes to another, which may pass one of its own on, as long as the last of them is used
 * less than the first was. Only who gets what changes, not what is placed.
 */
export function leveled(placed: readonly Placement[], lanes: readonly Lane[], seats: readonly Seat[]): Placement[] {
  const places = seats.map((seat): Place => ({ seat, held: seat.inUse, given: 0, tasks: new Map() }))
  const byAgent = new Map(places.map((place) => [place.seat.agentId, place]))
  const byAbility = Map.groupBy(places, ({ seat }) => seat.abilityId)
  const laneOf = new Map(lanes.map((lane) => [lane.id, lane]))
  for (const { taskId, laneId, agentId } of placed) {
    give(byAgent.get(agentId) as Place, laneOf.get(laneId) as Lane, taskId)
  }
  const able = new Map(
    lanes.map((lane) => {
      const fit = lane.abilities.flatMap((id) => byAbility.get(id) ?? [])
      return [lane, fit.filter(({ seat }) => lane.agentId === null || seat.agentId === lane.agentId)]
    }),
  )
  const open = new Set(places.filter(({ tasks }) => tasks.size > 0))
  while (open.size > 0) {
    const most = [...open].reduce((a, b) => (load(b) > load(a) ? b : a))
    const { way, seen } = wayFrom(most, able)
    // What all of these reach is seen by now, and none of it is used less.
    if (way === undefined) for (const place of seen) open.delete(place)
    else for (const place of move(way)) open.add(place)
  }
  const agentOf = new Map(
    places.flatMap(({ seat, tasks }) => [...tasks.values()].flat().map((id) => [id, seat.agentId])),
  )
  return placed.map((each) => ({ ...each, agentId: agentOf.get(each.taskId) as string }))
}

const load = ({ held, seat }: Place): number => held / seat.maxInUse
const hasRoom = ({ held, given, seat }: Place): boolean =>
  held < seat.maxInUse && given < (seat.asksFor ?? Number.POSITIVE_INFINITY)

/** Breadth first: the shortest way to a seat that is used less, with the task, than `first` is now. */
function wayFrom(first: Place, able: ReadonlyMap<Lane, readonly Place[]>) {
  const seen = new Set([first])
  const passed = new Set<Lane>()
  const steps: Step[] = []
  const reach = (from: Place, before: Step | undefined): Step | undefined => {
    for (const lane of from.tasks.keys()) {
      if (passed.has(lane)) continue
      passed.add(lane)
      for (const to of able.get(lane) ?? []) {
        if (seen.has(to)) continue
        seen.add(to)
        const step = { from, lane, to, before }
        if (hasRoom(to) && (to.held + 1) / to.seat.maxInUse < load(first)) return step
        steps.push(step)
      }
    }
    return undefined
  }
  let way = reach(first, undefined)
  for (let at = 0; way === undefined && at < steps.length; at++) way = reach((steps[at] as Step).to, steps[at])
  return { way, seen }
}

/** Answers who was given something. */
function move(last: Step): Place[] {
  const given: Place[] = []
  for (let step: Step | undefined = last; step; step = step.before) {
    const { from, lane, to } = step
    const tasks = from.tasks.get(lane) as string[]
    give(to, lane, tasks.pop() as string)
    if (tasks.length === 0) from.tasks.delete(lane)
    from.held--
    from.given--
    given.push(to)
  }
  return given
}

function give(place: Place, lane: Lane, taskId: string): void {
  const tasks = place.tasks.get(lane)
  if (tasks) tasks.push(taskId)
  else place.tasks.set(lane, [taskId])
  place.held++
  place.given++
}
