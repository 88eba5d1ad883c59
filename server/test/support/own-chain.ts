import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Address, createPublicClient, erc20Abi, type Hex, http } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import type { ChainSettings } from '#modules/chains'
import type { WalletProvider } from '#modules/wallets'
import { chainNumber } from '#platform/caip'
import { startEmbeddedChain } from '../../src/embedded/chain.ts'
import { type ChainClient, chainClient } from '../../src/embedded/chain-client.ts'
import { fund } from '../../src/embedded/faucet.ts'
import { embeddedSettings } from '../../src/infrastructure.ts'
import type { TestApp } from './app.ts'
import { type AgentView, anAgent, type WalletView, walletOf } from './factories.ts'

export interface OwnChain {
  readonly rpcUrl: string
  readonly token: Address
  /** With anvil's own methods: what is mined, and at which fee. */
  readonly node: ChainClient
  /** As of a chain somebody else runs: fees are what it asks. */
  settings(over?: Partial<ChainSettings>): ChainSettings
  /** How many transactions of an account are mined. */
  sentBy(account: unknown): Promise<number>
  balanceOf(account: unknown): Promise<bigint>
  stop(): Promise<void>
}

/** A chain that a test may hold up, make dear and take blocks from, without disturbing others. */
export async function startOwnChain(): Promise<OwnChain> {
  const directory = mkdtempSync(join(tmpdir(), 'wedi-own-chain-'))
  const chain = await startEmbeddedChain({ directory })
  const { rpcUrl, token } = chain
  const reader = createPublicClient({ transport: http(rpcUrl), cacheTime: 0 })
  return {
    rpcUrl,
    token,
    node: chainClient(rpcUrl),
    settings: (over) => ({ ...embeddedSettings(chain), isEmbedded: false, ...over }),
    sentBy: (account) => reader.getTransactionCount({ address: account as Address }),
    balanceOf: (account) =>
      reader.readContract({
        address: token,
        abi: erc20Abi,
        functionName: 'balanceOf',
        args: [account as Address],
      }),
    async stop() {
      await chain.stop()
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** An agent whose wallet has tokens and coins on such a chain. */
export async function aPayerOn(
  { rpcUrl, token }: OwnChain,
  app: TestApp,
  over: Record<string, unknown> = {},
): Promise<{ agent: AgentView; wallet: WalletView; address: Address }> {
  const agent = await anAgent(app.admin, over)
  const wallet = await walletOf(app.admin, agent.id)
  const address = wallet.address as Address
  await fund(rpcUrl, token, { address, asset: 'token', amount: 1_000_000n })
  await fund(rpcUrl, token, { address, asset: 'native', amount: 10n ** 18n })
  return { agent, wallet, address }
}

type Sign = WalletProvider['sign']

export interface KeyedProvider extends WalletProvider {
  /** The key of an account, as whoever stole it would have it. */
  accountOf(address: unknown): PrivateKeyAccount
}

/** A signer whose keys the test has, with something happening around its signature. */
export function keyedProvider(around: (sign: Sign) => Sign = (sign) => sign): KeyedProvider {
  const accounts = new Map<string, PrivateKeyAccount>()
  const accountOf = (address: unknown): PrivateKeyAccount => {
    const account = [...accounts.values()].find((each) => each.address === address)
    if (!account) throw new Error(`no account ${address}`)
    return account
  }
  const sign: Sign = async ({ address }, { chain, ...fields }) =>
    accountOf(address).signTransaction({ ...fields, type: 'eip1559', chainId: chainNumber(chain) })
  return {
    name: 'local',
    mode: 'signer',
    accountOf,
    async open({ id }) {
      const account = accounts.get(id) ?? privateKeyToAccount(generatePrivateKey())
      accounts.set(id, account)
      return { address: account.address, metadata: {} }
    },
    sign: around(sign),
    submit: () => Promise.reject(new Error('not here')),
    status: () => Promise.reject(new Error('not here')),
  }
}

/** A transaction of an account that Wedi knows nothing of, in the node's hands. */
export async function sendAsStranger(
  { node }: OwnChain,
  account: PrivateKeyAccount,
  what: { to: Address; nonce: number; value?: bigint; data?: Hex; fee?: bigint },
): Promise<Hex> {
  const { fee = 10n ** 10n, ...fields } = what
  const raw = await account.signTransaction({
    ...fields,
    type: 'eip1559',
    chainId: 31337,
    gas: 100_000n,
    maxFeePerGas: fee,
    maxPriorityFeePerGas: fee,
  })
  return node.sendRawTransaction({ serializedTransaction: raw })
}
