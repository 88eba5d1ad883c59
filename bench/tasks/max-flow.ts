/** Tasks of several kinds, agents with slots, and who can take what. */
export interface Fleet {
  readonly slots: readonly number[]
  /** For each kind, the agents that can take it. */
  readonly able: readonly (readonly number[])[]
}

/**
 * How many tasks of each kind find a place when an agent may hold so many: a maximum flow from kinds to agents, by
 * augmenting paths. Moving tasks that are placed already is allowed, so that nothing better exists.
 */
export function mostPlaced(fleet: Fleet, tasks: readonly number[], capacity: readonly number[]): number[] {
  const flow = tasks.map(() => new Map<number, number>())
  const held = fleet.slots.map(() => 0)
  const placed = tasks.map(() => 0)
  for (const kind of tasks.keys()) {
    while ((placed[kind] as number) < (tasks[kind] as number)) {
      const path = freePlace(fleet, { kind, flow, held, capacity })
      if (path === undefined) break
      shift(path, { flow, held })
      placed[kind] = (placed[kind] as number) + 1
    }
  }
  return placed
}

/** The lowest possible utilisation of the agent that is used most, when all of these are placed. */
export function leastUtilisation(fleet: Fleet, tasks: readonly number[]): number {
  const total = tasks.reduce((sum, count) => sum + count, 0)
  const possible = new Set(fleet.slots.flatMap((slots) => Array.from({ length: slots }, (_, i) => (i + 1) / slots)))
  const ascending = [...possible].sort((a, b) => a - b)
  const isEnough = (utilisation: number): boolean => {
    const capacity = fleet.slots.map((slots) => Math.floor(slots * utilisation + ROUNDING))
    return mostPlaced(fleet, tasks, capacity).reduce((sum, count) => sum + count, 0) === total
  }
  let [low, high] = [0, ascending.length - 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (isEnough(ascending[middle] as number)) high = middle
    else low = middle + 1
  }
  return ascending[low] as number
}

/** 3 ÷ 10 × 10 is a little less than 3. */
const ROUNDING = 1e-9

interface Search {
  readonly flow: readonly Map<number, number>[]
  readonly held: number[]
}

interface Step {
  readonly kind: number
  readonly agent: number
  /** What is pushed away from this agent goes on as the step before it went. */
  readonly from: Step | undefined
}

/** Breadth first over agents: a full one is passed through by moving one of its tasks to another. */
function freePlace(
  fleet: Fleet,
  { kind, flow, held, capacity }: Search & { kind: number; capacity: readonly number[] },
): Step | undefined {
  const seen = new Set<number>()
  const steps: Step[] = []
  const reach = (from: Step | undefined, by: number) => {
    for (const agent of fleet.able[by] ?? []) {
      if (seen.has(agent)) continue
      seen.add(agent)
      steps.push({ kind: by, agent, from })
    }
  }
  reach(undefined, kind)
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at] as Step
    if ((held[step.agent] as number) < (capacity[step.agent] as number)) return step
    for (const [other, counts] of flow.entries()) if ((counts.get(step.agent) ?? 0) > 0) reach(step, other)
  }
  return undefined
}

function shift(end: Step, { flow, held }: Search): void {
  held[end.agent] = (held[end.agent] as number) + 1
  for (let step: Step | undefined = end; step; step = step.from) {
    const counts = flow[step.kind] as Map<number, number>
    counts.set(step.agent, (counts.get(step.agent) ?? 0) + 1)
    if (step.from) counts.set(step.from.agent, (counts.get(step.from.agent) ?? 0) - 1)
  }
}
