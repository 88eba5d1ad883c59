import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leastLoad } from '../../../test/support/max-flow.ts'
import {
  breadthOf,
  HOPELESS,
  type Lane,
  missing,
  plan,
  type Scope,
  type Seat,
  type Share,
  type Situation,
} from './rules.ts'

const EVERYTHING: Scope = { taskTypes: ['payment'], providers: ['*'], chains: ['*'], assets: ['*'], tags: ['eu'] }
const seat = (agentId: string, change: Partial<Seat> = {}): Seat => ({
  ...{ agentId, abilityId: 'any', inUse: 0, maxInUse: 2, recentFailures: 0, breadth: 1 },
  ...change,
})
const heads = (count: number, priority = 0, name = 't') =>
  Array.from({ length: count }, (_, i) => ({ id: `${name}${String(i).padStart(4, '0')}`, priority }))
const lane = (id: string, change: Partial<Lane> = {}): Lane => ({
  ...{ id, agentId: null, abilities: ['any'], key: '', heads: heads(1) },
  ...change,
})
const share = (change: Partial<Share> = {}): Share => ({ weight: 1, running: 0, maxRunning: null, turn: 0, ...change })
const situation = (change: Partial<Situation>): Situation => ({
  ...{ lanes: [], seats: [], shares: new Map([['', share()]]), turn: 0, limit: 1000 },
  ...change,
})
const agentsOf = (given: Partial<Situation>) => plan(situation(given)).placed.map(({ agentId }) => agentId)

describe('a task and a scope', () => {
  const requires = { tags: ['eu'], chain: 'eip155:31337', asset: 'eip155:31337/slip44:60', provider: 'local' }
  it.each<[string, Partial<Scope>]>([
    ['does not take tasks of type payment', { taskTypes: ['report'] }],
    ['lacks the tag eu', { tags: [] }],
    ['may not use eip155:31337', { chains: ['eip155:1'] }],
    ['may not use eip155:31337/slip44:60', { assets: [] }],
    ['may not use local', { providers: ['thirdweb'] }],
  ])('do not fit when the agent %s', (why, change) => {
    expect(missing({ type: 'payment', requires }, EVERYTHING)).toBeUndefined()
    expect(missing({ type: 'payment', requires }, { ...EVERYTHING, ...change })).toBe(why)
  })

  it('what takes everything is broader than any list', () => {
    const narrow = { ...EVERYTHING, chains: ['eip155:1'], assets: ['a', 'b', 'c'] }
    expect(breadthOf(narrow)).toBeLessThan(breadthOf(EVERYTHING))
  })
})

describe('of agents with a free slot', () => {
  it.each<[string, Seat[]]>([
    ['the least used after placement', [seat('b', { inUse: 1 }), seat('a', { inUse: 2, maxInUse: 8 })]],
    [
      'with equal use the one with fewer failures',
      [seat('b', { recentFailures: 2 }), seat('a', { recentFailures: 1 })],
    ],
    ['then the one of less use for other tasks', [seat('b', { breadth: 9 }), seat('a', { breadth: 2 })]],
  ])('%s gets it', (_case, seats) => {
    expect(agentsOf({ lanes: [lane('l')], seats })).toEqual(['a'])
    expect(agentsOf({ lanes: [lane('l')], seats: seats.toReversed() })).toEqual(['a'])
  })

  it('a pinned task takes its own, and no other', () => {
    const seats = [seat('a'), seat('b', { inUse: 1 })]
    expect(agentsOf({ lanes: [lane('l', { agentId: 'b' })], seats })).toEqual(['b'])
    expect(agentsOf({ lanes: [lane('l', { agentId: 'c' })], seats })).toEqual([])
  })

  it('a remote one gets no more than it asks for', () => {
    const lanes = [lane('l', { heads: heads(9) })]
    expect(agentsOf({ lanes, seats: [seat('a', { maxInUse: 9, asksFor: 4 })] })).toHaveLength(4)
  })

  it('one that would be denied gets it only when there is hope at none', () => {
    const seats = [seat('a'), seat('b', { inUse: 1 })]
    const denied = (agentId: string) => ({
      ...{ lanes: [lane('l')], seats },
      fate: (_lane: Lane, _head: unknown, each: Seat) => (each.agentId === agentId ? HOPELESS : 0),
    })
    expect(agentsOf(denied('a'))).toEqual(['b'])
    const both = { lanes: [lane('l')], seats, fate: () => HOPELESS }
    expect(plan(situation(both))).toMatchObject({ placed: [], refused: ['t0000'] })
    expect(agentsOf({ ...both, hopeless: new Set(['t0000']) })).toEqual(['a'])
    expect(agentsOf({ lanes: [lane('l')], seats, fate: () => undefined, hopeless: new Set(['t0000']) })).toEqual([])
  })
})

describe('what comes first', () => {
  const seats = [seat('a', { maxInUse: 1000 })]
  const orderOf = (change: Partial<Situation>) =>
    plan(situation({ seats, ...change })).placed.map(({ taskId }) => taskId)

  it('is the higher priority, then the older', () => {
    const lanes = [
      lane('x', { heads: heads(2, 0, 'x') }),
      lane('y', { heads: [...heads(1, 9, 'y'), ...heads(1, 0, 'a')] }),
    ]
    expect(orderOf({ lanes })).toEqual(['y0000', 'a0000', 'x0000', 'x0001'])
  })

  it('goes by weight between fairness keys, however many tasks each has', () => {
    const lanes = [
      lane('x', { key: 'x', heads: heads(900, 0, 'x') }),
      lane('y', { key: 'y', heads: heads(300, 0, 'y') }),
    ]
    const shares = new Map([
      ['x', share({ weight: 1 })],
      ['y', share({ weight: 3 })],
    ])
    const first = orderOf({ lanes, shares, limit: 100 })
    expect(first.filter((id) => id.startsWith('y'))).toHaveLength(75)
  })

  it('a key that comes late is next, and gets nothing for the time it was away', () => {
    const lanes = [lane('x', { key: 'x', heads: heads(50, 0, 'x') }), lane('y', { key: 'y', heads: heads(50, 0, 'y') })]
    const shares = new Map([
      ['x', share({ turn: 700 })],
      ['y', share({ turn: 3 })],
    ])
    const first = orderOf({ lanes, shares, turn: 700, limit: 20 })
    expect(first.filter((id) => id.startsWith('y'))).toHaveLength(10)
  })

  it('a key never holds more slots than it may, and leaves the rest to others', () => {
    const lanes = [lane('x', { key: 'x', heads: heads(50, 9, 'x') }), lane('y', { key: 'y', heads: heads(50, 0, 'y') })]
    const shares = new Map([
      ['x', share({ maxRunning: 5, running: 2 })],
      ['y', share()],
    ])
    const { placed, capped } = plan(situation({ seats, lanes, shares }))
    expect(placed.filter(({ taskId }) => taskId.startsWith('x'))).toHaveLength(3)
    expect(placed.filter(({ taskId }) => taskId.startsWith('y'))).toHaveLength(50)
    expect(capped).toEqual(['x'])
  })
})

const PLACEMENTS = Number(process.env.WEDI_PLACEMENTS ?? 20_000)
/** Of max-flow: what no placement can be better than. */
const NEAR_OPTIMUM = 1.15

interface World {
  abilities: string[]
  agents: { ability: number; max: number }[]
  lanes: { fits: number[]; key: number }[]
  caps: (number | null)[]
}
const world = fc.record<World>({
  abilities: fc.constant(['a', 'b', 'c', 'd', 'e']),
  agents: fc.array(fc.record({ ability: fc.nat(4), max: fc.integer({ min: 2, max: 20 }) }), {
    minLength: 3,
    maxLength: 30,
  }),
  lanes: fc.array(fc.record({ fits: fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 5 }), key: fc.nat(3) }), {
    minLength: 1,
    maxLength: 8,
  }),
  caps: fc.array(fc.option(fc.integer({ min: 0, max: 12 })), { minLength: 4, maxLength: 4 }),
})

it(`of ${PLACEMENTS} placements none takes a slot that is not there, misses a requirement or a cap`, () => {
  let count = 0
  fc.assert(
    fc.property(world, fc.integer(), (given, salt) => {
      const random = randomFrom(salt)
      const held = new Map<string, { agent: number; key: number }>()
      const [inUse, running] = [given.agents.map(() => 0), given.caps.map(() => 0)]
      for (let round = 0; round < 8; round++) {
        const { placed } = plan(situationIn(given, { inUse, running, round }))
        for (const { taskId, laneId, agentId } of placed) {
          const [agent, at] = [Number(agentId), Number(laneId)]
          const { fits, key } = given.lanes[at] as World['lanes'][number]
          expect(fits).toContain(given.agents[agent]?.ability)
          expect(held.has(taskId)).toBe(false)
          held.set(taskId, { agent, key })
          inUse[agent] = (inUse[agent] as number) + 1
          running[key] = (running[key] as number) + 1
          count++
        }
        for (const [i, { max }] of given.agents.entries()) expect(inUse[i]).toBeLessThanOrEqual(max)
        for (const [i, cap] of given.caps.entries()) expect(running[i]).toBeLessThanOrEqual(cap ?? PLACEMENTS)
        for (const [taskId, { agent, key }] of held) {
          if (random() < 0.6) continue
          held.delete(taskId)
          inUse[agent] = (inUse[agent] as number) - 1
          running[key] = (running[key] as number) - 1
        }
      }
    }),
    { numRuns: Math.ceil(PLACEMENTS / 50) },
  )
  expect(count).toBeGreaterThanOrEqual(PLACEMENTS)
}, 900_000)

it('uses agents almost as evenly as can be: at most 1.15 times what max-flow finds, over many fleets', () => {
  const ratios: number[] = []
  fc.assert(
    fc.property(world, fc.integer(), (given, salt) => {
      const random = randomFrom(salt)
      const inUse = given.agents.map(() => 0)
      const demands = given.lanes.map(() => 0)
      const slots = given.agents.reduce((sum, { max }) => sum + max, 0)
      for (let i = 0; i < slots * 0.6; i++) {
        const at = Math.floor(random() * given.lanes.length)
        const { fits } = given.lanes[at] as World['lanes'][number]
        const one = situationIn(
          { ...given, caps: [null, null, null, null] },
          { inUse, running: [0, 0, 0, 0], round: i },
        )
        const { placed } = plan({ ...one, lanes: one.lanes.filter(({ id }) => id === String(at)), limit: 1 })
        const agent = placed[0] && Number(placed[0].agentId)
        if (agent === undefined) continue
        expect(fits).toContain(given.agents[agent]?.ability)
        inUse[agent] = (inUse[agent] as number) + 1
        demands[at] = (demands[at] as number) + 1
      }
      const optimum = leastLoad(
        demands.map((count, i) => ({ count, fits: (given.lanes[i] as World['lanes'][number]).fits })),
        given.agents,
      )
      const worst = Math.max(...given.agents.map(({ max }, i) => (inUse[i] as number) / max))
      if (optimum > 0) ratios.push(worst / optimum)
    }),
    { numRuns: Math.ceil(PLACEMENTS / 200) },
  )
  expect(ratios.reduce((sum, each) => sum + each, 0) / ratios.length).toBeLessThanOrEqual(NEAR_OPTIMUM)
}, 900_000)

function situationIn(
  { abilities, agents, lanes, caps }: World,
  { inUse, running, round }: { inUse: number[]; running: number[]; round: number },
): Situation {
  return situation({
    lanes: lanes.map(({ fits, key }, i) =>
      lane(String(i), {
        ...{ key: String(key), abilities: fits.map((fit) => abilities[fit] as string) },
        heads: heads(20, i % 3, `${round}/${i}/`),
      }),
    ),
    seats: agents.flatMap(({ ability, max }, i) =>
      (inUse[i] as number) < max
        ? [
            seat(String(i), {
              ...{ abilityId: abilities[ability] as string, inUse: inUse[i] as number, maxInUse: max },
              breadth: lanes.filter(({ fits }) => fits.includes(ability)).length,
            }),
          ]
        : [],
    ),
    shares: new Map(caps.map((cap, i) => [String(i), share({ maxRunning: cap, running: running[i] as number })])),
  })
}

/** A small generator (mulberry32), so that a failure can be seen again. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
