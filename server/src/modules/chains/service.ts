import { type Address, isAddressEqual } from 'viem'
import { type Asset, type ChainId, parseAccount, parseAsset } from '#platform/caip'
import { invalid, Problem } from '#platform/problem'
import { authorizedCall } from './authorization.ts'
import { incoming } from './incoming.ts'
import { ledger } from './ledger.ts'
import { assetProblems, chainProblems, faucetProblems } from './problems.ts'
import {
  type BroadcastResult,
  type Call,
  ChainUnavailable,
  hashOf,
  type Page,
  type Receipt,
  type Rpc,
  rpc,
  transferCall,
} from './rpc.ts'
import { type Effect, effectOf, type Intent, payerOf } from './rules.ts'

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

/** What a transaction would cost: gas units, and wei for each. */
export interface Price {
  readonly call: Call
  readonly gas: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
  readonly nativeBalance: bigint
}

/** A fifth on top of the estimate: a token's cost may differ a little by the time it is mined. */
const withMargin = (gas: bigint): bigint => (gas * 120n) / 100n
const PLAIN_TRANSFER_GAS = 21_000n

export type ChainService = ReturnType<typeof chainService>

export function chainService({ settings, faucet }: { settings: readonly ChainSettings[]; faucet?: Faucet }) {
  const byId = new Map(settings.map((each) => [each.chain, { ...each, node: rpc(each) }]))
  const listed: ReadonlySet<string> = new Set(settings.flatMap(({ assets }) => assets.map(({ asset }) => asset)))
  const knownTokens = new Set(listed)

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
    async preflight(intent: Intent): Promise<Preflight> {
      const { from, payee, asset: what, amount, authorization } = intent
      const { node } = at(what.chain)
      const call = authorization
        ? authorizedCall(what, authorization, payee, amount)
        : transferCall(what, payee, amount)
      const isListed = what.kind === 'native' || listed.has(what.id)
      const [balance, nativeBalance, gas, fees, minedNonce, blockNumber, wouldMove] = await Promise.all([
        node.balance(what, payerOf(intent)),
        what.kind === 'native' ? 0n : node.balance({ id: '', chain: what.chain, kind: 'native' }, from),
        node.gasOf(from, call),
        node.fees(),
        node.minedNonce(from),
        node.blockNumber(),
        // Whoever runs this server listed a token knowing it; of any other it is asked whether it says no in its own way.
        isListed || node.wouldMove(from, call),
      ])
      return {
        call,
        balance,
        nativeBalance: what.kind === 'native' ? balance : nativeBalance,
        minedNonce,
        blockNumber,
        gas: gas === undefined || !wouldMove ? undefined : withMargin(gas),
        ...fees,
      }
    },

    /** What a transaction that does nothing but take a nonce would cost now; to replace one, only the fees count. */
    async priceOfNothing(chain: ChainId, from: Address): Promise<Price> {
      const { node } = at(chain)
      const call: Call = { to: from, value: 0n, data: '0x' }
      const [fees, nativeBalance, gas] = await Promise.all([
        node.fees(),
        node.balance({ id: '', chain, kind: 'native' }, from),
        node.gasOf(from, call),
      ])
      return { ...fees, nativeBalance, call, gas: withMargin(gas ?? PLAIN_TRANSFER_GAS) }
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

    /** Whether a transaction counts as soon as it is in a block. */
    countsAtOnce: (chain: ChainId): boolean => at(chain).confirmations === 1,

    /** How many transactions of this account the chain has mined: the nonce that is next. */
    minedNonce: async (chain: ChainId, address: Address): Promise<bigint> =>
      BigInt(await at(chain).node.minedNonce(address)),

    /**
     * The next blocks to look through after one: a bounded number, and only those that count already, so that none has to
     * be looked at again. Undefined when there are none.
     */
    async pageAfter(chain: ChainId, after: bigint): Promise<Page | undefined> {
      const { node, confirmations } = at(chain)
      const last = (await node.blockNumber()) - BigInt(Math.max(0, confirmations - 1))
      const to = last < after + MAX_BLOCKS_SEARCHED ? last : after + MAX_BLOCKS_SEARCHED
      return to > after ? { after, to } : undefined
    },

    /** Hashes of transactions in these blocks that moved exactly this, oldest first: how a queue's deed is found. */
    async findTransfers(intent: Intent, page: Page): Promise<`0x${string}`[]> {
      const { payee, asset: what, amount } = intent
      const from = payerOf(intent)
      const { node } = at(what.chain)
      if (what.kind === 'erc20') {
        const logs = await node.transfers(what.contract, { from, to: payee }, page)
        return logs.filter(({ args }) => args.value === amount).map(({ transactionHash }) => transactionHash)
      }
      const sent = await sentIn(node, from, page)
      const isMeant = ({ to, value }: Sent) => to !== null && isAddressEqual(to, payee) && value === amount
      return sent.filter(isMeant).map(({ hash }) => hash)
    },

    /** The transaction in these blocks that used a nonce of an account. */
    async findNonce(chain: ChainId, { from, nonce }: { from: Address; nonce: bigint }, page: Page) {
      const sent = await sentIn(at(chain).node, from, page)
      return sent.find((each) => BigInt(each.nonce) === nonce)?.hash
    },

    ...ledger(at),
    ...incoming(at),

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

/** Some transfers are searched block by block, so one search is bounded; the next goes on where it ended. */
const MAX_BLOCKS_SEARCHED = 2000n
const BLOCKS_AT_ONCE = 20n

interface Sent {
  readonly hash: `0x${string}`
  readonly nonce: number
  readonly to: Address | null
  readonly value: bigint
}

/** What an account sent in a range of blocks, oldest first. */
async function sentIn(node: Rpc, from: Address, { after, to }: Page): Promise<Sent[]> {
  const found: Sent[] = []
  for (let first = after + 1n; first <= to; first += BLOCKS_AT_ONCE) {
    const count = to - first + 1n < BLOCKS_AT_ONCE ? to - first + 1n : BLOCKS_AT_ONCE
    const numbers = Array.from({ length: Number(count) }, (_, i) => first + BigInt(i))
    const blocks = await Promise.all(numbers.map((number) => node.block(number)))
    found.push(...blocks.flatMap(({ transactions }) => transactions.filter((each) => isAddressEqual(each.from, from))))
  }
  return found
}

/** For what a person asked and waits for: an unreachable chain is an answer. */
async function answering<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof ChainUnavailable) throw new Problem(chainProblems.unavailable, { cause: error })
    throw error
  }
}
