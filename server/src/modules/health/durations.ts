/**
 * How long things took, as a histogram that can be added to another: counts of buckets whose borders grow by a constant
 * factor, so that any percentile is at most two percent off, whatever was added to what.
 */
export type Histogram = Readonly<Record<string, number>>

export const MAX_RELATIVE_ERROR = 0.02
const GROWTH = (1 + MAX_RELATIVE_ERROR) / (1 - MAX_RELATIVE_ERROR)
const LN_GROWTH = Math.log(GROWTH)
/** What took longer, took this long: thirty days. */
export const MAX_DURATION_MS = 2_592_000_000
const ZERO = -1

/** The bucket of a duration: bucket n holds what is above GROWTH^(n-1) and not above GROWTH^n; nothing has one of its own. */
export function bucketOf(durationMs: number): number {
  if (durationMs < 1) return ZERO
  return Math.ceil(Math.log(Math.min(durationMs, MAX_DURATION_MS)) / LN_GROWTH - 1e-9)
}

/** The duration that is nowhere in the bucket further than two percent from another. */
const durationOf = (bucket: number): number => (bucket === ZERO ? 0 : (2 * GROWTH ** bucket) / (GROWTH + 1))

/** The smallest duration that at least this share of all is not above; null of nothing. */
export function percentile(histogram: Histogram, share: number): number | null {
  const buckets = Object.entries(histogram)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .sort(([a], [b]) => a - b)
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  let left = Math.ceil(share * total)
  for (const [bucket, count] of buckets) {
    left -= count
    if (left <= 0) return Math.round(durationOf(bucket) * 100) / 100
  }
  return null
}

export function add(histograms: readonly Histogram[]): Histogram {
  const sum: Record<string, number> = {}
  for (const histogram of histograms) {
    for (const [bucket, count] of Object.entries(histogram)) sum[bucket] = (sum[bucket] ?? 0) + count
  }
  return sum
}
