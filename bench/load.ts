import autocannon, { type Request } from 'autocannon'
import { quantile } from './numbers.ts'

export const CONNECTIONS = 32

/** One closed-loop round: 32 connections, each with one request at a time. */
export interface Round {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly answered: number
  /** Answers other than 2xx, broken connections, timeouts: one makes the round a failed one. */
  readonly failed: number
}

export async function load(url: string, requests: readonly Request[], seconds: number): Promise<Round> {
  const took: number[] = []
  let first = 0
  let last = 0
  const run = autocannon({ url, requests, connections: CONNECTIONS, duration: seconds })
  run.on('response', (_client: unknown, _status: number, _bytes: number, ms: number) => {
    last = performance.now()
    if (took.length === 0) first = last - ms
    took.push(ms)
  })
  const result = await run
  return {
    perSecond: (result['2xx'] / Math.max(last - first, 1)) * 1000,
    p50Ms: quantile(took, 0.5),
    p99Ms: quantile(took, 0.99),
    answered: took.length,
    failed: result.non2xx + result.errors + result.timeouts,
  }
}
