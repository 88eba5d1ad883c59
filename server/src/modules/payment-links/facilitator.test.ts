import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Address, Hex } from 'viem'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { parseAsset } from '#platform/caip'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import {
  aCollector,
  aLink,
  aPayer,
  linkThat,
  payWith,
  requirementsOf,
  signatureOf,
} from '../../../test/support/links.ts'
import { sendFrom, tokenCall } from '../../../test/support/reconciliation.ts'
import { until } from '../../../test/support/until.ts'
import { chainClient } from '../../embedded/chain-client.ts'
import { authorizedCall } from '../chains/authorization.ts'
import { remoteFacilitator } from './x402/facilitator.ts'
import type { Payload } from './x402/wire.ts'

/** Somebody else's facilitator, which carries what it is given, only says so, or loses its answer. */
type Manner = 'honest' | 'lies' | 'loses its answer'
const CARRIER: Address = '0x00000000000000000000000000000000000000ca'

let manner: Manner = 'honest'
let fake: Server
let app: TestApp
beforeAll(async () => {
  fake = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      void answer(request.url ?? '', JSON.parse(Buffer.concat(chunks).toString() || '{}')).then((body) => {
        if (body === undefined) response.destroy()
        else response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
      })
    })
  })
  await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve))
  const facilitator = await remoteFacilitator(`http://127.0.0.1:${(fake.address() as AddressInfo).port}`)
  app = await startApp({ facilitator })
})
afterAll(async () => {
  await app.stop()
  await new Promise((resolve) => fake.close(resolve))
})

async function answer(
  path: string,
  { paymentPayload: said }: { paymentPayload: Payload },
): Promise<object | undefined> {
  const { authorization, signature } = said.payload
  if (path === '/verify' && authorization.value === '17') return undefined
  if (path === '/verify')
    return { isValid: authorization.value !== '13', invalidReason: 'unlucky', payer: authorization.from }
  const asset = parseAsset(app.token)
  if (manner !== 'lies' && asset?.kind === 'erc20') {
    const from = authorization.from as Address
    const permission = { ...authorization, from, nonce: authorization.nonce as Hex, signature: signature as Hex }
    await sendFrom(CARRIER, authorizedCall(asset, permission, authorization.to as Address, BigInt(authorization.value)))
  }
  if (manner === 'loses its answer') return undefined
  return {
    success: true,
    transaction: `0x${'ab'.repeat(32)}`,
    network: said.accepted.network,
    payer: authorization.from,
  }
}

it.each<Manner>(['honest', 'loses its answer'])('that is %s has settled when the chain shows it', async (how) => {
  manner = how
  const { shop } = await aCollector(app)
  const link = await aLink(app, shop)
  const reply = await payWith(app, link, await signatureOf(await aPayer(app), await requirementsOf(link.url)))
  expect(reply.status).toBe(200)
  const paid = await linkThat(shop, link.id, ({ status }) => status === 'PAID')
  expect(paid.payments).toMatchObject([
    { kind: 'EXACT', paymentId: null, transactionHash: expect.stringMatching(/^0x(?!abab)/) },
  ])
})

it('that says no is believed', async () => {
  const link = await aLink(app, (await aCollector(app)).shop, { amount: '13' })
  const reply = await payWith(app, link, await signatureOf(await aPayer(app), await requirementsOf(link.url)))
  expect([reply.status, reply.body.error]).toEqual([402, 'unlucky'])
})

it('that settles nothing keeps no honest transfer from paying the link', async () => {
  manner = 'lies'
  const { agent, shop } = await aCollector(app)
  const link = await aLink(app, shop)
  const validBefore = Math.floor(Date.now() / 1000) + 3
  const signature = await signatureOf(await aPayer(app), await requirementsOf(link.url), { validBefore })
  void payWith(app, link, signature)
  await linkThat(shop, link.id, ({ settlingCount }) => settlingCount === 1)
  const honest = await aPayer(app)
  await sendFrom(honest.address, tokenCall('transfer', [link.payTo as Address, 2_500_000n]))
  const waiting = await linkThat(shop, link.id, ({ payments }) => payments.length === 2)
  expect(waiting).toMatchObject({ status: 'OPEN', payments: [{ kind: 'DUPLICATE', payer: honest.address }, {}] })
  await app.query(`update job set run_at = now() where kind = 'payment-links.follow'`)
  const node = chainClient(inject('infrastructure').chain.rpcUrl)
  await until('the chain is past it', async () => {
    await node.mine({ blocks: 1 })
    return (await node.getBlock()).timestamp > BigInt(validBefore)
  })
  const paid = await linkThat(shop, link.id, ({ status }) => status === 'PAID')
  expect(paid).toMatchObject({
    ...{ paidCount: 1, settlingCount: 0 },
    payments: [{ kind: 'EXACT', state: 'CONFIRMED', taskId: expect.any(String) }, { state: 'FAILED' }],
  })
  const path = `/v1/decisions?agentId=${agent.id}&type=payment-link.promoted`
  expect((await expectOk(app.admin.get<{ data: object[] }>(path))).data).toHaveLength(1)
})

it('does not settle for whoever is frozen', async () => {
  const { agent, shop } = await aCollector(app)
  const link = await aLink(app, shop)
  const signature = await signatureOf(await aPayer(app), await requirementsOf(link.url))
  await expectOk(app.admin.post(`/v1/agents/${agent.id}/freeze`, { reason: 'looked at' }))
  expect((await payWith(app, link, signature)).status).toBe(409)
})

it('that cannot check is no bug of ours: 409, and nothing is taken', async () => {
  const { shop } = await aCollector(app)
  const link = await aLink(app, shop, { amount: '17' })
  const reply = await payWith(app, link, await signatureOf(await aPayer(app), await requirementsOf(link.url)))
  expect(reply.status).toBe(409)
  expect(await linkThat(shop, link.id, () => true)).toMatchObject({ settlingCount: 0, payments: [] })
})

it('that lies pays no link; its room comes back when the signature can do nothing any more', async () => {
  manner = 'lies'
  const { shop } = await aCollector(app)
  const link = await aLink(app, shop)
  const validBefore = Math.floor(Date.now() / 1000) + 2
  const signature = await signatureOf(await aPayer(app), await requirementsOf(link.url), { validBefore })
  const reply = await payWith(app, link, signature)
  expect([reply.status, reply.body.error]).toEqual([402, 'settlement_pending'])
  await app.query(`update job set run_at = now() where kind = 'payment-links.follow'`)
  const node = chainClient(inject('infrastructure').chain.rpcUrl)
  await until('the chain is past it', async () => {
    await node.mine({ blocks: 1 })
    return (await node.getBlock()).timestamp > BigInt(validBefore)
  })
  const free = await linkThat(shop, link.id, ({ settlingCount }) => settlingCount === 0)
  expect(free).toMatchObject({ status: 'OPEN', paidCount: 0, payments: [{ state: 'FAILED' }] })
})
