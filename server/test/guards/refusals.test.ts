import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '#platform/ids'
import { startApp, type TestApp } from '../support/app.ts'
import { type AnyBody, type Client, expectOk, type Reply } from '../support/client.ts'
import { expectProblem } from '../support/expect-problem.ts'
import {
  aCapability,
  anAgent,
  aPayment,
  aPaymentTask,
  asAgent,
  aTask,
  clientsOfEveryRole,
  PAYEE,
  type PaymentView,
  type TaskView,
  taskIn,
  unique,
  walletOf,
} from '../support/factories.ts'
import { until } from '../support/until.ts'
import { addressOf, committedDocument, operationsOf } from './operations.ts'
import { heldPayment, type Scene, situationOf } from './situations.ts'

/** What modules refuse for reasons of their own: each code of their catalogues, in the situation it is for. */

const NO_TOKEN = 'eip155:31337/erc20:0x000000000000000000000000000000000000bEEF'
const OTHER_CHAIN = 'eip155:1/slip44:60'
const SILENT_CHAIN = 'eip155:2'

let app: TestApp
let scene: Scene
let admin: Client

beforeAll(async () => {
  app = await startApp()
  admin = app.admin
  scene = { app, admin, clients: await clientsOfEveryRole(admin) }
})
afterAll(() => app.stop())

const operations = new Map(operationsOf(committedDocument()).map((operation) => [operation.operationId, operation]))

async function callTwice(operationId: string): Promise<Reply> {
  const operation = operations.get(operationId)
  if (!operation) throw new Error(`openapi.json has no ${operationId}`)
  const { params = {}, body, admin: own = admin } = await situationOf(operationId)(scene)
  const call = () => own.request(operation.method, addressOf(operation, params), body)
  await expectOk(call())
  return call()
}

describe('what was done already', () => {
  it.each([
    ['freezeCurrentOrganization', 'organization.frozen'],
    ['unfreezeCurrentOrganization', 'organization.notFrozen'],
    ['revokeApiKey', 'key.revoked'],
    ['revokeAgentCredential', 'key.revoked'],
    ['revokeIntegrationKey', 'key.revoked'],
    ['rotateApiKey', 'key.rotated'],
    ['rotateIntegrationKey', 'key.rotated'],
    ['retireAgent', 'agent.wrongStatus'],
    ['pauseAgent', 'agent.wrongStatus'],
    ['resumeAgent', 'agent.wrongStatus'],
    ['freezeAgent', 'agent.wrongStatus'],
    ['unfreezeAgent', 'agent.wrongStatus'],
    ['freezeWallet', 'wallet.wrongStatus'],
    ['unfreezeWallet', 'wallet.wrongStatus'],
    ['retireWallet', 'wallet.wrongStatus'],
    ['cancelTask', 'task.notCancelable'],
    ['requeueTask', 'task.notRequeueable'],
    ['cancelPayment', 'payment.notCancelable'],
    ['approvePayment', 'approval.notPending'],
    ['rejectPayment', 'approval.notPending'],
  ])('%s is refused a second time', async (operationId, code) => {
    expectProblem(await callTwice(operationId), 409, code)
  })
})

describe('a retired agent', () => {
  it('is described, empowered and given a wallet no more', async () => {
    const { id } = await anAgent(admin)
    await expectOk(admin.delete(`/v1/agents/${id}`))
    expectProblem(await admin.patch(`/v1/agents/${id}`, { name: 'ghost' }), 409, 'agent.wrongStatus')
    expectProblem(await admin.put(`/v1/agents/${id}/capability`, aCapability()), 409, 'capability.retired')
    expectProblem(await admin.post(`/v1/agents/${id}/wallets`, {}), 409, 'wallet.agentRetired')
  })
})

describe('money on the way', () => {
  it('keeps its agent and its wallet from being retired', async () => {
    const { agentId, walletId } = await heldPayment(scene)
    expectProblem(await admin.delete(`/v1/agents/${agentId}`), 409, 'agent.moneyInFlight')
    expectProblem(await admin.post(`/v1/wallets/${walletId}/retire`, {}), 409, 'wallet.moneyInFlight')
  })
})

describe('keys', () => {
  it('the last admin key of an organisation is not revoked', async () => {
    const made = admin.post<{ secret: string; apiKey: { id: string } }>('/v1/organizations', {
      name: unique('organisation'),
    })
    const { secret, apiKey } = await expectOk(made)
    expectProblem(await admin.as(secret).post(`/v1/api-keys/${apiKey.id}/revoke`), 409, 'key.lastAdmin')
  })
})

describe('payments', () => {
  const silent = {
    chain: SILENT_CHAIN,
    name: 'silent',
    rpcUrl: 'http://127.0.0.1:9',
    confirmations: 1,
    assets: [],
    isEmbedded: false,
  } as const

  it('a payment without authority is denied, with the record and the reasons', async () => {
    const { id } = await anAgent(admin, { capability: { authorityLevel: 'OBSERVE' } })
    const reply = (await aPayment(app, { agentId: id })) as Reply<unknown> as Reply
    expectProblem(reply, 403, 'payment.denied')
    expect(reply.body.reasons).toContainEqual({ code: 'authority.observeOnly' })
    expect((await admin.get(`/v1/decisions/${reply.body.decisionId}`)).body).toMatchObject({
      verdict: 'DENY',
      agentId: id,
    })
  })

  it('an agent pays as itself only', async () => {
    const [one, another] = [await anAgent(admin), await anAgent(admin)]
    const client = await asAgent(admin, one.id)
    expectProblem(await aPayment(app, { client, agentId: another.id }), 403, 'payment.notYours')
  })

  it('an agent adds decisions of its own only', async () => {
    const [one, another] = [await anAgent(admin), await anAgent(admin)]
    const client = await asAgent(admin, one.id)
    const said = { type: 'supplier.chosen' }
    expect((await client.post(`/v1/agents/${one.id}/decisions`, said)).status).toBe(201)
    expectProblem(await client.post(`/v1/agents/${another.id}/decisions`, said), 403, 'decision.notYours')
  })

  it('nobody pays as an agent that is not there', async () => {
    expectProblem(await aPayment(app, { agentId: newId() }), 404, 'agent.notFound')
  })

  it('a task that is not worked on is not paid for', async () => {
    const { id } = await anAgent(admin)
    const task = await aTask(admin)
    expectProblem(await aPayment(app, { agentId: id, taskId: task.id }), 409, 'payment.taskNotRunning')
  })

  it('a task is paid for once', async () => {
    const { id } = await anAgent(admin, { capability: aCapability({ authorityLevel: 'PROPOSE' }) })
    const task = await expectOk(admin.post<TaskView>('/v1/tasks', aPaymentTask(app, { agentId: id })))
    await until(
      'the task waits for its payment',
      async () => (await taskIn(admin, task.id, 'RUNNING')).paymentId ?? undefined,
    )
    expectProblem(await aPayment(app, { agentId: id, taskId: task.id }), 409, 'payment.taskTaken')
  })

  it('an asset without a token, or on a chain that is not there, is refused', async () => {
    const { id } = await anAgent(admin)
    expectProblem(await aPayment(app, { agentId: id, asset: NO_TOKEN }), 400, 'asset.unknown')
    expectProblem(await aPayment(app, { agentId: id, asset: OTHER_CHAIN }), 400, 'chain.unknown')
  })

  it('a chain that does not answer is said as one', async () => {
    const deaf = await startApp({ chains: [silent], doesJobs: false })
    try {
      const asset = `${SILENT_CHAIN}/erc20:${PAYEE}`
      expectProblem(await aPayment(deaf, { agentId: newId(), asset }), 503, 'chain.unavailable')
      expectProblem(await deaf.admin.post('/v1/tasks', aPaymentTask(deaf, {}, { asset })), 503, 'chain.unavailable')
      expectProblem(
        await deaf.admin.post('/v1/dev/faucet', { address: PAYEE, asset, amount: '1' }),
        503,
        'chain.unavailable',
      )
    } finally {
      await deaf.stop()
    }
  })

  it('a payment that loses the room of a limit again and again is told to come back', async () => {
    const limits = [{ window: 'DAY' as const, asset: app.token, maxAmount: '10' }]
    const { id } = await anAgent(admin, { capability: aCapability({ limits }) })
    // As if others took the room between each look at it and the taking.
    await app.query(`create function nothing() returns trigger language plpgsql as 'begin return null; end'`)
    await app.query('create trigger nothing before insert on limit_counter for each row execute function nothing()')
    try {
      const reply = await aPayment(app, { agentId: id })
      expectProblem(reply, 503, 'payment.contended')
      expect(reply.headers.get('retry-after')).toBe('1')
    } finally {
      await app.query('drop function nothing() cascade')
    }
    expect((await aPayment(app, { agentId: id })).status).toBe(201)
  })
})

describe('approvals', () => {
  it('nobody approves what they asked for themselves', async () => {
    const { id } = await anAgent(admin, { capability: aCapability({ authorityLevel: 'PROPOSE' }) })
    const { approvalId } = await expectOk(aPayment(app, { agentId: id }))
    expectProblem(await admin.post(`/v1/approvals/${approvalId}/approve`, {}), 403, 'approval.requester')
  })

  it('an approval of what is no longer allowed ends the payment and says why', async () => {
    const { id, agentId, approvalId } = await heldPayment(scene)
    await expectOk(admin.put(`/v1/agents/${agentId}/capability`, { authorityLevel: 'OBSERVE' }))
    const reply = await admin.post<AnyBody>(`/v1/approvals/${approvalId}/approve`, {})
    expectProblem(reply, 409, 'approval.stale')
    expect(reply.body.reasons).toContainEqual({ code: 'authority.observeOnly' })
    expect((await admin.get<PaymentView>(`/v1/payments/${id}`)).body.status).toBe('CANCELED')
  })
})

describe('tasks', () => {
  it('one task per dedupe key; the refusal names it', async () => {
    const dedupeKey = unique('once')
    const { id } = await aTask(admin, { dedupeKey })
    const reply = await admin.post('/v1/tasks', { type: 'errand', payload: {}, dedupeKey })
    expectProblem(reply, 409, 'task.duplicate')
    expect(reply.body.taskId).toBe(id)
  })

  it('no task is pinned to an agent that is not there', async () => {
    expectProblem(
      await admin.post('/v1/tasks', { type: 'errand', payload: {}, agentId: newId() }),
      404,
      'agent.notFound',
    )
  })

  it('a payment task must be a payment that can be asked for', async () => {
    expectProblem(await admin.post('/v1/tasks', aPaymentTask(app, {}, { asset: NO_TOKEN })), 400, 'asset.unknown')
    expectProblem(await admin.post('/v1/tasks', aPaymentTask(app, {}, { asset: OTHER_CHAIN })), 400, 'chain.unknown')
    expectProblem(await admin.post('/v1/tasks', aPaymentTask(app, {}, { amount: '0' })), 400, 'request.invalid')
  })
})

describe('wallets', () => {
  it('a provider that is not configured is refused', async () => {
    const { id } = await anAgent(admin)
    expectProblem(
      await admin.post(`/v1/agents/${id}/wallets`, { walletProvider: 'thirdweb' }),
      400,
      'wallet.providerNotConfigured',
    )
    expect((await walletOf(admin, id)).provider).toBe('local')
  })

  it('without the embedded chain there is no faucet', async () => {
    const real = await startApp({ hasFaucet: false, doesJobs: false })
    try {
      const body = { address: PAYEE, asset: real.coin, amount: '1' }
      expectProblem(await real.admin.post('/v1/dev/faucet', body), 404, 'faucet.notHere')
    } finally {
      await real.stop()
    }
  })
})
