import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../database/tools/migrate.ts'
import { buildApp } from '../server/src/app.ts'
import { startEmbeddedPostgres } from '../server/src/embedded/postgres.ts'
import { makeKey } from '../server/src/modules/access/index.ts'
import { createLog } from '../server/src/platform/log.ts'

/** Writes openapi.json: what the server says of itself. A test fails when the committed file is another. */

const { version } = JSON.parse(readFileSync(new URL('../server/package.json', import.meta.url), 'utf8')) as {
  version: string
}
const directory = mkdtempSync(join(tmpdir(), 'wedi-openapi-'))
const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), settings: { fsync: 'off' } })
try {
  await migrate(postgres.url)
  const app = await buildApp({
    ...{ databaseUrl: postgres.url, chains: [], walletProvider: 'local', rateLimitPerMinute: 1, version },
    ...{ keyPeppers: [1], failedKeysPerMinute: 1 },
    ...{
      masterKey: randomBytes(32).toString('base64url'),
      adminKey: makeKey('sk'),
      log: createLog('error'),
      clock: () => new Date(),
    },
    providers: () => new Map(),
    decisionLog: { origin: 'wedi.local/log', keyNumbers: [1], witnesses: [] },
  })
  await app.http.ready()
  writeFileSync(new URL('../openapi.json', import.meta.url), `${JSON.stringify(app.http.swagger(), null, 2)}\n`)
  await app.stop()
} finally {
  await postgres.stop()
  rmSync(directory, { recursive: true, force: true })
}
