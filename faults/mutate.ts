import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Finder, MUTANTS, type Mutant } from './mutants.ts'

/**
 * Plants each bug of the list in a copy of the sources and runs the one test that must find it. A test that passes has
 * let a bug live; a bug that cannot be planted any more has to be written anew.
 */

type Verdict = 'found' | 'SURVIVED' | 'DOES NOT APPLY' | 'NO SUCH TEST'
interface Outcome {
  readonly mutant: Mutant
  readonly verdict: Verdict
  readonly seconds: number
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WORKSPACES = ['database', 'server']
const TIMEOUT_MS = 240_000
/** What waits for leases to run out takes its time. */
const TASKS_TIMEOUT_MS = 900_000

const { values } = parseArgs({
  options: { only: { type: 'string' }, after: { type: 'string' }, unharmed: { type: 'boolean', default: false } },
})
const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(): Promise<number> {
  const begin = MUTANTS.findIndex(({ name }) => name === values.after) + 1
  const chosen = MUTANTS.slice(begin).filter(({ name }) => name.includes(values.only ?? ''))
  const copy = copyOfTheTree()
  try {
    if (values.unharmed) return await tryUnharmed(copy, chosen)
    const outcomes: Outcome[] = []
    for (const mutant of chosen) {
      const outcome = await tryOne(copy, mutant)
      outcomes.push(outcome)
      say(`${outcome.verdict.padEnd(14)} ${outcome.seconds.toFixed(0).padStart(4)} s  ${mutant.name}`)
    }
    say(`\n${table(outcomes)}`)
    const alive = outcomes.filter(({ verdict }) => verdict !== 'found')
    say(`\n${outcomes.length - alive.length} of ${outcomes.length} planted bugs were found`)
    return alive.length === 0 && outcomes.length > 0 ? 0 : 1
  } finally {
    rmSync(copy, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

/** Each test must pass while nothing is planted: what always fails finds nothing. */
async function tryUnharmed(copy: string, chosen: readonly Mutant[]): Promise<number> {
  const finders = new Map(chosen.map(({ foundBy }) => [textOf(foundBy), foundBy]))
  let failed = 0
  for (const [text, finder] of finders) {
    const end = await run(copy, finder)
    if (end !== 'passed') failed += 1
    say(`${end}: ${text}`)
  }
  return failed === 0 ? 0 : 1
}

/** Everything git knows or would take, with the installed packages by reference; our own workspaces are those of the copy. */
function copyOfTheTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'wedi-mutants-'))
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  for (const file of listed.toString().split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    copyFileSync(join(ROOT, file), join(copy, file))
  }
  const packages = join(copy, 'node_modules')
  mkdirSync(join(packages, '@wedi'), { recursive: true })
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== '@wedi' && name !== '.vite') symlinkSync(join(ROOT, 'node_modules', name), join(packages, name))
  }
  for (const name of WORKSPACES) symlinkSync(join(copy, name), join(packages, '@wedi', name))
  return copy
}

async function tryOne(copy: string, mutant: Mutant): Promise<Outcome> {
  const begun = performance.now()
  const outcome = (verdict: Verdict) => ({ mutant, verdict, seconds: (performance.now() - begun) / 1000 })
  const before = new Map(mutant.patches.map(({ file }) => [file, readFileSync(join(copy, file), 'utf8')]))
  try {
    for (const { file, find, replace } of mutant.patches) {
      const text = readFileSync(join(copy, file), 'utf8')
      if (text.split(find).length < 2) return outcome('DOES NOT APPLY')
      writeFileSync(
        join(copy, file),
        text.replaceAll(find, () => replace),
      )
    }
    return outcome(VERDICTS[await run(copy, mutant.foundBy)])
  } finally {
    for (const [file, text] of before) writeFileSync(join(copy, file), text)
  }
}

const commandOf = (finder: Finder): string[] => {
  if ('faults' in finder) return ['faults/run.ts', ...finder.faults]
  if ('tasks' in finder) return ['faults/tasks/run.ts', ...finder.tasks]
  return [
    'node_modules/vitest/vitest.mjs',
    'run',
    finder.test,
    ...(finder.name === undefined ? [] : ['-t', finder.name]),
  ]
}

type End = 'passed' | 'failed' | 'no such test'
const VERDICTS: Record<End, Verdict> = { passed: 'SURVIVED', failed: 'found', 'no such test': 'NO SUCH TEST' }

/** One that never ends has found something as well: it is waiting for what the bug keeps from happening. */
async function run(copy: string, finder: Finder): Promise<End> {
  const child = spawn(process.execPath, commandOf(finder), { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (text: string) => {
    output += text
  }
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', keep)
  const timer = setTimeout(() => child.kill('SIGTERM'), 'tasks' in finder ? TASKS_TIMEOUT_MS : TIMEOUT_MS)
  const [code] = await once(child, 'close')
  clearTimeout(timer)
  // A name that no test has any more would let every bug live.
  const counts = /^\s*Tests\s+(.+)$/m.exec(output)?.[1] ?? ''
  if (/No test files found/.test(output) || (counts.includes('skipped') && !/passed|failed/.test(counts)))
    return 'no such test'
  return code === 0 ? 'passed' : 'failed'
}

function textOf(finder: Finder): string {
  if ('faults' in finder) return `npm run faults -- ${finder.faults.join(' ')}`
  if ('tasks' in finder) return `npm run faults:tasks -- ${finder.tasks.join(' ')}`
  return `${finder.test}${finder.name ? ` «${finder.name}»` : ''}`
}

function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ mutant, verdict, seconds }) =>
    [mutant.name, mutant.guard, textOf(mutant.foundBy), verdict, `${seconds.toFixed(0)} s`].join(' | '),
  )
  return [
    '| planted bug | guard | found by | verdict | time |',
    '|---|---|---|---|---:|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n')
}

process.exitCode = await main()
