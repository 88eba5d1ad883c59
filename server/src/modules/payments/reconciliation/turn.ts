import type { WalletBookRow, WalletRow } from '@wedi/database'
import type { Address } from 'viem'
import type { ChainId } from '#platform/caip'
import { breaks } from './breaks.ts'
import type { ReconciliationNeeds } from './needs.ts'
import { type Look, NODE_PATIENCE_MS, type Opened, observing, patienceMs } from './observe.ts'
import { compare, hasLasted, severityOf } from './rules.ts'
import type { Doubts, Finding } from './sight.ts'
import { type Book, type NextPage, reconciliationStore } from './store.ts'

/** How a turn ended: up to which time the book is reconciled now, or not to the end: whether to go on at once, or later. */
export type Turn = { readonly reconciledAt: Date } | 'behind' | 'more'

/** One look at one book: what the chain shows since the last is explained, doubted or a break. */
export function turning(needs: ReconciliationNeeds) {
  const { database, chains, clock, agents } = needs
  const observe = observing(needs)
  const { open } = breaks(needs)

  /** Goes on to the next page and opens what was found, together or not at all. False: another process was faster. */
  async function write(book: WalletBookRow, wallet: WalletRow, { next, doubts, findings }: Written): Promise<boolean> {
    const whose = { agentId: wallet.agentId, walletId: wallet.id, chain: book.chain }
    return database.inOrganization(book.organizationId, async (tx) => {
      const mustFreeze = findings.some(({ kind }) => severityOf(kind) === 'CRITICAL')
      if (mustFreeze) await agents.lockForChange(tx, wallet.agentId)
      const isOurs = await (next
        ? reconciliationStore.advance(tx, book, next)
        : reconciliationStore.doubt(tx, book, doubts))
      if (!isOurs) return false
      for (const finding of findings) await open(tx, whose, finding)
      return true
    })
  }

  /** The first look takes over what is there. */
  async function adopt(book: WalletBookRow, wallet: WalletRow): Promise<Turn> {
    const reconciledAt = clock()
    const chain = book.chain as ChainId
    const block = await chains.deepBlock(chain)
    const { nonce, balances } = await chains.standingAt(
      chain,
      wallet.address as Address,
      observe.assetsOf(book),
      block.number,
    )
    const next = nextOf({ nonce, balances }, block)
    return (await write(book, wallet, { next, doubts: [], findings: [] })) ? { reconciledAt } : 'behind'
  }

  async function judge(book: Opened, wallet: WalletRow, { look, findings = [] }: Looked): Promise<Judged> {
    const ms = patienceMs(look.sight)
    const compared = compare(look.page, look.sight, (doubt) => isOverdue(book, doubt, ms))
    const { doubts } = compared
    const next = doubts.length === 0 ? nextOf(compared.next, look.block) : undefined
    const wasWritten = await write(book, wallet, { next, doubts, findings: [...findings, ...compared.findings] })
    if (!wasWritten || next === undefined) return 'behind'
    return look.isComplete ? 'done' : 'more'
  }

  /** The chain is no longer the one we looked at: said, and looked at anew. */
  async function reanchor(book: Opened, wallet: WalletRow, deep: { number: bigint; hash: string }): Promise<Judged> {
    const look = await observe.anew(book, wallet, { number: deep.number, hash: deep.hash as `0x${string}` })
    return judge(book, wallet, { look, findings: [reorganized(book, deep)] })
  }

  return async function turn(book: Book, wallet: WalletRow): Promise<Turn> {
    if (!isOpened(book)) return adopt(book, wallet)
    const reconciledAt = clock()
    const chain = book.chain as ChainId
    const deep = await chains.deepBlock(chain)
    const hash = deep.number === book.blockNumber ? deep.hash : await chains.blockHash(chain, book.blockNumber)
    if (deep.number < book.blockNumber || hash === undefined) {
      // A node that lags behind another shows the same for a while; blocks that are gone stay gone.
      if (isOverdue(book, BLOCKS_GONE, NODE_PATIENCE_MS)) await reanchor(book, wallet, deep)
      else await write(book, wallet, { next: undefined, doubts: [BLOCKS_GONE], findings: [] })
      return 'behind'
    }
    if (hash !== book.blockHash) return turnOf(await reanchor(book, wallet, deep), reconciledAt)
    if (deep.number === book.blockNumber && Object.keys(book.doubts as Doubts).length === 0) return { reconciledAt }
    const look = await observe.since(book, wallet, deep)
    // Answers from two sides of a reorganisation do not belong together.
    if ((await chains.blockHash(chain, look.block.number)) !== look.block.hash) return 'behind'
    return turnOf(await judge(book, wallet, { look }), reconciledAt)
  }
}

const BLOCKS_GONE = 'chain.reorganized'

type Judged = 'done' | 'more' | 'behind'
const turnOf = (judged: Judged, reconciledAt: Date): Turn => (judged === 'done' ? { reconciledAt } : judged)

const isOverdue = ({ doubts, readAt }: Book, doubt: string, ms: number): boolean =>
  hasLasted((doubts as Doubts)[doubt], readAt, ms)

interface Written {
  /** Undefined: the book stands still. */
  readonly next: NextPage | undefined
  readonly doubts: readonly string[]
  readonly findings: readonly Finding[]
}

interface Looked {
  readonly look: Look
  readonly findings?: readonly Finding[]
}

const isOpened = (book: Book): book is Opened => book.blockNumber !== null && book.blockHash !== null

function nextOf(
  { nonce, balances }: { nonce: bigint; balances: Readonly<Record<string, bigint>> },
  block: { number: bigint; hash: string },
): NextPage {
  const amounts = Object.entries(balances).map(([asset, amount]) => [asset, String(amount)])
  return { blockNumber: block.number, blockHash: block.hash, nonce, balances: Object.fromEntries(amounts) }
}

function reorganized(book: Opened, deep: { number: bigint; hash: string }): Finding {
  const { blockNumber, blockHash, nonce, balances } = book
  return {
    ...{ kind: 'chain.reorganized', subject: `block/${blockNumber}/${blockHash}` },
    expected: { block: String(blockNumber), hash: blockHash, nonce: String(nonce), balances },
    seen: { block: String(deep.number), hash: deep.hash },
  }
}
