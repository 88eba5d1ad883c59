/**
 * Bundles the rules of a verdict for `wedi verify --replay`, which must make a verdict again by the rules of its time:
 * one file a version, and that of an earlier version is never written again. `--check` writes nothing and exits 1 when
 * the bundle of this version is not what the sources give.
 *
 * A change of the rules that can change an answer needs a new RULES_VERSION, and a line in cli/src/replay/rules.ts. viem
 * stays outside: node:crypto has no keccak-256, which the checksum of an address needs.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { RULES_VERSION } from '../server/src/modules/capabilities/rules.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const path = fileURLToPath(new URL(`../cli/generated/rules-${RULES_VERSION}.mjs`, import.meta.url))

async function bundle() {
  const [{ output }] = await build({
    configFile: false,
    logLevel: 'error',
    root,
    build: {
      write: false,
      minify: false,
      target: 'es2024',
      lib: { entry: 'server/src/modules/capabilities/rules.ts', formats: ['es'], fileName: 'rules' },
      rolldownOptions: { external: ['viem'] },
    },
  })
  return `// Made by scripts/bundle-rules.mjs from server/src/modules/capabilities/rules.ts.\n${output[0].code}`
}

const bundled = await bundle()
if (!process.argv.includes('--check')) {
  writeFileSync(path, bundled)
  console.log(`${path} written`)
} else if (!existsSync(path) || readFileSync(path, 'utf8') !== bundled) {
  console.error(`${path} is not what the rules are now. Do they answer the same as before? Then run`)
  console.error('node scripts/bundle-rules.mjs; otherwise give them a new RULES_VERSION first.')
  process.exitCode = 1
}
