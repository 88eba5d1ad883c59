import type { Violation } from './invariants.ts'
import type { ReservationsResult } from './reservations.ts'
import type { SeedResult } from './seed.ts'

/** What was done to it, and what broke. */
interface Harmed<Name extends string> {
  readonly injected: Readonly<Record<string, number>>
  readonly violations: readonly Violation<Name>[]
}

interface Row<Name extends string> {
  readonly fault: string
  readonly injected: number
  readonly seeds: number
  readonly violations: Readonly<Record<Name, number>>
}

/** For each fault: how often it was injected, in how many seeds, and what was violated in those seeds. */
function rowsOf<Name extends string>(results: readonly Harmed<Name>[], names: readonly Name[]): Row<Name>[] {
  const faults = [...new Set(results.flatMap(({ injected }) => Object.keys(injected)))].sort()
  return faults.map((fault) => {
    const hit = results.filter(({ injected }) => fault in injected)
    return {
      ...{ fault, seeds: hit.length, violations: violationsOf(hit, names) },
      injected: hit.reduce((sum, { injected }) => sum + (injected[fault] ?? 0), 0),
    }
  })
}

function violationsOf<Name extends string>(
  results: readonly Harmed<Name>[],
  names: readonly Name[],
): Record<Name, number> {
  const all = results.flatMap(({ violations }) => violations)
  const counts = names.map((name) => [name, all.filter(({ invariant }) => invariant === name).length] as const)
  return Object.fromEntries(counts) as Record<Name, number>
}

/** Fault × invariant, as Markdown that reads in a terminal as well. */
export function faultTable<Name extends string>(results: readonly Harmed<Name>[], names: readonly Name[]): string {
  const head = ['fault', 'injected', 'seeds', ...names]
  const rows = rowsOf(results, names)
  const body = rows.map(({ fault, injected, seeds, violations }) => [
    ...[fault, String(injected), String(seeds)],
    ...names.map((name) => String(violations[name])),
  ])
  const injected = rows.reduce((sum, row) => sum + row.injected, 0)
  const all = violationsOf(results, names)
  const foot = ['**all**', String(injected), String(results.length), ...names.map((name) => String(all[name]))]
  return markdown([head, ...body, foot])
}

function markdown(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows
  const widths = head.map((_, at) => Math.max(3, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, at) => (at === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...rows.slice(1).map(line)].join('\n')
}

/** What was done in all, in a few lines. */
export function summaryOf(results: readonly SeedResult[]): string[] {
  const sum = (of: (result: SeedResult) => number) => results.reduce((total, result) => total + of(result), 0)
  const payments = (status: string) => sum((result) => result.payments[status] ?? 0)
  const all = sum((result) => Object.values(result.payments).reduce((total, count) => total + count, 0))
  const minutes = sum(({ seconds }) => seconds) / 60
  const violations = sum((result) => result.violations.length)
  return [
    `${results.length} seeds, ${sum(({ kills }) => kills)} kill cycles, ${minutes.toFixed(1)} minutes`,
    `${sum(({ requests }) => requests)} acts of clients, ${all} payments (${payments('CONFIRMED')} confirmed, ` +
      `${payments('UNKNOWN')} unknown), ${sum(({ denied }) => denied)} denials, ${sum(({ tasks }) => tasks)} tasks`,
    `${sum(({ freezes }) => freezes)} freezes watched, limits looked at ${sum(({ samples }) => samples)} times`,
    `${violations} violations`,
  ]
}

export const reservationsLine = ({
  operations,
  refused,
  lost,
  samples,
  seconds,
  violations,
}: ReservationsResult): string =>
  `${operations} reservation operations in ${(seconds / 60).toFixed(1)} minutes (${refused} refused for lack of room, ` +
  `${lost} whose end nobody heard of), limits looked at ${samples} times, ${violations.length} violations`

/** One line while it runs. */
export function progressOf({ seed, plan, kills, seconds, phases, payments, denied, violations }: SeedResult): string {
  const paid = Object.entries(payments).map(([status, count]) => `${count} ${status}`)
  const said = violations.length === 0 ? 'holds' : `${violations.length} VIOLATIONS`
  return (
    `seed ${seed}: ${said}; ${plan.mode}, ${plan.servers} servers, ${kills} kills, ${seconds.toFixed(1)} s ` +
    `(${Object.entries(phases).map(([phase, took]) => `${phase} ${took}`)}); ` +
    `${paid.join(', ') || 'no payments'}, ${denied} denied`
  )
}
