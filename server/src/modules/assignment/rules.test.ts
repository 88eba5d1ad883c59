import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Candidate, place, type WaitingTask } from './rules.ts'

const NOW = new Date('2026-11-23T12:00:00.000Z')

const agent = (
  agentId: string,
  change: Partial<Omit<Candidate, 'capability'>> & { capability?: Partial<Candidate['capability']> } = {},
): Candidate => ({
  agentId,
  status: 'ACTIVE',
  isHosted: true,
  maxConcurrency: 2,
  inUse: 0,
  ...change,
  capability: {
    taskTypes: ['payment'],
    providers: ['*'],
    chains: ['*'],
    assets: ['*'],
    tags: ['eu'],
    expiresAt: null,
    ...change.capability,
  },
})
const task = (id: string, change: Partial<WaitingTask> = {}): WaitingTask => ({
  id,
  type: 'payment',
  requires: {},
  agentId: null,
  ...change,
})

it.each<[string, Candidate]>([
  ['a paused agent', agent('a', { status: 'PAUSED' })],
  ['a remote agent, which claims by itself', agent('a', { isHosted: false })],
  ['another task type', agent('a', { capability: { taskTypes: ['report'] } })],
  ['an expired capability', agent('a', { capability: { expiresAt: NOW } })],
  ['a missing tag', agent('a', { capability: { tags: [] } })],
  ['another chain', agent('a', { capability: { chains: ['eip155:1'] } })],
  ['another asset', agent('a', { capability: { assets: [] } })],
  ['another provider', agent('a', { capability: { providers: ['thirdweb'] } })],
])('lets a task wait rather than give it to %s', (_case, candidate) => {
  const requires = { tags: ['eu'], chain: 'eip155:31337', asset: 'eip155:31337/slip44:60', provider: 'local' }
  const { assigned, waiting } = place([task('t', { requires })], [candidate], NOW)
  expect(assigned).toEqual([])
  expect(waiting).toEqual([{ taskId: 't', reason: 'No agent is able to take it.' }])
})

it('gives a pinned task to its agent only, and says what that agent lacks', () => {
  expect(place([task('t', { agentId: 'b' })], [agent('a'), agent('b')], NOW).assigned).toEqual([
    { taskId: 't', agentId: 'b' },
  ])
  const { waiting } = place([task('t', { agentId: 'b' })], [agent('a'), agent('b', { status: 'FROZEN' })], NOW)
  expect(waiting).toEqual([{ taskId: 't', reason: 'The agent it is pinned to is FROZEN.' }])
})

it('never gives an agent more than it has slots, and leaves nobody idle while a task waits', () => {
  const candidates = fc.array(fc.record({ max: fc.integer({ min: 1, max: 8 }), used: fc.nat(8) }), {
    minLength: 1,
    maxLength: 8,
  })
  fc.assert(
    fc.property(candidates, fc.nat(40), (loads, count) => {
      const agents = loads.map(({ max, used }, i) =>
        agent(`agent-${i}`, { maxConcurrency: max, inUse: Math.min(used, max) }),
      )
      const { assigned, waiting } = place(
        Array.from({ length: count }, (_, i) => task(`task-${i}`)),
        agents,
        NOW,
      )
      const held = ({ agentId, inUse }: Candidate) => inUse + assigned.filter((each) => each.agentId === agentId).length
      for (const each of agents) expect(held(each)).toBeLessThanOrEqual(each.maxConcurrency)
      if (waiting.length > 0) for (const each of agents) expect(held(each)).toBe(each.maxConcurrency)
      expect(assigned.length + waiting.length).toBe(count)
    }),
  )
})

it('fills agents evenly: no two differ by more than a slot of theirs', () => {
  const agents = [
    agent('a', { maxConcurrency: 10 }),
    agent('b', { maxConcurrency: 5 }),
    agent('c', { maxConcurrency: 20 }),
  ]
  const { assigned } = place(
    Array.from({ length: 21 }, (_, i) => task(`${i}`)),
    agents,
    NOW,
  )
  const loads = agents.map(
    ({ agentId, maxConcurrency }) => assigned.filter((each) => each.agentId === agentId).length / maxConcurrency,
  )
  expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1 / 5)
})
