import { createPublicClient, createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createDatabase, startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk, type Reply, type SentHeaders } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { aFundedAgent, anOrganization, aPayment, type PaymentView, paymentIn } from '../../../test/support/factories.ts'
import { type FakeEngine, startFakeEngine } from '../../../test/support/fake-engine.ts'
import { signedHeaders } from '../../../test/support/fake-engine-webhooks.ts'
import { wayTo } from '../../../test/support/outage.ts'
import { until } from '../../../test/support/until.ts'

/** A delivery makes Wedi look at a payment now. It is signed, taken once, and believed in nothing. */

const PATH = '/v1/wallet-providers/thirdweb-engine/webhook'
const SECRET = 'a-secret-of-a-webhook-in-a-test'
const MINUTE_MS = 60_000

let app: TestApp
let engine: FakeEngine

beforeAll(async () => {
  engine = await startFakeEngine({ rpcUrl: inject('infrastructure').chain.rpcUrl })
  app = await startApp({ engine: { url: engine.url, token: engine.token, mode: 'queue' }, engineWebhookSecret: SECRET })
})
afterAll(async () => {
  await app.stop()
  await engine.stop()
})
beforeEach(() => {
  engine.heal()
  engine.behave()
})

const deliver = (body: string, headers: SentHeaders = signedHeaders(SECRET, body), at = app): Promise<Reply> =>
  at.admin.as(undefined).send('POST', PATH, body, headers)
const told = (queueId: string, over = {}) => JSON.stringify({ queueId, status: 'sent', ...over })

interface Sleeping {
  readonly payment: PaymentView
  readonly queueId: string
}

/** A payment the queue has taken and not sent, whose next look is an hour away. */
async function aSleepingPayment(client = app.admin): Promise<Sleeping> {
  const { agent } = await aFundedAgent(app, { client })
  engine.fail('send-transaction', 'never-broadcast', 1)
  const { id } = await expectOk(aPayment(app, { client, agentId: agent.id, asset: app.token }))
  const payment = await paymentIn(client, id, 'SUBMITTED')
  const [row] = await app.query<{ queue: string }>(
    'select queue_id as queue from chain_transaction where payment_id = $1',
    [id],
  )
  await putToSleep(id)
  return { payment, queueId: row?.queue ?? '' }
}

/** An agent with coins as well: the Engine pays for gas. */
async function aPayer(at: TestApp) {
  const payer = await aFundedAgent(at)
  const coins = { address: payer.wallet.address, asset: at.coin, amount: String(10n ** 18n) }
  await expectOk(at.admin.post('/v1/dev/faucet', coins))
  return payer
}

const putToSleep = (paymentId: string) =>
  until('its job sleeps', async () => {
    const slept = await app.query(
      `update job set run_at = now() + interval '1 hour' where subject = $1 and lease_token is null returning subject`,
      [paymentId],
    )
    return slept.length === 1
  })

/** Rises with each request for a look; undefined when there is none to come. */
async function looksAt({ payment }: Sleeping): Promise<number | undefined> {
  const [job] = await app.query<{ generation: number }>('select generation from job where subject = $1', [payment.id])
  return job?.generation
}

const isAsleep = async ({ payment }: Sleeping) =>
  (await app.query(`select from job where subject = $1 and run_at > now() + interval '50 minutes'`, [payment.id]))
    .length === 1

const awake = (sleeping: Sleeping) => until('it is looked at', async () => !(await isAsleep(sleeping)))

/** The queue's transaction is mined after all, without the queue knowing. */
async function pay({ payment, queueId }: Sleeping): Promise<void> {
  const { fromAddress, toAddress, data, value } = engine.transactions.get(queueId) as never as Record<
    string,
    `0x${string}`
  >
  const wallet = engine.wallets.find(({ address }) => address === fromAddress?.toLowerCase())
  const transport = http(inject('infrastructure').chain.rpcUrl)
  const account = privateKeyToAccount(wallet?.privateKey ?? '0x')
  const call = {
    account,
    chain: null,
    gasPrice: 0n,
    to: toAddress ?? null,
    data: data ?? '0x',
    value: BigInt(value ?? 0),
  }
  const hash = await createWalletClient({ transport }).sendTransaction(call)
  await createPublicClient({ transport, pollingInterval: 20 }).waitForTransactionReceipt({ hash })
  expect(payment.status).toBe('SUBMITTED')
}

describe('a delivery', () => {
  it('makes its payment go on at once, and is answered with nothing', async () => {
    const sleeping = await aSleepingPayment()
    await pay(sleeping)
    const reply = await deliver(told(sleeping.queueId))
    expect([reply.status, reply.body]).toEqual([200, {}])
    await paymentIn(app.admin, sleeping.payment.id, 'CONFIRMED')
  })

  it('finds its payment in every organisation', async () => {
    const { admin } = await anOrganization(app)
    const sleeping = await aSleepingPayment(admin)
    await pay(sleeping)
    await deliver(told(sleeping.queueId))
    await paymentIn(admin, sleeping.payment.id, 'CONFIRMED')
  })

  it('finds its payment by our own key while the answer of the queue is missing', async () => {
    const { agent } = await aFundedAgent(app)
    engine.fail('send-transaction', 'lose-reply-after-effect', 1)
    engine.misbehave('neverBroadcasts')
    const { id } = await expectOk(aPayment(app, { agentId: agent.id }))
    const payment = await paymentIn(app.admin, id, 'UNKNOWN')
    await putToSleep(id)
    const sleeping = { payment, queueId: [...engine.transactions.keys()].at(-1) ?? '' }
    await deliver(told(sleeping.queueId))
    await awake(sleeping)
  })

  it.each([
    ['mined', { status: 'mined', onchainStatus: 'success', transactionHash: `0x${'ab'.repeat(32)}` }],
    ['errored', { status: 'errored', errorMessage: 'it failed' }],
    ['cancelled', { status: 'cancelled' }],
  ])('that says %s is not believed', async (_case, said) => {
    const sleeping = await aSleepingPayment()
    await deliver(told(sleeping.queueId, said))
    await awake(sleeping)
    await putToSleep(sleeping.payment.id)
    const { body } = await app.admin.get<PaymentView>(`/v1/payments/${sleeping.payment.id}`)
    expect(body).toMatchObject({ status: 'SUBMITTED', transactionHash: null, failure: null })
  })

  it('that comes again does nothing, also when several come at once', async () => {
    const sleeping = await aSleepingPayment()
    const body = told(sleeping.queueId)
    const headers = signedHeaders(SECRET, body)
    const before = (await looksAt(sleeping)) ?? 0
    const replies = await Promise.all(Array.from({ length: 8 }, () => deliver(body, headers)))
    expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(200))
    await awake(sleeping)
    expect(await looksAt(sleeping)).toBe(before + 1)
    await putToSleep(sleeping.payment.id)
    expect((await deliver(body, headers)).status).toBe(200)
    expect([await isAsleep(sleeping), await looksAt(sleeping)]).toEqual([true, before + 1])
    // Another delivery about the same payment is another hint.
    await deliver(told(sleeping.queueId, { status: 'mined' }))
    await awake(sleeping)
  })

  it('is forgotten with the time in which it could come again', async () => {
    const sleeping = await aSleepingPayment()
    await deliver(told(sleeping.queueId))
    const [kept] = await app.query<{ minutes: number }>(
      `select round(extract(epoch from expires_at - now()) / 60)::int as minutes from idempotency_record
       where principal = 'delivery:thirdweb-engine' order by expires_at desc limit 1`,
    )
    expect(kept).toEqual({ minutes: 15 })
  })

  it('of a payment that is settled asks for nothing more', async () => {
    const database = await createDatabase()
    const { masterKey, adminKey } = app
    const queue = { url: engine.url, token: engine.token, mode: 'queue' } as const
    const given = { databaseUrl: database.url, masterKey, adminKey, engine: queue, engineWebhookSecret: SECRET }
    const working = await startApp(given)
    const { agent } = await aPayer(working)
    const { id } = await expectOk(aPayment(working, { agentId: agent.id }))
    await paymentIn(working.admin, id, 'CONFIRMED')
    await working.stop()
    // Nobody does jobs here, so one that is asked for stays to be seen.
    const still = await startApp({ ...given, doesJobs: false })
    await still.query('delete from job')
    const [row] = await still.query<{ queue: string }>('select queue_id as queue from chain_transaction')
    expect((await deliver(told(row?.queue ?? ''), undefined, still)).status).toBe(200)
    expect(await still.query('select subject from job')).toEqual([])
    await still.query(`update payment set status = 'SUBMITTED'`)
    await deliver(told(row?.queue ?? '', { again: true }), undefined, still)
    expect(await still.query('select subject from job')).toEqual([{ subject: id }])
    await still.stop()
    await database.drop()
  })

  it("of nobody's payment is answered like any other, and leaves nothing", async () => {
    const count = async () => (await app.query('select from idempotency_record union all select from job')).length
    const before = await count()
    const body = told('0193a000-0000-7000-8000-000000000000')
    expect(await deliver(body)).toMatchObject({ status: 200, body: {} })
    expect(await count()).toBe(before)
  })
})

describe('what is refused wakes nobody', () => {
  let sleeping: Sleeping
  beforeAll(async () => {
    sleeping = await aSleepingPayment()
  })

  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS)
  const without = (name: string, headers: SentHeaders) =>
    Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name))
  const refused: [string, (body: string) => SentHeaders][] = [
    ['no signature', (body) => without('x-engine-signature', signedHeaders(SECRET, body))],
    ['no timestamp', (body) => without('x-engine-timestamp', signedHeaders(SECRET, body))],
    ['the signature of another secret', (body) => signedHeaders('another secret', body)],
    ['the signature of another body', (body) => signedHeaders(SECRET, `${body} `)],
    ['a signature that is none', (body) => ({ ...signedHeaders(SECRET, body), 'x-engine-signature': 'zz' })],
    [
      'half a signature',
      (body) => {
        const headers = signedHeaders(SECRET, body)
        return { ...headers, 'x-engine-signature': headers['x-engine-signature'].slice(0, 32) }
      },
    ],
    [
      'the time of a minute later',
      (body) => {
        const headers = signedHeaders(SECRET, body)
        return { ...headers, 'x-engine-timestamp': String(Number(headers['x-engine-timestamp']) + 60) }
      },
    ],
    ['a time that is none', (body) => ({ ...signedHeaders(SECRET, body), 'x-engine-timestamp': 'now' })],
    ['a time of six minutes ago', (body) => signedHeaders(SECRET, body, minutesAgo(6))],
    ['a time in six minutes', (body) => signedHeaders(SECRET, body, minutesAgo(-6))],
  ]
  it.each(refused)('with %s', async (_case, headersOf) => {
    const body = told(sleeping.queueId)
    expectProblem(await deliver(body, headersOf(body)), 401, 'wallet.deliveryRefused')
    expect(await isAsleep(sleeping)).toBe(true)
  })

  it('and four minutes are within the window, either way', async () => {
    const other = await aSleepingPayment()
    const before = (await looksAt(other)) ?? 0
    for (const minutes of [4, -4]) {
      const body = told(other.queueId, { minutes })
      expect((await deliver(body, signedHeaders(SECRET, body, minutesAgo(minutes)))).status).toBe(200)
    }
    expect(await looksAt(other)).toBe(before + 2)
  })

  it.each([
    ['no JSON', '{"queueId":'],
    ['an array', '[]'],
    ['nothing', ''],
    ['no queue id', '{"status":"mined"}'],
    ['a queue id that is no text', '{"queueId":7}'],
    ['an endless queue id', told('q'.repeat(201))],
    ['a queue id no database can hold', told('\u0000')],
  ])('with %s in it, without a word why', async (_case, body) => {
    const reply = await deliver(body)
    expectProblem(reply, 400, 'request.malformed')
    expect(reply.body.errors).toBeUndefined()
  })

  it('of another type, or too large', async () => {
    const body = told(sleeping.queueId)
    const text = { ...signedHeaders(SECRET, body), 'content-type': 'text/plain' }
    expectProblem(await deliver(body, text), 415, 'request.unsupportedMediaType')
    expectProblem(await deliver(told(sleeping.queueId, { padding: 'x'.repeat(64 * 1024) })), 413, 'request.tooLarge')
    expect(await isAsleep(sleeping)).toBe(true)
  })

  it('where no secret is set there is no such address', async () => {
    const { databaseUrl, masterKey, adminKey } = app
    const without = await startApp({ databaseUrl, masterKey, adminKey, doesJobs: false })
    const body = told(sleeping.queueId)
    const replies = [await deliver(body, undefined, without), await deliver(body, signedHeaders('', body), without)]
    await without.stop()
    for (const reply of replies) expectProblem(reply, 404, 'request.notFound')
    expect(await isAsleep(sleeping)).toBe(true)
  })

  it('more often than its share of the rate', async () => {
    const { databaseUrl, masterKey, adminKey } = app
    const given = { databaseUrl, masterKey, adminKey, doesJobs: false, engineWebhookSecret: SECRET }
    const limited = await startApp({ ...given, rateLimitPerMinute: 100 })
    const body = told(sleeping.queueId)
    const unsigned = { 'content-type': 'application/json' }
    const first = [await deliver(body, unsigned, limited), await deliver(body, unsigned, limited)]
    const next = await deliver(body, signedHeaders(SECRET, body), limited)
    await limited.stop()
    for (const reply of first) expectProblem(reply, 401, 'wallet.deliveryRefused')
    expectProblem(next, 429, 'request.tooMany')
    expect(next.headers.has('retry-after')).toBe(true)
    expect(await isAsleep(sleeping)).toBe(true)
  })
})

it('whose database is away or broken is not taken, so that it is told again', async () => {
  const own = await startApp({ doesJobs: false })
  const { databaseUrl, masterKey, adminKey } = own
  const way = await wayTo(databaseUrl)
  const given = { masterKey, adminKey, doesJobs: false, engineWebhookSecret: SECRET }
  const cut = await startApp({ ...given, databaseUrl: way.url })
  await way.cut()
  expectProblem(await deliver(told('q-1'), undefined, cut), 503, 'server.unavailable')
  await way.mend()
  await own.query('revoke select on chain_transaction from wedi_platform')
  expectProblem(await deliver(told('q-1'), undefined, cut), 500, 'server.bug')
  await cut.stop()
  await way.close()
  await own.stop()
})

it('an Engine that tells everything twice and in the wrong order is paid with once', async () => {
  const url = `${app.url}${PATH}`
  engine.state.webhooks.push({ id: 1, url, eventType: 'all_transactions', secret: SECRET })
  engine.misbehave('duplicatesWebhooks')
  engine.misbehave('reordersWebhooks')
  const { agent, wallet } = await aPayer(app)
  const made = await Promise.all([1, 2, 3].map(() => expectOk(aPayment(app, { agentId: agent.id }))))
  const paid = await Promise.all(made.map(({ id }) => paymentIn(app.admin, id, 'CONFIRMED')))
  expect(new Set(paid.map(({ transactionHash }) => transactionHash)).size).toBe(3)
  expect(engine.signatures.filter(({ from }) => from === wallet.address)).toHaveLength(3)
  engine.state.webhooks.length = 0
})
