import { parseArgs } from 'node:util'
import { detailOf, keep, write } from '../files.ts'
import { faultTable } from '../report.ts'
import { startWorld, type World } from '../world.ts'
import { TASK_INVARIANTS } from './invariants.ts'
import { progressOf, summaryOf } from './report.ts'
import { runTaskSeed, type TaskSeedResult } from './seed.ts'

const USAGE = `npm run faults:tasks -- [--kills N] [--per-seed K] [--from S] [--seed S] [--minutes M] [--grace-ms G] [--write FILE]
  --kills N      how many times something is killed in all (200)
  --per-seed K   how many of them in a seed (50)
  --from S       the first seed, a number (1)
  --seed S       only this one
  --minutes M    begins no seed after so many minutes
  --grace-ms G   granted to a busy machine on top of a second after a lease (0)
  --write F      writes the table into this Markdown file, between its two marks`

const { values } = parseArgs({
  options: {
    ...{ kills: { type: 'string', default: '200' }, 'per-seed': { type: 'string', default: '50' } },
    ...{ from: { type: 'string', default: '1' }, seed: { type: 'string' }, write: { type: 'string' } },
    ...{ minutes: { type: 'string', default: '600' }, 'grace-ms': { type: 'string', default: '0' } },
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
  const results: TaskSeedResult[] = []
  const broken: string[] = []
  const deadline = performance.now() + Number(values.minutes) * 60_000
  const isEnough = () => results.reduce((sum, { kills }) => sum + kills, 0) >= Number(values.kills)
  const options = { kills: Number(values['per-seed']), graceMs: Number(values['grace-ms']), hasPoison: true }
  let world: World = await startWorld()
  try {
    for (let seed = Number(values.from); !isEnough() && performance.now() < deadline; seed++) {
      const name = values.seed ?? String(seed)
      try {
        const result = await runTaskSeed(world, name, options)
        results.push(result)
        say(progressOf(result))
        for (const { invariant, what } of result.violations) say(`  ${invariant}: ${what}`)
      } catch (error) {
        broken.push(name)
        say(`seed ${name} BROKE DOWN: ${detailOf(error)}`)
        // What it left behind is in no known state.
        await world.stop().catch(() => undefined)
        world = await startWorld()
      }
      if (values.seed !== undefined) break
    }
  } finally {
    await world.stop()
  }
  return conclude(results, broken)
}

function conclude(results: readonly TaskSeedResult[], broken: readonly string[]): number {
  const command = `npm run faults:tasks -- ${process.argv.slice(2).join(' ')}`.trim()
  const summary = [...summaryOf(results), ...(broken.length > 0 ? [`broken down: seeds ${broken.join(', ')}`] : [])]
  const table = faultTable(results, TASK_INVARIANTS)
  say(`\n${table}\n\n${summary.join('\n')}`)
  const harmed = results.filter(({ violations }) => violations.length > 0)
  for (const { seed } of harmed) say(`again: npm run faults:tasks -- --seed ${seed} --per-seed ${values['per-seed']}`)
  say(`Results: ${keep({ command, summary, broken, results })}`)
  if (values.write !== undefined)
    write(values.write, 'tasks', [`\`${command}\``, '', ...summary.map((line) => `- ${line}`), '', table])
  return broken.length > 0 || harmed.length > 0 || results.length === 0 ? 1 : 0
}
