import type { BreakerState, HealthStatus, SampleKind, SampleOutcome } from '@wedi/database'

/** How an agent stands: pure. */

/** What may go wrong with a task or an instance, and whether that is ill health. */
const AGAINST_THE_AGENT = {
  /** Its program threw, or its process died. */
  CRASH: true,
  /** It took longer than it may. */
  TIMEOUT: true,
  /** It was not heard of about a task it held, which was taken from it. */
  LEASE_LOST: true,
  /** A provider it works with failed. */
  PROVIDER: true,
  /** An instance was not heard of any more. */
  HEARTBEAT_LOST: true,
  /** It has no authority for what it asked for. */
  DENIED: false,
  /** It looked at the task and said no. */
  REJECTED: false,
  CANCELED: false,
} as const
export type ErrorClass = keyof typeof AGAINST_THE_AGENT

/** An agent that says no, or is told no, is well: only what it could not do counts against it. */
export const outcomeOf = (errorClass: ErrorClass | null): SampleOutcome =>
  errorClass !== null && AGAINST_THE_AGENT[errorClass] ? 'ERROR' : 'OK'

export interface Sample {
  readonly agentId: string
  readonly instanceId: string | null
  readonly kind: SampleKind
  /** Null when nothing went wrong. */
  readonly errorClass: ErrorClass | null
  /** Null when it is not known. */
  readonly durationMs: number | null
  /** When it ended; absent: now, by the database's clock. */
  readonly at?: Date
}

export interface Thresholds {
  /** From this share of failures among the newest tasks on, the agent is DEGRADED. */
  readonly errorRate: number
  /** From this 95th percentile of how long they took on; null: however long. */
  readonly p95Ms: number | null
  /** The breaker opens at this share of failures, */
  readonly breakerErrorRate: number
  /** or at so many one after the other. */
  readonly breakerConsecutiveErrors: number
  /** So many tasks of a probing agent in a row have to be done for the breaker to close. */
  readonly breakerProbes: number
  /** Heartbeats an instance may miss. */
  readonly suspectAfter: number
  readonly downAfter: number
}
export const DEFAULT_THRESHOLDS: Thresholds = {
  ...{ errorRate: 0.2, p95Ms: null },
  ...{ breakerErrorRate: 0.5, breakerConsecutiveErrors: 5, breakerProbes: 3 },
  ...{ suspectAfter: 2, downAfter: 4 },
}

/** A share of fewer tasks says nothing. */
export const MIN_SAMPLES = 10
/** What is looked at of an agent: so many of its newest tasks, of so many minutes. */
export const RECENT_SAMPLES = 50
export const RECENT_MINUTES = 10

/** The pause of an open breaker doubles each time it opens again without having closed. */
const FIRST_PAUSE_MS = 10_000
const MAX_PAUSE_MS = 600_000
export const pauseMs = (openings: number): number => Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (openings - 1))

export interface Breaker {
  readonly breaker: BreakerState
  readonly breakerSince: Date
  readonly openUntil: Date | null
  readonly openings: number
}

/** A task that ended. */
export interface Recent {
  readonly endedAt: Date
  readonly isError: boolean
  readonly durationMs: number | null
}

/** What the breaker is now. `recent`: the newest tasks first. */
export function nextBreaker(from: Breaker, recent: readonly Recent[], thresholds: Thresholds, now: Date): Breaker {
  switch (from.breaker) {
    case 'CLOSED': {
      const judged = recent.filter(({ endedAt }) => endedAt > from.breakerSince)
      return isTooMuch(judged, thresholds) ? opened(from, now) : from
    }
    case 'OPEN':
      if (from.openUntil === null || now < from.openUntil) return from
      // Probes may have begun the moment the pause was over, whoever looks later.
      return nextBreaker(
        { breaker: 'HALF_OPEN', breakerSince: from.openUntil, openUntil: null, openings: from.openings },
        ...[recent, thresholds, now],
      )
    case 'HALF_OPEN': {
      const since = recent.filter(({ endedAt }) => endedAt > from.breakerSince)
      if (since.some(({ isError }) => isError)) return opened(from, now)
      const probes = since.filter((each) => beganAt(each) >= from.breakerSince.getTime())
      if (probes.length < thresholds.breakerProbes) return from
      return { breaker: 'CLOSED', breakerSince: now, openUntil: null, openings: 0 }
    }
  }
}

const beganAt = ({ endedAt, durationMs }: Recent): number => endedAt.getTime() - (durationMs ?? 0)

function isTooMuch(judged: readonly Recent[], thresholds: Thresholds): boolean {
  const firstGood = judged.findIndex(({ isError }) => !isError)
  const consecutive = firstGood < 0 ? judged.length : firstGood
  if (consecutive >= thresholds.breakerConsecutiveErrors) return true
  return judged.length >= MIN_SAMPLES && errorRateOf(judged) >= thresholds.breakerErrorRate
}

function opened({ openings }: Breaker, now: Date): Breaker {
  const openUntil = new Date(now.getTime() + pauseMs(openings + 1))
  return { breaker: 'OPEN', breakerSince: now, openUntil, openings: openings + 1 }
}

const errorRateOf = (recent: readonly Recent[]): number =>
  recent.filter(({ isError }) => isError).length / recent.length

/** How many instances are there, of those that were not stopped. */
export interface Liveness {
  readonly healthy: number
  readonly suspect: number
  /** True when it ever had one that is still remembered. */
  readonly hadAny: boolean
}
export const NO_INSTANCES: Liveness = { healthy: 0, suspect: 0, hadAny: false }

export interface Facts {
  readonly breaker: Breaker
  readonly recent: readonly Recent[]
  readonly liveness: Liveness
  /** True when it has done anything before. */
  readonly isKnown: boolean
}

/** The first of these that is so, from the worst on. */
export function statusOf(facts: Facts, thresholds: Thresholds): { status: HealthStatus; reason: string } {
  const { breaker, liveness, recent } = facts
  const alive = liveness.healthy + liveness.suspect
  if (liveness.hadAny && alive === 0) return { status: 'DOWN', reason: 'None of its instances is running.' }
  if (breaker.breaker === 'OPEN')
    return { status: 'DOWN', reason: 'It failed too often and gets no tasks for a while.' }
  const blemish = blemishOf(facts, thresholds)
  if (blemish !== undefined) return { status: 'DEGRADED', reason: blemish }
  if (alive > 0) return { status: 'HEALTHY', reason: 'Its instances are running.' }
  if (recent.length > 0 || facts.isKnown) return { status: 'HEALTHY', reason: 'Nothing speaks against it.' }
  return { status: 'UNKNOWN', reason: NOTHING_KNOWN }
}
export const NOTHING_KNOWN = 'Nothing is known of it yet.'

function blemishOf({ breaker, liveness, recent }: Facts, thresholds: Thresholds): string | undefined {
  if (breaker.breaker === 'HALF_OPEN') return 'It failed too often and is tried with single tasks.'
  if (liveness.healthy === 0 && liveness.suspect > 0) return 'None of its instances is heard of in time.'
  if (recent.length < MIN_SAMPLES) return undefined
  if (errorRateOf(recent) >= thresholds.errorRate) return 'Too many of its newest tasks failed.'
  const { p95Ms } = thresholds
  if (p95Ms !== null && exactP95(recent) >= p95Ms) return 'Its newest tasks took too long.'
  return undefined
}

function exactP95(recent: readonly Recent[]): number {
  const sorted = recent.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs])).sort((a, b) => a - b)
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0
}
