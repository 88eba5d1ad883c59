import { type Address, encodeFunctionData, erc20Abi, type Hex } from 'viem'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ProviderError } from '#modules/wallets'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { aCapability, aPayment, PAYEE, type PaymentView, paymentIn } from '../../../test/support/factories.ts'
import {
  aPayerOn,
  type KeyedProvider,
  keyedProvider,
  type OwnChain,
  sendAsStranger,
  startOwnChain,
} from '../../../test/support/own-chain.ts'
import { until } from '../../../test/support/until.ts'

/** One nonce has one effect, and never stays open: replaced, canceled, or taken by somebody else. */

let chain: OwnChain
let app: TestApp
let provider: KeyedProvider
/** What the signer does instead of signing what pays; the chain's own `transfer` has data, a cancel has none. */
let spoil: (() => never) | undefined
let offsetMs = 0

beforeAll(async () => {
  chain = await startOwnChain()
  provider = keyedProvider((sign) => async (wallet, transaction, signal) => {
    if (transaction.data !== '0x') spoil?.()
    return sign(wallet, transaction, signal)
  })
  app = await startApp({
    chains: [chain.settings()],
    providers: [provider],
    clock: () => new Date(Date.now() + offsetMs),
  })
})
afterAll(async () => {
  await app.stop()
  await chain.stop()
})
beforeEach(async () => {
  spoil = undefined
  await chain.node.setAutomine(true)
  await chain.node.mine({ blocks: 1 })
})

const limited = () => ({
  capability: aCapability({ limits: [{ window: 'LIFETIME', asset: app.token, maxAmount: '100' }] }),
})
const aPayer = () => aPayerOn(chain, app, limited())
const limitOf = async (agentId: string) =>
  (await app.admin.get<{ data: { reserved: string; spent: string }[] }>(`/v1/agents/${agentId}/limits`)).body.data[0]
const read = async (id: string) => expectOk(app.admin.get<PaymentView>(`/v1/payments/${id}`))
const codeOf = ({ failure }: PaymentView) => (failure as { code: string } | null)?.code
const transactionsOf = (id: string) =>
  app.query<{ attempt: number; purpose: string; nonce: string; hash: Hex | null; unsigned: Record<string, string> }>(
    `select attempt, purpose, nonce::text, transaction_hash as hash, unsigned from chain_transaction
     where payment_id = $1 order by attempt`,
    [id],
  )
const typesOf = async (paymentId: string) =>
  (await expectOk(app.admin.get<{ data: { type: string }[] }>(`/v1/decisions?paymentId=${paymentId}`))).data
    .map(({ type }) => type)
    .toReversed()

/** The next step of a payment is due now. */
const nudge = (id: string) =>
  app.query(`update job set run_at = now() where kind = 'payments.advance' and subject = $1 and lease_until is null`, [
    id,
  ])

const attemptsOf = (id: string, count: number) =>
  until(`payment ${id} has ${count} transactions with bytes`, async () => {
    await nudge(id)
    const all = await transactionsOf(id)
    return all.length === count && all.every(({ hash }) => hash !== null) && all
  })

/** Sent, and in no block. */
async function aStuckPayment(over: Record<string, unknown> = {}) {
  const payer = await aPayer()
  await chain.node.setAutomine(false)
  const { body } = await aPayment(app, { agentId: payer.agent.id, amount: '7', ...over })
  await paymentIn(app.admin, body.id, 'SUBMITTED')
  return { ...payer, id: body.id }
}

describe('a payment that is not mined', () => {
  it('is signed again for a higher fee with the same nonce, and paid once', async () => {
    const { id, agent, address } = await aStuckPayment()
    const before = await chain.balanceOf(PAYEE)
    await chain.node.setNextBlockBaseFeePerGas({ baseFeePerGas: 0n })
    offsetMs += 301_000
    const [first, second] = await attemptsOf(id, 2)
    expect([first?.nonce, second?.nonce, second?.purpose]).toEqual(['0', '0', 'PAY'])
    expect([second?.unsigned.to, second?.unsigned.data]).toEqual([first?.unsigned.to, first?.unsigned.data])
    expect(BigInt(second?.unsigned.maxFeePerGas ?? 0)).toBeGreaterThan(BigInt(first?.unsigned.maxFeePerGas ?? 0))
    await chain.node.mine({ blocks: 1 })
    await nudge(id)
    expect(await paymentIn(app.admin, id, 'CONFIRMED')).toMatchObject({ transactionHash: second?.hash })
    expect([await chain.balanceOf(PAYEE), await chain.sentBy(address)]).toEqual([before + 7n, 1])
    expect(await limitOf(agent.id)).toMatchObject({ spent: '7', reserved: '0' })
    expect(await typesOf(id)).toEqual([
      'payment.requested',
      'payment.submitted',
      'payment.replaced',
      'payment.confirmed',
    ])
  })

  it('is confirmed by whichever of its transactions is mined', async () => {
    const { id } = await aStuckPayment()
    offsetMs += 301_000
    const [first, second] = await attemptsOf(id, 2)
    // Whatever is handed over from now on are the first one's bytes.
    const [raw] = await app.query<{ raw: Hex }>(
      `update chain_transaction t set raw_transaction = first.raw_transaction from chain_transaction first
       where t.payment_id = $1 and t.attempt = 2 and first.payment_id = $1 and first.attempt = 1
       returning t.raw_transaction as raw`,
      [id],
    )
    await chain.node.dropTransaction({ hash: second?.hash as Hex })
    // Wedi may have handed them over first.
    await chain.node.sendRawTransaction({ serializedTransaction: raw?.raw as Hex }).catch(({ details }) => {
      expect(details).toContain('already imported')
    })
    await chain.node.mine({ blocks: 1 })
    await nudge(id)
    expect((await paymentIn(app.admin, id, 'CONFIRMED')).transactionHash).toBe(first?.hash)
  })

  it('is not replaced while its agent is frozen', async () => {
    const { id, agent } = await aStuckPayment()
    await app.admin.post(`/v1/agents/${agent.id}/freeze`, { reason: 'stop' })
    offsetMs += 301_000
    const [before] = await app.query<{ due: Date }>('select run_at as due from job where subject = $1', [id])
    await until('it was looked at', async () => {
      await nudge(id)
      const [job] = await app.query<{ due: Date; lease: Date | null }>(
        'select run_at as due, lease_until as lease from job where subject = $1',
        [id],
      )
      return job && job.lease === null && job.due.getTime() > (before?.due.getTime() ?? 0) + 1000
    })
    expect(await transactionsOf(id)).toHaveLength(1)
  })
})

describe('bytes of a payment that is over', () => {
  it('are not handed over for a later payment of the wallet, which waits instead', async () => {
    const { id, agent } = await aStuckPayment()
    const next = (await aPayment(app, { agentId: agent.id, amount: '8' })).body.id
    await paymentIn(app.admin, next, 'SUBMITTED')
    // As if the chain had lost the block in which something else had used the nonce of the first.
    await app.query(`update payment set status = 'CANCELED' where id = $1`, [id])
    for (const payment of [id, next]) {
      const [sent] = await transactionsOf(payment)
      await chain.node.dropTransaction({ hash: sent?.hash as Hex })
    }
    offsetMs += 10_000
    const pooled = async () => {
      const pool = await chain.node.getTxpoolStatus()
      return [pool.pending, pool.queued]
    }
    await until('the later one is handed over again', async () => {
      await nudge(next)
      return (await pooled()).some((count) => count > 0)
    })
    expect(await pooled()).toEqual([0, 1])
  })
})

describe('a payment that is canceled after it took its nonce', () => {
  it('is canceled when something else with its nonce is mined, and the next one goes on', async () => {
    const { id, agent, address } = await aStuckPayment()
    const before = await chain.balanceOf(PAYEE)
    const asked = await app.admin.post<PaymentView>(`/v1/payments/${id}/cancel`)
    expect(asked.body).toMatchObject({ status: 'SUBMITTED', cancelRequestedAt: expect.any(String) })
    expect((await app.admin.post<PaymentView>(`/v1/payments/${id}/cancel`)).body.cancelRequestedAt).toBe(
      asked.body.cancelRequestedAt,
    )
    const [, second] = await attemptsOf(id, 2)
    expect(second).toMatchObject({ purpose: 'CANCEL', nonce: '0' })
    expect(second?.unsigned).toMatchObject({ to: address, value: '0', data: '0x' })
    expect(await limitOf(agent.id)).toMatchObject({ reserved: '7' })
    await chain.node.mine({ blocks: 1 })
    await nudge(id)
    expect(await paymentIn(app.admin, id, 'CANCELED')).toMatchObject({
      failure: { code: 'payment.canceled' },
      transactionHash: second?.hash,
    })
    expect(await limitOf(agent.id)).toMatchObject({ reserved: '0', spent: '0' })
    await chain.node.setAutomine(true)
    const next = await aPayment(app, { agentId: agent.id })
    await paymentIn(app.admin, next.body.id, 'CONFIRMED')
    expect([await chain.sentBy(address), await chain.balanceOf(PAYEE)]).toEqual([2, before + 1n])
    expectProblem(await app.admin.post(`/v1/payments/${id}/cancel`), 409, 'payment.notCancelable')
  })

  it('is confirmed when it was mined first, and nothing is signed for it while it is frozen', async () => {
    const { id, agent } = await aStuckPayment()
    await app.admin.post(`/v1/agents/${agent.id}/freeze`, { reason: 'stop' })
    await app.admin.post(`/v1/payments/${id}/cancel`)
    await nudge(id)
    await chain.node.mine({ blocks: 1 })
    await nudge(id)
    await paymentIn(app.admin, id, 'CONFIRMED')
    expect(await transactionsOf(id)).toHaveLength(1)
  })
})

describe('a nonce that was taken and not used', () => {
  it('is filled when the payment is no longer allowed, so that the next goes on', async () => {
    const { agent, address } = await aPayer()
    let failures = 0
    spoil = () => {
      failures++
      throw new Error('the answer was lost')
    }
    const { body } = await aPayment(app, { agentId: agent.id, amount: '7' })
    await until('a signature was tried', async () => failures > 0)
    await expectOk(app.admin.put(`/v1/agents/${agent.id}/capability`, aCapability({ payees: { allow: [] } })))
    await nudge(body.id)
    const ended = await paymentIn(app.admin, body.id, 'CANCELED')
    expect(ended).toMatchObject({ failure: { code: 'payment.denied', reasons: [{ code: 'payee.notAllowed' }] } })
    expect((await transactionsOf(body.id)).map(({ purpose, nonce }) => [purpose, nonce])).toEqual([
      ['PAY', '0'],
      ['CANCEL', '0'],
    ])
    const { data } = await expectOk(app.admin.get<{ data: { type: string }[] }>(`/v1/decisions?paymentId=${body.id}`))
    expect(data.find(({ type }) => type === 'payment.cancelRequested')).toMatchObject({
      ...{ verdict: 'DENY', capabilityRevision: expect.any(Number), reasons: [{ code: 'payee.notAllowed' }] },
      inputs: { stage: 'execution', authority: expect.anything(), limits: expect.any(Array) },
    })
    spoil = undefined
    await expectOk(app.admin.put(`/v1/agents/${agent.id}/capability`, limited().capability))
    const next = await aPayment(app, { agentId: agent.id })
    await paymentIn(app.admin, next.body.id, 'CONFIRMED')
    expect(await chain.sentBy(address)).toBe(2)
  })

  it('is filled when the signer keeps refusing the payment', async () => {
    const { agent, address } = await aPayer()
    spoil = () => {
      throw new ProviderError('refused', 'a policy says no')
    }
    const { body } = await aPayment(app, { agentId: agent.id, amount: '7' })
    await until('it is canceled', async () => {
      await nudge(body.id)
      return (await read(body.id)).status === 'CANCELED'
    })
    expect(await read(body.id)).toMatchObject({ refusals: 10, failure: { code: 'provider.refused' } })
    expect(await chain.sentBy(address)).toBe(1)
    expect(await limitOf(agent.id)).toMatchObject({ reserved: '0', spent: '0' })
  })
})

describe('a nonce that somebody else used', () => {
  const agentIs = (id: string, status: string) =>
    until(`agent ${id} is ${status}`, async () => (await app.admin.get(`/v1/agents/${id}`)).body.status === status)

  it('freezes the agent before anything more is signed, once', async () => {
    const { agent, address } = await aPayer()
    await paymentIn(app.admin, (await aPayment(app, { agentId: agent.id })).body.id, 'CONFIRMED')
    await sendAsStranger(chain, provider.accountOf(address), { to: PAYEE, nonce: 1, value: 1n })
    const { body } = await aPayment(app, { agentId: agent.id })
    await agentIs(agent.id, 'FROZEN')
    expect((await read(body.id)).status).toBe('RESERVED')
    expect(await chain.sentBy(address)).toBe(2)
    await expectOk(app.admin.post(`/v1/agents/${agent.id}/unfreeze`, { reason: 'it was me' }))
    await paymentIn(app.admin, body.id, 'CONFIRMED')
    expect((await app.admin.get(`/v1/agents/${agent.id}`)).body.status).toBe('ACTIVE')
    expect(await transactionsOf(body.id)).toMatchObject([{ nonce: '2' }])
  })

  it('of a wallet that Wedi did not know yet is only where it begins', async () => {
    const { agent, address } = await aPayer()
    await sendAsStranger(chain, provider.accountOf(address), { to: PAYEE, nonce: 0, value: 1n })
    const { body } = await aPayment(app, { agentId: agent.id })
    await paymentIn(app.admin, body.id, 'CONFIRMED')
    expect(await transactionsOf(body.id)).toMatchObject([{ nonce: '1' }])
  })

  it('proves that the payment can never be mined: it fails, and the agent is frozen', async () => {
    const { id, agent, address } = await aStuckPayment()
    const [own] = await transactionsOf(id)
    await chain.node.dropTransaction({ hash: own?.hash as Hex })
    const stranger = await sendAsStranger(chain, provider.accountOf(address), { to: PAYEE, nonce: 0, value: 1n })
    await chain.node.mine({ blocks: 1 })
    offsetMs += 10_000
    await until('it failed', async () => {
      await nudge(id)
      return (await read(id)).status === 'FAILED'
    })
    expect(codeOf(await read(id))).toBe('payment.nonceTaken')
    await agentIs(agent.id, 'FROZEN')
    expect(await limitOf(agent.id)).toMatchObject({ reserved: '0', spent: '0' })
    const { body } = await app.admin.get<{ data: { type: string; actor: string; inputs: object }[] }>(
      `/v1/decisions?agentId=${agent.id}`,
    )
    expect(body.data.map(({ type }) => type)).toContain('agent.frozen')
    expect(body.data.find(({ type }) => type === 'reconciliation.broken')).toMatchObject({
      actor: 'system:reconciliation',
      inputs: { kind: 'nonce.foreign', seen: { transaction: stranger, nonce: '0' } },
    })
  })

  it('for exactly what was meant is for a person to say', async () => {
    const { id, agent, address } = await aStuckPayment()
    const [own] = await transactionsOf(id)
    await chain.node.dropTransaction({ hash: own?.hash as Hex })
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [PAYEE as Address, 7n] })
    const hash = await sendAsStranger(chain, provider.accountOf(address), { to: chain.token, nonce: 0, data })
    await chain.node.mine({ blocks: 1 })
    offsetMs += 10_000
    await until('it is unknown', async () => {
      await nudge(id)
      return (await read(id)).status === 'UNKNOWN'
    })
    await agentIs(agent.id, 'FROZEN')
    expect(await limitOf(agent.id)).toMatchObject({ reserved: '7', spent: '0' })
    const answer = (transactionHash: string) =>
      app.admin.post(`/v1/payments/${id}/resolve`, { outcome: 'CONFIRMED', transactionHash })
    expectProblem(await answer(own?.hash as Hex), 409, 'payment.notProven')
    expect((await answer(hash)).body).toMatchObject({ status: 'CONFIRMED', transactionHash: hash })
    expect(await limitOf(agent.id)).toMatchObject({ reserved: '0', spent: '7' })
    expectProblem(await answer(hash), 409, 'payment.notUnknown')
  })
})
