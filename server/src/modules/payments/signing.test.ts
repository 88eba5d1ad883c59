import pg from 'pg'
import { type Address, createPublicClient, http } from 'viem'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { makeKey } from '#modules/access'
import { localProvider, ProviderError, type WalletProvider } from '#modules/wallets'
import { keyRing } from '#platform/crypto'
import { createDatabase, startApp, type TestApp } from '../../../test/support/app.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  aCapability,
  aFundedAgent,
  anAgent,
  aPayment,
  clientsOfEveryRole,
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
  app = await startApp({ masterKey: MASTER_KEY, providers: [{ ...local, signsHere: false, sign: around(local.sign) }] })
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

it('throws away a signature that comes back after it was to be canceled', async () => {
  const hold = gate()
  let signatures = 0
  await startWith((sign) => async (...args) => {
    if (++signatures === 1) await hold.pass()
    return sign(...args)
  })
  const { agent, wallet } = await aFundedAgent(app)
  const { body } = await aPayment(app, { agentId: agent.id })
  await hold.begun
  expect((await app.admin.post(`/v1/payments/${body.id}/cancel`)).status).toBe(200)
  hold.open()
  await paymentIn(app.admin, body.id, 'CANCELED')
  const signed = await app.query(
    'select purpose, transaction_hash is not null as "isSigned" from chain_transaction where payment_id = $1 order by attempt',
    [body.id],
  )
  expect(signed).toEqual([
    { purpose: 'PAY', isSigned: false },
    { purpose: 'CANCEL', isSigned: true },
  ])
  expect(await sentBy(wallet.address)).toBe(1)
})

it('goes on when its lease ended while it was begun, and two go on with it', async () => {
  const local = localProvider(keyRing(MASTER_KEY))
  let signatures = 0
  const sign: Sign = async (...args) => {
    if (++signatures === 1) throw new ProviderError('refused', 'It cannot be reached.', { isUnreached: true })
    return local.sign(...args)
  }
  const maker = await startApp({ masterKey: MASTER_KEY })
  const { agent } = await aFundedAgent(maker)
  await maker.app.stop()
  const { databaseUrl, adminKey } = maker
  app = await startApp({
    masterKey: MASTER_KEY,
    databaseUrl,
    adminKey,
    providers: [{ ...local, sign }],
    doesJobs: false,
  })
  const { body } = await aPayment(app, { agentId: agent.id })
  const holder = new pg.Client({ connectionString: databaseUrl })
  await holder.connect()
  await holder.query('begin')
  await holder.query('select from agent where id = $1 for update', [agent.id])
  app.app.start()
  const waiting = (count: number) =>
    until(`${count} wait for the agent`, async () => {
      const rows = await app.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length === count
    })
  await waiting(1)
  await app.query('update job set lease_until = clock_timestamp() where subject = $1', [body.id])
  await waiting(2)
  await holder.query('commit')
  await holder.end()
  await paymentIn(app.admin, body.id, 'CONFIRMED')
})

describe('a freeze', () => {
  const pathOfPayment = (_: string, _walletId: string, paymentId: string) => `/v1/payments/${paymentId}`
  it.each([
    ['payment', pathOfPayment],
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
    const { body } = await aPayment(app, { agentId: agent.id })
    const path = pathOf(agent.id, wallet.id, body.id)
    await hold.begun
    let hasAnswered = false
    const freezing = app.admin.post(`${path}/freeze`, { reason: 'stop' }).finally(() => (hasAnswered = true))
    await until('the freeze is committed', async () => {
      const [row] = await app.query(`select 1 from agent_decision where type like '%.frozen'`)
      return row !== undefined
    })
    expect(hasAnswered).toBe(false)
    hold.open()
    const frozen = await freezing
    expect([frozen.status, frozen.headers.get('etag')]).toEqual([200, `"${frozen.body.revision}"`])
    expect(frozen.body.inFlight).toEqual([
      { paymentId: body.id, status: 'SUBMITTING', disposition: 'HELD_BACK', transactionHash: null },
    ])
    const signedBefore = signatures
    await until('it waits', async () => {
      const [job] = await app.query<{ waits: boolean }>(
        // Nobody looks at it again and again: the unfreeze wakes it.
        `select run_at > now() + interval '1 minute' as waits from job
         where kind = 'payments.advance' and subject = $1 and lease_until is null`,
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

  it('of a payment stops only that one, at every stage, and is lifted by name', async () => {
    await startWith((sign) => sign)
    const approver = (await clientsOfEveryRole(app.admin)).APPROVER
    const capability = aCapability({ authorityLevel: 'PROPOSE' })
    const { agent } = await aFundedAgent(app, { capability })
    const [held, other] = [await aPayment(app, { agentId: agent.id }), await aPayment(app, { agentId: agent.id })]
    const freeze = () => app.admin.post(`/v1/payments/${held.body.id}/freeze`, { reason: 'a look at it' })
    const unfreeze = () => app.admin.post(`/v1/payments/${held.body.id}/unfreeze`, { reason: 'seen' })
    expect((await freeze()).body).toMatchObject({ status: 'HELD', frozenReason: 'a look at it', inFlight: [] })
    expectProblem(await freeze(), 409, 'payment.frozen')
    const approve = (id: unknown) => approver.post(`/v1/approvals/${id}/approve`, {})
    expectProblem(await approve(held.body.approvalId), 409, 'approval.frozen')
    expect((await approve(other.body.approvalId)).status).toBe(200)
    await paymentIn(app.admin, other.body.id, 'CONFIRMED')
    expect((await unfreeze()).body).toMatchObject({ frozenAt: null })
    expectProblem(await unfreeze(), 409, 'payment.notFrozen')
    expect((await approve(held.body.approvalId)).status).toBe(200)
    await paymentIn(app.admin, held.body.id, 'CONFIRMED')
    expectProblem(await freeze(), 409, 'payment.frozen')
    const { body } = await app.admin.get<{ data: { type: string }[] }>(`/v1/decisions?paymentId=${held.body.id}`)
    expect(body.data.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['payment.frozen', 'payment.unfrozen', 'payment.confirmed']),
    )
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
