import { getAddress, type Hex, type PublicClient } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, expectOk } from '../support/client.ts'
import {
  type AgentView,
  aCapability,
  anAgent,
  type PaymentView,
  paymentIn,
  type TaskView,
  taskIn,
  unique,
  walletOf,
} from '../support/factories.ts'
import { until } from '../support/until.ts'
import { chainOf, closeAll, startWedi, type Wedi } from './process.ts'
import {
  aPayer,
  balanceOf,
  type Decision,
  decisionsOf,
  engineToCome,
  FUNDS,
  failureOf,
  hostedToCome,
  newAccount,
  pay,
  sentBy,
} from './story.ts'

/** The whole walk of a payment, driven over HTTP against the started process and checked on the chain itself. */

const AMOUNT = 2_500_000n
const CAP = 40_000_000n
const THRESHOLD = 10_000_000n
const BEFORE_A_PAYMENT = [
  'agent.created',
  'capability.changed',
  'wallet.requested',
  'agent.activated',
  'wallet.activated',
]
/** What we send ourselves is mined when the node answers: one record says both. A queue takes its time. */
const paidTask = (isQueue: boolean) => [
  'task.assigned',
  'agent.decided',
  'payment.requested',
  ...(isQueue ? ['payment.submitted'] : []),
  'payment.confirmed',
  'task.succeeded',
]

interface LimitState {
  readonly cap: string
  readonly spent: string
  readonly reserved: string
  readonly remaining: string
}

describe.each([
  ['local', undefined],
  ['thirdweb-engine', 'signer'],
  ['thirdweb-engine', 'queue'],
  ['thirdweb', 'hosted'],
] as const)('from a wallet of %s (%s)', (provider, mode) => {
  const PAID_TASK = paidTask(mode === 'queue' || mode === 'hosted')
  let wedi: Wedi
  let client: Client
  let token: string
  let node: PublicClient

  beforeAll(async () => {
    const outside = mode && (await (mode === 'hosted' ? hostedToCome() : engineToCome(mode)))
    wedi = await startWedi(outside && { env: outside.env })
    client = wedi.client
    const chain = await chainOf(wedi)
    token = chain.token
    node = chain.node
    await outside?.start(chain.rpcUrl)
  })
  afterAll(closeAll)

  const limited = () => ({ limits: [{ window: 'DAY' as const, asset: token, maxAmount: String(CAP) }] })
  const limitOf = async (agentId: string): Promise<LimitState | undefined> =>
    (await expectOk(client.get<{ data: LimitState[] }>(`/v1/agents/${agentId}/limits`))).data[0]
  const wanted = (agentId: string, amount = AMOUNT) => ({ agentId, asset: token, payee: newAccount(), amount })
  const keyOf = async (role: string) =>
    client.as((await expectOk(client.post<{ secret: string }>('/v1/api-keys', { name: unique('key'), role }))).secret)

  async function task(agentId: string, amount: bigint, payee = newAccount()): Promise<TaskView> {
    const payload = { payee, amount: String(amount), asset: token }
    const { id } = await expectOk(client.post<TaskView>('/v1/tasks', { type: 'payment', agentId, payload }))
    return taskIn(client, id, 'SUCCEEDED', 'FAILED')
  }

  /** A payment that Wedi has accepted and cannot send yet, because the chain does not answer. */
  async function whileChainIsSilent<T>(act: () => Promise<T>): Promise<T> {
    wedi.signalChain('SIGSTOP')
    return act().finally(() => wedi.signalChain('SIGCONT'))
  }

  it('gives a new agent one wallet that is active and has an address', async () => {
    const { id } = await anAgent(client, { capability: aCapability() })
    const { body } = await client.get<{ data: unknown[] }>(`/v1/agents/${id}/wallets`)
    const { address } = await walletOf(client, id)
    expect(body.data).toEqual([expect.objectContaining({ provider, status: 'ACTIVE', statusReason: null })])
    expect(address).toBe(getAddress(address ?? ''))
  })

  it('pays what a task asks, once, as the chain itself shows', async () => {
    const payer = await aPayer(client, token, limited())
    const payee = newAccount()
    const done = await task(payer.id, AMOUNT, payee)
    expect(done).toMatchObject({ status: 'SUCCEEDED', assignedAgentId: payer.id, attempt: 1 })
    const payment = await paymentIn(client, done.paymentId ?? '', 'CONFIRMED')
    const { status, from, to, blockNumber } = await node.getTransactionReceipt({ hash: payment.transactionHash as Hex })
    expect({ status, from, to, blockNumber: String(blockNumber) }).toEqual({
      ...{ status: 'success', from: payer.address.toLowerCase(), to: token.slice(-42).toLowerCase() },
      blockNumber: payment.blockNumber,
    })
    expect(await Promise.all([payee, payer.address].map((each) => balanceOf(node, token, each)))).toEqual([
      AMOUNT,
      FUNDS - AMOUNT,
    ])
    expect(await sentBy(node, payer.address)).toBe(1)
    expect(await limitOf(payer.id)).toMatchObject({
      spent: String(AMOUNT),
      reserved: '0',
      remaining: String(CAP - AMOUNT),
    })
  })

  it('records each decision of the walk exactly once, in the order it was made', async () => {
    const payer = await aPayer(client, token)
    const { id: taskId, paymentId } = await task(payer.id, AMOUNT)
    const ofTask = await decisionsOf(client, { taskId })
    expect(ofTask.map(({ type }) => type)).toEqual(['task.submitted', ...PAID_TASK])
    expect(ofTask.find(({ type }) => type === 'payment.requested')).toMatchObject({ verdict: 'ALLOW', paymentId })
    const types = ({ type }: Decision) => type
    // What is known of the agent's health changes some time after, beside the walk.
    const walked = (await decisionsOf(client, { agentId: payer.id }))
      .map(types)
      .filter((type) => type !== 'health.changed')
    expect(walked).toEqual([...BEFORE_A_PAYMENT, ...PAID_TASK])
  })

  it('denies a task over the limit with reasons, and allows the change it names', async () => {
    const payer = await aPayer(client, token, limited())
    await task(payer.id, AMOUNT)
    const denied = await task(payer.id, CAP)
    const left = CAP - AMOUNT
    const reason = { code: 'limit.amountExceeded', remaining: String(left), allowed: { maxAmount: String(left) } }
    expect(denied).toMatchObject({
      status: 'FAILED',
      paymentId: null,
      error: { code: 'payment.denied', reasons: [reason] },
    })
    const [recorded] = await decisionsOf(client, { taskId: denied.id, type: 'payment.requested' })
    expect(recorded).toMatchObject({ verdict: 'DENY', reasons: [reason] })
    const { maxAmount } = recorded?.reasons[0]?.allowed ?? { maxAmount: '0' }
    expect((await task(payer.id, BigInt(maxAmount))).status).toBe('SUCCEEDED')
    expect(await limitOf(payer.id)).toMatchObject({ spent: String(CAP), reserved: '0', remaining: '0' })
    expect(await sentBy(node, payer.address)).toBe(2)
  })

  it('holds a payment above the threshold until another key approves it, then pays by itself', async () => {
    const held = {
      ...limited(),
      authorityLevel: 'SUPERVISED' as const,
      approvalThreshold: [{ asset: token, amount: String(THRESHOLD) }],
    }
    const payer = await aPayer(client, token, held)
    const approver = await keyOf('APPROVER')
    const [first, second] = [wanted(payer.id, THRESHOLD + 1n), wanted(payer.id, THRESHOLD + 2n)]
    const { body } = await pay(client, first)
    expect(body).toMatchObject({ status: 'HELD', approvalId: expect.any(String) })
    const answer = (by: Client, payment: PaymentView, act: string) =>
      by.post(`/v1/approvals/${payment.approvalId}/${act}`, {})

    expect(await answer(client, body, 'approve')).toMatchObject({ status: 403, body: { code: 'approval.requester' } })
    expect(await answer(await keyOf('OPERATOR'), body, 'approve')).toMatchObject({
      status: 403,
      body: { code: 'request.forbidden' },
    })
    expect(await balanceOf(node, token, first.payee)).toBe(0n)
    expect(await answer(approver, body, 'approve')).toMatchObject({ status: 200, body: { status: 'APPROVED' } })
    await paymentIn(client, body.id, 'CONFIRMED')
    expect(await answer(approver, body, 'approve')).toMatchObject({
      status: 409,
      body: { code: 'approval.notPending' },
    })

    const other = (await pay(client, second)).body
    expect(await limitOf(payer.id)).toMatchObject({ spent: String(first.amount), reserved: String(second.amount) })
    expect(await answer(approver, other, 'reject')).toMatchObject({ status: 200, body: { status: 'REJECTED' } })
    expect(await paymentIn(client, other.id, 'CANCELED')).toMatchObject({ transactionHash: null })
    expect(await limitOf(payer.id)).toMatchObject({ spent: String(first.amount), reserved: '0' })
    expect(await Promise.all([first, second].map(({ payee }) => balanceOf(node, token, payee)))).toEqual([
      first.amount,
      0n,
    ])
  })

  it('stops new payments of a frozen agent and holds reserved ones back until it is unfrozen', async () => {
    const payer = await aPayer(client, token, limited())
    const asked = wanted(payer.id)
    const reserved = await whileChainIsSilent(async () => {
      const { body } = await pay(client, asked)
      expect(await expectOk(client.post(`/v1/agents/${payer.id}/freeze`, { reason: 'a look at it' }))).toMatchObject({
        status: 'FROZEN',
      })
      return body
    })
    const refused = {
      status: 403,
      body: { code: 'payment.denied', reasons: [{ code: 'agent.notActive', status: 'FROZEN' }] },
    }
    expect(await pay(client, wanted(payer.id))).toMatchObject(refused)
    await until('the payment waits for the freeze', async () => {
      const { body } = await client.get<PaymentView>(`/v1/payments/${reserved.id}`)
      return body.status === 'RESERVED' && failureOf(body) === 'payment.frozen'
    })
    expect([await sentBy(node, payer.address), await balanceOf(node, token, asked.payee)]).toEqual([0, 0n])
    await expectOk(client.post(`/v1/agents/${payer.id}/unfreeze`, {}))
    await paymentIn(client, reserved.id, 'CONFIRMED')
    expect([await sentBy(node, payer.address), await balanceOf(node, token, asked.payee)]).toEqual([1, AMOUNT])
  })

  it('answers a repeated request with the first reply, and makes one payment of two at once', async () => {
    const payer = await aPayer(client, token)
    const [asked, key] = [{ ...wanted(payer.id), reference: unique('invoice') }, unique('key')]
    const both = await Promise.all([pay(client, asked, key), pay(client, asked, key)])
    const made = both.filter(({ status }) => status === 201)
    const refused = both.filter(({ status }) => status !== 201)
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1)
    for (const each of refused) expect(each).toMatchObject({ status: 409, body: { code: 'idempotency.in_progress' } })
    const again = await pay(client, asked, key)
    expect([again.status, again.body, again.headers.get('idempotency-replayed')]).toEqual([201, made[0]?.body, 'true'])
    const other = await pay(client, { ...asked, amount: 1n }, key)
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency.mismatch' } })
    await paymentIn(client, again.body.id, 'CONFIRMED')
    const { body } = await client.get<{ data: PaymentView[] }>(`/v1/payments?reference=${asked.reference}`)
    expect(body.data).toHaveLength(1)
    expect([await sentBy(node, payer.address), await balanceOf(node, token, asked.payee)]).toEqual([1, AMOUNT])
  })

  it('does not retire an agent while its money is in flight, and does afterwards', async () => {
    const payer = await aPayer(client, token)
    const retire = () => client.delete<AgentView>(`/v1/agents/${payer.id}`)
    const payment = await whileChainIsSilent(async () => {
      const { body } = await pay(client, wanted(payer.id))
      expect(await retire()).toMatchObject({ status: 409, body: { code: 'agent.moneyInFlight' } })
      return body
    })
    await paymentIn(client, payment.id, 'CONFIRMED')
    expect(await retire()).toMatchObject({ status: 200, body: { status: 'RETIRED' } })
    const refused = {
      status: 403,
      body: { code: 'payment.denied', reasons: [{ code: 'agent.notActive', status: 'RETIRED' }] },
    }
    expect(await pay(client, wanted(payer.id))).toMatchObject(refused)
  })
})
