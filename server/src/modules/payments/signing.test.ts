import { type Address, createPublicClient, http } from 'viem'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { makeKey } from '#modules/access'
import { localProvider, type WalletProvider } from '#modules/wallets'
import { keyRing } from '#platform/crypto'
import { createDatabase, startApp, type TestApp } from '../../../test/support/app.ts'
import {
  aCapability,
  aFundedAgent,
  anAgent,
  aPayment,
  type PaymentView,
  paymentIn,
} from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'

let app: TestApp
afterEach(() => app.stop())

type Sign = WalletProvider['sign']
const MASTER_KEY = 'a master key that only this test file has'

/** The local provider with something happening around its signature. */
async function startWith(around: (sign: Sign) => Sign): Promise<void> {
  const local = localProvider(keyRing(MASTER_KEY))
  app = await startApp({ masterKey: MASTER_KEY, providers: [{ ...local, sign: around(local.sign) }] })
}

const sentBy = (address: unknown) =>
  createPublicClient({ transport: http(inject('infrastructure').chain.rpcUrl) }).getTransactionCount({
    address: address as Address,
  })

interface Gate {
  readonly begun: Promise<void>
  open(): void
}
function gate(): Gate & { pass: () => Promise<void> } {
  const begun = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  return {
    begun: begun.promise,
    open: opened.resolve,
    async pass() {
      begun.resolve()
      await opened.promise
    },
  }
}

it('signs nothing before payment, decision and reservation are committed', async () => {
  const seen: unknown[] = []
  await startWith((sign) => async (...args) => {
    const found = await app.query(
      `select p.status, d.verdict, r.status as reservation, t.raw_transaction from payment p
       join agent_decision d on d.id = p.decision_id join reservation r on r.payment_id = p.id
       join chain_transaction t on t.payment_id = p.id where p.wallet_id = $1`,
      [args[0].id],
    )
    seen.push(...found)
    return sign(...args)
  })
  const capability = aCapability({ limits: [{ window: 'DAY', asset: app.token, maxAmount: '10' }] })
  const { agent } = await aFundedAgent(app, { capability })
  const { body } = await aPayment(app, { agentId: agent.id })
  await paymentIn(app.admin, body.id, 'CONFIRMED')
  expect(seen).toEqual([{ status: 'SUBMITTING', verdict: 'ALLOW', reservation: 'RESERVED', raw_transaction: null }])
})

it('pays once when the answer with the signature is lost', async () => {
  const nonces: number[] = []
  await startWith((sign) => async (...args) => {
    nonces.push(args[1].nonce)
    const raw = await sign(...args)
    if (nonces.length < 3) throw new Error('the connection broke')
    return raw
  })
  const { agent, wallet } = await aFundedAgent(app)
  const { body } = await aPayment(app, { agentId: agent.id })
  expect(await paymentIn(app.admin, body.id, 'CONFIRMED')).toMatchObject({ attempts: 1 })
  expect(nonces).toEqual([0, 0, 0])
  expect(await sentBy(wallet.address)).toBe(1)
})

it('broadcasts nothing that says something else than was asked', async () => {
  let isHonest = false
  let lies = 0
  await startWith((sign) => async (wallet, transaction, signal) => {
    if (isHonest) return sign(wallet, transaction, signal)
    lies++
    return sign(wallet, { ...transaction, data: '0x', to: wallet.address }, signal)
  })
  const { agent, wallet } = await aFundedAgent(app)
  const { body } = await aPayment(app, { agentId: agent.id })
  await until('it was lied to', async () => lies > 0)
  await until(
    'it says so',
    async () => (await app.admin.get<typeof body>(`/v1/payments/${body.id}`)).body.failure !== null,
  )
  expect(await sentBy(wallet.address)).toBe(0)
  isHonest = true
  await paymentIn(app.admin, body.id, 'CONFIRMED')
  expect(await sentBy(wallet.address)).toBe(1)
})

describe('a freeze', () => {
  it.each([
    ['agent', (agentId: string) => `/v1/agents/${agentId}`],
    ['wallet', (_: string, walletId: string) => `/v1/wallets/${walletId}`],
    ['organisation', () => '/v1/organizations/current'],
  ])('of the %s answers after a signature that was begun, and throws it away', async (_scope, pathOf) => {
    const hold = gate()
    let signatures = 0
    await startWith((sign) => async (...args) => {
      if (++signatures === 1) await hold.pass()
      return sign(...args)
    })
    const { agent, wallet } = await aFundedAgent(app)
    const path = pathOf(agent.id, wallet.id)
    const { body } = await aPayment(app, { agentId: agent.id })
    await hold.begun
    let hasAnswered = false
    const freezing = app.admin.post(`${path}/freeze`, { reason: 'stop' }).finally(() => (hasAnswered = true))
    await until('the freeze is committed', async () => {
      const [row] = await app.query(`select 1 from agent_decision where type like '%.frozen'`)
      return row !== undefined
    })
    expect(hasAnswered).toBe(false)
    hold.open()
    expect((await freezing).status).toBe(200)
    const signedBefore = signatures
    await until('it waits', async () => {
      const [job] = await app.query<{ waits: boolean }>(
        `select run_at > now() as waits from job where subject = $1 and lease_until is null`,
        [body.id],
      )
      return job?.waits
    })
    expect(signatures).toBe(signedBefore)
    expect(await sentBy(wallet.address)).toBe(0)
    await app.admin.post(`${path}/unfreeze`, { reason: 'go on' })
    await paymentIn(app.admin, body.id, 'CONFIRMED')
    expect(await sentBy(wallet.address)).toBe(1)
  })

  it('holds back what was reserved before it', async () => {
    const database = await createDatabase()
    const shared = { databaseUrl: database.url, masterKey: MASTER_KEY, adminKey: makeKey('sk') }
    app = await startApp(shared)
    const { agent, wallet } = await aFundedAgent(app)
    await app.stop()
    app = await startApp({ ...shared, doesJobs: false })
    const { body } = await aPayment(app, { agentId: agent.id })
    await app.admin.post(`/v1/agents/${agent.id}/freeze`, { reason: 'stop' })
    app.app.start()
    await until('it says what it waits for', async () => {
      const { body: payment } = await app.admin.get<PaymentView>(`/v1/payments/${body.id}`)
      return payment.status === 'RESERVED' && (payment.failure as { code: string } | null)?.code === 'payment.frozen'
    })
    expect(await sentBy(wallet.address)).toBe(0)
    await app.admin.post(`/v1/agents/${agent.id}/unfreeze`)
    await paymentIn(app.admin, body.id, 'CONFIRMED')
    await app.stop()
    await database.drop()
    app = await startApp()
  })
})

it('keeps an agent that has money in flight', async () => {
  const hold = gate()
  await startWith((sign) => async (...args) => {
    await hold.pass()
    return sign(...args)
  })
  const { agent } = await aFundedAgent(app)
  const { body } = await aPayment(app, { agentId: agent.id })
  await hold.begun
  expect((await app.admin.delete(`/v1/agents/${agent.id}`)).body).toMatchObject({ code: 'agent.moneyInFlight' })
  hold.open()
  await paymentIn(app.admin, body.id, 'CONFIRMED')
  expect((await app.admin.delete(`/v1/agents/${agent.id}`)).body).toMatchObject({ status: 'RETIRED' })
  expect((await anAgent(app.admin)).status).toBe('ACTIVE')
})
