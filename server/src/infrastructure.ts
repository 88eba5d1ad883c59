import type { ChainSettings, Faucet } from '#modules/chains'
import type { Logger } from '#platform/log'
import type { Config } from './config.ts'
import { startEmbeddedChain } from './embedded/chain.ts'
import { fund } from './embedded/faucet.ts'
import type { Home } from './embedded/home.ts'
import { keepEmbeddedPostgres } from './embedded/keep.ts'

export interface Infrastructure {
  readonly databaseUrl: string
  readonly chains: readonly ChainSettings[]
  /** Only with the embedded development chain. */
  readonly faucet?: Faucet
  /** True when database and chain are our own. */
  readonly isEmbedded: boolean
  /** Resolves with what to say when one of our own ended unasked. */
  readonly failed: Promise<string>
  stop(): Promise<void>
}

/** The database and the chain: those that were named, or our own below WEDI_HOME. */
export async function startInfrastructure(
  config: Config,
  home: Home,
  { say, log }: { say: (line: string) => void; log: Pick<Logger, 'error'> },
): Promise<Infrastructure> {
  const onRestart = (output: string) => log.error({ output }, 'the embedded PostgreSQL died and is started again')
  const [postgres, chain] = await Promise.all([
    config.databaseUrl === undefined
      ? keepEmbeddedPostgres({ directory: home.path('postgres'), onProgress: say }, onRestart)
      : undefined,
    config.chains === undefined ? startEmbeddedChain({ directory: home.path('chain'), onProgress: say }) : undefined,
  ])
  const ends = [
    postgres?.exited.then((log) => `The embedded PostgreSQL cannot be kept up:\n${log}`),
    chain?.exited.then((log) => `The embedded chain ended unexpectedly:\n${log}`),
  ]
  return {
    databaseUrl: config.databaseUrl ?? (postgres?.url as string),
    chains: config.chains ?? (chain ? [embeddedSettings(chain)] : []),
    ...(chain && { faucet: faucetOf(chain) }),
    isEmbedded: postgres !== undefined && chain !== undefined,
    failed: Promise.race(ends.filter((end) => end !== undefined)),
    stop: async () => void (await Promise.all([postgres?.stop(), chain?.stop()])),
  }
}

interface EmbeddedChain {
  chain: 'eip155:31337'
  rpcUrl: string
  token: `0x${string}`
}

export function embeddedSettings({ chain, rpcUrl, token }: EmbeddedChain): ChainSettings {
  const assets = [
    { asset: `${chain}/erc20:${token}`, symbol: 'dUSD', decimals: 6 },
    { asset: `${chain}/slip44:60`, symbol: 'ETH', decimals: 18 },
  ]
  return { chain, rpcUrl, name: 'Embedded development chain', confirmations: 1, assets, isEmbedded: true }
}

export const faucetOf =
  ({ rpcUrl, token }: EmbeddedChain): Faucet =>
  ({ address, asset, amount }) =>
    fund(rpcUrl, token, { address, amount, asset: asset.kind === 'native' ? 'native' : 'token' })
