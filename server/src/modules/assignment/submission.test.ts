import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  aFundedAgent,
  anOrganization,
  aPaymentTask,
  PAYEE,
  type PaymentView,
  type TaskView,
  taskIn,
  unique,
} from '../../../test/support/factories.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

describe('a task that is asked for again', () => {
  it('is there once of a dedupeKey, also when ten come at the same time', async () => {
    const { admin: client } = await anOrganization(app)
    const dedupeKey = unique('dedupe')
    const ask = () => client.post('/v1/tasks', { type: 'errand', payload: {}, dedupeKey })
    const replies = await Promise.all(Array.from({ length: 10 }, ask))
    const made = replies.filter(({ status }) => status === 201)
    expect(made).toHaveLength(1)
    for (const reply of replies.filter(({ status }) => status !== 201)) {
      expectProblem(reply, 409, 'task.duplicate')
      expect(reply.body.taskId).toBe(made[0]?.body.id)
    }
    await expectOk(app.admin.post('/v1/tasks', { type: 'errand', payload: {}, dedupeKey }))
  })

  it('is paid once of ten with the same reference at the same time', async () => {
    const { admin: client } = await anOrganization(app)
    const { agent } = await aFundedAgent(app, { client })
    const submit = (payload: Record<string, unknown>) =>
      expectOk(client.post<TaskView>('/v1/tasks', aPaymentTask(app, {}, payload)))
    const reference = unique('invoice')
    const made = await Promise.all(Array.from({ length: 10 }, () => submit({ reference, amount: '5' })))
    const done = await Promise.all(made.map(({ id }) => taskIn(client, id, 'SUCCEEDED', 'FAILED')))
    expect(done.filter(({ status }) => status === 'SUCCEEDED')).toHaveLength(1)
    const codes = done.flatMap(({ error }) => (error === null ? [] : [(error as { code: string }).code]))
    expect(codes).toEqual(Array(9).fill('task.duplicate'))
    const { data } = await expectOk(client.get<{ data: PaymentView[] }>(`/v1/payments?agentId=${agent.id}`))
    expect(data).toHaveLength(1)
    await taskIn(client, (await submit({ reference, payee: `0x${'2'.repeat(40)}` })).id, 'SUCCEEDED')
  })
})

const wrongChecksum = '0x000000000000000000000000000000000000dEAD'
describe('a payment task that could never be paid', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, string, string]>([
    ['a negative amount', {}, { amount: '-1' }, 'request.invalid', '/payload/amount'],
    ['a fraction', {}, { amount: '1.5' }, 'request.invalid', '/payload/amount'],
    ['zero', {}, { amount: '0' }, 'request.invalid', '/payload/amount'],
    ['eighty digits', {}, { amount: '9'.repeat(80) }, 'request.invalid', '/payload/amount'],
    ['more than any token can hold', {}, { amount: String(2n ** 256n) }, 'request.invalid', '/payload/amount'],
    ['an amount as a number', {}, { amount: 1 }, 'request.invalid', '/payload/amount'],
    ['no amount', {}, { amount: undefined }, 'request.invalid', '/payload'],
    ['another field', {}, { gas: '1' }, 'request.invalid', '/payload/gas'],
    ['a payee with a wrong checksum', {}, { payee: wrongChecksum }, 'request.invalid', '/payload/payee'],
    ['the zero address', {}, { payee: `0x${'0'.repeat(40)}` }, 'request.invalid', '/payload/payee'],
    ['a payee on another chain', {}, { payee: `eip155:5:${PAYEE}` }, 'request.invalid', '/payload/payee'],
    ['a reference that is too long', {}, { reference: 'x'.repeat(201) }, 'request.invalid', '/payload/reference'],
    ['an asset that is none', {}, { asset: 'gold' }, 'request.invalid', '/payload/asset'],
    [
      'an asset with a wrong checksum',
      {},
      { asset: `eip155:31337/erc20:${wrongChecksum}` },
      'request.invalid',
      '/payload/asset',
    ],
    ['an unknown token', {}, { asset: `eip155:31337/erc20:0x${'1'.repeat(40)}` }, 'asset.unknown', '/payload/asset'],
    ['an unknown chain', {}, { asset: 'eip155:5/slip44:60' }, 'chain.unknown', ''],
    [
      'another asset required',
      { requires: { asset: 'eip155:31337/slip44:60' } },
      {},
      'request.invalid',
      '/requires/asset',
    ],
    ['another chain required', { requires: { chain: 'eip155:5' } }, {}, 'request.invalid', '/requires/chain'],
    ['an unknown requirement', { requires: { speed: 1 } }, {}, 'request.invalid', '/requires/speed'],
    ['a priority too high', { priority: 10 }, {}, 'request.invalid', '/priority'],
    ['a deadline in the past', { deadlineAt: '2020-01-01T00:00:00.000Z' }, {}, 'request.invalid', '/deadlineAt'],
  ])('is refused, with its place, and not stored: %s', async (_case, over, payload, code, path) => {
    const count = async () => (await app.query('select id from task')).length
    const before = await count()
    const reply = await app.admin.post('/v1/tasks', aPaymentTask(app, over, payload))
    expectProblem(reply, 400, code)
    if (path !== '') expect(reply.body.errors).toContainEqual({ path, message: expect.any(String) })
    expect(await count()).toBe(before)
  })
})

describe('sixty tasks at once', () => {
  it('that are pinned to an agent are all taken: no request waits for a second connection', async () => {
    const { admin: client } = await anOrganization(app)
    const { agent } = await aFundedAgent(app, { client })
    const ask = () => client.post('/v1/tasks', { type: 'errand', payload: {}, agentId: agent.id })
    const replies = await Promise.all(Array.from({ length: 60 }, ask))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]))
  })
})

describe('input that looks right', () => {
  it.each([
    ['a urn instead of an id', (id: string) => `/v1/agents/urn:uuid:${id}`],
    ['a urn in a filter', (id: string) => `/v1/decisions?agentId=urn:uuid:${id}`],
    ['a leap second', () => '/v1/decisions?from=2026-12-31T23:59:60Z'],
    ['an offset without minutes', () => '/v1/decisions?from=2026-12-31T23:59:59%2B01'],
    ['the year 0', () => '/v1/decisions?to=0000-01-01T00:00:00Z'],
    ['a time beyond the year 9999', () => '/v1/decisions?to=9999-12-31T23:59:59.999-23:59'],
  ])('is refused with its place: %s', async (_case, pathOf) => {
    const { admin: client, id } = await anOrganization(app)
    expectProblem(await client.get(pathOf(id)), 400, 'request.invalid')
  })
})
