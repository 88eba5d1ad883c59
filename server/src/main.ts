import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { migrate } from '@wedi/database/migrate'
import { makePartitions } from '@wedi/database/partitions'
import { makeKey } from '#modules/access'
import { remoteFacilitator } from '#modules/payment-links'
import {
  localProvider,
  type ProviderName,
  thirdwebEngineProvider,
  thirdwebProvider,
  type WalletProvider,
} from '#modules/wallets'
import { systemClock } from '#platform/clock'
import type { KeyRing } from '#platform/crypto'
import { createLog, type Logger } from '#platform/log'
import { type App, buildApp } from './app.ts'
import { type Config, readConfig, WrongSetting } from './config.ts'
import { runDemo } from './demo/run.ts'
import { type Home, HomeUnavailable, openHome } from './embedded/home.ts'
import { type Infrastructure, startInfrastructure } from './infrastructure.ts'

const STOP_TIMEOUT_MS = 9_000
const PARTITIONS_MS = 24 * 3_600_000
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Ends the start with a plain message: what is wrong and what to do. */
class CannotStart extends Error {}

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog(config.logLevel)
  const home = openHome(config.home, { isShared: config.databaseUrl !== undefined && config.chains !== undefined })
  const infrastructure = await startInfrastructure(config, home, { say, log })
  const app = await openApp(config, home, infrastructure, log)
  const stop = stopper({ app, infrastructure, home, log })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(0))
  void infrastructure.failed.then((why) => {
    process.stderr.write(`${why}\n`)
    void stop(1)
  })
  const address = await listen(app, config)
  app.start()
  say(`wedi ready ${address}`)
  await demo(config, home, infrastructure, address)
}

async function openApp(
  config: Config,
  home: Home,
  { databaseUrl, chains, faucet }: Infrastructure,
  log: Logger,
): Promise<App> {
  await migrate(databaseUrl)
  await keepPartitions(databaseUrl, log)
  const masterKey = config.masterKey ?? home.secret('master-key', () => randomBytes(32).toString('base64url'))
  return buildApp({
    ...{ databaseUrl, chains, masterKey, version, log, clock: systemClock },
    ...(faucet && { faucet }),
    adminKey: config.adminKey ?? adminKey(home),
    isAdminKeyMade: config.adminKey === undefined,
    providers: (keys) => providersOf(config, keys),
    walletProvider: config.walletProvider,
    engineWebhookSecret: config.engine?.webhookSecret,
    decisionLog: config.decisionLog,
    outgoing: { allowsPrivate: config.allowsPrivateWebhooks },
    rateLimitPerMinute: config.rateLimitPerMinute,
    ...{ keyPeppers: config.keyPeppers, failedKeysPerMinute: config.failedKeysPerMinute },
    publicUrl: config.publicUrl,
    trustedProxies: config.trustedProxies,
    facilitator: config.facilitatorUrl === undefined ? undefined : await remoteFacilitator(config.facilitatorUrl),
  })
}

/** At the start and once a day. It can wait: there are months in hand, and a default partition after those. */
async function keepPartitions(databaseUrl: string, log: Logger): Promise<void> {
  const make = () => makePartitions(databaseUrl).catch((err) => log.warn({ err }, 'cannot make partitions ahead'))
  setInterval(() => void make(), PARTITIONS_MS).unref()
  await make()
}

function adminKey(home: Home): string {
  const isNew = home.read('admin-key') === undefined
  const key = home.secret('admin-key', () => makeKey('sk'))
  if (isNew) say(`Your admin key (shown this once, kept in ${home.path('admin-key')}):\n  ${key}`)
  return key
}

function providersOf({ engine, hosted }: Config, keys: KeyRing): ReadonlyMap<ProviderName, WalletProvider> {
  const providers = [
    localProvider(keys),
    ...(engine ? [thirdwebEngineProvider(engine)] : []),
    ...(hosted ? [thirdwebProvider(hosted)] : []),
  ]
  return new Map(providers.map((provider) => [provider.name, provider]))
}

async function listen(app: App, { host, port }: Config): Promise<string> {
  try {
    return await app.http.listen({ host, port })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new CannotStart(
        `Port ${port} on ${host} is taken: stop what uses it, or start with another, for example PORT=${port + 1} npm start`,
      )
    }
    throw error
  }
}

async function demo(config: Config, home: Home, { isEmbedded }: Infrastructure, address: string): Promise<void> {
  if (!(config.demo ?? isEmbedded)) return
  const adminKey = config.adminKey ?? home.secret('admin-key', () => makeKey('sk'))
  const remember = (text: string) => home.write('demo', text)
  const isAskedFor = config.demo === true
  await runDemo({ address, adminKey, isAskedFor, remembered: home.read('demo'), remember, out: process.stdout })
}

/** Stops taking requests, lets what runs come to an end, then closes the database and the chain. Exits within 10 s. */
function stopper({
  app,
  infrastructure,
  home,
  log,
}: {
  app: App
  infrastructure: Infrastructure
  home: Home
  log: Logger
}) {
  let isStopping = false
  return async (code: number): Promise<void> => {
    if (isStopping) return
    isStopping = true
    setTimeout(() => process.exit(code), STOP_TIMEOUT_MS).unref()
    try {
      await app.stop()
      await infrastructure.stop()
      home.release()
    } catch (error) {
      log.error({ err: error }, 'did not stop cleanly')
    }
    process.exit(code)
  }
}

try {
  await main()
} catch (error) {
  const isPlain = error instanceof WrongSetting || error instanceof HomeUnavailable || error instanceof CannotStart
  process.stderr.write(
    `${isPlain ? `Wedi cannot start: ${error.message}` : error instanceof Error ? error.stack : String(error)}\n`,
  )
  process.exit(1)
}
