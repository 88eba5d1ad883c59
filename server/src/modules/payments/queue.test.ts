import type { Address } from 'viem'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  aCapability,
  aFundedAgent,
  aPayment,
  type PaymentView,
  paymentIn,
  unique,
} from '../../../test/support/factories.ts'
import { type FakeEngine, startFakeEngine } from '../../../test/support/fake-engine.ts'
import { sendFrom, THIEF } from '../../../test/support/reconciliation.ts'
import { until } from '../../../test/support/until.ts'

/** A provider that sends by itself: one payment of a wallet at a time, and nobody believes what it says. */

let engine: FakeEngine
let app: TestApp
const { rpcUrl } = inject('infrastructure').chain

beforeAll(async () => {
  engine = await startFakeEngine({ rpcUrl })
  app = await startApp({ engine: { url: engine.url, token: engine.token, mode: 'queue' } })
})
afterAll(async () => {
  await app.stop()
  await engine.stop()
})

const limited = () => ({
  capability: aCapability({ limits: [{ window: 'LIFETIME', asset: app.token, maxAmount: '100' }] }),
})
const aPayer = async (on = app) => {
  const { agent, wallet } = await aFundedAgent(on, limited())
  await expectOk(
    app.admin.post('/v1/dev/faucet', { address: wallet.address, asset: app.coin, amount: String(10n ** 18n) }),
  )
  return { agent, wallet }
}
const read = async (id: string) => expectOk(app.admin.get<PaymentView>(`/v1/payments/${id}`))
const codeOf = ({ failure }: PaymentView) => (failure as { code: string } | null)?.code
const limitOf = async (agentId: string) =>
  (await app.admin.get<{ data: { reserved: string; spent: string }[] }>(`/v1/agents/${agentId}/limits`)).body.data[0]
const nudge = (id: string) =>
  app.query(`update job set run_at = now() where kind = 'payments.advance' and subject = $1 and lease_until is null`, [
    id,
  ])

/** Engine took it and never sends it. */
async function aLostPayment() {
  const payer = await aPayer()
  engine.fail('send-transaction', 'never-broadcast', 1)
  const { body } = await aPayment(app, { agentId: payer.agent.id, amount: '7' })
  await paymentIn(app.admin, body.id, 'SUBMITTED')
  const queued = [...engine.transactions.values()].at(-1)
  if (!queued) throw new Error('Engine has no transaction')
  return { ...payer, id: body.id, queued }
}

it.each(['errored', 'cancelled'] as const)(
  'what it says is %s is unknown, and its reservation stays',
  async (status) => {
    const { id, agent, queued } = await aLostPayment()
    queued.status = status
    await nudge(id)
    expect(codeOf(await paymentIn(app.admin, id, 'UNKNOWN'))).toBe(`provider.${status}`)
    expect(await limitOf(agent.id)).toMatchObject({ reserved: '7', spent: '0' })
    expectProblem(await app.admin.post(`/v1/payments/${id}/cancel`), 409, 'payment.notCancelable')
  },
)

describe('a payment that blocks its wallet because nobody knows', () => {
  async function anUnknownPayment() {
    const lost = await aLostPayment()
    lost.queued.status = 'errored'
    await nudge(lost.id)
    await paymentIn(app.admin, lost.id, 'UNKNOWN')
    return lost
  }

  it('is set aside by a person: the next goes on, it stays unknown and reserved, and is never sent again', async () => {
    const { id, agent } = await anUnknownPayment()
    const handedOver = engine.requests.get('send-transaction') ?? 0
    const next = await aPayment(app, { agentId: agent.id, amount: '2' })
    await until('it waits', async () => {
      const [job] = await app.query<{ waits: boolean }>(
        `select run_at > now() + interval '1 second' as waits from job where subject = $1 and lease_until is null`,
        [next.body.id],
      )
      return job?.waits
    })
    const waiting = await read(next.body.id)
    expect([waiting.status, codeOf(waiting)]).toEqual(['RESERVED', 'payment.waitsForWallet'])
    const resolve = (body: object) => app.admin.post<PaymentView>(`/v1/payments/${id}/resolve`, body)
    expectProblem(await resolve({ outcome: 'SET_ASIDE' }), 400, 'request.invalid')
    expectProblem(await resolve({ outcome: 'CONFIRMED' }), 400, 'request.invalid')
    const aside = await resolve({ outcome: 'SET_ASIDE', note: 'Engine lost it' })
    expect(aside.body).toMatchObject({ status: 'UNKNOWN', setAsideAt: expect.any(String) })
    expectProblem(await resolve({ outcome: 'SET_ASIDE', note: 'again' }), 409, 'payment.notUnknown')
    await paymentIn(app.admin, next.body.id, 'CONFIRMED')
    expect(await limitOf(agent.id)).toMatchObject({ reserved: '7', spent: '2' })
    expect(engine.requests.get('send-transaction')).toBe(handedOver + 1)
  })

  it('is confirmed by a person only with a transaction that made it, and no other payment', async () => {
    const { id, agent, wallet } = await anUnknownPayment()
    await expectOk(app.admin.post(`/v1/payments/${id}/resolve`, { outcome: 'SET_ASIDE', note: 'go on' }))
    const same = await aPayment(app, { agentId: agent.id, amount: '7' })
    const { transactionHash } = await paymentIn(app.admin, same.body.id, 'CONFIRMED')
    const answer = (hash: unknown) =>
      app.admin.post(`/v1/payments/${id}/resolve`, { outcome: 'CONFIRMED', transactionHash: hash })
    expectProblem(await answer(transactionHash), 409, 'payment.notProven')
    expectProblem(await answer(`0x${'1'.repeat(64)}`), 409, 'payment.notProven')
    const another = await sendFrom(wallet.address as Address, { to: THIEF, value: 7n })
    expectProblem(await answer(another), 409, 'payment.notProven')
    expect((await read(id)).status).toBe('UNKNOWN')
  })

  it('is not confirmed by itself with what made another payment that is the same', async () => {
    const { id, agent } = await anUnknownPayment()
    await expectOk(app.admin.post(`/v1/payments/${id}/resolve`, { outcome: 'SET_ASIDE', note: 'go on' }))
    const same = await aPayment(app, { agentId: agent.id, amount: '7' })
    const { blockNumber } = await paymentIn(app.admin, same.body.id, 'CONFIRMED')
    await until('it is looked for where the other was found', async () => {
      await nudge(id)
      const [row] = await app.query<{ found: boolean }>(
        `select t.searched_to >= $2 or p.status <> 'UNKNOWN' as found
         from chain_transaction t join payment p on p.id = t.payment_id where p.id = $1`,
        [id, blockNumber],
      )
      return row?.found
    })
    expect((await read(id)).status).toBe('UNKNOWN')
  })
})

it('a queue that cannot be reached was handed nothing: the payment waits, however long', async () => {
  const own = await startFakeEngine({ rpcUrl })
  const down = await startApp({ engine: { url: own.url, token: own.token, mode: 'queue' } })
  try {
    const { agent } = await aPayer(down)
    const port = Number(new URL(own.url).port)
    await own.stop()
    const { body } = await aPayment(down, { agentId: agent.id })
    const nudgeIt = () =>
      down.query(`update job set run_at = now() where subject = $1 and lease_until is null`, [body.id])
    await until('it was tried more often than a refusal would be', async () => {
      await nudgeIt()
      const { body: seen } = await down.admin.get<PaymentView>(`/v1/payments/${body.id}`)
      expect(seen.status === 'RESERVED' || seen.status === 'SUBMITTING').toBe(true)
      return seen.attempts > 11 && codeOf(seen) === 'provider.unavailable'
    })
    const back = await startFakeEngine({ rpcUrl, port, token: own.token, state: own.state })
    await until('it is paid', async () => {
      await nudgeIt()
      return (await down.admin.get<PaymentView>(`/v1/payments/${body.id}`)).body.status === 'CONFIRMED'
    })
    await back.stop()
  } finally {
    await down.stop()
  }
})

it('nothing is handed over after the time a freeze waits for', async () => {
  const { agent } = await aPayer()
  const before = engine.requests.get('send-transaction') ?? 0
  const real = performance.now.bind(performance)
  let jumpMs = 0
  // The process stood still between the commit and the call: its own count has gone on.
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    jumpMs += 20_000
    return real() + jumpMs
  })
  try {
    const { body } = await aPayment(app, { agentId: agent.id })
    await until('it was too late', async () => codeOf(await read(body.id)) === 'provider.unavailable', {
      deadlineMs: Number.MAX_SAFE_INTEGER,
    })
    expect(engine.requests.get('send-transaction') ?? 0).toBe(before)
    clock.mockRestore()
    await nudge(body.id)
    await paymentIn(app.admin, body.id, 'CONFIRMED')
  } finally {
    clock.mockRestore()
  }
})

it('the payments of a wallet follow each other without waiting for a timer', async () => {
  const { agent } = await aPayer()
  const asked = await Promise.all(
    Array.from({ length: 4 }, () => aPayment(app, { agentId: agent.id, reference: unique('r') })),
  )
  for (const { body } of asked) await paymentIn(app.admin, body.id, 'CONFIRMED')
})

it('a freeze says that a queue has it', async () => {
  const { id, agent } = await aLostPayment()
  const frozen = await app.admin.post(`/v1/agents/${agent.id}/freeze`, { reason: 'stop' })
  expect(frozen.body.inFlight).toEqual([
    { paymentId: id, status: 'SUBMITTED', disposition: 'HANDED_OVER', transactionHash: null },
  ])
})
