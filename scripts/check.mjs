/**
 * Everything that must hold before a change lands (`npm test`): cheap checks first, each with its name and time. Any
 * further arguments go to vitest.
 */
import { spawnSync } from 'node:child_process'

const steps = [
  ['format and lint', 'biome', ['check', '--error-on-warnings', '.']],
  ['types', 'tsc', ['-p', 'tsconfig.json']],
  [
    'who may call whom',
    'depcruise',
    ['--config', '.dependency-cruiser.mjs', 'server', 'database/tools', 'bench', 'cli', 'faults', 'sdk'],
  ],
  ['nothing unused', 'knip', []],
  ['the replayed rules are the rules', 'node', ['scripts/bundle-rules.mjs', '--check']],
  ['the SDK knows the API as it is', 'node', ['scripts/sdk-types.mjs', '--check']],
  ['the token is what its source says', 'node', ['scripts/compile-token.mjs', '--check']],
  ['tests', 'vitest', ['run', ...process.argv.slice(2)]],
]

const everything = process.argv.length === 2
for (const [name, command, args] of steps) {
  process.stdout.write(`\n▸ ${name}\n`)
  const begun = performance.now()
  const env = { ...process.env, ...(everything && { WEDI_ROUTE_COVERAGE: '1' }) }
  const { status } = spawnSync(command, args, { stdio: 'inherit', env, shell: process.platform === 'win32' })
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  if (status !== 0) {
    process.stdout.write(`✗ ${name} failed after ${seconds} s\n`)
    process.exit(status ?? 1)
  }
  process.stdout.write(`✓ ${name} (${seconds} s)\n`)
}
