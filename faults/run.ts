import { parseArgs } from 'node:util'
import { detailOf, keep, write } from './files.ts'
import { INVARIANTS } from './invariants.ts'
import { faultTable, progressOf, reservationsLine, summaryOf } from './report.ts'
import { type ReservationsResult, runReservations } from './reservations.ts'
import { runSeed, type SeedResult } from './seed.ts'
import { startWorld, type World } from './world.ts'

const USAGE = `npm run faults -- [--seeds N] [--from S] [--seed S] [--kills K] [--minutes M] [--mode M] [--reservations N] [--write FILE]
  --seeds N    how many seeds (10)
  --from S     the first one, a number (1)
  --seed S,T   only these
  --kills K    how many times something is killed in a seed (12)
  --minutes M  begins no seed after so many minutes
  --mode M     local, 'engine signer' or 'engine queue'; each seed chooses by itself otherwise
  --reservations N   afterwards, so many operations on the limits alone (0)
  --write F    writes the table into this Markdown file, between its two marks`

const MODES = ['local', 'engine signer', 'engine queue'] as const

const { values } = parseArgs({
  options: {
    ...{ seeds: { type: 'string', default: '10' }, from: { type: 'string', default: '1' } },
    ...{ seed: { type: 'string' }, kills: { type: 'string', default: '12' } },
    ...{ minutes: { type: 'string', default: '600' }, mode: { type: 'string' }, write: { type: 'string' } },
    reservations: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
})
const say = (line: string): void => void process.stdout.write(`${line}\n`)

// Whatever it started ends with it.
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))
if (values.help) say(USAGE)
else process.exitCode = await main()

async function main(): Promise<number> {
  const results: SeedResult[] = []
  let reservations: ReservationsResult | undefined
  const broken: string[] = []
  const deadline = performance.now() + Number(values.minutes) * 60_000
  let world: World = await startWorld()
  try {
    for (const seed of seedsAsked()) {
      if (performance.now() > deadline) break
      try {
        const result = await runSeed(world, seed, optionsAsked())
        results.push(result)
        say(progressOf(result))
        for (const { invariant, what } of result.violations) say(`  ${invariant}: ${what}`)
      } catch (error) {
        broken.push(seed)
        say(`seed ${seed} BROKE DOWN: ${detailOf(error)}`)
        // What it left behind is in no known state.
        await world.stop().catch(() => undefined)
        world = await startWorld()
      }
    }
    const operations = Number(values.reservations)
    if (operations > 0) {
      reservations = await runReservations(world.database, { operations, seed: values.seed ?? values.from, say })
      for (const { invariant, what } of reservations.violations) say(`  ${invariant}: ${what}`)
    }
  } finally {
    await world.stop()
  }
  return conclude({ results, broken, reservations })
}

function seedsAsked(): string[] {
  if (values.seed !== undefined) return values.seed.split(',')
  return Array.from({ length: Number(values.seeds) }, (_, at) => String(Number(values.from) + at))
}

function optionsAsked() {
  const mode = MODES.find((each) => each === values.mode)
  if (values.mode !== undefined && !mode) throw new Error(`--mode must be one of ${MODES.join(', ')}`)
  return { kills: Number(values.kills), ...(mode && { mode }) }
}

interface Outcome {
  readonly results: readonly SeedResult[]
  readonly broken: readonly string[]
  readonly reservations: ReservationsResult | undefined
}

function conclude({ results, broken, reservations }: Outcome): number {
  const command = `npm run faults -- ${process.argv.slice(2).join(' ')}`.trim()
  const summary = [
    ...(results.length > 0 ? summaryOf(results) : []),
    ...(reservations ? [reservationsLine(reservations)] : []),
    ...(broken.length > 0 ? [`broken down: seeds ${broken.join(', ')}`] : []),
  ]
  const harmed = [...results, ...(reservations ? [reservations] : [])]
  const table = faultTable(harmed, INVARIANTS)
  say(`\n${table}\n\n${summary.join('\n')}`)
  for (const { seed, violations } of results.filter((each) => each.violations.length > 0))
    say(`again: npm run faults -- --seed ${seed} --kills ${values.kills} (${violations.length} violations)`)
  say(`Results: ${keep({ command, summary, broken, results, reservations })}`)
  if (values.write !== undefined)
    write(values.write, 'faults', [`\`${command}\``, '', ...summary.map((line) => `- ${line}`), '', table])
  return broken.length > 0 || harmed.some(({ violations }) => violations.length > 0) ? 1 : 0
}
