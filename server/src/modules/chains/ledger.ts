import { type Address, getAddress, type Hex, isAddressEqual } from 'viem'
import { type Asset, type ChainId, parseAsset } from '#platform/caip'
import { ChainUnavailable, type Receipt, type Rpc } from './rpc.ts'
import { type Effect, effectOf, type Intent } from './rules.ts'

export interface Block {
  readonly number: bigint
  readonly hash: Hex
}

/** An account at a block. Assets whose token does not answer are left out. */
export interface Standing {
  readonly nonce: bigint
  readonly balances: Readonly<Record<string, bigint>>
}

/** A transfer of a token out of an account, or into it. */
export interface Movement {
  readonly asset: string
  readonly from: Address
  readonly to: Address
  readonly amount: bigint
  readonly hash: Hex
  readonly logIndex: number
}

/** A mined transaction of an account. */
export interface Sent extends Receipt {
  readonly isEmpty: boolean
}

/** Nodes limit how many blocks one query for logs may span. */
const BLOCKS_PER_QUERY = 500n

interface Chain {
  readonly node: Rpc
  readonly confirmations: number
  readonly isEmbedded: boolean
  readonly assets: readonly { asset: string }[]
}

/** What reconciliation asks of a chain: everything as of one block, so that the answers belong together. */
export function ledger(at: (chain: ChainId) => Chain) {
  async function hashOf(chain: ChainId, number: bigint): Promise<Hex> {
    const hash = await at(chain).node.blockHash(number)
    if (hash === undefined) throw new ChainUnavailable(`${chain}: the node does not know block ${number}`)
    return hash
  }

  /** The first block at which an account had sent more than `nonce` transactions, between one that had not and one that had. */
  async function blockOf(node: Rpc, address: Address, nonce: bigint, within: { after: bigint; to: bigint }) {
    let { after, to } = within
    while (to - after > 1n) {
      const middle = (after + to) / 2n
      if ((await node.nonceAt(address, middle)) > nonce) to = middle
      else after = middle
    }
    return to
  }

  async function standing(node: Rpc, address: Address, assets: string[], block: bigint): Promise<Standing> {
    const [nonce, ...amounts] = await Promise.all([
      node.nonceAt(address, block),
      ...assets.map(async (id) => [id, await node.balanceAt(assetOf(id), address, block)] as const),
    ])
    const known = amounts.filter((each): each is readonly [string, bigint] => each[1] !== undefined)
    return { nonce, balances: Object.fromEntries(known) }
  }

  return {
    isEmbedded: (chain: ChainId): boolean => at(chain).isEmbedded,

    /** The native coin and the tokens that are configured for a chain. */
    configuredAssets: (chain: ChainId): string[] => at(chain).assets.map(({ asset }) => asset),

    /** The newest block that counts: as many stand on it as the chain's settings ask for. */
    async deepBlock(chain: ChainId): Promise<Block> {
      const { node, confirmations } = at(chain)
      const head = await node.blockNumber()
      const depth = BigInt(confirmations - 1)
      const number = head > depth ? head - depth : 0n
      return { number, hash: await hashOf(chain, number) }
    },

    /** Undefined when the node has no such block. */
    blockHash: (chain: ChainId, number: bigint): Promise<Hex | undefined> => at(chain).node.blockHash(number),

    /**
     * Asked twice: a node in the middle of a block, or several behind one address, may answer with a nonce of one moment
     * and a balance of another, and a book that took them over would miss money for ever.
     */
    async standingAt(chain: ChainId, address: Address, assets: string[], block: bigint): Promise<Standing> {
      const { node } = at(chain)
      const once = await standing(node, address, assets, block)
      const again = await standing(node, address, assets, block)
      if (!isSame(once, again)) throw new ChainUnavailable(`${chain}: the node says this and that of block ${block}`)
      return again
    },

    /** Transfers of tokens out of an account and into it, each once, in the blocks after one up to another. */
    async movements(
      chain: ChainId,
      address: Address,
      assets: string[],
      { after, to }: { after: bigint; to: bigint },
    ): Promise<Movement[]> {
      const { node } = at(chain)
      const tokens = assets.flatMap((id) => contractOf(assetOf(id)))
      const found = new Map<string, Movement>()
      for (let from = after + 1n; from <= to && tokens.length > 0; from += BLOCKS_PER_QUERY) {
        const span = { from, to: from + BLOCKS_PER_QUERY - 1n < to ? from + BLOCKS_PER_QUERY - 1n : to }
        const sides = [{ from: address }, { to: address }]
        const pages = await Promise.all(sides.map((side) => node.movements(tokens, side, span)))
        for (const { address: token, args, transactionHash: hash, logIndex } of pages.flat()) {
          const asset = `${chain}/erc20:${getAddress(token)}`
          found.set(`${hash}/${logIndex}`, { asset, from: args.from, to: args.to, amount: args.value, hash, logIndex })
        }
      }
      return [...found.values()]
    },

    /** What a transaction did, when it is mined at a block or below; undefined otherwise. */
    async minedBy(hash: Hex, intent: Intent, block: bigint): Promise<{ receipt: Receipt; effect: Effect } | undefined> {
      const receipt = await at(intent.asset.chain).node.receipt(hash)
      if (!receipt || receipt.blockNumber > block) return undefined
      return { receipt, effect: effectOf(receipt, intent) }
    },

    /**
     * The transaction with which an account used a nonce, between a block at which it had not and one at which it had.
     * Undefined when the node no longer knows enough of the blocks between them.
     */
    async sentWith(
      chain: ChainId,
      address: Address,
      nonce: bigint,
      within: { after: bigint; to: bigint },
    ): Promise<Sent | undefined> {
      const { node } = at(chain)
      try {
        const { transactions } = await node.block(await blockOf(node, address, nonce, within))
        const sent = transactions.find((each) => isAddressEqual(each.from, address) && BigInt(each.nonce) === nonce)
        const receipt = sent && (await node.receipt(sent.hash))
        return receipt && { ...receipt, isEmpty: sent.input === '0x' }
      } catch (error) {
        if (error instanceof ChainUnavailable) return undefined
        throw error
      }
    },
  }
}

function assetOf(id: string): Asset {
  const asset = parseAsset(id)
  if (!asset) throw new Error(`a book holds what is no asset: ${id}`)
  return asset
}

const isSame = (one: Standing, other: Standing): boolean =>
  one.nonce === other.nonce &&
  Object.keys({ ...one.balances, ...other.balances }).every((asset) => one.balances[asset] === other.balances[asset])

const contractOf = (asset: Asset): Address[] => (asset.kind === 'erc20' ? [asset.contract] : [])
