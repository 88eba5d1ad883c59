import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  type AgentView,
  aFundedAgent,
  anAgent,
  anOrganization,
  aPayment,
  asAgent,
  type PaymentView,
  unique,
} from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'

interface Page {
  data: AgentView[]
  nextCursor: string | null
}

let app: TestApp
/** Answers, and does nothing that follows from an answer: its agents stay PROVISIONING. */
let still: TestApp
beforeAll(async () => {
  ;[app, still] = await Promise.all([startApp(), startApp({ doesJobs: false })])
})
afterAll(() => Promise.all([app.stop(), still.stop()]))

const make = (client: Client, over: Record<string, unknown> = {}) =>
  expectOk(client.post<AgentView>('/v1/agents', { name: unique('agent'), ...over }))
const named = async (client: Client, query: string) =>
  (await expectOk(client.get<Page>(`/v1/agents?${query}`))).data.map(({ name }) => name)
const idsOf = (agents: readonly AgentView[]) => agents.map(({ id }) => id)

describe('an agent', () => {
  it('is made, read, changed and retired, each time under a new ETag', async () => {
    const input = {
      name: unique('payer'),
      description: 'pays',
      labels: ['eu'],
      metadata: { team: 7 },
      maxConcurrency: 3,
    }
    const made = await app.admin.post<AgentView>('/v1/agents', input)
    expect({ status: made.status, body: made.body }).toMatchObject({
      status: 201,
      body: { ...input, runtime: 'HOSTED' },
    })
    const path = `/v1/agents/${made.body.id}`
    await until('it is active', async () => (await app.admin.get<AgentView>(path)).body.status === 'ACTIVE')
    const read = await app.admin.get<AgentView>(path)
    const change = { description: 'pays more', labels: [], metadata: {}, maxConcurrency: 4 }
    const changed = await app.admin.patch<AgentView>(path, change)
    expect(changed.body).toEqual({
      ...read.body,
      ...change,
      revision: read.body.revision + 1,
      updatedAt: changed.body.updatedAt,
    })
    const retired = await expectOk(app.admin.delete<AgentView>(path))
    expect(retired).toMatchObject({ status: 'RETIRED', retiredAt: expect.any(String) })
    const last = await app.admin.get<AgentView>(path)
    expect(last.body).toEqual(retired)
    const tags = [made, read, changed, last].map(({ headers }) => headers.get('etag'))
    expect(new Set(tags).size).toBe(4)
  })

  it('may do nothing until somebody says what', async () => {
    const { id } = await anAgent(app.admin, { capability: undefined })
    const none = { taskTypes: [], providers: [], chains: [], assets: [], payees: { allow: [], deny: [] }, limits: [] }
    const capability = await expectOk(app.admin.get(`/v1/agents/${id}/capability`))
    expect(capability).toMatchObject({ revision: 1, authorityLevel: 'OBSERVE', tags: [], ...none })
    const denied = await aPayment(app, { agentId: id })
    expectProblem(denied, 403, 'payment.denied')
    const { reasons } = denied.body as unknown as { reasons: { code: string }[] }
    expect(reasons.map(({ code }) => code)).toEqual([
      'authority.observeOnly',
      ...['provider', 'chain', 'asset'].map((what) => `capability.${what}NotAllowed`),
      'payee.notAllowed',
    ])
  })
})

describe('a list of agents', () => {
  let admin: Client
  beforeAll(async () => {
    admin = (await anOrganization(app)).admin
    await make(admin, { name: 'Hundred% sure', labels: ['eu', 'a'] })
    await make(admin, { name: 'plain', description: 'a middleword here', labels: ['eu'] })
    await make(admin, { name: 'back\\slash', labels: ['EU'] })
    const { id } = await anAgent(admin, { name: 'Under_score' })
    await expectOk(admin.post(`/v1/agents/${id}/pause`, {}))
  })

  it.each([
    ['its status', 'status=PAUSED', ['Under_score']],
    ['a label', 'label=eu', ['Hundred% sure', 'plain']],
    ['a part of the name in any case', 'q=UNDER', ['Under_score']],
    ['a part of the description', 'q=MiddleWord', ['plain']],
    ['a percent sign, which stands for itself', 'q=%25', ['Hundred% sure']],
    ['an underscore, which stands for itself', 'q=_', ['Under_score']],
    ['a backslash, which stands for itself', 'q=%5C', ['back\\slash']],
    ['several of these', 'label=eu&q=sure', ['Hundred% sure']],
    ['what nobody has', 'label=e', []],
  ])('is filtered by %s', async (_case, query, names) => {
    expect((await named(admin, query)).sort()).toEqual(names)
  })
  it('is walked to its end without gaps or repeats while agents are added', async () => {
    const { admin } = await anOrganization(still)
    const made: AgentView[] = []
    for (let i = 0; i < 7; i++) made.push(await make(admin))
    const seen: AgentView[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Page = await expectOk(admin.get<Page>(`/v1/agents?limit=2${cursor && `&cursor=${cursor}`}`))
      expect(page.data.length).toBeLessThanOrEqual(2)
      seen.push(...page.data)
      cursor = page.nextCursor
      await make(admin)
    }
    expect(idsOf(seen)).toEqual(idsOf(made).reverse())
  })
})

describe('a change under If-Match', () => {
  it('is refused when the agent was changed meanwhile', async () => {
    const { id } = await make(still.admin)
    const path = `/v1/agents/${id}`
    const stale = { 'if-match': (await still.admin.get(path)).headers.get('etag') as string }
    await expectOk(still.admin.patch(path, { description: 'first' }, stale))
    expectProblem(await still.admin.patch(path, { description: 'second' }, stale), 412, 'request.stale')
    expectProblem(await still.admin.delete(path, stale), 412, 'request.stale')
    expectProblem(await still.admin.patch(path, { description: 'weak' }, { 'if-match': 'W/"2"' }), 412, 'request.stale')
    expect((await still.admin.get<AgentView>(path)).body).toMatchObject({ description: 'first', revision: 2 })
  })

  it('succeeds once of two at the same time', async () => {
    const { id } = await make(still.admin)
    const change = (description: string) =>
      still.admin.patch(`/v1/agents/${id}`, { description }, { 'if-match': '"1"' })
    const replies = await Promise.all(['a', 'b', 'c', 'd'].map(change))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412])
  })
})

describe('an idempotent creation', () => {
  it('answers the same again, and refuses another body', async () => {
    const [body, key] = [{ name: unique('agent') }, { 'idempotency-key': unique('key') }]
    const first = await still.admin.post('/v1/agents', body, key)
    const again = await still.admin.post('/v1/agents', body, key)
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([201, first.text, first.headers.get('etag')])
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true'])
    expectProblem(await still.admin.post('/v1/agents', { ...body, labels: [] }, key), 409, 'idempotency.mismatch')
    expect(await named(still.admin, `q=${body.name}`)).toHaveLength(1)
  })

  it('makes one agent of twenty calls at the same time', async () => {
    const [body, key] = [{ name: unique('agent') }, { 'idempotency-key': unique('key') }]
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => still.admin.post<AgentView>('/v1/agents', body, key)),
    )
    const made = replies.filter(({ status }) => status === 201)
    expect(new Set(idsOf(made.map((reply) => reply.body))).size).toBe(1)
    for (const reply of replies.filter(({ status }) => status !== 201))
      expectProblem(reply, 409, 'idempotency.in_progress')
    expect(await named(still.admin, `q=${body.name}`)).toHaveLength(1)
  })
})

const NUL = String.fromCharCode(0)
const nested = (depth: number): unknown => (depth === 0 ? {} : { a: nested(depth - 1) })
describe('a wrong body', () => {
  it.each<[string, Record<string, unknown> | string, string]>([
    ['an unknown field', { name: 'x', colour: 'red' }, '/colour'],
    ['no name', {}, '/name'],
    ['a name of another type', { name: 7 }, '/name'],
    ['an empty name', { name: '' }, '/name'],
    ['a name of spaces', { name: '   ' }, '/name'],
    ['a name that is too long', { name: 'x'.repeat(121) }, '/name'],
    ['a number as text', { name: 'x', maxConcurrency: '3' }, '/maxConcurrency'],
    ['no room for work', { name: 'x', maxConcurrency: 0 }, '/maxConcurrency'],
    ['a fraction', { name: 'x', maxConcurrency: 1.5 }, '/maxConcurrency'],
    ['an unknown runtime', { name: 'x', runtime: 'LOCAL' }, '/runtime'],
    ['a label twice', { name: 'x', labels: ['a', 'a'] }, '/labels'],
    ['an empty label', { name: 'x', labels: ['a', ''] }, '/labels/1'],
    ['metadata that is a list', { name: 'x', metadata: [] }, '/metadata'],
    ['NUL', { name: 'x', metadata: { a: [`x${NUL}`] } }, '/metadata/a/0'],
    ['NUL in a name of a field', { name: 'x', metadata: { [`x${NUL}`]: 1 } }, '/metadata'],
    ['a lone surrogate', { name: 'x\ud800' }, '/name'],
    ['deep nesting', { name: 'x', metadata: nested(40) }, `/metadata${'/a'.repeat(31)}`],
    ['an integer beyond 2^53', '{"name":"x","metadata":{"n":12345678901234567890}}', '/metadata/n'],
    ['a number beyond every double', '{"name":"x","metadata":{"n":1e400}}', '/metadata/n'],
    ['an unknown wallet provider', { name: 'x', walletProvider: 'paper' }, '/walletProvider'],
    ['a wrong capability', { name: 'x', capability: { authorityLevel: 'KING' } }, '/capability/authorityLevel'],
  ])('is refused, with its place, and leaves nothing behind: %s', async (_case, body, path) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const count = async () => (await still.query<{ n: string }>('select count(*) as n from agent'))[0]?.n
    const before = await count()
    const reply = await still.admin.send('POST', '/v1/agents', text, { 'content-type': 'application/json' })
    expectProblem(reply, 400, 'request.invalid')
    expect(reply.body.errors).toContainEqual({ path, message: expect.any(String) })
    expect(await count()).toBe(before)
  })

  it.each([
    ['cut off', '{"name":"x"', 'application/json', 400, 'request.malformed'],
    ['poisoned', '{"name":"x","__proto__":{}}', 'application/json', 400, 'request.malformed'],
    ['of another type', 'name=x', 'application/x-www-form-urlencoded', 415, 'request.unsupportedMediaType'],
  ])('is refused when it is %s', async (_case, text, type, status, code) => {
    expectProblem(await still.admin.send('POST', '/v1/agents', text, { 'content-type': type }), status, code)
  })
})

describe("an agent's own credential", () => {
  it('reads and pays for that agent only, and changes nothing', async () => {
    const { agent: own } = await aFundedAgent(app)
    const other = await anAgent(app.admin)
    const client = await asAgent(app.admin, own.id)
    expect(await expectOk(client.get<AgentView>(`/v1/agents/${own.id}`))).toMatchObject({ id: own.id })
    expect(idsOf((await expectOk(client.get<Page>('/v1/agents'))).data)).toEqual([own.id])
    expectProblem(await client.get(`/v1/agents/${other.id}`), 404, 'agent.notFound')
    expectProblem(await client.patch(`/v1/agents/${own.id}`, {}), 403, 'request.forbidden')
    expectProblem(await aPayment(app, { client, agentId: other.id }), 403, 'payment.notYours')
    const paid = await expectOk(aPayment(app, { client, agentId: own.id }))
    const foreign = await expectOk(aPayment(app, { agentId: other.id }))
    expect((await expectOk(client.get<{ data: PaymentView[] }>('/v1/payments'))).data.map(({ id }) => id)).toEqual([
      paid.id,
    ])
    expectProblem(await client.get(`/v1/payments/${foreign.id}`), 404, 'payment.notFound')
  })
})
