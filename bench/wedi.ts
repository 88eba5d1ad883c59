import { buildApp } from '../server/src/app.ts'
import { localProvider } from '../server/src/modules/wallets/providers/local.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import { createLog } from '../server/src/platform/log.ts'
import type { ServerSetup } from './server.ts'

/** High enough that no round meets it; every request is counted against it all the same. */
const RATE_LIMIT = 100_000_000

/** The whole product as `npm start` builds it, but its jobs are never started: wallets stay to be made. */
export function wediApp(
  { databaseUrl, masterKey, adminKey }: Pick<ServerSetup, 'databaseUrl' | 'masterKey' | 'adminKey'>,
  rewriteStatements?: (text: string) => string,
) {
  return buildApp({
    ...{ databaseUrl, masterKey, adminKey, chains: [], walletProvider: 'local', version: 'bench' },
    ...{ keyPeppers: [1], failedKeysPerMinute: 10_000_000 },
    decisionLog: { origin: 'wedi.bench/log', keyNumbers: [1], witnesses: [] },
    providers: (keys) => new Map([['local', localProvider(keys)]]),
    rateLimitPerMinute: RATE_LIMIT,
    log: createLog('warn'),
    clock: systemClock,
    ...(rewriteStatements && { rewriteStatements }),
  })
}
