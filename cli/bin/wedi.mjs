#!/usr/bin/env node
/**
 * Plain JavaScript, for it may be started by an older Node than the sources need: then it starts itself again with the
 * one that was installed beside it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The first whose type stripping is on by default and stable enough to run the sources as they are. */
const NEEDED = 24
const major = Number(process.versions.node.split('.')[0])

if (major >= NEEDED) await import('../src/main.ts')
else startAgain()

function startAgain() {
  const installed = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url))
  const isLoop = process.env.WEDI_STARTED_AGAIN === '1'
  if (isLoop || !existsSync(installed)) {
    console.error(
      `wedi needs Node ${NEEDED} or newer; this is ${process.version}. Run \`npm start\` once to install it.`,
    )
    process.exit(2)
  }
  const { status, error } = spawnSync(installed, process.argv.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, WEDI_STARTED_AGAIN: '1' },
    shell: process.platform === 'win32',
  })
  if (error) console.error(`wedi: ${installed} could not be started: ${error.message}`)
  process.exit(status ?? 2)
}
