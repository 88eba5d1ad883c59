import { fleetLines } from './fleets.ts'
import type { HttpResults } from './http.ts'
import { median } from './numbers.ts'
import type { PaymentTimes } from './payments.ts'
import type { Measured } from './rounds.ts'

export interface Results extends HttpResults {
  readonly environment: Readonly<Record<string, string>>
  readonly startsMs: readonly number[]
  readonly payments: readonly PaymentTimes[]
}

export interface Line {
  readonly what: string
  readonly measured: string
  readonly goal: string
  /** Absent for what is only shown. */
  readonly isMet?: boolean
}

/** Where the goals are: what is asked of us, next to what was measured. */
export function linesOf({ read, create, fleets, startsMs, payments }: Results): Line[] {
  const start = median(startsMs)
  return [
    ...compared('read', read),
    ...compared('create', create),
    ...fleetLines(fleets),
    atMost('warm start to «wedi ready», median', start, 3000),
    ...payments.flatMap(paymentLines),
  ]
}

/** Goals for tasks at a low rate, and for payments at full load and at half of it. */
export function paymentLines({ what, agents, perSecond, asked, confirmed, ...times }: PaymentTimes): Line[] {
  const name = `${what}s of ${agents} agents at ${perSecond}/s`
  const all = {
    what: `${name}, confirmed`,
    measured: `${confirmed} of ${asked}`,
    goal: 'all',
    isMet: confirmed === asked,
  }
  const p50 = { what: `${name}, sent → confirmed, p50`, measured: ms(times.p50Ms), goal: '' }
  const p99 = { what: `${name}, sent → confirmed, p99`, measured: ms(times.p99Ms), goal: '' }
  if (what === 'task') return [all, atMost(p50.what, times.p50Ms, 1000), p99]
  if (perSecond < FULL_LOAD) return [all, atMost(p50.what, times.p50Ms, 300), atMost(p99.what, times.p99Ms, 1500)]
  const rate = times.sustainedPerSecond
  const sustained = { what: `${name}, sustained`, measured: `${rate.toFixed(0)}/s`, goal: `${FULL_LOAD}/s, to 3 %` }
  return [all, { ...sustained, isMet: rate >= FULL_LOAD * 0.97 }, p50, p99]
}

/** Payments a second that are to be sustained on two cores. */
const FULL_LOAD = 150

function compared(what: string, [wedi, peer, ceiling]: readonly Measured[]): Line[] {
  if (!wedi || !peer) throw new Error('nothing to compare')
  return [
    { what: `${what}, wedi`, measured: speed(wedi), goal: '' },
    { what: `${what}, peer`, measured: speed(peer), goal: '' },
    ...(ceiling ? [{ what: `${what}, ${ceiling.name}`, measured: speed(ceiling), goal: '' }] : []),
    atLeast(`${what}, wedi ÷ peer`, wedi.perSecond / peer.perSecond, 0.85),
    atMost(`${what}, p99`, wedi.p99Ms, 50),
  ]
}

const ms = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`
const speed = ({ perSecond, p50Ms, p99Ms }: Measured): string =>
  `${perSecond.toFixed(0)}/s  p50 ${ms(p50Ms)}  p99 ${ms(p99Ms)}`
const atLeast = (what: string, ratio: number, goal: number): Line => ({
  ...{ what, measured: ratio.toFixed(2), goal: `≥ ${goal}`, isMet: ratio >= goal },
})
const atMost = (what: string, value: number, goal: number): Line => ({
  ...{ what, measured: ms(value), goal: `≤ ${goal} ms`, isMet: value <= goal },
})

/** NaN meets no goal: what was not measured is a MISS. */
export function table(lines: readonly Line[]): string {
  const rows = lines.map(({ what, measured, goal, isMet }) => [
    ...[what, measured, goal],
    isMet === undefined ? '' : isMet ? 'PASS' : 'MISS',
  ])
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}
