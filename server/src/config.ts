import { resolve } from 'node:path'
import ipaddr from 'ipaddr.js'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { parseKey } from '#modules/access'
import type { ChainSettings } from '#modules/chains'
import type { DecisionLogSettings } from '#modules/decisions'
import { type ProviderName, providerNames } from '#modules/wallets'
import { type ChainId, parseAsset } from '#platform/caip'
import { AssetId, Chain } from '#platform/schemas'

/** Stops the start. Its message names the variable and says what is expected. */
export class WrongSetting extends Error {
  override readonly name = 'WrongSetting'
}

export interface Config {
  readonly host: string
  readonly port: number
  /** Undefined: an embedded PostgreSQL is started. */
  readonly databaseUrl: string | undefined
  readonly home: string
  readonly adminKey: string | undefined
  readonly masterKey: string | undefined
  /** Undefined: the demo runs on an empty embedded database. */
  readonly demo: boolean | undefined
  /** Undefined: an embedded development chain is started. */
  readonly chains: readonly ChainSettings[] | undefined
  readonly engine: EngineConfig | undefined
  /** thirdweb's hosted API. */
  readonly hosted: HostedConfig | undefined
  readonly walletProvider: ProviderName
  readonly decisionLog: DecisionLogSettings
  /** Webhooks may lead to this machine and this network. */
  readonly allowsPrivateWebhooks: boolean
  readonly logLevel: string
  readonly rateLimitPerMinute: number
  readonly keyPeppers: readonly number[]
  readonly failedKeysPerMinute: number
  /** Undefined: what each caller says. */
  readonly publicUrl: string | undefined
  /** Whose word on where a request comes from is taken. */
  readonly trustedProxies: readonly string[]
  /** Undefined: the agents' own wallets settle what is paid by x402. */
  readonly facilitatorUrl: string | undefined
}

interface EngineConfig {
  readonly url: string
  readonly token: string
  readonly mode: 'signer' | 'queue'
  /** Signs the deliveries of its webhooks; undefined: none are taken. */
  readonly webhookSecret: string | undefined
}

interface HostedConfig {
  readonly secretKey: string
  readonly vaultToken: string | undefined
  /** Undefined: thirdweb's own addresses. */
  readonly url: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

const DEFAULT_PORT = 4080
const DEFAULT_RATE_LIMIT = 600_000
const DEFAULT_FAILED_KEYS = 3000
const MIN_MASTER_KEY_LENGTH = 32
/** Engine's own have 32; one that can be guessed would let anybody wake payments. */
const MIN_WEBHOOK_SECRET_LENGTH = 16
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

const KnownAsset = Type.Object(
  {
    asset: AssetId,
    symbol: Type.String({ minLength: 1, maxLength: 20 }),
    decimals: Type.Integer({ minimum: 0, maximum: 36 }),
  },
  { additionalProperties: false },
)
const Chains = Type.Array(
  Type.Object(
    {
      chain: Chain,
      rpcUrl: Type.String({ pattern: '^https?://' }),
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
      confirmations: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      assets: Type.Optional(Type.Array(KnownAsset, { maxItems: 200 })),
    },
    { additionalProperties: false },
  ),
  { minItems: 1, maxItems: 50 },
)

/** Reads the environment once. A wrong setting is a WrongSetting, never a default in its place. */
export function readConfig(env: Environment): Config {
  const databaseUrl = url(env, 'DATABASE_URL', ['postgres:', 'postgresql:'])
  const masterKey = given(env, 'WEDI_MASTER_KEY')
  if (masterKey !== undefined && masterKey.length < MIN_MASTER_KEY_LENGTH) {
    throw new WrongSetting(
      `WEDI_MASTER_KEY must have at least ${MIN_MASTER_KEY_LENGTH} characters, for example from: openssl rand -base64 32`,
    )
  }
  if (databaseUrl !== undefined && masterKey === undefined) {
    throw new WrongSetting(
      'WEDI_MASTER_KEY must be given with DATABASE_URL: it encrypts keys in that database. Make one with: openssl rand -base64 32',
    )
  }
  const engine = engineOf(env)
  const hosted = hostedOf(env)
  return {
    ...{ databaseUrl, masterKey, engine, hosted, walletProvider: walletProviderOf(env, { engine, hosted }) },
    host: given(env, 'HOST') ?? '127.0.0.1',
    port: integer(env, 'PORT', DEFAULT_PORT, { min: 0, max: 65_535 }),
    home: resolve(given(env, 'WEDI_HOME') ?? '.wedi'),
    adminKey: adminKeyOf(env),
    demo: flag(env, 'WEDI_DEMO'),
    chains: chainsOf(env),
    decisionLog: decisionLogOf(env),
    allowsPrivateWebhooks: flag(env, 'WEDI_WEBHOOK_PRIVATE_ADDRESSES') ?? false,
    logLevel: oneOf(env, 'LOG_LEVEL', LOG_LEVELS) ?? 'warn',
    keyPeppers: versions(env, 'WEDI_KEY_PEPPERS', 'the peppers keys are checked with'),
    failedKeysPerMinute: integer(env, 'WEDI_FAILED_KEYS', DEFAULT_FAILED_KEYS, { min: 1, max: 100_000_000 }),
    publicUrl: url(env, 'WEDI_PUBLIC_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
    trustedProxies: proxiesOf(env),
    facilitatorUrl: url(env, 'WEDI_X402_FACILITATOR_URL', ['http:', 'https:']),
    rateLimitPerMinute: integer(env, 'WEDI_RATE_LIMIT', DEFAULT_RATE_LIMIT, { min: 1, max: 100_000_000 }),
  }
}

/** An empty variable is one that is not set: that is how shells and compose files leave one out. */
function given(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === '' ? undefined : value
}

function integer(
  env: Environment,
  name: string,
  otherwise: number,
  { min, max }: { min: number; max: number },
): number {
  const text = given(env, name)
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!/^[0-9]+$/.test(text) || value < min || value > max) {
    throw new WrongSetting(`${name} must be a whole number from ${min} to ${max}, not «${text}»`)
  }
  return value
}

function flag(env: Environment, name: string): boolean | undefined {
  const text = oneOf(env, name, ['0', '1'])
  return text === undefined ? undefined : text === '1'
}

function oneOf<T extends string>(env: Environment, name: string, names: readonly T[]): T | undefined {
  const text = given(env, name)
  if (text === undefined) return undefined
  const found = names.find((each) => each === text)
  if (found === undefined) throw new WrongSetting(`${name} must be one of ${names.join(', ')}, not «${text}»`)
  return found
}

function url(env: Environment, name: string, protocols: readonly string[]): string | undefined {
  const text = given(env, name)
  if (text === undefined) return undefined
  const parsed = URL.canParse(text) ? new URL(text) : undefined
  if (!parsed || !protocols.includes(parsed.protocol)) {
    throw new WrongSetting(
      `${name} must be an address that begins with ${protocols.map((each) => `${each}//`).join(' or ')}`,
    )
  }
  return text
}

function adminKeyOf(env: Environment): string | undefined {
  const key = given(env, 'WEDI_ADMIN_KEY')
  if (key !== undefined && parseKey(key)?.prefix !== 'sk') {
    throw new WrongSetting('WEDI_ADMIN_KEY must be a well-formed wedi_sk_ key (its last 6 characters are a checksum)')
  }
  return key
}

function engineOf(env: Environment): Config['engine'] {
  const engineUrl = url(env, 'THIRDWEB_ENGINE_URL', ['http:', 'https:'])
  const token = given(env, 'THIRDWEB_ENGINE_TOKEN')
  const mode = oneOf(env, 'THIRDWEB_ENGINE_MODE', ['signer', 'queue'] as const)
  const webhookSecret = webhookSecretOf(env, mode)
  if (engineUrl === undefined && token === undefined) {
    if (mode !== undefined)
      throw new WrongSetting('THIRDWEB_ENGINE_MODE needs THIRDWEB_ENGINE_URL and THIRDWEB_ENGINE_TOKEN')
    return undefined
  }
  if (engineUrl === undefined) throw new WrongSetting('THIRDWEB_ENGINE_URL must be given with THIRDWEB_ENGINE_TOKEN')
  if (token === undefined) throw new WrongSetting('THIRDWEB_ENGINE_TOKEN must be given with THIRDWEB_ENGINE_URL')
  return { url: engineUrl, token, mode: mode ?? 'signer', webhookSecret }
}

/** Only a queue sends, so only of a queue there is anything to tell. */
function webhookSecretOf(env: Environment, mode: string | undefined): string | undefined {
  const secret = given(env, 'THIRDWEB_ENGINE_WEBHOOK_SECRET')
  if (secret === undefined) return undefined
  if (mode !== 'queue') {
    throw new WrongSetting('THIRDWEB_ENGINE_WEBHOOK_SECRET needs THIRDWEB_ENGINE_MODE=queue: a signer sends nothing')
  }
  if (secret.length < MIN_WEBHOOK_SECRET_LENGTH) {
    throw new WrongSetting(
      `THIRDWEB_ENGINE_WEBHOOK_SECRET must be the secret Engine answered when the webhook was made, at least ${MIN_WEBHOOK_SECRET_LENGTH} characters`,
    )
  }
  return secret
}

function hostedOf(env: Environment): Config['hosted'] {
  const secretKey = headerValue(env, 'THIRDWEB_SECRET_KEY')
  const vaultToken = headerValue(env, 'THIRDWEB_VAULT_TOKEN')
  const apiUrl = url(env, 'THIRDWEB_API_URL', ['http:', 'https:'])
  if (secretKey !== undefined) return { secretKey, vaultToken, url: apiUrl }
  if (vaultToken !== undefined) throw new WrongSetting('THIRDWEB_VAULT_TOKEN needs THIRDWEB_SECRET_KEY')
  if (apiUrl !== undefined) throw new WrongSetting('THIRDWEB_API_URL needs THIRDWEB_SECRET_KEY')
  return undefined
}

/** What is sent in a header; the message does not repeat it. */
function headerValue(env: Environment, name: string): string | undefined {
  const value = given(env, name)
  if (value !== undefined && !/^[\x21-\x7e]+$/.test(value)) {
    throw new WrongSetting(`${name} must be visible ASCII characters without spaces`)
  }
  return value
}

/** What a provider needs before wallets can be made with it. */
const PROVIDER_SETTINGS = {
  'thirdweb-engine': 'THIRDWEB_ENGINE_URL and THIRDWEB_ENGINE_TOKEN',
  thirdweb: 'THIRDWEB_SECRET_KEY',
}

function walletProviderOf(env: Environment, { engine, hosted }: Pick<Config, 'engine' | 'hosted'>): ProviderName {
  const configured: ProviderName[] = [
    ...(engine ? ['thirdweb-engine' as const] : []),
    ...(hosted ? ['thirdweb' as const] : []),
  ]
  const name = oneOf(env, 'WEDI_WALLET_PROVIDER', providerNames)
  if (name === undefined && configured.length > 1) {
    throw new WrongSetting(`WEDI_WALLET_PROVIDER must say which of ${configured.join(' and ')} makes new wallets`)
  }
  if (name !== undefined && name !== 'local' && !configured.includes(name)) {
    throw new WrongSetting(`WEDI_WALLET_PROVIDER is ${name}: ${PROVIDER_SETTINGS[name]} must be given too`)
  }
  return name ?? configured[0] ?? 'local'
}

/** A host and a path without a scheme, as C2SP names logs: it becomes the name of keys, so it can hardly be changed later. */
const ORIGIN = /^[a-z0-9.-]+(:[0-9]+)?(\/[A-Za-z0-9._~-]+)*$/
const DEFAULT_ORIGIN = 'wedi.local/log'
const MAX_VERSIONS = 4

function decisionLogOf(env: Environment): DecisionLogSettings {
  const origin = given(env, 'WEDI_LOG_ORIGIN') ?? DEFAULT_ORIGIN
  if (!ORIGIN.test(origin) || origin.length > 200) {
    throw new WrongSetting(`WEDI_LOG_ORIGIN must be a host and a path without a scheme, like ${DEFAULT_ORIGIN}`)
  }
  const keyNumbers = versions(env, 'WEDI_LOG_KEYS', 'the keys that sign')
  const witnesses = (given(env, 'WEDI_LOG_WITNESS') ?? '').split(',').filter((each) => each.trim() !== '')
  return { origin, keyNumbers, witnesses: witnesses.map((each) => witnessOf(each.trim())) }
}

/** What is derived from the master key by number: the last number is the newest, those before it still count. */
function versions(env: Environment, name: string, what: string): number[] {
  const all = (given(env, name) ?? '1').split(',').map((each) => each.trim())
  const isList = all.every((each) => /^[1-9][0-9]?$/.test(each))
  if (all.length > MAX_VERSIONS || new Set(all).size < all.length || !isList) {
    throw new WrongSetting(`${name} must be the numbers of ${what}, like 1, or 1,2 while 2 takes over`)
  }
  return all.map(Number)
}

/** Nobody's by default: who may say where requests come from may be anybody to whoever counts them by address. */
function proxiesOf(env: Environment): string[] {
  const all = (given(env, 'WEDI_TRUSTED_PROXIES') ?? '').split(',').map((each) => each.trim())
  const proxies = all.filter((each) => each !== '')
  if (!proxies.every((each) => ipaddr.isValid(each) || ipaddr.isValidCIDR(each)))
    throw new WrongSetting('WEDI_TRUSTED_PROXIES must be addresses or networks, like 10.0.0.1,192.168.0.0/16')
  return proxies
}

function witnessOf(text: string): DecisionLogSettings['witnesses'][number] {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return { file: resolve(text) }
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new WrongSetting('WEDI_LOG_WITNESS must be files or http(s):// addresses, separated by commas')
  }
  return { url: text }
}

function chainsOf(env: Environment): ChainSettings[] | undefined {
  const text = given(env, 'WEDI_CHAINS')
  if (text === undefined) return undefined
  const chains = parseJson(text)
  const expected = 'a JSON array like [{"chain":"eip155:8453","rpcUrl":"https://…","name":"Base"}]'
  if (!Value.Check(Chains, chains)) {
    const [first] = Value.Errors(Chains, chains)
    throw new WrongSetting(
      `WEDI_CHAINS must be ${expected}${first ? `; ${first.instancePath || '/'} ${first.message}` : ''}`,
    )
  }
  const ids = chains.map(({ chain }) => chain)
  if (new Set(ids).size < ids.length) throw new WrongSetting('WEDI_CHAINS names a chain twice')
  return chains.map(chainSettings)
}

/** Where nothing is said: how deep a block counts, so that losing the newest one, which happens, undoes no payment. */
const CONFIRMATIONS = 3

function chainSettings({
  chain,
  rpcUrl,
  name,
  confirmations = CONFIRMATIONS,
  assets = [],
}: Static<typeof Chains>[number]): ChainSettings {
  const native = { asset: `${chain}/slip44:60`, symbol: 'ETH', decimals: 18 }
  const tokens = assets.map((each) => ({ ...each, asset: parseAsset(each.asset)?.id ?? each.asset }))
  const foreign = tokens.find(({ asset }) => !asset.startsWith(`${chain}/`))
  if (foreign) throw new WrongSetting(`WEDI_CHAINS lists ${foreign.asset} under ${chain}`)
  const listed = tokens.some(({ asset }) => asset === native.asset) ? tokens : [native, ...tokens]
  return { chain: chain as ChainId, name: name ?? chain, rpcUrl, confirmations, assets: listed, isEmbedded: false }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
