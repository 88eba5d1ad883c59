import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, bucketOf, MAX_RELATIVE_ERROR, percentile } from './durations.ts'
import {
  type Breaker,
  DEFAULT_THRESHOLDS,
  NO_INSTANCES,
  nextBreaker,
  outcomeOf,
  pauseMs,
  type Recent,
  statusOf,
} from './rules.ts'

const T0 = Date.parse('2031-03-04T00:00:00.000Z')
const after = (ms: number) => new Date(T0 + ms)
const closed: Breaker = { breaker: 'CLOSED', breakerSince: after(0), openUntil: null, openings: 0 }

/** One task a second, the newest first; `E` failed. */
const tasks = (outcomes: string, sinceMs = 0): Recent[] =>
  [...outcomes]
    .map((each, i) => ({ endedAt: after(sinceMs + (i + 1) * 1000), isError: each === 'E', durationMs: 10 }))
    .reverse()
const judged = (from: Breaker, outcomes: string, nowMs: number, over = {}) =>
  nextBreaker(from, tasks(outcomes, from.breakerSince.getTime() - T0), { ...DEFAULT_THRESHOLDS, ...over }, after(nowMs))

describe('what speaks against an agent', () => {
  it.each(['CRASH', 'TIMEOUT', 'LEASE_LOST', 'PROVIDER', 'HEARTBEAT_LOST'] as const)('%s does', (errorClass) => {
    expect(outcomeOf(errorClass)).toBe('ERROR')
  })
  it.each(['DENIED', 'REJECTED', 'CANCELED', null] as const)('%s does not', (errorClass) => {
    expect(outcomeOf(errorClass)).toBe('OK')
  })
})

describe('the breaker', () => {
  it.each([
    ['five failures in a row', 'OEEEEE', {}, 'OPEN'],
    ['four', 'OEEEE', {}, 'CLOSED'],
    ['three, where three are enough', 'EEE', { breakerConsecutiveErrors: 3 }, 'OPEN'],
    ['half of ten', 'EOEOEOEOEO', {}, 'OPEN'],
    ['half of nine: too few to say', 'EOEOEOEOE', {}, 'CLOSED'],
    ['half of ten, where more are borne', 'EOEOEOEOEO', { breakerErrorRate: 0.6 }, 'CLOSED'],
    ['nothing at all', '', {}, 'CLOSED'],
  ])('after %s is %s %o: %s', (_what, outcomes, over, state) => {
    expect(judged(closed, outcomes, 20_000, over).breaker).toBe(state)
  })

  it('pauses longer each time it opens without having closed, up to ten minutes', () => {
    let breaker = judged(closed, 'EEEEE', 5000)
    const pauses: number[] = []
    for (let i = 0; i < 9; i++) {
      const openMs = (breaker.openUntil as Date).getTime() - breaker.breakerSince.getTime()
      pauses.push(openMs)
      const openUntilMs = (breaker.openUntil as Date).getTime() - T0
      expect(judged(breaker, '', openUntilMs - 1)).toBe(breaker)
      const half = judged(breaker, '', openUntilMs)
      expect(half.breaker).toBe('HALF_OPEN')
      breaker = judged(half, 'E', openUntilMs + 1000)
      expect(breaker.breaker).toBe('OPEN')
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 600, 600, 600].map((seconds) => seconds * 1000))
    expect(pauseMs(1)).toBe(10_000)
  })

  it('closes by as many probes as are asked for, and forgets how often it opened', () => {
    const half: Breaker = { breaker: 'HALF_OPEN', breakerSince: after(0), openUntil: null, openings: 4 }
    expect(judged(half, 'OO', 9000).breaker).toBe('HALF_OPEN')
    expect(judged(half, 'OOO', 9000)).toMatchObject({ breaker: 'CLOSED', openings: 0 })
    expect(judged(half, 'O', 9000, { breakerProbes: 1 }).breaker).toBe('CLOSED')
    expect(judged(half, 'OOE', 9000).breaker).toBe('OPEN')
  })

  it('does not take for a probe what began before it let probes in', () => {
    const half: Breaker = { breaker: 'HALF_OPEN', breakerSince: after(10_000), openUntil: null, openings: 1 }
    const old = tasks('OOOO', 10_000).map((each) => ({ ...each, durationMs: 60_000 }))
    expect(nextBreaker(half, old, DEFAULT_THRESHOLDS, after(30_000)).breaker).toBe('HALF_OPEN')
  })

  it('never opens without a failure, and never closes with one since it let probes in', () => {
    const outcomes = fc.string({ unit: fc.constantFrom('O', 'E'), maxLength: 50 })
    fc.assert(
      fc.property(outcomes, fc.constantFrom<Breaker['breaker']>('CLOSED', 'HALF_OPEN'), (text, breaker) => {
        const next = judged({ ...closed, breaker }, text, 60_000).breaker
        if (!text.includes('E')) expect(next).not.toBe('OPEN')
        else if (breaker === 'HALF_OPEN') expect(next).toBe('OPEN')
      }),
    )
  })
})

describe('the status', () => {
  const alive = { healthy: 2, suspect: 0, hadAny: true }
  const facts = { breaker: closed, recent: [] as Recent[], liveness: NO_INSTANCES, isKnown: false }
  const half: Breaker = { ...closed, breaker: 'HALF_OPEN' }
  const open: Breaker = { ...closed, breaker: 'OPEN', openUntil: after(1) }
  it.each([
    ['of whom nothing is known', facts, {}, 'UNKNOWN'],
    ['that did something', { ...facts, recent: tasks('O') }, {}, 'HEALTHY'],
    ['that did something long ago', { ...facts, isKnown: true }, {}, 'HEALTHY'],
    ['whose instances run', { ...facts, liveness: alive }, {}, 'HEALTHY'],
    ['one of whose instances is late', { ...facts, liveness: { ...alive, suspect: 1 } }, {}, 'HEALTHY'],
    ['all of whose instances are late', { ...facts, liveness: { ...alive, healthy: 0, suspect: 2 } }, {}, 'DEGRADED'],
    ['whose instances are gone', { ...facts, liveness: { healthy: 0, suspect: 0, hadAny: true } }, {}, 'DOWN'],
    ['whose breaker is open', { ...facts, breaker: open, liveness: alive }, {}, 'DOWN'],
    ['that is probed', { ...facts, breaker: half, liveness: alive }, {}, 'DEGRADED'],
    ['that fails a fifth', { ...facts, recent: tasks('EEOOOOOOOO') }, {}, 'DEGRADED'],
    ['that fails a tenth', { ...facts, recent: tasks('EOOOOOOOOO') }, {}, 'HEALTHY'],
    ['that fails a tenth, too many here', { ...facts, recent: tasks('EOOOOOOOOO') }, { errorRate: 0.1 }, 'DEGRADED'],
    ['that is slow, too slow here', { ...facts, recent: tasks('OOOOOOOOOO') }, { p95Ms: 10 }, 'DEGRADED'],
    ['that is slow, not too slow here', { ...facts, recent: tasks('OOOOOOOOOO') }, { p95Ms: 11 }, 'HEALTHY'],
  ])('of an agent %s', (_who, given, over, status) => {
    expect(statusOf(given, { ...DEFAULT_THRESHOLDS, ...over }).status).toBe(status)
  })
})

describe('percentiles', () => {
  const histogramOf = (durations: readonly number[]) => add(durations.map((duration) => ({ [bucketOf(duration)]: 1 })))
  const exact = (durations: readonly number[], share: number) =>
    [...durations].sort((a, b) => a - b)[Math.ceil(share * durations.length) - 1] as number

  it('are at most two percent off, however the histograms were added', () => {
    const durations = fc.array(fc.integer({ min: 0, max: 86_400_000 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(durations, durations, fc.constantFrom(0.5, 0.95, 0.99), (some, others, share) => {
        const estimate = percentile(add([histogramOf(others), histogramOf(some)]), share) as number
        const truth = exact([...some, ...others], share)
        expect(Math.abs(estimate - truth)).toBeLessThanOrEqual(MAX_RELATIVE_ERROR * truth + 0.01)
      }),
    )
  })

  it('of nothing are unknown', () => {
    expect(percentile({}, 0.5)).toBeNull()
  })
})
