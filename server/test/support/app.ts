import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { inject } from 'vitest'
import { makeKey } from '#modules/access'
import { localProvider, type ProviderName, thirdwebEngineProvider, type WalletProvider } from '#modules/wallets'
import { systemClock } from '#platform/clock'
import { createLog } from '#platform/log'
import { type App, type AppOptions, buildApp } from '../../src/app.ts'
import { embeddedSettings, faucetOf } from '../../src/infrastructure.ts'
import { Client } from './client.ts'
import type { TestInfrastructure } from './infrastructure.ts'
import { DECISION_LOG } from './settings.ts'
import { noteDocument, type OpenApi, type Route, routesOfApp } from './sightings.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}
const RATE_LIMIT = 10_000_000

export interface StartOptions extends Partial<Omit<AppOptions, 'providers' | 'faucet' | 'version'>> {
  /** Wallets on this Engine as well; then they are the default. */
  readonly engine?: { readonly url: string; readonly token: string; readonly mode?: 'signer' | 'queue' }
  /** Whatever is given here comes beside the local provider, or in its place. */
  readonly providers?: readonly WalletProvider[]
  readonly hasFaucet?: boolean
  /** Instead of the run's chain, which others use as well. */
  readonly chain?: TestInfrastructure['chain']
  /** False: requests are answered, but nothing that follows from them is done. */
  readonly doesJobs?: boolean
}

export interface TestApp {
  readonly url: string
  /** With the admin key of the first organisation. */
  readonly admin: Client
  readonly databaseUrl: string
  readonly masterKey: string
  readonly adminKey: string
  readonly app: App
  readonly document: OpenApi
  readonly routes: readonly Route[]
  /** The token of the chain as an asset, and the native coin. */
  readonly token: string
  readonly coin: string
  /** As the database's owner, past every policy. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  /** The process ends in good order. The database goes with it, when it was made for it. */
  stop(): Promise<void>
}

/** A whole server on a database of its own, listening on a free port, on the run's chain. */
export async function startApp(options: StartOptions = {}): Promise<TestApp> {
  const { engine, providers = [], hasFaucet = true, doesJobs = true, chain: _, ...given } = options
  const { chain = inject('infrastructure').chain } = options
  const database = given.databaseUrl === undefined ? await createDatabase() : undefined
  const databaseUrl = given.databaseUrl ?? (database?.url as string)
  const { masterKey = randomUUID(), adminKey = makeKey('sk') } = given
  const engineProviders = engine ? [thirdwebEngineProvider({ mode: 'signer', ...engine })] : []
  const app = await buildApp({
    ...{ chains: [embeddedSettings(chain)], clock: systemClock, rateLimitPerMinute: RATE_LIMIT },
    ...{ keyPeppers: [1], failedKeysPerMinute: RATE_LIMIT },
    ...(hasFaucet && { faucet: faucetOf(chain) }),
    walletProvider: engine ? 'thirdweb-engine' : 'local',
    decisionLog: DECISION_LOG,
    ...given,
    ...{ databaseUrl, masterKey, adminKey, version, log: given.log ?? createLog(process.env.LOG_LEVEL ?? 'silent') },
    providers: (keys) =>
      new Map<ProviderName, WalletProvider>(
        [localProvider(keys), ...engineProviders, ...providers].map((each) => [each.name, each]),
      ),
  })
  const url = await app.http.listen({ port: 0, host: '127.0.0.1' })
  const document = app.http.swagger() as unknown as OpenApi
  noteDocument(document)
  if (doesJobs) app.start()
  return {
    ...{ url, app, databaseUrl, masterKey, adminKey, document },
    routes: routesOfApp(app.http),
    admin: new Client(url, adminKey),
    token: `${chain.chain}/erc20:${chain.token}`,
    coin: `${chain.chain}/slip44:60`,
    query: (text, values) => queryAt(databaseUrl, text, values),
    async stop() {
      await app.stop()
      await database?.drop()
    },
  }
}

/** A migrated database of its own, copied in a tenth of a second. */
export async function createDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const { templateUrl } = inject('infrastructure')
  const name = `wedi_${randomUUID().replaceAll('-', '')}`
  const maintenance = withDatabase(templateUrl, 'postgres')
  await queryAt(maintenance, `create database ${name} template wedi_template`)
  return {
    url: withDatabase(templateUrl, name),
    drop: async () => void (await queryAt(maintenance, `drop database if exists ${name} with (force)`)),
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

export async function queryAt<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values?: unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}
