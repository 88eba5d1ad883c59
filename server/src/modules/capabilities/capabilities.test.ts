import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk, type Reply } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { aCapability, anAgent, aPayment, type CapabilityView, PAYEE } from '../../../test/support/factories.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

const pathOf = (agentId: string) => `/v1/agents/${agentId}/capability`
const put = (agentId: string, over: Parameters<typeof aCapability>[0] = {}, headers = {}) =>
  app.admin.put<CapabilityView>(pathOf(agentId), aCapability(over), headers)
const read = (agentId: string) => app.admin.get<CapabilityView>(pathOf(agentId))

describe('a revision', () => {
  it('is numbered up and stays readable as it was', async () => {
    const { id } = await anAgent(app.admin)
    const first = await read(id)
    const limits = [{ window: 'DAY', asset: app.token, maxAmount: '100' }] as const
    const second = await expectOk(put(id, { authorityLevel: 'SUPERVISED', limits: [...limits], tags: ['fast'] }))
    const third = await expectOk(put(id, { authorityLevel: 'PROPOSE', payees: { allow: [PAYEE], deny: [] } }))
    expect((await read(id)).body).toEqual(third)
    const all: CapabilityView[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `${pathOf(id)}/revisions?limit=2${cursor && `&cursor=${cursor}`}`
      const page = await expectOk(app.admin.get<{ data: CapabilityView[]; nextCursor: string | null }>(path))
      all.push(...page.data)
      cursor = page.nextCursor
    }
    expect(all).toEqual([third, second, first.body])
    expect(all.map(({ revision }) => revision)).toEqual([3, 2, 1])
    expect(second).toMatchObject({ limits, tags: ['fast'], createdBy: expect.stringMatching(/^api-key:/) })
  })

  it('is named by the payments and decisions that used it', async () => {
    const { id } = await anAgent(app.admin, { capability: aCapability({ authorityLevel: 'PROPOSE' }) })
    const held = await expectOk(aPayment(app, { agentId: id }))
    await expectOk(put(id, { authorityLevel: 'OBSERVE' }))
    const denied = (await aPayment(app, { agentId: id })).body as unknown as { decisionId: string }
    expect(held.capabilityRevision).toBe(1)
    const decisionOf = (decisionId: string) => expectOk(app.admin.get(`/v1/decisions/${decisionId}`))
    expect(await decisionOf(held.decisionId)).toMatchObject({
      capabilityRevision: 1,
      authorityLevel: 'PROPOSE',
      verdict: 'HOLD',
    })
    expect(await decisionOf(denied.decisionId)).toMatchObject({
      capabilityRevision: 2,
      authorityLevel: 'OBSERVE',
      verdict: 'DENY',
    })
  })

  it('is not made over one that was not read: of four at the same time under one ETag, one is', async () => {
    const { id } = await anAgent(app.admin)
    const ifMatch = { 'if-match': (await read(id)).headers.get('etag') as string }
    const replies = await Promise.all(['a', 'b', 'c', 'd'].map((tag) => put(id, { tags: [tag] }, ifMatch)))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412])
    const won = replies.find(({ status }) => status === 200)
    const after = await read(id)
    expect(after.body).toEqual(won?.body)
    expect(after.headers.get('etag')).toBe(won?.headers.get('etag'))
    expectProblem(await put(id, {}, ifMatch), 412, 'request.stale')
    expect((await put(id, {}, { 'if-match': after.headers.get('etag') as string })).body.revision).toBe(3)
  })

  it('has a number of its own, also when ten are made at the same time', async () => {
    const { id } = await anAgent(app.admin)
    const made = await Promise.all(Array.from({ length: 10 }, () => expectOk(put(id))))
    expect(made.map(({ revision }) => revision).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  it('names an asset in one way, however it was written', async () => {
    const { id } = await anAgent(app.admin)
    const lower = app.token.toLowerCase()
    const written = { assets: [lower], limits: [{ window: 'DAY' as const, asset: lower, maxAmount: '7' }] }
    const capability = await expectOk(put(id, { ...written, approvalThreshold: [{ asset: lower, amount: '5' }] }))
    expect(capability).toMatchObject({
      assets: [app.token],
      limits: [{ asset: app.token }],
      approvalThreshold: [{ asset: app.token }],
    })
    const denied = await aPayment(app, { agentId: id, amount: '8' })
    expect(denied.body).toMatchObject({ reasons: [{ code: 'limit.amountExceeded', remaining: '7' }] })
  })
})

/** With mixed case, and the wrong one. */
const miswritten = (address: string) =>
  `0x${[...address.slice(2)].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('')}`
const other = `eip155:31337/erc20:${'0x'.padEnd(42, '1')}`
const elsewhere = `eip155:5/erc20:${'0x'.padEnd(42, '1')}`
const limit = (over: Record<string, unknown> = {}) => ({ window: 'DAY', asset: other, maxAmount: '1', ...over })
const wrongAddress = miswritten('0x5FbDB2315678afecb367f032d93F642f64180aa3')
const wrongAsset = `eip155:31337/erc20:${wrongAddress}`

describe('a capability that contradicts itself or names what is not there', () => {
  let id: string
  beforeAll(async () => {
    id = (await anAgent(app.admin)).id
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['a limit twice', { limits: [limit(), limit({ maxAmount: '2' })] }, '/limits/1'],
    [
      'a limit twice, in another case',
      {
        limits: [
          limit({ asset: `eip155:31337/erc20:0x${'ab'.repeat(20)}` }),
          limit({ asset: `eip155:31337/erc20:0x${'AB'.repeat(20)}` }),
        ],
      },
      '/limits/1',
    ],
    ['a limit that limits nothing', { limits: [{ window: 'DAY', asset: other }] }, '/limits/0'],
    ['a limit of an asset not named', { assets: ['eip155:31337/slip44:60'], limits: [limit()] }, '/limits/0/asset'],
    ['a limit of an asset when none is named', { assets: [], limits: [limit()] }, '/limits/0/asset'],
    ['a limit in an unknown window', { limits: [limit({ window: 'YEAR' })] }, '/limits/0/window'],
    ['a limit of a negative amount', { limits: [limit({ maxAmount: '-1' })] }, '/limits/0/maxAmount'],
    ['a limit of an amount as a number', { limits: [limit({ maxAmount: 1 })] }, '/limits/0/maxAmount'],
    ['a limit of a fractional count', { limits: [limit({ maxCount: 1.5 })] }, '/limits/0/maxCount'],
    [
      'a count in a single transaction',
      { limits: [limit({ window: 'TRANSACTION', maxCount: 1 })] },
      '/limits/0/maxCount',
    ],
    ['a limit on an unknown chain', { limits: [limit({ asset: elsewhere })] }, '/limits/0/asset'],
    ['a limit with a wrong checksum', { limits: [limit({ asset: wrongAsset })] }, '/limits/0/asset'],
    ['an asset whose chain is not named', { chains: [], assets: [other] }, '/assets/0'],
    ['an asset on an unknown chain', { assets: [elsewhere] }, '/assets/0'],
    ['an asset with a wrong checksum', { assets: [wrongAsset] }, '/assets/0'],
    ['an unknown chain', { chains: ['*', 'eip155:5'] }, '/chains/1'],
    ['a chain that is none', { chains: ['bip122:1'] }, '/chains/0'],
    ['a payee with a wrong checksum', { payees: { allow: ['*', wrongAddress] } }, '/payees/allow/1'],
    ['a denied payee with a wrong checksum', { payees: { deny: [wrongAddress] } }, '/payees/deny/0'],
    ['a payee on an unknown chain', { payees: { allow: [`eip155:5:${PAYEE}`] } }, '/payees/allow/0'],
    [
      'a threshold twice',
      { approvalThreshold: [1, 2].map((n) => ({ asset: other, amount: String(n) })) },
      '/approvalThreshold/1/asset',
    ],
    [
      'a threshold of an asset not named',
      { assets: [], approvalThreshold: [{ asset: other, amount: '1' }] },
      '/approvalThreshold/0/asset',
    ],
    [
      'a threshold on an unknown chain',
      { approvalThreshold: [{ asset: elsewhere, amount: '1' }] },
      '/approvalThreshold/0/asset',
    ],
    [
      'a threshold with a wrong checksum',
      { approvalThreshold: [{ asset: wrongAsset, amount: '1' }] },
      '/approvalThreshold/0/asset',
    ],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00.000Z' }, '/expiresAt'],
    ['an expiry that is no time', { expiresAt: 'tomorrow' }, '/expiresAt'],
    ['an unknown provider', { providers: ['paper'] }, '/providers/0'],
    ['an unknown authority', { authorityLevel: 'KING' }, '/authorityLevel'],
    ['an unknown field', { budget: '1' }, '/budget'],
  ])('is refused, with its place, and nothing changes: %s', async (_case, over, path) => {
    const before = [await read(id), await app.admin.get(`/v1/agents/${id}/limits`)]
    const capability = { ...aCapability(), ...over }
    const born = await app.admin.post('/v1/agents', { name: 'never', capability })
    const changed = await app.admin.put(pathOf(id), capability)
    expectFault(born, `/capability${path}`)
    expectFault(changed, path)
    const after = [await read(id), await app.admin.get(`/v1/agents/${id}/limits`)]
    expect(after.map(({ text }) => text)).toEqual(before.map(({ text }) => text))
  })

  it('makes no agent either', async () => {
    const { data } = await expectOk(app.admin.get<{ data: unknown[] }>('/v1/agents?q=never'))
    expect(data).toEqual([])
  })

  it.each([
    ['a limit twice', [limit(), limit()], '/limits/1'],
    ['a limit that limits nothing', [{ window: 'DAY', asset: other }], '/limits/0'],
    ['a limit on an unknown chain', [limit({ asset: elsewhere })], '/limits/0/asset'],
    ['a limit per payee', [limit({ perPayee: true })], '/limits/0/perPayee'],
  ])('is refused of an organisation as well: %s', async (_case, limits, path) => {
    const reply = await app.admin.put('/v1/organizations/current/limits', { limits })
    expectFault(reply, path)
    expect(await app.query(`select id from spending_limit where scope = 'ORGANIZATION'`)).toEqual([])
  })
})

function expectFault(reply: Reply, path: string): void {
  expectProblem(reply, 400, 'request.invalid')
  expect(reply.body.errors).toContainEqual({ path, message: expect.any(String) })
}
