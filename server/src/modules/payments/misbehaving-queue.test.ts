import { type Address, createPublicClient, erc20Abi, http } from 'viem'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { aCapability, aFundedAgent, aPayment, type PaymentView, paymentIn } from '../../../test/support/factories.ts'
import { type FakeEngine, type Misbehaviour, startFakeEngine } from '../../../test/support/fake-engine.ts'
import { until } from '../../../test/support/until.ts'

/**
 * What Wedi makes of an Engine's queue that does what the real one was seen to do. Where the queue itself pays twice, no
 * client can prevent it; Wedi hands over once, counts what it meant to pay, and gives no reservation back without proof.
 */

const AMOUNT = 1_000n
const CAP = 10_000n

let app: TestApp
let engine: FakeEngine
const { chain } = inject('infrastructure')

beforeAll(async () => {
  engine = await startFakeEngine({ rpcUrl: chain.rpcUrl })
  app = await startApp({ engine: { url: engine.url, token: engine.token, mode: 'queue' } })
})
afterAll(async () => {
  await app.stop()
  await engine.stop()
})
beforeEach(() => engine.behave())

const node = createPublicClient({ transport: http(chain.rpcUrl), cacheTime: 0 })

async function received(payee: Address, asset: string): Promise<bigint> {
  if (asset === app.coin) return node.getBalance({ address: payee })
  return node.readContract({ address: chain.token, abi: erc20Abi, functionName: 'balanceOf', args: [payee] })
}

/** An agent with a cap of its own, and a payment it asked for. */
async function asked(asset = app.token) {
  const limits = [{ window: 'LIFETIME' as const, asset, maxAmount: String(CAP) }]
  const { agent, wallet } = await aFundedAgent(app, { capability: aCapability({ limits }) })
  const coins = { address: wallet.address, asset: app.coin, amount: String(10n ** 18n) }
  await expectOk(app.admin.post('/v1/dev/faucet', coins))
  const payee = privateKeyToAddress(generatePrivateKey())
  const handedOver = engine.requests.get('send-transaction') ?? 0
  const { id } = await expectOk(aPayment(app, { agentId: agent.id, payee, asset, amount: String(AMOUNT) }))
  return {
    ...{ id, payee, agent },
    handedOver: () => (engine.requests.get('send-transaction') ?? 0) - handedOver,
    limit: async () => {
      const path = `/v1/agents/${agent.id}/limits`
      const { data } = await expectOk(app.admin.get<{ data: { spent: string; reserved: string }[] }>(path))
      return { spent: BigInt(data[0]?.spent ?? -1), reserved: BigInt(data[0]?.reserved ?? -1) }
    },
  }
}

const SPENT = { spent: AMOUNT, reserved: 0n }
const KEPT = { spent: 0n, reserved: AMOUNT }

describe('an Engine that', () => {
  it.each<[Misbehaviour, bigint]>([
    ['paysTwice', 2n * AMOUNT],
    ['paysAgainAfterRestart', AMOUNT],
    ['forgets', AMOUNT],
    ['erroredThoughPaid', AMOUNT],
    ['paysAfterCancelled', AMOUNT],
    ['duplicatesWebhooks', AMOUNT],
  ])('%s was handed the payment once, and the chain confirms it', async (how, paid) => {
    engine.misbehave(how)
    const { id, payee, handedOver, limit } = await asked()
    const { transactionHash } = await paymentIn(app.admin, id, 'CONFIRMED')
    await until(`${paid} arrived`, async () => (await received(payee, app.token)) === paid)
    expect([handedOver(), await limit()]).toEqual([1, SPENT])
    const { status } = await node.getTransactionReceipt({ hash: transactionHash as `0x${string}` })
    expect(status).toBe('success')
  })

  it.each<[Misbehaviour, PaymentView['status'], string | undefined]>([
    ['sendsZero', 'UNKNOWN', 'payment.mismatch'],
    ['sentAfterCancel', 'UNKNOWN', 'payment.mismatch'],
    ['neverBroadcasts', 'SUBMITTED', undefined],
  ])('%s is not believed: the payment is %s, and its reservation kept', async (how, status, code) => {
    engine.misbehave(how)
    const { id, payee, handedOver, limit } = await asked(app.coin)
    const { failure } = await paymentIn(app.admin, id, status)
    expect((failure as { code: string } | null)?.code).toBe(code)
    expect([await received(payee, app.coin), handedOver(), await limit()]).toEqual([0n, 1, KEPT])
  })

  it('is killed after a broadcast pays again by itself when it is back, and Wedi has a hand in one of the two', async () => {
    engine.misbehave('paysAgainAfterRestart')
    const { id, payee, handedOver, limit } = await asked()
    await paymentIn(app.admin, id, 'CONFIRMED')
    const again = await startFakeEngine({ rpcUrl: chain.rpcUrl, token: engine.token, state: engine.state })
    await until('it has paid again', async () => (await received(payee, app.token)) === 2n * AMOUNT)
    await again.stop()
    expect([handedOver(), await limit()]).toEqual([1, SPENT])
  })

  it('forgot a payment pays the same key again: nobody may hand it over twice', async () => {
    const { id, payee } = await asked()
    await paymentIn(app.admin, id, 'CONFIRMED')
    const [sent] = [...engine.transactions.values()].slice(-1)
    engine.misbehave('forgets')
    expect(engine.transactions.size).toBe(0)
    const headers = { authorization: `Bearer ${engine.token}`, 'content-type': 'application/json' }
    const wanted = { toAddress: sent?.toAddress, data: sent?.data, value: sent?.value }
    await fetch(`${engine.url}/backend-wallet/31337/send-transaction`, {
      ...{ method: 'POST', body: JSON.stringify(wanted) },
      headers: {
        ...headers,
        'x-backend-wallet-address': sent?.fromAddress ?? '',
        'x-idempotency-key': sent?.queueId ?? '',
      },
    })
    await until('it has paid again', async () => (await received(payee, app.token)) === 2n * AMOUNT)
  })
})
