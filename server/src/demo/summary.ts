import type { Entry } from './board.ts'
import type { Check } from './check.ts'
import { type Outcome, outcomes } from './scenario.ts'
import type { Actor, Stage } from './stage.ts'
import { paintVerb } from './view.ts'
import { eventLine, type Paint, seconds } from './words.ts'

export interface Result {
  readonly stage: Stage
  readonly actors: readonly Actor[]
  readonly entries: readonly Entry[]
  readonly check: Check | undefined
  readonly tookMs: number | undefined
  /** False on a later start: what was added to an account since is then nothing wrong. */
  readonly isFresh: boolean
}

const all = [...outcomes, undefined] as const
type Row = Outcome | undefined

/** The table and what the chain says to it. */
export function summaryLines({ stage, actors, entries, check, tookMs, isFresh }: Result, paint: Paint): string[] {
  const rows = all.filter((row) => row !== undefined || entries.some(({ outcome }) => outcome === row))
  const unpaid = entries.filter(({ outcome }) => outcome !== 'paid' && outcome !== undefined)
  const median = medianMs(entries)
  const times = [
    ...(tookMs === undefined ? [] : [`in ${seconds(tookMs)}`]),
    ...(median === undefined ? [] : [`median from accepted to confirmed ${median} ms`]),
  ]
  return [
    '',
    [paint(`Demo: ${entries.length} payment tasks for ${actors.length} agents`, 'strong'), ...times].join(', '),
    '',
    ...totalLines(rows, entries, stage, paint),
    '',
    ...agentLines(rows, actors, entries, stage),
    '',
    ...unpaid
      .toSorted((a, b) => outcomes.indexOf(a.outcome as Outcome) - outcomes.indexOf(b.outcome as Outcome))
      .map((entry) => `  ${paintVerb(eventLine(entry, stage), entry, paint)}`),
    '',
    ...checkLines(check, { stage, isFresh, paint }),
  ]
}

function totalLines(
  rows: readonly Row[],
  entries: readonly Entry[],
  { format, symbol }: Stage,
  paint: Paint,
): string[] {
  const table = rows.map((row) => {
    const of = entries.filter(({ outcome }) => outcome === row)
    return [nameOf(row), String(of.length), `${format(sum(of))} ${symbol}`]
  })
  return aligned([['', 'tasks', 'amount'], ...table]).map((line, index) => {
    const row = rows[index - 1]
    return row ? line.replace(row, paint(row, row)) : paint(line, 'faint')
  })
}

function agentLines(rows: readonly Row[], actors: readonly Actor[], entries: readonly Entry[], { format }: Stage) {
  const table = actors.map(({ id, name, authorityLevel }) => {
    const own = entries.filter(({ view }) => view?.assignedAgentId === id)
    const counts = rows.map((row) => String(own.filter(({ outcome }) => outcome === row).length))
    const paid = own.filter(({ outcome }) => outcome === 'paid')
    return [`${name} (${authorityLevel})`, ...counts, format(sum(paid))]
  })
  return aligned([['agent', ...rows.map(nameOf), 'amount paid'], ...table])
}

const nameOf = (row: Row): string => row ?? 'on its way'
const sum = (entries: readonly Entry[]): bigint => entries.reduce((total, { amount }) => total + amount, 0n)

/** The first column to the left, the others to the right. */
function aligned(table: readonly string[][]): string[] {
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart((widths[column] ?? 0) + 3)
  return table.map((row) => `  ${row.map(cell).join('')}`)
}

/** Of those nobody had to be asked about: a person's time to answer says nothing about ours. */
function medianMs(entries: readonly Entry[]): number | undefined {
  const times = entries.flatMap(({ outcome, view, payment }) => {
    if (outcome !== 'paid' || !view || !payment?.settledAt || payment.approvalId !== null) return []
    return [Date.parse(payment.settledAt) - Date.parse(view.createdAt)]
  })
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]
}

interface Saying {
  readonly stage: Stage
  readonly isFresh: boolean
  readonly paint: Paint
}

function checkLines(check: Check | undefined, { stage, isFresh, paint }: Saying): string[] {
  if (!check) return ['  chain confirms: not compared, the agents have paid too much else since']
  const { differences, surplus, wallets, payees } = check
  const money = (amount: bigint) => `${stage.format(amount)} ${stage.symbol}`
  const wrong = isFresh ? [...differences, ...surplus] : differences
  if (wrong.length > 0) return [paint('  chain confirms: NO', 'wrong'), ...wrong.map((line) => `    ${line}`)]
  return [
    `  chain confirms: ${paint('yes', 'paid')}, account by account: ${payees.count} payees received ${money(payees.held)}, ` +
      `${wallets.count} wallets hold ${money(wallets.held)}`,
    ...(isFresh ? [] : surplus).map((line) => `    ${line}; the rest came from elsewhere`),
  ]
}

/** True when nothing is to be said against it. */
export const isConfirmed = (check: Check | undefined): boolean =>
  check !== undefined && check.differences.length + check.surplus.length === 0
