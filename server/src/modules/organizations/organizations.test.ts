import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { anAgent, anOrganization, aPayment, unique } from '../../../test/support/factories.ts'

interface OrganizationView {
  id: string
  name: string
  status: string
  frozenReason: string | null
  revision: number
}
interface List<Item> {
  data: Item[]
}

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

const current = (client: Client) => client.get<OrganizationView>('/v1/organizations/current')
const freeze = (client: Client, reason = 'an alarm') => client.post('/v1/organizations/current/freeze', { reason })
const unfreeze = (client: Client) => client.post('/v1/organizations/current/unfreeze', { reason: 'a false alarm' })

describe('a new organisation', () => {
  it('is opened by its own key, which sees nothing of any other', async () => {
    const name = unique('organisation')
    const made = await expectOk(
      app.admin.post<{ organization: OrganizationView; secret: string }>('/v1/organizations', { name }),
    )
    const client = app.admin.as(made.secret)
    expect((await current(client)).body).toEqual(made.organization)
    expect(made.organization).toMatchObject({ name, status: 'ACTIVE', isOperator: false })
    const { id } = await anAgent(app.admin)
    for (const list of ['agents', 'tasks', 'payments', 'approvals']) {
      expect((await expectOk(client.get<List<unknown>>(`/v1/${list}`))).data).toEqual([])
    }
    expect((await expectOk(client.get<List<unknown>>('/v1/api-keys'))).data).toHaveLength(1)
    const { data } = await expectOk(client.get<List<{ organizationId: string }>>('/v1/decisions'))
    expect(new Set(data.map(({ organizationId }) => organizationId))).toEqual(new Set([made.organization.id]))
    expectProblem(await client.get(`/v1/agents/${id}`), 404, 'agent.notFound')
  })

  it('is listed for the operator, newest first', async () => {
    const made = [await anOrganization(app), await anOrganization(app)]
    const { data } = await expectOk(app.admin.get<List<OrganizationView>>('/v1/organizations?limit=2'))
    expect(data.map(({ id }) => id)).toEqual(made.map(({ id }) => id).reverse())
  })

  it('is made once of two calls with one idempotency key', async () => {
    const [name, key] = [unique('organisation'), { 'idempotency-key': unique('key') }]
    const first = await app.admin.post('/v1/organizations', { name }, key)
    const again = await app.admin.post('/v1/organizations', { name }, key)
    expect([again.status, again.text]).toEqual([201, first.text])
    expect(await app.query('select id from organization where name = $1', [name])).toHaveLength(1)
  })

  it.each([
    ['no name', {}, '/name'],
    ['an empty name', { name: ' ' }, '/name'],
    ['another field', { name: 'x', isOperator: true }, '/isOperator'],
  ])('is not made with %s', async (_case, body, path) => {
    const reply = await app.admin.post('/v1/organizations', body)
    expectProblem(reply, 400, 'request.invalid')
    expect(reply.body.errors).toContainEqual({ path, message: expect.any(String) })
  })

  it.each(['ADMIN', 'OPERATOR', 'APPROVER', 'AUDITOR', 'VIEWER'] as const)(
    'is neither made nor listed by another organisation: %s',
    async (role) => {
      const { clients } = await anOrganization(app)
      expectProblem(await clients[role].post('/v1/organizations', { name: 'x' }), 403, 'request.forbidden')
      expectProblem(await clients[role].get('/v1/organizations'), 403, 'request.forbidden')
    },
  )

  it.each(['OPERATOR', 'VIEWER'])('is not made by a key of the operator that is no admin: %s', async (role) => {
    const { secret } = await expectOk(app.admin.post<{ secret: string }>('/v1/api-keys', { name: 'x', role }))
    expectProblem(await app.admin.as(secret).post('/v1/organizations', { name: 'x' }), 403, 'request.forbidden')
  })
})

describe('a rename', () => {
  it('counts once under If-Match', async () => {
    const { admin } = await anOrganization(app)
    const etag = (await current(admin)).headers.get('etag') as string
    const rename = (name: string) =>
      admin.patch<OrganizationView>('/v1/organizations/current', { name }, { 'if-match': etag })
    const replies = await Promise.all(['first', 'second'].map(rename))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412])
    const won = replies.find(({ status }) => status === 200)
    const after = await current(admin)
    expect(after.body).toEqual(won?.body)
    expect(after.headers.get('etag')).toBe(won?.headers.get('etag'))
    expect(after.headers.get('etag')).not.toBe(etag)
    expectProblem(await rename('third'), 412, 'request.stale')
  })

  it('of one organisation leaves the others as they are', async () => {
    const [one, other] = [await anOrganization(app), await anOrganization(app)]
    const before = await current(other.admin)
    await expectOk(one.admin.patch('/v1/organizations/current', { name: 'renamed' }))
    expect((await current(other.admin)).text).toBe(before.text)
  })
})

describe('a freeze', () => {
  it('and its end are recorded with who did it and why', async () => {
    const { id, admin } = await anOrganization(app)
    await expectOk(freeze(admin))
    expect((await current(admin)).body).toMatchObject({ status: 'FROZEN', frozenReason: 'an alarm' })
    await expectOk(unfreeze(admin))
    expect((await current(admin)).body).toMatchObject({ status: 'ACTIVE', frozenReason: null })
    const { data } = await expectOk(admin.get<List<Record<string, unknown>>>('/v1/decisions?limit=2'))
    const record = { subject: `organization:${id}`, actor: expect.stringMatching(/^api-key:/) }
    expect(data).toMatchObject([
      { ...record, type: 'organization.unfrozen', inputs: { reason: 'a false alarm' } },
      { ...record, type: 'organization.frozen', inputs: { reason: 'an alarm' } },
    ])
  })

  it('is refused when it is frozen, and so is the end of one when it is not', async () => {
    const { admin } = await anOrganization(app)
    expectProblem(await unfreeze(admin), 409, 'organization.notFrozen')
    const replies = await Promise.all(Array.from({ length: 5 }, () => freeze(admin)))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409])
    expectProblem(await freeze(admin, 'again'), 409, 'organization.frozen')
    expect((await current(admin)).body.frozenReason).toBe('an alarm')
  })

  it('is refused without a reason', async () => {
    const { admin } = await anOrganization(app)
    const reply = await admin.post('/v1/organizations/current/freeze')
    expectProblem(reply, 400, 'request.invalid')
    expect(reply.body.errors).toContainEqual({ path: '/reason', message: expect.any(String) })
    expect((await current(admin)).body.status).toBe('ACTIVE')
  })

  it('denies every payment of the organisation, and of no other, until it ends', async () => {
    const [frozen, other] = [await anOrganization(app), await anOrganization(app)]
    const [mine, theirs] = [await anAgent(frozen.admin), await anAgent(other.admin)]
    const pay = () => aPayment(app, { client: frozen.admin, agentId: mine.id })
    await expectOk(freeze(frozen.admin))
    const denied = await pay()
    expectProblem(denied, 403, 'payment.denied')
    expect(denied.body).toMatchObject({ reasons: [{ code: 'organization.frozen' }] })
    expect((await aPayment(app, { client: other.admin, agentId: theirs.id })).status).toBe(201)
    await expectOk(unfreeze(frozen.admin))
    expect((await pay()).status).toBe(201)
  })
})

describe('an organisation that nobody administers', () => {
  const recover = (id: string, { as = app.admin, headers = {} }: { as?: Client; headers?: object } = {}) =>
    as.post<{ secret: string }>(`/v1/organizations/${id}/admin-keys`, { reason: 'they asked' }, { ...headers })

  async function aLockedOut() {
    const { id, admin, clients } = await anOrganization(app)
    await expectOk(app.admin.post('/v1/key-exposures', { secret: admin.key }))
    expectProblem(await recover(id), 409, 'organization.hasAdmin')
    await expectOk(app.admin.post('/v1/key-exposures', { secret: clients.ADMIN.key }))
    return { id, viewer: clients.VIEWER }
  }

  it('gets one new admin key from the operator, recorded with it, and stays frozen until that key unfreezes it', async () => {
    const { id, viewer } = await aLockedOut()
    const headers = { 'idempotency-key': unique('recovery') }
    const { secret } = await expectOk(recover(id, { headers }))
    expect((await expectOk(recover(id, { headers }))).secret).toBe(secret)
    const admin = app.admin.as(secret)
    const { data } = await expectOk(viewer.get<List<{ type: string; actor: string; inputs: object }>>('/v1/decisions'))
    const [recovered] = data.filter(({ type }) => type === 'organization.recovered')
    expect(recovered).toMatchObject({ actor: expect.stringMatching(/^api-key:/), inputs: { reason: 'they asked' } })
    expect((await current(admin)).body).toMatchObject({ id, status: 'FROZEN' })
    await expectOk(unfreeze(admin))
    expectProblem(await recover(id), 409, 'organization.hasAdmin')
    const { data: own } = await expectOk(app.admin.get<List<{ type: string }>>('/v1/decisions?limit=200'))
    expect(own.map(({ type }) => type)).not.toContain('organization.recovered')
  })

  it('gets one of several that are asked for at once', async () => {
    const { id } = await aLockedOut()
    const replies = await Promise.all(Array.from({ length: 6 }, () => recover(id)))
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409])
  })

  it('is not recovered by its own people, nor one that is not there, nor one whose rotated admin key still opens', async () => {
    const { id, viewer } = await aLockedOut()
    expectProblem(await recover(id, { as: viewer }), 403, 'request.forbidden')
    expectProblem(await recover(id, { as: (await anOrganization(app)).admin }), 403, 'request.forbidden')
    expectProblem(await recover('01980000-0000-7000-8000-000000000000'), 404, 'organization.notFound')
    const made = await expectOk(recover(id))
    const admin = app.admin.as(made.secret)
    const keys = await expectOk(admin.get<List<{ id: string; revokedAt: string | null; role: string }>>('/v1/api-keys'))
    const present = keys.data.find(({ revokedAt, role }) => role === 'ADMIN' && revokedAt === null)
    const rotated = await expectOk(
      admin.post<{ secret: string }>(`/v1/api-keys/${present?.id}/rotate`, { graceSeconds: 600 }),
    )
    await expectOk(app.admin.post('/v1/key-exposures', { secret: rotated.secret }))
    expectProblem(await recover(id), 409, 'organization.hasAdmin')
  })
})
