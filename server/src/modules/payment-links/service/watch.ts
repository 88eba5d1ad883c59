import type { PaymentLinkAccountRow, PaymentLinkPaymentRow } from '@wedi/database'
import { type Address, zeroAddress } from 'viem'
import { ChainUnavailable } from '#modules/chains'
import type { Job, JobResult } from '#platform/jobs'
import { accountStore } from '../store/accounts.ts'
import { receivedStore } from '../store/received.ts'
import { closedAfter, type LinkNeeds, MAX_AT_ONCE, tokenOf } from './needs.ts'
import type { Arrival, Receiving } from './receive.ts'

/** The embedded chain mines when something is sent, and costs nothing to be asked. */
const EMBEDDED_PAUSE_MS = 500
const PAUSE_MS = 5000
const MAX_BLOCKS = 500n
/** How far back a reorganisation is looked through. */
const REORGANIZED_BLOCKS = 64n
const AT_ONCE: JobResult = { againInMs: 0 }

interface Span {
  readonly last: bigint
  readonly found: readonly Arrival[]
}

interface Block {
  readonly number: bigint
  readonly hash: string
}

/** Looks at what comes to the accounts of links, block by block, as long as somebody may pay one. */
export function watching(needs: LinkNeeds, { land, vanish }: Receiving): void {
  const { chains, clock, database, jobs, wallets } = needs

  /**
   * Whatever came after one block up to another. What is newly minted has no payer, so it pays nothing; what an
   * organisation moves between its own wallets does not either.
   */
  async function arrivals(account: PaymentLinkAccountRow, after: bigint, to: bigint): Promise<Arrival[]> {
    const token = tokenOf(account.asset)
    const found = await chains.transfersTo(token, account.address as Address, { after, to })
    const foreign = found.filter(({ from, amount }) => from !== zeroAddress && amount > 0n)
    const own = await wallets.ownAddresses(
      account.organizationId,
      foreign.map(({ from }) => from),
    )
    const paid = foreign.filter(({ from }) => !own.has(from.toLowerCase()))
    const times = new Map<bigint, Date>()
    for (const { blockNumber } of paid) {
      if (!times.has(blockNumber))
        times.set(blockNumber, new Date(Number(await chains.timeOf(token.chain, blockNumber)) * 1000))
    }
    return paid.map((each) => ({ ...each, at: times.get(each.blockNumber) as Date }))
  }

  /** As many blocks as a node answers for: it may refuse a span that another one is in time with. */
  async function spanAfter(account: PaymentLinkAccountRow, after: bigint, newest: bigint): Promise<Span> {
    let blocks = newest - after > MAX_BLOCKS ? MAX_BLOCKS : newest - after
    for (;;) {
      try {
        return { last: after + blocks, found: await arrivals(account, after, after + blocks) }
      } catch (error) {
        if (!(error instanceof ChainUnavailable) || blocks <= 1n) throw error
        blocks /= 2n
      }
    }
  }

  /** What we had seen in blocks that are no more, and what is not in those that took their place. */
  const lost = (rows: readonly PaymentLinkPaymentRow[], found: readonly Arrival[]) =>
    rows.filter((row) => !found.some((arrival) => isOf(row, arrival)))

  /** Everything of a span and the new place in one transaction: of two processes one writes. */
  async function write(account: PaymentLinkAccountRow, to: Block, { found, since }: Seen): Promise<void> {
    const key = { address: account.address, asset: account.asset }
    await database.inOrganization(account.organizationId, async (tx) => {
      if (!(await accountStore.advance(tx, account, to))) return
      if (since !== undefined) {
        const rows = await receivedStore.confirmedAfter(tx, { payTo: account.address, asset: account.asset }, since)
        for (const row of lost(rows, found)) await vanish(tx, row)
      }
      for (const arrival of found) await land(tx, key, arrival)
    })
  }

  async function look(account: PaymentLinkAccountRow): Promise<JobResult> {
    const { chain } = tokenOf(account.asset)
    const rest: JobResult = { againInMs: needs.everyMs ?? (chains.isEmbedded(chain) ? EMBEDDED_PAUSE_MS : PAUSE_MS) }
    const deep = await chains.deepBlock(chain)
    // A node that lags behind another, or a chain that lost blocks and has not grown past them yet.
    if (deep.number < account.blockNumber) return rest
    const hash = deep.number === account.blockNumber ? deep.hash : await chains.blockHash(chain, account.blockNumber)
    const isSame = hash === account.blockHash
    if (isSame && deep.number === account.blockNumber) return rest
    const { blockNumber } = account
    const back = blockNumber > REORGANIZED_BLOCKS ? blockNumber - REORGANIZED_BLOCKS : 0n
    const after = isSame ? blockNumber : back
    const span = await spanAfter(account, after, deep.number)
    const { last, found } = span
    const lastHash = last === deep.number ? deep.hash : await chains.blockHash(chain, last)
    // Answers from two sides of a reorganisation do not belong together.
    if (lastHash === undefined || (await chains.blockHash(chain, last)) !== lastHash) return AT_ONCE
    await write(account, { number: last, hash: lastHash }, { found, since: isSame ? undefined : back })
    return last === deep.number ? rest : AT_ONCE
  }

  jobs.handle(
    'payment-links.watch',
    async ({ organizationId, subject }: Job): Promise<JobResult> => {
      const [asset = '', address = ''] = subject.split(' ')
      const account = await accountStore.find(database, organizationId, { asset, address }, closedAfter(clock()))
      if (!account?.isLive) return 'done'
      const { isLive: _, ...row } = account
      try {
        return await look(row)
      } catch (error) {
        if (error instanceof ChainUnavailable) return { againInMs: PAUSE_MS }
        throw error
      }
    },
    { atMost: MAX_AT_ONCE },
  )
}

/** The same money: its transaction may be mined anew at another place, or do something else there. */
const isOf = (row: PaymentLinkPaymentRow, { hash, logIndex, amount, from }: Arrival): boolean =>
  hash === row.transactionHash && logIndex === row.logIndex && amount === row.amount && from === row.payer

interface Seen {
  readonly found: readonly Arrival[]
  /** After a reorganisation: from which block on all is looked at anew. */
  readonly since: bigint | undefined
}
