import type { Address, Hex } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { paymentIn } from '../../../test/support/factories.ts'
import {
  aCollector,
  aLink,
  type Collector,
  type LinkView,
  linkThat,
  type PaidLinkView,
  payWith,
  requirementsOf,
  signatureOf,
} from '../../../test/support/links.ts'
import { type OwnChain, sendAsStranger, startOwnChain } from '../../../test/support/own-chain.ts'
import { THIEF, tokenCall } from '../../../test/support/reconciliation.ts'
import { until } from '../../../test/support/until.ts'
import { type WayToNode, wayToNode } from '../../../test/support/way-to-node.ts'
import { fund } from '../../embedded/faucet.ts'

/** Money that the chain shows, then does not show, or shows elsewhere: counted once, and taken back where all can see it. */

const AMOUNT = 2_500_000n
const SELDOM_MS = 3_600_000

let chain: OwnChain
let node: WayToNode
let app: TestApp
beforeAll(async () => {
  chain = await startOwnChain()
  node = await wayToNode(chain.rpcUrl)
  // Accounts are looked at when a test says so, never between the blocks that it takes and those it gives.
  app = await startApp({
    chains: [chain.settings({ rpcUrl: node.url, confirmations: 1 })],
    reconcileEveryMs: SELDOM_MS,
  })
})
afterAll(async () => {
  await app.stop()
  await node.stop()
  await chain.stop()
})
afterEach(() => node.refuse('eth_getLogs'))

async function aWatchedLink(): Promise<Collector & { link: LinkView }> {
  const collector = await aCollector(app)
  return { ...collector, link: await aLink(app, collector.shop, { asset: `eip155:31337/erc20:${chain.token}` }) }
}

/** Somebody with dollars, and coins to send them with. */
async function aSender(): Promise<PrivateKeyAccount> {
  const account = privateKeyToAccount(generatePrivateKey())
  const { address } = account
  await fund(chain.rpcUrl, chain.token, { address, asset: 'token', amount: AMOUNT })
  await fund(chain.rpcUrl, chain.token, { address, asset: 'native', amount: 10n ** 18n })
  return account
}

/** Signed without chance: the same again is the same transaction. */
const send = (from: PrivateKeyAccount, to: string, { amount = AMOUNT, nonce = 0, fee = 10n ** 10n } = {}) => {
  const { data } = tokenCall('transfer', [to as Address, amount])
  return sendAsStranger(chain, from, { to: chain.token, nonce, data, fee })
}

/** All that is sent is in one block, the dearest first. */
async function inOneBlock(sending: () => Promise<unknown>): Promise<void> {
  await chain.node.setAutomine(false)
  await sending()
  await chain.node.mine({ blocks: 1 })
  await chain.node.setAutomine(true)
}

/** A job runs once more from now on, and rests again. */
async function runs(kind: string, subject: string): Promise<void> {
  const job = 'kind = $1 and subject = $2 and lease_until is null'
  const ask = `update job set run_at = now() where ${job} returning 1`
  await until('it may be asked for', async () => (await app.query(ask, [kind, subject])).length === 1)
  await until(
    'it rests',
    async () => (await app.query(`select 1 from job where ${job} and run_at > now()`, [kind, subject])).length === 1,
  )
}

/** The link once it is so, its account looked at again and again, and no more when it is. */
function watchedTo(link: LinkView, isSo: (link: PaidLinkView) => boolean | Promise<boolean>): Promise<PaidLinkView> {
  let seen: PaidLinkView | undefined
  return until(
    `link ${link.id} is as expected`,
    async () => {
      await runs('payment-links.watch', `${link.asset} ${link.payTo}`)
      seen = await expectOk(app.admin.get<PaidLinkView>(`/v1/payment-links/${link.id}`))
      return (await isSo(seen)) && seen
    },
    { last: () => seen },
  )
}

/** How often each of these was recorded of an agent's links. */
async function recorded(agentId: string, ...types: string[]): Promise<number[]> {
  const path = `/v1/decisions?agentId=${agentId}&limit=200`
  const { data } = await expectOk(app.admin.get<{ data: { type: string }[] }>(path))
  return types.map((type) => data.filter((each) => each.type === `payment-link.${type}`).length)
}

/** Up to which block an account was looked at. */
async function lookedUpTo({ payTo }: LinkView): Promise<bigint> {
  const [row] = await app.query<{ block: string }>(
    'select block_number::text as block from payment_link_account where address = $1',
    [payTo],
  )
  return BigInt(row?.block ?? 0)
}

describe('a transfer whose block is lost', () => {
  it('and that is at another place of the new one is taken back, given again, and counted once', async () => {
    const { agent, link } = await aWatchedLink()
    const [payer, other] = [await aSender(), await aSender()]
    const before = await chain.node.snapshot()
    await send(payer, link.payTo)
    const paid = await watchedTo(link, ({ status, payments }) => status === 'PAID' && payments[0]?.taskId != null)
    await chain.node.revert({ id: before })
    await inOneBlock(async () => {
      await send(other, THIEF, { fee: 10n ** 11n })
      await send(payer, link.payTo)
    })
    const placeOf = () =>
      app.query<{ place: number }>('select log_index as place from payment_link_payment where link_id = $1', [link.id])
    const again = await watchedTo(link, async () => (await placeOf()).some(({ place }) => place === 1))
    expect(again).toMatchObject({ status: 'PAID', paidCount: 1, settlingCount: 0 })
    expect(again.payments).toMatchObject([
      { id: paid.payments[0]?.id, kind: 'EXACT', state: 'CONFIRMED', taskId: paid.payments[0]?.taskId },
    ])
    expect(await recorded(agent.id, 'received', 'vanished')).toEqual([2, 1])
  })

  it('and that is in a much later one is counted once, and still missed when that is lost too', async () => {
    const { agent, link } = await aWatchedLink()
    const payer = await aSender()
    const first = await chain.node.snapshot()
    await send(payer, link.payTo)
    const paid = await watchedTo(link, ({ status }) => status === 'PAID')
    await chain.node.revert({ id: first })
    await chain.node.mine({ blocks: 80 })
    const second = await chain.node.snapshot()
    await send(payer, link.payTo)
    const head = await chain.node.getBlockNumber()
    const moved = await watchedTo(link, async () => (await lookedUpTo(link)) === head)
    expect(moved.payments).toMatchObject([{ id: paid.payments[0]?.id, kind: 'EXACT', state: 'CONFIRMED' }])
    expect(moved).toMatchObject({ status: 'PAID', paidCount: 1 })
    expect(await recorded(agent.id, 'received', 'vanished')).toEqual([1, 0])
    await chain.node.revert({ id: second })
    await chain.node.mine({ blocks: 3 })
    const lost = await watchedTo(link, ({ status }) => status === 'OPEN')
    expect(lost).toMatchObject({ paidCount: 0, payments: [{ state: 'VANISHED' }] })
    expect(await recorded(agent.id, 'received', 'vanished')).toEqual([1, 1])
  })

  it('leaves its room to the one that came too late for it', async () => {
    const { agent, link } = await aWatchedLink()
    const [payer, second] = [await aSender(), await aSender()]
    const before = await chain.node.snapshot()
    await send(payer, link.payTo)
    await send(second, link.payTo)
    const paid = await watchedTo(link, ({ payments }) => payments.length === 2)
    expect(paid.payments).toMatchObject([{ kind: 'DUPLICATE', taskId: null }, { kind: 'EXACT' }])
    await chain.node.revert({ id: before })
    await chain.node.mine({ blocks: 1 })
    await send(second, link.payTo)
    const again = await watchedTo(link, ({ payments }) => payments[1]?.state === 'VANISHED')
    expect(again).toMatchObject({ status: 'PAID', paidCount: 1 })
    expect(again.payments[0]).toMatchObject({ kind: 'EXACT', state: 'CONFIRMED', payer: second.address })
    expect(again.payments[0]?.taskId).toEqual(expect.any(String))
    expect(await recorded(agent.id, 'vanished', 'promoted')).toEqual([1, 1])
  })
})

describe('a settlement that was confirmed before anyone saw its money', () => {
  it('is not given up by a node that lags, is by a deep block without it, and pays when it comes after all', async () => {
    const { agent, wallet, shop, link } = await aWatchedLink()
    const carrier = wallet.address as Address
    await fund(chain.rpcUrl, chain.token, { address: carrier, asset: 'native', amount: 10n ** 18n })
    const signature = await signatureOf(await aSender(), await requirementsOf(link.url))
    const before = await chain.node.snapshot()
    node.refuse('eth_getLogs', () => true)
    void payWith(app, link, signature)
    const { payments } = await linkThat(shop, link.id, ({ settlingCount }) => settlingCount === 1)
    const { transactionHash } = await paymentIn(app.admin, payments[0]?.paymentId as string, 'CONFIRMED')
    const serializedTransaction = await bytesOf(transactionHash as Hex)

    await chain.node.revert({ id: before })
    for (let round = 0; round < 2; round++) await runs('payment-links.follow', payments[0]?.id as string)
    expect(await linkThat(shop, link.id, () => true)).toMatchObject({
      settlingCount: 1,
      payments: [{ state: 'PENDING' }],
    })

    await chain.node.mine({ blocks: 3 })
    const free = await linkThat(shop, link.id, ({ settlingCount }) => settlingCount === 0)
    expect(free).toMatchObject({ status: 'OPEN', payments: [{ state: 'FAILED' }] })
    expect(await recorded(agent.id, 'failed')).toEqual([1])

    node.refuse('eth_getLogs')
    await chain.node.sendRawTransaction({ serializedTransaction })
    const paid = await watchedTo(link, ({ status }) => status === 'PAID')
    expect(paid).toMatchObject({ paidCount: 1, settlingCount: 0, payments: [{ kind: 'EXACT', state: 'CONFIRMED' }] })
  })

  async function bytesOf(hash: Hex): Promise<Hex> {
    const [row] = await app.query<{ raw: Hex }>(
      'select raw_transaction as raw from chain_transaction where transaction_hash = $1',
      [hash],
    )
    return row?.raw as Hex
  }
})

describe('a node that gives little at once', () => {
  it('is asked for fewer blocks, until it answers', async () => {
    const { link } = await aWatchedLink()
    await send(await aSender(), link.payTo)
    await chain.node.mine({ blocks: 40 })
    node.refuse('eth_getLogs', ([asked]) => {
      const { fromBlock, toBlock } = asked as { fromBlock: Hex; toBlock: Hex }
      return BigInt(toBlock) - BigInt(fromBlock) >= 8n
    })
    await watchedTo(link, ({ status }) => status === 'PAID')
  })

  it('is asked for the receipts of twenty transfers at a time, however many came', async () => {
    const { link } = await aWatchedLink()
    const sender = await aSender()
    await inOneBlock(async () => {
      for (let nonce = 0; nonce < 45; nonce++) await send(sender, link.payTo, { amount: 1n, nonce })
    })
    const { payments } = await watchedTo(link, (seen) => seen.payments.length === 45)
    expect(new Set(payments.map(({ kind }) => kind))).toEqual(new Set(['UNDER']))
    expect(node.asked('eth_getTransactionReceipt').count).toBeGreaterThanOrEqual(45)
    expect(node.asked('eth_getTransactionReceipt').most).toBeLessThanOrEqual(20)
  })
})
