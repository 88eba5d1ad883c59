import { type Address, isAddressEqual } from 'viem'
import { type Asset, type ChainId, parseAccount, parseAsset } from '#platform/caip'
import { invalid, Problem } from '#platform/problem'
import { ledger } from './ledger.ts'
import { assetProblems, chainProblems, faucetProblems } from './problems.ts'
import {
  type BroadcastResult,
  type Call,
  ChainUnavailable,
  hashOf,
  type Receipt,
  type Rpc,
  rpc,
  transferCall,
} from './rpc.ts'
import { type Effect, effectOf, type Intent } from './rules.ts'

export interface ChainSettings {
  readonly chain: ChainId
  readonly name: string
  readonly rpcUrl: string
  /** Blocks on top, its own included, before a transaction counts. */
  readonly confirmations: number
  readonly assets: readonly KnownAsset[]
  /** Of the embedded development chain: shown to users, who may look at it with their own tools. */
  readonly isEmbedded: boolean
}

export interface KnownAsset {
  readonly asset: string
  readonly symbol: string
  readonly decimals: number
}

/** Gives money away on the embedded development chain. */
export type Faucet = (request: { address: Address; asset: Asset; amount: bigint }) => Promise<void>

export interface Preflight {
  readonly call: Call
  readonly balance: bigint
  readonly nativeBalance: bigint
  /** Undefined when the node says the transfer would fail. */
  readonly gas: bigint | undefined
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
  readonly minedNonce: number
  readonly blockNumber: bigint
}

/** A fifth on top of the estimate: a token's cost may differ a little by the time it is mined. */
const GAS_MARGIN_PERCENT = 120n

export type ChainService = ReturnType<typeof chainService>

export function chainService({ settings, faucet }: { settings: readonly ChainSettings[]; faucet?: Faucet }) {
  const byId = new Map(settings.map((each) => [each.chain, { ...each, node: rpc(each) }]))
  const knownTokens = new Set(settings.flatMap(({ assets }) => assets.map(({ asset }) => asset)))

  function at(chain: ChainId): ChainSettings & { node: Rpc } {
    const found = byId.get(chain)
    if (!found)
      throw new Problem(chainProblems.unknown, {
        detail: `${chain} is not configured here; GET /v1/chains lists those that are.`,
      })
    return found
  }

  /** The asset of a CAIP-19 id, when its chain is configured and (for a token) a token answers at its address. */
  async function asset(id: string, path = '/asset'): Promise<Asset> {
    const parsed = parseAsset(id)
    if (!parsed) throw invalid({ path, message: 'is not a CAIP-19 asset, or its address has a wrong EIP-55 checksum' })
    const { node } = at(parsed.chain)
    if (parsed.kind === 'native' || knownTokens.has(parsed.id)) return parsed
    const token = await answering(() => node.token(parsed.contract))
    if (!token) throw new Problem(assetProblems.unknown, { members: { errors: [{ path, message: 'names no token' }] } })
    knownTokens.add(parsed.id)
    return parsed
  }

  return {
    known: new Set<string>(byId.keys()) as ReadonlySet<string>,
    asset,

    list: () =>
      settings.map(({ chain, name, rpcUrl, assets, isEmbedded }) => ({
        chain,
        name,
        ...(isEmbedded && { rpcUrl }),
        assets,
      })),

    balance: async (of: Asset, address: Address): Promise<bigint> =>
      answering(() => at(of.chain).node.balance(of, address)),

    /** Everything that must be known before a transfer is signed, asked before any transaction is opened. */
    async preflight({ from, payee, asset: what, amount }: Intent): Promise<Preflight> {
      const { node } = at(what.chain)
      const call = transferCall(what, payee, amount)
      const [balance, nativeBalance, gas, fees, minedNonce, blockNumber] = await Promise.all([
        node.balance(what, from),
        what.kind === 'native' ? 0n : node.balance({ id: '', chain: what.chain, kind: 'native' }, from),
        node.gasOf(from, call),
        node.fees(),
        node.minedNonce(from),
        node.blockNumber(),
      ])
      return {
        ...{ call, balance, nativeBalance: what.kind === 'native' ? balance : nativeBalance, minedNonce, blockNumber },
        ...{ gas: gas === undefined ? undefined : (gas * GAS_MARGIN_PERCENT) / 100n, ...fees },
      }
    },

    broadcast: (chain: ChainId, raw: `0x${string}`): Promise<BroadcastResult> => at(chain).node.broadcast(raw),
    hashOf,

    /** The effect of a mined transaction; `shallow` until enough blocks stand on it, `absent` while it is in none. */
    async effect(
      hash: `0x${string}`,
      intent: Intent,
    ): Promise<'absent' | 'shallow' | { effect: Effect; receipt: Receipt }> {
      const { node, confirmations } = at(intent.asset.chain)
      const receipt = await node.receipt(hash)
      if (!receipt) return 'absent'
      if (confirmations > 1 && (await node.blockNumber()) - receipt.blockNumber + 1n < BigInt(confirmations))
        return 'shallow'
      return { effect: effectOf(receipt, intent), receipt }
    },

    /** How many transactions of this account the chain has mined: the nonce that is next. */
    minedNonce: async (chain: ChainId, address: Address): Promise<bigint> =>
      BigInt(await at(chain).node.minedNonce(address)),

    isNonceUsed: async (chain: ChainId, address: Address, nonce: bigint): Promise<boolean> =>
      BigInt(await at(chain).node.minedNonce(address)) > nonce,

    /** Hashes of transactions after a block that moved exactly this, oldest first: how a queue's deed is found. */
    async findTransfers({ from, payee, asset: what, amount }: Intent, after: bigint): Promise<`0x${string}`[]> {
      const { node } = at(what.chain)
      if (what.kind === 'erc20') {
        const logs = await node.transfers(what.contract, { from, to: payee }, after)
        return logs.filter(({ args }) => args.value === amount).map(({ transactionHash }) => transactionHash)
      }
      const head = await node.blockNumber()
      const found: `0x${string}`[] = []
      for (let number = after + 1n; number <= head && number <= after + MAX_BLOCKS_SEARCHED; number++) {
        const { transactions } = await node.block(number)
        const isMeant = (each: (typeof transactions)[number]) =>
          isAddressEqual(each.from, from) && each.to !== null && isAddressEqual(each.to, payee) && each.value === amount
        found.push(...transactions.filter(isMeant).map(({ hash }) => hash))
      }
      return found
    },

    ...ledger(at),

    async fund(request: { address: string; asset: string; amount: string }) {
      if (!faucet) throw new Problem(faucetProblems.notHere)
      const what = await asset(request.asset)
      const account = parseAccount(request.address)
      if (!account) throw invalid({ path: '/address', message: 'has a wrong EIP-55 checksum' })
      await answering(() => faucet({ address: account.address, asset: what, amount: BigInt(request.amount) }))
      const balance = await answering(() => at(what.chain).node.balance(what, account.address))
      return { address: account.address, asset: what.id, balance: String(balance) }
    },
  }
}

/** Native transfers are searched block by block, so the search is bounded; the next look goes on from the same block. */
const MAX_BLOCKS_SEARCHED = 2000n

/** For what a person asked and waits for: an unreachable chain is an answer. */
async function answering<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof ChainUnavailable) throw new Problem(chainProblems.unavailable, { cause: error })
    throw error
  }
}
