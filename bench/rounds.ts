import type { Request } from 'autocannon'
import { load, type Round } from './load.ts'
import { median } from './numbers.ts'

/** Until the compiler has seen what is hot; shorter, the first rounds are slower than the last. */
const WARMING_SECONDS = 3

export interface Contestant {
  readonly name: string
  readonly url: string
  readonly requests: readonly Request[]
}

export interface Measured {
  readonly name: string
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Every round in order, failed ones too: those count for nothing above. */
  readonly rounds: readonly Round[]
}

interface Plan {
  readonly rounds: number
  readonly seconds: number
  readonly say: (line: string) => void
}

/** A-B-A-B: what disturbs the machine for a while disturbs all of them. One more round before, which is not counted. */
export async function interleaved(
  contestants: readonly Contestant[],
  { rounds, seconds, say }: Plan,
): Promise<Measured[]> {
  for (const { url, requests } of contestants) await load(url, requests, WARMING_SECONDS)
  const taken = contestants.map(({ name }) => ({ name, rounds: [] as Round[] }))
  for (let i = 0; i < rounds; i++) {
    for (const [at, { name, url, requests }] of contestants.entries()) {
      const round = await load(url, requests, seconds)
      taken[at]?.rounds.push(round)
      const speed = `${round.perSecond.toFixed(0)}/s, p50 ${round.p50Ms.toFixed(1)} ms, p99 ${round.p99Ms.toFixed(1)} ms`
      say(`  ${i + 1}. ${name}: ${speed}${round.failed > 0 ? `, FAILED: ${round.failed} refused or broken` : ''}`)
    }
  }
  return taken.map(({ name, rounds }) => ({ name, ...summary(rounds), rounds }))
}

function summary(rounds: readonly Round[]) {
  const good = rounds.filter(({ failed }) => failed === 0)
  const of = (pick: (round: Round) => number) => median(good.map(pick))
  return { perSecond: of((r) => r.perSecond), p50Ms: of((r) => r.p50Ms), p99Ms: of((r) => r.p99Ms) }
}
