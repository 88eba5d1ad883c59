import type { WalletBookRow, WalletRow } from '@wedi/database'
import type { Address, Hex } from 'viem'
import { type ChainService, ChainUnavailable, type Sent } from '#modules/chains'
import { ProviderError } from '#modules/wallets'
import type { ChainId } from '#platform/caip'
import { moveOf } from '../rules.ts'
import type { ReconciliationNeeds } from './needs.ts'
import { strayNonces, waitsForQueue } from './rules.ts'
import type { OwnTransaction, Page, Sight } from './sight.ts'
import { type Book, reconciliationStore, type TransactionRow } from './store.ts'

/** A turn asks for no more than this; what is beyond waits for the next. */
const MAX_BLOCKS = 5000n
const MAX_NONCES = 200n
const MAX_STRANGERS = 5
const RECEIPTS_AT_ONCE = 10
/** How far back a reorganisation is looked through for what it may have brought. */
const REORGANIZED_BLOCKS = 64n
/** A payment whose transaction was mined again is not lost, in however young a block. */
const ANY_BLOCK = 2n ** 63n

export type Opened = Book & { blockNumber: bigint; blockHash: string }
type Block = Awaited<ReturnType<ChainService['deepBlock']>>

/** What a look at the chain found, up to a block. */
export interface Look {
  readonly page: Page
  readonly sight: Sight
  readonly block: Block
  /** False when there is more to see than a turn asks for. */
  readonly isComplete: boolean
}

/** Looks at a wallet on its chain, everything as of one block; our own rows are read after, so that none is missed. */
export function observing({ database, chains, wallets }: Pick<ReconciliationNeeds, 'database' | 'chains' | 'wallets'>) {
  const isQueue = (wallet: WalletRow): boolean => {
    try {
      return wallets.providerOf(wallet).mode === 'queue'
    } catch (error) {
      if (error instanceof ProviderError) return true
      throw error
    }
  }

  async function withReceipt(found: TransactionRow, from: Address, block: bigint): Promise<OwnTransaction> {
    const { blockNumber, ...row } = found
    // What was confirmed while we looked is proven by a later block: the next turn's.
    const isProof = row.isProof && blockNumber !== null && blockNumber <= block
    return { ...row, isProof, ...(await minedOf(row, from, block)) }
  }

  async function minedOf(row: Omit<TransactionRow, 'blockNumber'>, from: Address, block: bigint) {
    if (row.hash === null) return {}
    const found = await chains.minedBy(row.hash as Hex, moveOf(from, row), block)
    if (!found) return {}
    const { nonce, fee, value, isSuccess } = found.receipt
    return { mined: { nonce, fee, value, isSuccess, isAsMeant: found.effect === 'moved' } }
  }

  async function withReceipts(rows: TransactionRow[], from: Address, block: bigint): Promise<OwnTransaction[]> {
    const found: OwnTransaction[] = []
    for (let at = 0; at < rows.length; at += RECEIPTS_AT_ONCE) {
      const some = rows.slice(at, at + RECEIPTS_AT_ONCE)
      found.push(...(await Promise.all(some.map((row) => withReceipt(row, from, block)))))
    }
    return found
  }

  /** The transactions that used nonces none of ours explains: the first few, which is enough to be stopped for. */
  async function strangersIn(chain: ChainId, { page, sight, after }: Strays): Promise<Sent[]> {
    const ours = new Set(sight.own.map(({ hash }) => hash))
    const found: Sent[] = []
    for (const nonce of strayNonces(page, sight).slice(0, MAX_STRANGERS)) {
      const sent = await chains.sentWith(chain, sight.address, nonce, { after, to: sight.block })
      if (sent && !ours.has(sent.hash)) found.push(sent)
    }
    return found
  }

  /** Whose transfers and nonces are seen, from the page on. */
  async function look(book: Opened, wallet: WalletRow, { page, after, block, standing }: Span): Promise<Sight> {
    const chain = book.chain as ChainId
    const address = wallet.address as Address
    const transfers = await chains.movements(chain, address, assetsOf(chains, book), { after, to: block.number })
    const rows = await reconciliationStore.transactions(database, book, {
      nonces: { from: page.nonce, to: standing.nonce },
      blocks: { after, to: block.number },
      hashes: [...new Set(transfers.map(({ hash }) => hash))],
    })
    const own = await withReceipts(rows, address, block.number)
    const fresh = [...new Set(own.filter(({ mined }) => mined).map(({ asset }) => asset))]
    const missing = standing.isComplete ? fresh.filter((asset) => !(asset in standing.balances)) : []
    const more = missing.length > 0 ? await chains.standingAt(chain, address, missing, block.number) : undefined
    const sight = {
      ...{ address, coin: `${chain}/slip44:60`, block: block.number, nonce: standing.nonce, transfers, own },
      ...{ balances: { ...standing.balances, ...more?.balances }, strangers: [], isQueue: isQueue(wallet) },
    }
    return { ...sight, strangers: await strangersIn(chain, { page, sight, after }) }
  }

  return {
    assetsOf: (book: WalletBookRow) => assetsOf(chains, book),

    /** From the page of the book on: all the way to a deep block, or as far as a turn goes. */
    async since(book: Opened, wallet: WalletRow, deep: Block): Promise<Look> {
      const chain = book.chain as ChainId
      const page = pageOf(book)
      const after = book.blockNumber
      if (deep.number - after > MAX_BLOCKS) {
        // Nodes know balances and nonces of recent blocks only, so on the way there only transfers are looked at.
        const number = after + MAX_BLOCKS
        const hash = await chains.blockHash(chain, number)
        if (hash === undefined) throw new ChainUnavailable(`${chain}: the node does not know block ${number}`)
        const block = { number, hash }
        const standing = { nonce: page.nonce, balances: {}, isComplete: false }
        return { page, block, sight: await look(book, wallet, { page, after, block, standing }), isComplete: false }
      }
      const now = await chains.standingAt(chain, wallet.address as Address, assetsOf(chains, book), deep.number)
      const isComplete = now.nonce - page.nonce <= MAX_NONCES
      const standing = { ...now, isComplete }
      if (isComplete) {
        const sight = await look(book, wallet, { page, after, block: deep, standing })
        return { page, block: deep, sight, isComplete }
      }
      const part = { nonce: page.nonce + MAX_NONCES, balances: {}, isComplete }
      const sight = await look(book, wallet, { page, after, block: deep, standing: part })
      // The block stays the book's until every nonce is known, so its transfers are looked at then.
      const block = { number: after, hash: book.blockHash as Hex }
      return { page, block, sight: { ...sight, transfers: [] }, isComplete }
    },

    /** After a reorganisation: what is there now is taken over, what it brought is looked through once more. */
    async anew(book: Opened, wallet: WalletRow, deep: Block): Promise<Look> {
      const chain = book.chain as ChainId
      const now = await chains.standingAt(chain, wallet.address as Address, assetsOf(chains, book), deep.number)
      const page = { nonce: least(now.nonce, book.nonce), balances: {} }
      const lower = least(deep.number, book.blockNumber)
      const opening = BigInt((book.opening as { block: string }).block)
      const back = lower > REORGANIZED_BLOCKS ? lower - REORGANIZED_BLOCKS : 0n
      const after = back > opening ? back : least(opening, lower)
      const sight = await look(book, wallet, { page, after, block: deep, standing: { ...now, isComplete: true } })
      const [confirmed, dead] = await Promise.all([
        reconciliationStore.confirmedAfter(database, book, back),
        reconciliationStore.dead(database, book),
      ])
      const own = await withReceipts([...confirmed, ...dead], sight.address, ANY_BLOCK)
      const known = new Set(own.map(({ hash }) => hash))
      return {
        ...{ page, block: deep, isComplete: true },
        sight: { ...sight, own: [...sight.own.filter(({ hash }) => !known.has(hash)), ...own] },
      }
    },
  }
}

/** How long a doubt may last: a queue is given the time in which its payments settle, a node that it catches up. */
export function patienceMs(sight: Sight): number {
  return waitsForQueue(sight) ? QUEUE_PATIENCE_MS : NODE_PATIENCE_MS
}
const QUEUE_PATIENCE_MS = 15 * 60_000
export const NODE_PATIENCE_MS = 30_000

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

function pageOf({ nonce, balances }: WalletBookRow): Page {
  const amounts = Object.entries(balances as Record<string, string>)
  return { nonce, balances: Object.fromEntries(amounts.map(([asset, amount]) => [asset, BigInt(amount)])) }
}

/** What is configured, and whatever else the wallet has paid with. Other tokens may be anyone's, and say anything. */
function assetsOf(chains: ChainService, { chain, balances }: WalletBookRow): string[] {
  return [...new Set([...chains.configuredAssets(chain as ChainId), ...Object.keys(balances as object)])]
}

interface Strays {
  readonly page: Page
  readonly sight: Sight
  readonly after: bigint
}

interface Span {
  readonly page: Page
  readonly after: bigint
  readonly block: Block
  readonly standing: { nonce: bigint; balances: Readonly<Record<string, bigint>>; isComplete: boolean }
}
