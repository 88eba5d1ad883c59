import { type Address, parseEther } from 'viem'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { makeKey } from '#modules/access'
import { createLog } from '#platform/log'
import { createDatabase, startApp, type TestApp } from '../../../../test/support/app.ts'
import { expectOk } from '../../../../test/support/client.ts'
import { expectProblem } from '../../../../test/support/expect-problem.ts'
import {
  type AgentView,
  aFundedAgent,
  anOrganization,
  aPayment,
  clientsOfEveryRole,
  PAYEE,
  paymentIn,
} from '../../../../test/support/factories.ts'
import {
  agentStatus,
  aKnownAgent,
  type BreakView,
  breakOf,
  breaksOf,
  listBreaks,
  reconciled,
  sendFrom,
  THIEF,
  tokenCall,
} from '../../../../test/support/reconciliation.ts'
import { until } from '../../../../test/support/until.ts'
import { chainClient } from '../../../embedded/chain-client.ts'

const EVERY_MS = 100

interface BookSeen {
  nonce: string
  block_number: string
}

const log = createLog('warn')
const alerts: Record<string, unknown>[] = []
log.warn = ((fields: Record<string, unknown>) => void alerts.push(fields)) as typeof log.warn

let app: TestApp
beforeAll(async () => {
  app = await startApp({ reconcileEveryMs: EVERY_MS, log })
})
afterAll(() => app.stop())

const node = () => chainClient(inject('infrastructure').chain.rpcUrl)
describe('money that leaves without a payment', () => {
  it('sent with the wallet’s own key freezes the agent, once, and raises an alert', async () => {
    const { agent, wallet } = await aKnownAgent(app)
    await node().setBalance({ address: wallet.address, value: parseEther('1') })
    await reconciled(app)
    const hash = await sendFrom(wallet.address, { to: THIEF, value: 7n })
    const found = await breakOf(app, agent.id, 'nonce.foreign')
    expect(found).toMatchObject({
      ...{ severity: 'CRITICAL', status: 'OPEN', walletId: wallet.id, transactionHash: hash, paymentId: null },
      expected: { nonce: '0' },
    })
    const { body: frozen } = await app.admin.get<AgentView>(`/v1/agents/${agent.id}`)
    expect(frozen).toMatchObject({ status: 'FROZEN', statusReason: expect.stringContaining(found.id) })
    const denied = await aPayment(app, { agentId: agent.id })
    expectProblem(denied, 403, 'payment.denied')
    await until('it is said', async () => alerts.some(({ breakId }) => breakId === found.id))
    const { data } = await expectOk(
      app.admin.get<{ data: { type: string; actor: string }[] }>(`/v1/decisions?agentId=${agent.id}&limit=3`),
    )
    const bySystem = data.filter(({ actor }) => actor === 'system:reconciliation').map(({ type }) => type)
    expect(bySystem.sort()).toEqual(['agent.frozen', 'reconciliation.broken'])
    await reconciled(app)
    expect(await breaksOf(app, agent.id)).toHaveLength(1)
  })

  it('a token sent with the wallet’s own key is one break that names what went where', async () => {
    const { agent, wallet } = await aKnownAgent(app)
    await sendFrom(wallet.address, tokenCall('transfer', [THIEF, 40n]))
    const found = await breakOf(app, agent.id, 'nonce.foreign')
    expect(found.seen).toMatchObject({ transfers: [{ asset: app.token, to: THIEF, amount: '40' }] })
    await reconciled(app)
    expect(await breaksOf(app, agent.id)).toHaveLength(1)
    expect(await agentStatus(app, agent.id)).toBe('FROZEN')
  })

  it('pulled by whom the wallet once approved is found too, also after the first break was resolved', async () => {
    const { agent, wallet } = await aKnownAgent(app)
    await sendFrom(wallet.address, tokenCall('approve', [THIEF, 1000n]))
    const approved = await breakOf(app, agent.id, 'nonce.foreign')
    await expectOk(app.admin.post(`/v1/reconciliation/${approved.id}/resolve`, { note: 'it was me' }))
    expect(await agentStatus(app, agent.id)).toBe('FROZEN')
    await expectOk(app.admin.post(`/v1/agents/${agent.id}/unfreeze`, { reason: 'looked at' }))
    const hash = await sendFrom(THIEF, tokenCall('transferFrom', [wallet.address, THIEF, 30n]))
    expect(await breakOf(app, agent.id, 'transfer.unmatched')).toMatchObject({
      ...{ severity: 'CRITICAL', asset: app.token, transactionHash: hash },
      seen: { to: THIEF, amount: '30' },
    })
    expect(await agentStatus(app, agent.id)).toBe('FROZEN')
    await reconciled(app)
    expect(await breaksOf(app, agent.id)).toHaveLength(1)
  })

  it('is found when it left while no server ran', async () => {
    const database = await createDatabase()
    const shared = {
      databaseUrl: database.url,
      masterKey: 'one key for two lives',
      adminKey: makeKey('sk'),
      reconcileEveryMs: EVERY_MS,
    }
    let one = await startApp(shared)
    const { agent, wallet } = await aKnownAgent(one)
    await one.stop()
    await sendFrom(wallet.address, tokenCall('transfer', [THIEF, 1n]))
    one = await startApp(shared)
    try {
      await breakOf(one, agent.id, 'nonce.foreign')
      expect(await agentStatus(one, agent.id)).toBe('FROZEN')
    } finally {
      await one.stop()
      await database.drop()
    }
  })

  it('is one break, one record and one freeze of two servers that look at the same time', async () => {
    const database = await createDatabase()
    const shared = {
      databaseUrl: database.url,
      masterKey: 'one key for two servers',
      adminKey: makeKey('sk'),
      reconcileEveryMs: 20,
    }
    const servers = await Promise.all([startApp(shared), startApp(shared)])
    const [one] = servers as [TestApp, TestApp]
    try {
      const { agent, wallet } = await aKnownAgent(one)
      // Both take the book whenever they look, as when a lease has ended under a turn that hangs.
      await one.query(
        `create function always_due() returns trigger language plpgsql as $$ begin new.due_at := now(); return new; end $$`,
      )
      await one.query(
        'create trigger always_due before update on wallet_book for each row execute function always_due()',
      )
      await sendFrom(wallet.address, tokenCall('transfer', [THIEF, 1n]))
      await breakOf(one, agent.id, 'nonce.foreign')
      await reconciled(one)
      const records = await one.query<{ type: string }>(
        `select type from agent_decision where actor = 'system:reconciliation' order by type`,
      )
      expect(records.map(({ type }) => type)).toEqual(['agent.frozen', 'reconciliation.broken'])
      expect(await one.query('select 1 from reconciliation_break')).toHaveLength(1)
    } finally {
      await Promise.all(servers.map((server) => server.stop()))
      await database.drop()
    }
  })
})

describe('what stops nobody', () => {
  it('fifty payments while money comes in: no break, and the book goes on', { timeout: 60_000 }, async () => {
    const { agent, wallet } = await aKnownAgent(app)
    await node().setBalance({ address: wallet.address, value: 1000n })
    const incoming = Array.from({ length: 10 }, (_, index) =>
      app.admin.post('/v1/dev/faucet', {
        address: wallet.address,
        asset: index % 2 ? app.token : app.coin,
        amount: '3',
      }),
    )
    const made = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        expectOk(aPayment(app, { agentId: agent.id, asset: index % 5 ? app.token : app.coin })),
      ),
    )
    await Promise.all(made.map(({ id }) => paymentIn(app.admin, id, 'CONFIRMED')))
    await Promise.all(incoming.map(expectOk))
    await reconciled(app)
    expect(await breaksOf(app, agent.id)).toEqual([])
    expect(await agentStatus(app, agent.id)).toBe('ACTIVE')
    const [book] = await app.query('select nonce, balances, doubts from wallet_book where wallet_id = $1', [wallet.id])
    expect(book).toEqual({
      ...{ nonce: '50', doubts: {} },
      balances: { [app.token]: String(1000 + 15 - 40), [app.coin]: String(1000 + 15 - 10) },
    })
  })

  it('a wallet that used more nonces than one look takes: the next look comes at once', async () => {
    const seldom = await startApp({ reconcileEveryMs: 3_600_000 })
    try {
      const { wallet } = await aFundedAgent(seldom)
      const book = async () => (await seldom.query<BookSeen>('select nonce, block_number from wallet_book'))[0]
      const { block_number: adopted } = await until('it is known', async () => {
        const seen = await book()
        return seen?.block_number != null && seen
      })
      await node().setNonce({ address: wallet.address as Address, nonce: 450 })
      await node().mine({ blocks: 1 })
      await seldom.query('update wallet_book set due_at = now()')
      await until('all are seen', async () => {
        const seen = await book()
        return seen?.nonce === '450' && BigInt(seen.block_number) > BigInt(adopted)
      })
    } finally {
      await seldom.stop()
    }
  })

  it('transfers of nothing that anyone announces in the wallet’s name', async () => {
    const { agent, wallet } = await aKnownAgent(app)
    await sendFrom(THIEF, tokenCall('transferFrom', [wallet.address, THIEF, 0n]))
    await reconciled(app)
    expect(await breaksOf(app, agent.id)).toEqual([])
    expect(await agentStatus(app, agent.id)).toBe('ACTIVE')
  })
})

describe('a break', () => {
  it('is closed by a person’s word, once, and stays in the list of what was resolved', async () => {
    const { agent, wallet } = await aKnownAgent(app)
    await sendFrom(wallet.address, tokenCall('transfer', [PAYEE, 1n]))
    const { id } = await breakOf(app, agent.id, 'nonce.foreign')
    const { OPERATOR } = await clientsOfEveryRole(app.admin)
    expectProblem(await OPERATOR.post(`/v1/reconciliation/${id}/resolve`, { note: 'me' }), 403, 'request.forbidden')
    const resolved = await expectOk(
      app.admin.post<BreakView>(`/v1/reconciliation/${id}/resolve`, { note: 'paid by hand' }),
    )
    expect(resolved).toMatchObject({
      status: 'RESOLVED',
      note: 'paid by hand',
      resolvedBy: expect.stringMatching(/^api-key:/),
    })
    expectProblem(
      await app.admin.post(`/v1/reconciliation/${id}/resolve`, { note: 'again' }),
      409,
      'reconciliation.alreadyResolved',
    )
    expect(await breaksOf(app, agent.id)).toEqual([])
    expect((await listBreaks(app.admin, `?status=RESOLVED&agentId=${agent.id}&kind=nonce.foreign`)).data).toEqual([
      resolved,
    ])
    const { data } = await expectOk(
      app.admin.get<{ data: unknown[] }>('/v1/decisions?type=reconciliation.resolved&limit=1'),
    )
    expect(data).toMatchObject([{ agentId: agent.id, walletId: wallet.id, inputs: { note: 'paid by hand' } }])
  })

  it('is not shown to another organisation, nor how far it is reconciled', async () => {
    const { agent, wallet } = await aKnownAgent(app)
    await sendFrom(wallet.address, tokenCall('transfer', [PAYEE, 1n]))
    const { id } = await breakOf(app, agent.id, 'nonce.foreign')
    const other = await anOrganization(app)
    expect(await listBreaks(other.admin)).toEqual({ data: [], nextCursor: null, reconciledUntil: null })
    expectProblem(await other.admin.get(`/v1/reconciliation/${id}`), 404, 'reconciliation.notFound')
    expectProblem(
      await other.admin.post(`/v1/reconciliation/${id}/resolve`, { note: 'x' }),
      404,
      'reconciliation.notFound',
    )
  })
})
