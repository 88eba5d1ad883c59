import { createTestClient, http } from 'viem'
import { afterAll, describe, expect, it } from 'vitest'
import {
  aCollector,
  aLink,
  aPayer,
  type LinkView,
  linkThat,
  payWith,
  requirementsOf,
  type Served,
  signatureOf,
} from '../support/links.ts'
import { until } from '../support/until.ts'
import { chainOf, closeAll, newHome, startWedi, type Wedi } from './process.ts'
import { balanceOf, engineToCome, sentBy } from './story.ts'

/** The server is killed (SIGKILL) while a link is being paid, and started again: the payer pays once, and the link is paid. */

afterAll(closeAll)

const AMOUNT = 2_500_000n

async function served(wedi: Wedi): Promise<Served> {
  return { admin: wedi.client, token: (await chainOf(wedi)).token }
}

/** What is asked of a server that will not answer. */
const sent = (reply: Promise<unknown>): Promise<unknown> => reply.catch(() => undefined)

async function expectPaidOnce(after: Wedi, link: LinkView, from: { payer: string; wallet: unknown }): Promise<void> {
  const paid = await linkThat(after.client, link.id, ({ status }) => status === 'PAID')
  expect(paid).toMatchObject({ paidCount: 1, settlingCount: 0, payments: [{ kind: 'EXACT', state: 'CONFIRMED' }] })
  const { node, token } = await chainOf(after)
  expect(await balanceOf(node, token, from.payer)).toBe(100_000_000n - AMOUNT)
  expect(await balanceOf(node, token, String(from.wallet))).toBe(AMOUNT)
  expect(await sentBy(node, String(from.wallet))).toBe(1)
}

describe.concurrent('after it was killed', { timeout: 90_000 }, () => {
  it('settles once what it had taken for a link and not signed', async () => {
    const home = newHome()
    const { env, start } = await engineToCome('signer')
    const before = await startWedi({ home, env })
    const engine = await start((await chainOf(before)).rpcUrl)
    const app = await served(before)
    const { wallet, shop } = await aCollector(app)
    const link = await aLink(app, shop)
    const payer = await aPayer(app)
    const signature = await signatureOf(payer, await requirementsOf(link.url))
    engine.fail('sign-transaction', 'hang')
    void sent(payWith(app, link, signature))
    await until('it waits for Engine', async () => engine.requests.get('sign-transaction') === 1)
    await before.kill('SIGKILL')
    engine.heal()

    const after = await startWedi({ home, env })
    await expectPaidOnce(after, link, { payer: payer.address, wallet: wallet.address })
    const again = await payWith(await served(after), link, signature)
    expect([again.status, again.body.error]).toEqual([402, 'authorization_already_used'])
  })

  it('finds what it had sent and not seen', async () => {
    const home = newHome()
    const before = await startWedi({ home })
    const app = await served(before)
    const { wallet, shop } = await aCollector(app)
    const link = await aLink(app, shop)
    const payer = await aPayer(app)
    const signature = await signatureOf(payer, await requirementsOf(link.url))
    const { rpcUrl, node } = await chainOf(before)
    await createTestClient({ mode: 'anvil', transport: http(rpcUrl) }).setAutomine(false)
    void sent(payWith(app, link, signature))
    await until('it is sent', async () => {
      const { transactions } = await node.getBlock({ blockTag: 'pending' })
      return transactions.length > 0
    })
    await before.kill('SIGKILL')

    const after = await startWedi({ home })
    await expectPaidOnce(after, link, { payer: payer.address, wallet: wallet.address })
  })
})
