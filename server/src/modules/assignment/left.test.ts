import { describe, expect, it } from 'vitest'
import { leftBy } from './left.ts'
import { type Lane, plan, type Seat, type Situation } from './rules.ts'

const lane = (id: string, abilities: string[], heads: string[]): Lane => ({
  ...{ id, agentId: null, abilities, key: '' },
  heads: heads.map((head) => ({ id: head, priority: 0 })),
})
const seat = (agentId: string, abilityId: string, more: Partial<Seat> = {}): Seat => ({
  ...{ agentId, abilityId, inUse: 0, maxInUse: 4, recentFailures: 0, breadth: 1 },
  ...more,
})
const situation = (lanes: Lane[], seats: Seat[], more: Partial<Situation> = {}): Situation => ({
  ...{ lanes, seats, turn: 0, limit: 256 },
  shares: new Map([['', { weight: 1, running: 0, maxRunning: null, turn: 0 }]]),
  ...more,
})
const names = (count: number) => Array.from({ length: count }, (_, at) => `task ${String(at).padStart(2, '0')}`)

describe('a round', () => {
  it('is followed by another when evening out has made room for what was left', () => {
    const lanes = [lane('first', ['both', 'one'], ['a', 'b']), lane('second', ['both'], ['c', 'd', 'e', 'f'])]
    const seats = [seat('x', 'both', { asksFor: 4 }), seat('y', 'one', { asksFor: 3, maxInUse: 3 })]
    const seen = situation(lanes, seats)
    const decided = plan(seen)
    expect(decided.placed.map(({ taskId }) => taskId)).not.toContain('f')
    expect(decided.placed.filter(({ agentId }) => agentId === 'x')).toHaveLength(3)
    expect(leftBy(decided, seen)).toEqual({ hasMore: true, sated: [] })
  })

  it('is followed by another when all that it saw of a lane was refused: what is behind may be allowed', () => {
    const refused = situation([lane('only', ['one'], names(16))], [seat('x', 'one')], { fate: () => undefined })
    expect(plan(refused).refused).toHaveLength(16)
    expect(leftBy(plan(refused), refused).hasMore).toBe(true)
    const few = situation([lane('only', ['one'], names(15))], [seat('x', 'one')], { fate: () => undefined })
    expect(leftBy(plan(few), few).hasMore).toBe(false)
  })

  it('is followed by none for a lane whose key has all it may have', () => {
    const shares = new Map([['', { weight: 1, running: 0, maxRunning: 1, turn: 0 }]])
    const seen = situation([lane('only', ['one'], names(3))], [seat('x', 'one', { asksFor: 4 })], { shares })
    expect(plan(seen)).toMatchObject({ placed: [{ taskId: 'task 00' }], capped: ['only'] })
    expect(leftBy(plan(seen), seen)).toEqual({ hasMore: false, sated: [] })
  })

  it('is followed by none when nobody who asks has room, however much waits', () => {
    const seen = situation([lane('only', ['one'], names(16))], [seat('x', 'one', { maxInUse: 16, asksFor: 16 })])
    expect(plan(seen).placed).toHaveLength(16)
    expect(leftBy(plan(seen), seen)).toEqual({ hasMore: false, sated: [] })
  })

  it('has given all there was to who asked for more and has room', () => {
    const seats = [seat('x', 'one', { asksFor: 3 }), seat('y', 'one', { asksFor: 8, maxInUse: 2 })]
    const left = (count: number) => {
      const seen = situation([lane('only', ['one'], names(count))], seats)
      return leftBy(plan(seen), seen)
    }
    expect(left(2)).toEqual({ hasMore: false, sated: ['x', 'y'] })
    // One got what it asked for, the other is full: neither says that there is no more.
    expect(left(5)).toEqual({ hasMore: false, sated: [] })
  })
})
