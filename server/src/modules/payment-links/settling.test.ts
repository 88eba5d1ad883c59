import pg from 'pg'
import type { Address } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { type PaymentView, paymentIn, type WalletView } from '../../../test/support/factories.ts'
import {
  aCollector,
  aLink,
  type Collector,
  type LinkView,
  linkThat,
  payWith,
  requirementsOf,
  signatureOf,
} from '../../../test/support/links.ts'
import { type OwnChain, startOwnChain } from '../../../test/support/own-chain.ts'
import { until } from '../../../test/support/until.ts'
import { type WayToNode, wayToNode } from '../../../test/support/way-to-node.ts'
import { fund } from '../../embedded/faucet.ts'

/** What becomes of a signature that took a link's room: it pays, or the room comes back, and never anything else. */

const AMOUNT = 2_500_000n
/** Signatures are valid for ten minutes; what has less than half a minute left is not carried any more. */
const TOO_LATE_MS = 580_000

let chain: OwnChain
let node: WayToNode
let app: TestApp
let offsetMs = 0
beforeAll(async () => {
  chain = await startOwnChain()
  node = await wayToNode(chain.rpcUrl)
  app = await startApp({
    chains: [chain.settings({ rpcUrl: node.url, confirmations: 1 })],
    clock: () => new Date(Date.now() + offsetMs),
  })
})
afterAll(async () => {
  await app.stop()
  await node.stop()
  await chain.stop()
})
beforeEach(async () => {
  offsetMs = 0
  await chain.node.setAutomine(true)
  await chain.node.mine({ blocks: 1 })
})

/** A link on this chain, whose agent's wallet has coins to settle with. */
async function aPayableLink(): Promise<Collector & { link: LinkView }> {
  const collector = await aCollector(app)
  const address = collector.wallet.address as Address
  await fund(chain.rpcUrl, chain.token, { address, asset: 'native', amount: 10n ** 18n })
  const link = await aLink(app, collector.shop, { asset: `eip155:31337/erc20:${chain.token}` })
  return { ...collector, link }
}

async function aRichPayer(): Promise<PrivateKeyAccount> {
  const payer = privateKeyToAccount(generatePrivateKey())
  await fund(chain.rpcUrl, chain.token, { address: payer.address, asset: 'token', amount: AMOUNT })
  return payer
}

/** Somebody pays, and does not wait: the payment that settles it. */
async function beginPaying(
  { shop, link }: Collector & { link: LinkView },
  payer: PrivateKeyAccount,
): Promise<{ id: string }> {
  void payWith(app, link, await signatureOf(payer, await requirementsOf(link.url)))
  const { payments } = await linkThat(shop, link.id, ({ settlingCount }) => settlingCount === 1)
  return { id: payments[0]?.paymentId as string }
}

const read = (id: string) => expectOk(app.admin.get<PaymentView>(`/v1/payments/${id}`))

/** The next step of a job is due now. */
const nudge = (kind: string, subject: string) =>
  app.query(`update job set run_at = now() where kind = $1 and subject = $2 and lease_until is null`, [kind, subject])

/** The payment once it is so, looked at again and again. */
const nudgedTo = (id: string, isSo: (payment: PaymentView) => boolean) =>
  until(`payment ${id} is as expected`, async () => {
    await nudge('payments.advance', id)
    return isSo(await read(id))
  })

/** Nothing was moved, and the link can be paid by somebody else. */
async function expectFree({ shop, link }: Collector & { link: LinkView }, payer: PrivateKeyAccount): Promise<void> {
  const free = await linkThat(shop, link.id, ({ settlingCount }) => settlingCount === 0)
  expect(free).toMatchObject({ status: 'OPEN', paidCount: 0, payments: [{ state: 'FAILED' }] })
  expect(await chain.balanceOf(payer.address)).toBe(AMOUNT)
  offsetMs = 0
  expect((await payWith(app, link, await signatureOf(await aRichPayer(), await requirementsOf(link.url)))).status).toBe(
    200,
  )
}

describe('a signature that runs out', () => {
  it('before it is sent is not sent, and the room comes back', async () => {
    const [collector, payer] = [await aPayableLink(), await aRichPayer()]
    node.refuse('eth_estimateGas', () => true)
    const { id } = await beginPaying(collector, payer)
    await nudgedTo(id, ({ failure }) => (failure as { code: string } | null)?.code === 'chain.unavailable')
    offsetMs = TOO_LATE_MS
    node.refuse('eth_estimateGas')
    const { failure } = await paymentIn(app.admin, id, 'CANCELED')
    expect(failure).toMatchObject({ code: 'payment.denied', reasons: [{ code: 'authorization.expiring' }] })
    await expectFree(collector, payer)
  })

  it('before it is mined is taken back from the chain, and the room comes back', async () => {
    const [collector, payer] = [await aPayableLink(), await aRichPayer()]
    await chain.node.setAutomine(false)
    const { id } = await beginPaying(collector, payer)
    await paymentIn(app.admin, id, 'SUBMITTED')
    await chain.node.setNextBlockBaseFeePerGas({ baseFeePerGas: 0n })
    offsetMs = TOO_LATE_MS
    await until('something else has its nonce', async () => {
      await nudge('payments.advance', id)
      const [last] = await app.query<{ purpose: string; hash: string | null }>(
        `select purpose, transaction_hash as hash from chain_transaction where payment_id = $1 and attempt > 1`,
        [id],
      )
      return last?.hash != null && last
    })
    await chain.node.mine({ blocks: 1 })
    await chain.node.setAutomine(true)
    await nudgedTo(id, ({ status }) => status === 'CANCELED')
    expect(await chain.sentBy(collector.wallet.address)).toBe(1)
    await expectFree(collector, payer)
  })
})

it('a signature that costs its carrier more gas than it should is not carried, and the room comes back', async () => {
  const [collector, payer] = [await aPayableLink(), await aRichPayer()]
  node.answerWith('eth_estimateGas', '0x7a120')
  const { id } = await beginPaying(collector, payer)
  const { failure } = await paymentIn(app.admin, id, 'FAILED')
  expect(failure).toMatchObject({ code: 'payment.tooMuchGas' })
  node.answerWith('eth_estimateGas', undefined)
  expect(await chain.sentBy(collector.wallet.address)).toBe(0)
  await expectFree(collector, payer)
})

it('one signature that fits two links pays one of them, also when it comes to both at once', async () => {
  const { agent, wallet, shop, link: one } = await aPayableLink()
  const [two, payer] = [await aLink(app, shop, { asset: one.asset }), await aRichPayer()]
  const signature = await signatureOf(payer, await requirementsOf(one.url))
  expect(await requirementsOf(two.url)).toEqual(await requirementsOf(one.url))
  // Both have found that nobody knows the signature when the first of them may write it down.
  const release = await hold('select 1 from agent where id = $1 for update', agent.id)
  const paying = Promise.all([one, two].map((link) => payWith(app, link, signature)))
  await until('both wait', async () => {
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    return (await app.query(waiting)).length === 2
  })
  await release()
  const replies = await paying
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 402])
  const paid = replies[0]?.status === 200 ? one : two
  expect(replies.find(({ status }) => status === 402)?.body.error).toBe('authorization_already_used')
  await linkThat(shop, paid.id, ({ status }) => status === 'PAID')
  expect(await expectOk(shop.get(`/v1/payment-links/${paid === one ? two.id : one.id}`))).toMatchObject({
    ...{ status: 'OPEN', paidCount: 0, settlingCount: 0, payments: [] },
  })
  expect(await chain.sentBy(wallet.address)).toBe(1)
})

it('whoever has the agent’s wallet by now is not paid for a link of the one before', async () => {
  const { agent, wallet, shop, link } = await aPayableLink()
  const payer = await aRichPayer()
  const signature = await signatureOf(payer, await requirementsOf(link.url))
  // A payment of it is on its way, so it stays open although its wallet is gone.
  await app.query('update payment_link set max_payments = 2, settling_count = 1 where id = $1', [link.id])
  await expectOk(app.admin.post(`/v1/wallets/${wallet.id}/retire`, {}))
  const { id } = await expectOk(app.admin.post<WalletView>(`/v1/agents/${agent.id}/wallets`, {}))
  const other = await until('the other wallet is there', async () => {
    const { body } = await app.admin.get<WalletView>(`/v1/wallets/${id}`)
    return body.status === 'ACTIVE' && body
  })
  const address = other.address as Address
  await fund(chain.rpcUrl, chain.token, { address, asset: 'native', amount: 10n ** 18n })
  expectProblem(await payWith(app, link, signature), 409, 'payment-link.notPayable')
  expect(await chain.balanceOf(payer.address)).toBe(AMOUNT)
  expect(await linkThat(shop, link.id, () => true)).toMatchObject({ status: 'OPEN', settlingCount: 1, payments: [] })
  await app.query('update payment_link set settling_count = 0 where id = $1', [link.id])
  await linkThat(shop, link.id, ({ status }) => status === 'CANCELED')
})

/** Somebody else's transaction that keeps a row to itself until it is let go. */
async function hold(statement: string, id: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: app.databaseUrl })
  await client.connect()
  await client.query('begin')
  await client.query(statement, [id])
  return () => client.end()
}
