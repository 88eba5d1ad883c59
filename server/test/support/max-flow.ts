/** Tasks of a kind, and which agents can take them, by the number of their ability. */
export interface Demand {
  readonly count: number
  readonly fits: readonly number[]
}
export interface Server {
  readonly ability: number
  readonly max: number
}

/**
 * The least that the most used agent has to be used: the smallest share of slots for which a flow from demands to agents
 * takes all of them. Found among the shares that make a difference, by halving.
 */
export function leastLoad(demands: readonly Demand[], servers: readonly Server[]): number {
  const shares = servers.flatMap(({ max }) => Array.from({ length: max }, (_, i) => (i + 1) / max))
  const levels = [...new Set([0, ...shares])].sort((a, b) => a - b)
  let [low, high] = [0, levels.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isPossible(demands, servers, levels[middle] as number)) high = middle
    else low = middle + 1
  }
  return levels[low] as number
}

/** Agents of an ability are alike here: their slots up to the level are one. */
function isPossible(demands: readonly Demand[], servers: readonly Server[], level: number): boolean {
  const room = new Map<number, number>()
  for (const { ability, max } of servers) room.set(ability, (room.get(ability) ?? 0) + Math.floor(max * level + 1e-9))
  // Hall: whatever abilities are looked at, what can go nowhere else must fit into them.
  const abilities = [...room.keys()]
  for (let subset = 0; subset < 2 ** abilities.length; subset++) {
    const chosen = new Set(abilities.filter((_, i) => (subset >> i) & 1))
    const needed = demands.filter(({ fits }) => fits.every((fit) => chosen.has(fit) || !room.has(fit)))
    const slots = [...chosen].reduce((sum, ability) => sum + (room.get(ability) ?? 0), 0)
    if (needed.reduce((sum, { count }) => sum + count, 0) > slots) return false
  }
  return true
}
