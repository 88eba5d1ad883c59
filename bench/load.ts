import autocannon, { type Client, type Request } from 'autocannon'
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
  let connection = 0
  // Each begins at another place: in step they would all ask the same agent at the same time.
  const setupClient = (client: Client) => client.setRequests(rotated(requests, connection++))
  const run = autocannon({ url, requests, connections: CONNECTIONS, duration: seconds, setupClient })
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

/** By an even number: some requests come in pairs. */
function rotated(requests: readonly Request[], connection: number): Request[] {
  const at = 2 * Math.floor((connection * requests.length) / CONNECTIONS / 2)
  return [...requests.slice(at), ...requests.slice(0, at)]
}
