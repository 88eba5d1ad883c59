import fc from 'fast-check'
import { expect, it } from 'vitest'
import { leastLoad } from '../../../test/support/max-flow.ts'
import { type Lane, plan, type Seat } from './rules.ts'

const world = fc.record({
  agents: fc.array(
    fc.record({
      ability: fc.nat(4),
      max: fc.integer({ min: 1, max: 12 }),
      asks: fc.option(fc.integer({ min: 1, max: 6 })),
    }),
    { minLength: 2, maxLength: 25 },
  ),
  lanes: fc.array(fc.record({ fits: fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 4 }), count: fc.nat(30) }), {
    minLength: 1,
    maxLength: 8,
  }),
})

it('what one round gives out is as even as any placement of it could be, within slots and what is asked for', () => {
  fc.assert(
    fc.property(world, fc.integer({ min: 1, max: 60 }), fc.boolean(), (given, limit, isAsking) => {
      const seats = given.agents.map(({ ability, max, asks }, at): Seat => {
        const asked = isAsking && asks !== null ? { asksFor: asks } : {}
        const seat = { agentId: String(at), abilityId: String(ability), inUse: 0, maxInUse: max }
        return { ...seat, ...asked, recentFailures: 0, breadth: 1 }
      })
      const lanes = given.lanes.map(({ fits, count }, at): Lane => {
        const heads = Array.from({ length: count }, (_, i) => ({ id: `${at}/${i}`, priority: 0 }))
        return { id: String(at), agentId: null, key: '', abilities: fits.map(String), heads }
      })
      const shares = new Map([['', { weight: 1, running: 0, maxRunning: null, turn: 0 }]])
      const { placed } = plan({ lanes, seats, shares, turn: 0, limit })
      const held = seats.map(({ agentId }) => placed.filter((each) => each.agentId === agentId).length)
      expect(new Set(placed.map(({ taskId }) => taskId)).size).toBe(placed.length)
      for (const { taskId, laneId, agentId } of placed) {
        expect(taskId.startsWith(`${laneId}/`)).toBe(true)
        expect(lanes[Number(laneId)]?.abilities).toContain(seats[Number(agentId)]?.abilityId)
      }
      for (const [at, { maxInUse, asksFor = maxInUse }] of seats.entries())
        expect(held[at]).toBeLessThanOrEqual(Math.min(maxInUse, asksFor))
      if (isAsking) return
      const demands = given.lanes.map(({ fits }, at) => ({
        fits,
        count: placed.filter(({ laneId }) => laneId === String(at)).length,
      }))
      const most = Math.max(...seats.map(({ maxInUse }, at) => (held[at] as number) / maxInUse))
      if (placed.length > 0) expect(most).toBeCloseTo(leastLoad(demands, given.agents), 9)
    }),
    { numRuns: 500 },
  )
})
