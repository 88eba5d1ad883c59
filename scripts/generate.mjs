/**
 * Writes everything that is generated and committed: row types and Prisma's client, openapi.json, docs/errors.md,
 * and what the SDK knows of the API.
 */
import { spawnSync } from 'node:child_process'

for (const [command, ...args] of [
  ['prisma', 'generate', '--config', 'database/prisma.config.ts'],
  ['node', 'scripts/openapi.ts'],
  ['node', 'scripts/errors.ts'],
  ['node', 'scripts/sdk-types.mjs'],
]) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) process.exit(status ?? 1)
}
