import type { HealthBucketRow, HealthResolution } from '@wedi/database'
import { add, type Histogram, percentile } from './durations.ts'

/** What buckets say together: pure. */

type Counts = Readonly<Record<string, number>>

export function figuresOf(buckets: readonly HealthBucketRow[]) {
  const ok = sum(buckets.map(({ okCount }) => okCount))
  const failed = sum(buckets.map(({ errorCount }) => errorCount))
  const durations = add(buckets.map((bucket) => bucket.durations as Histogram))
  return {
    responseTime: {
      p50Ms: percentile(durations, 0.5),
      p95Ms: percentile(durations, 0.95),
      p99Ms: percentile(durations, 0.99),
    },
    errorRate: ok + failed === 0 ? null : failed / (ok + failed),
    tasks: ok + failed,
    errors: add(buckets.map((bucket) => bucket.errors as Counts)),
  }
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0)

const MINUTE_MS = 60_000
const LENGTH_MS: Readonly<Record<HealthResolution, number>> = {
  MINUTE: MINUTE_MS,
  HOUR: 60 * MINUTE_MS,
  DAY: 1440 * MINUTE_MS,
}

export interface Range {
  readonly resolution: HealthResolution
  /** Both at the borders of buckets. */
  readonly from: Date
  readonly to: Date
}

/** The hour before now by its minutes, unless something else is asked for; widened to the borders of buckets. */
export function rangeOf(
  { from, to, resolution = 'MINUTE' }: { from?: string; to?: string; resolution?: HealthResolution },
  now: Date,
): Range {
  const length = LENGTH_MS[resolution]
  const end = to === undefined ? now.getTime() : Date.parse(to)
  const begin = from === undefined ? end - (resolution === 'DAY' ? 30 * length : 60 * length) : Date.parse(from)
  return {
    resolution,
    from: new Date(Math.floor(begin / length) * length),
    to: new Date(Math.ceil(end / length) * length),
  }
}

export const pointsOf = ({ resolution, from, to }: Range): number =>
  (to.getTime() - from.getTime()) / LENGTH_MS[resolution]
