import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeKey } from '#modules/access'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type AnyBody, type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem, withoutRequestId } from '../../../test/support/expect-problem.ts'
import {
  aCapability,
  anAgent,
  anIntegrationKey,
  anOrganization,
  type IntegrationKeyView,
  type MadeIntegrationKey,
  unique,
} from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
let aheadMs = 0

let app: TestApp
beforeAll(async () => {
  app = await startApp({ clock: () => new Date(Date.now() + aheadMs) })
})
afterEach(() => {
  aheadMs = 0
})
afterAll(() => app.stop())

const inMs = (ms: number) => new Date(Date.now() + aheadMs + ms).toISOString()
const use = (key: string) => app.admin.as(key).get('/v1/chains')
const rotate = (id: string, graceSeconds = 0, client = app.admin) =>
  client.post<MadeIntegrationKey>(`/v1/integration-keys/${id}/rotate`, { graceSeconds })
const revoke = (id: string, body: AnyBody = {}) => app.admin.post<AnyBody>(`/v1/integration-keys/${id}/revoke`, body)
const report = (secret: string) => app.admin.as(undefined).post('/v1/key-exposures', { secret })
const decisionsOf = async (client: Client, subject: string): Promise<AnyBody[]> => {
  const { data } = await expectOk(client.get<{ data: AnyBody[] }>('/v1/decisions?limit=200'))
  return data.filter((each) => each.subject === subject)
}
const typesOf = async (id: string) =>
  (await decisionsOf(app.admin, `integration-key:${id}`)).map(({ type }) => type).reverse()

describe('an integration key', () => {
  it('is shown once, bound to its agent, and opens what third parties need and nothing else', async () => {
    const { id: agentId } = await anAgent(app.admin)
    const made = await anIntegrationKey(app.admin, { agentId, assets: [app.token], allowedMetadataKeys: ['order'] })
    expect(made.secret).toMatch(/^wedi_ik_[0-9A-Za-z]{61}$/)
    const key = made.integrationKey
    expect(key).toMatchObject({ kind: 'IK', agentId, isCanary: false, revokedAt: null, familyId: key.id })
    expect(key.binding).toEqual({
      ...{ assets: [app.token], chains: null, maxAmountPerLink: [], maxAmountPerDay: [] },
      ...{ allowedOrigins: null, allowedMetadataKeys: ['order'] },
    })
    expect((await app.admin.get<IntegrationKeyView>(`/v1/integration-keys/${key.id}`)).body).toMatchObject(key)
    expect((await use(made.secret)).status).toBe(200)
    expectProblem(await app.admin.as(made.secret).get('/v1/agents'), 403, 'request.forbidden')
    expect(await typesOf(key.id)).toEqual(['key.created'])
  })

  it('is in no list but its own', async () => {
    const { admin } = await anOrganization(app)
    const { integrationKey } = await anIntegrationKey(admin)
    const { data } = await expectOk(admin.get<{ data: AnyBody[] }>('/v1/integration-keys'))
    expect(data.map(({ id }) => id)).toEqual([integrationKey.id])
    expect((await admin.get('/v1/api-keys')).text).not.toContain(integrationKey.id)
    expectProblem(await admin.post(`/v1/api-keys/${integrationKey.id}/revoke`), 404, 'key.notFound')
  })

  it.each([
    ['/chains/0', { chains: ['eip155:10'] }],
    ['/assets/0', { assets: ['eip155:31337/slip44:60'] }],
    ['/expiresAt', { expiresAt: '2020-01-01T00:00:00.000Z' }],
    ['/maxAmountPerLink/0/amount', { maxAmountPerLink: [{ asset: 'TOKEN', amount: '101' }] }],
  ])('is not made wider than the capability: %s', async (path, over) => {
    const limits = [{ window: 'TRANSACTION' as const, asset: app.token, maxAmount: '100' }]
    const capability = aCapability({ chains: ['eip155:31337'], assets: [app.token], limits })
    const { id: agentId } = await anAgent(app.admin, { capability })
    const body = JSON.parse(JSON.stringify(over).replace('TOKEN', app.token))
    const reply = await app.admin.post('/v1/integration-keys', { agentId, name: 'x', ...body })
    expectProblem(reply, 400, 'request.invalid')
    expect(reply.body.errors).toEqual([{ path, message: expect.any(String) }])
  })

  it('is not made for a retired agent', async () => {
    const { id: agentId } = await anAgent(app.admin)
    await expectOk(app.admin.delete(`/v1/agents/${agentId}`))
    expectProblem(await app.admin.post('/v1/integration-keys', { agentId, name: 'x' }), 409, 'agent.wrongStatus')
  })

  it('lives no longer than its organisation allows, and ends then when nobody says when', async () => {
    const { admin } = await anOrganization(app)
    const { id: agentId } = await anAgent(admin)
    await expectOk(admin.patch('/v1/organizations/current', { maxKeyLifetimeDays: 30 }))
    const body = { agentId, name: 'x', expiresAt: inMs(31 * DAY_MS) }
    const reply = await admin.post('/v1/integration-keys', body)
    expectProblem(reply, 400, 'request.invalid')
    expect(reply.body.errors).toEqual([{ path: '/expiresAt', message: expect.stringContaining('allows') }])
    const { integrationKey } = await anIntegrationKey(admin, { agentId })
    expect(daysLeft(integrationKey)).toBeCloseTo(30, 1)
    const shorter = await anIntegrationKey(admin, { agentId, expiresAt: inMs(DAY_MS) })
    await expectOk(admin.patch('/v1/organizations/current', { maxKeyLifetimeDays: 10 }))
    const rotated = await expectOk(rotate(integrationKey.id, 0, admin))
    expect(daysLeft(rotated.integrationKey)).toBeCloseTo(10, 1)
    expect(daysLeft((await expectOk(rotate(shorter.integrationKey.id, 0, admin))).integrationKey)).toBeCloseTo(1, 1)
    await expectOk(admin.patch('/v1/organizations/current', { maxKeyLifetimeDays: null }))
    expect((await anIntegrationKey(admin, { agentId })).integrationKey.expiresAt).toBeNull()
  })
})

const daysLeft = ({ expiresAt }: IntegrationKeyView) => (Date.parse(expiresAt ?? '') - Date.now()) / DAY_MS

describe('a revoked key', () => {
  it('is refused at once, is recorded with the reason, and is not revoked twice', async () => {
    const { integrationKey, secret } = await anIntegrationKey(app.admin)
    await use(secret)
    const revoked = await expectOk(revoke(integrationKey.id, { reason: 'a leak', cancelLinks: true }))
    expect(revoked).toMatchObject({ revokedReason: 'a leak', revokedAt: expect.any(String) })
    expectProblem(await use(secret), 401, 'request.unauthenticated')
    expectProblem(await revoke(integrationKey.id), 409, 'key.revoked')
    expectProblem(await rotate(integrationKey.id), 409, 'key.revoked')
    const [record] = await decisionsOf(app.admin, `integration-key:${integrationKey.id}`)
    expect(record).toMatchObject({ type: 'key.revoked', inputs: { reason: 'a leak', cancelsLinks: true } })
  })
})

describe('a rotation', () => {
  it('gives a key of the same binding, and lets the old one work until its grace ends', async () => {
    const old = await anIntegrationKey(app.admin, { allowedMetadataKeys: ['order'] })
    const made = await rotate(old.integrationKey.id, 3600)
    expect(made.status).toBe(201)
    const { integrationKey: key, secret } = made.body
    const { binding, familyId, agentId, name } = old.integrationKey
    expect(key).toMatchObject({ binding, familyId, agentId, name, expiresAt: null })
    for (const each of [old.secret, secret]) expect((await use(each)).status).toBe(200)
    aheadMs = HOUR_MS + 1000
    expectProblem(await use(old.secret), 401, 'request.unauthenticated')
    expect((await use(secret)).status).toBe(200)
    const { body } = await app.admin.get(`/v1/integration-keys/${old.integrationKey.id}`)
    expect(body).toMatchObject({ successorId: key.id, rotatedAt: expect.any(String) })
  })

  it('without grace ends the old key at once', async () => {
    const old = await anIntegrationKey(app.admin)
    await use(old.secret)
    await expectOk(rotate(old.integrationKey.id, 0))
    expectProblem(await use(old.secret), 401, 'request.unauthenticated')
  })

  it('never lets the old key outlive its own end', async () => {
    const old = await anIntegrationKey(app.admin, { expiresAt: inMs(HOUR_MS) })
    const { integrationKey } = await expectOk(rotate(old.integrationKey.id, 604_800))
    const { body } = await app.admin.get<IntegrationKeyView>(`/v1/integration-keys/${old.integrationKey.id}`)
    expect(body.expiresAt).toBe(old.integrationKey.expiresAt)
    // The new one lives as long as the old one was made to.
    expect(daysLeft(integrationKey)).toBeCloseTo(1 / 24, 2)
  })

  it('is done of the newest key only; of many at once one counts', async () => {
    const first = await anIntegrationKey(app.admin)
    const replies = await Promise.all(Array.from({ length: 5 }, () => rotate(first.integrationKey.id, 60)))
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409])
    for (const reply of replies.filter(({ status }) => status === 409)) expectProblem(reply, 409, 'key.rotated')
    const second = replies.find(({ status }) => status === 201)?.body as MadeIntegrationKey
    const third = await expectOk(rotate(second.integrationKey.id, 60))
    expect(third.integrationKey.familyId).toBe(first.integrationKey.id)
    for (const { secret } of [first, second, third]) expect((await use(secret)).status).toBe(200)
  })

  it('of an expired key is refused, and so is a grace that is none', async () => {
    const { integrationKey } = await anIntegrationKey(app.admin, { expiresAt: inMs(HOUR_MS) })
    for (const graceSeconds of [-1, 604_801, 1.5, '60']) {
      const reply = await app.admin.post(`/v1/integration-keys/${integrationKey.id}/rotate`, { graceSeconds })
      expectProblem(reply, 400, 'request.invalid')
    }
    aheadMs = 2 * HOUR_MS
    expectProblem(await rotate(integrationKey.id), 409, 'key.expired')
  })

  it('of an API key and of a credential works the same', async () => {
    const body = { name: unique('key'), role: 'OPERATOR' }
    const { apiKey, secret } = await expectOk(
      app.admin.post<{ apiKey: { id: string }; secret: string }>('/v1/api-keys', body),
    )
    const made = await expectOk(
      app.admin.post<{ apiKey: AnyBody; secret: string }>(`/v1/api-keys/${apiKey.id}/rotate`, { graceSeconds: 0 }),
    )
    expect(made.apiKey).toMatchObject({ ...body, kind: 'SK', familyId: apiKey.id })
    expectProblem(await app.admin.as(secret).get('/v1/agents'), 401, 'request.unauthenticated')
    expect((await app.admin.as(made.secret).get('/v1/agents')).status).toBe(200)
  })
})

describe('a report of an exposed key', () => {
  it('is answered the same for any key, and ends the one it names, once', async () => {
    const { integrationKey, secret } = await anIntegrationKey(app.admin)
    await use(secret)
    const replies = []
    for (const each of [secret, secret, makeKey('ik'), 'not a key', `${secret.slice(0, -1)}!`])
      replies.push(await report(each))
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 202))
    expect(new Set(replies.map(withoutRequestId)).size).toBe(1)
    expectProblem(await use(secret), 401, 'request.unauthenticated')
    expect(await typesOf(integrationKey.id)).toEqual(['key.created', 'key.exposed'])
  })

  it('ends credentials and API keys too, and the last admin key freezes its organisation', async () => {
    const made = await expectOk(
      app.admin.post<{ organization: { id: string }; secret: string }>('/v1/organizations', {
        name: unique('organisation'),
      }),
    )
    const admin = app.admin.as(made.secret)
    const { id } = await anAgent(admin)
    const credential = await expectOk(admin.post<{ secret: string }>(`/v1/agents/${id}/credentials`, {}))
    await expectOk(report(credential.secret))
    expectProblem(await admin.as(credential.secret).get(`/v1/agents/${id}`), 401, 'request.unauthenticated')
    await expectOk(report(made.secret))
    expectProblem(await admin.get('/v1/agents'), 401, 'request.unauthenticated')
    const [row] = await app.query<{ status: string }>('select status from organization where id = $1', [
      made.organization.id,
    ])
    expect(row?.status).toBe('FROZEN')
  })
})

describe('a canary', () => {
  it('gets the answer of a key nobody has, and raises one alarm a minute', async () => {
    const { integrationKey, secret } = await anIntegrationKey(app.admin, { canary: true })
    expect(integrationKey.isCanary).toBe(true)
    const unknown = await use(makeKey('ik'))
    for (let i = 0; i < 3; i++) {
      const reply = await use(secret)
      expectProblem(reply, 401, 'request.unauthenticated')
      expect(withoutRequestId(reply)).toBe(withoutRequestId(unknown))
      expect([...reply.headers.keys()]).toEqual([...unknown.headers.keys()])
    }
    const types = await until('the alarm is recorded', async () => {
      const found = await typesOf(integrationKey.id)
      return found.includes('key.canaryUsed') && found
    })
    expect(types).toEqual(['key.created', 'key.canaryUsed'])
    const [record] = await decisionsOf(app.admin, `integration-key:${integrationKey.id}`)
    expect(record).toMatchObject({ inputs: { addressPrefix: '127.0.0.0/24' } })
  })
})

describe('the end of a key', () => {
  it('is announced seven days and one day before, and when it has come, each once', async () => {
    const { integrationKey } = await anIntegrationKey(app.admin, { expiresAt: inMs(10 * DAY_MS) })
    const after = async (ms: number, expected: string[]) => {
      aheadMs = ms
      // What was due by the database's clock is due by ours.
      const jobs = `update job set run_at = now(), generation = generation + 1 where kind = 'keys.expiry' and subject = $1`
      await app.query(jobs, [integrationKey.id])
      await app.query(jobs, [integrationKey.id])
      const types = await until('it is announced', async () => {
        const found = await typesOf(integrationKey.id)
        return found.length >= expected.length && found
      })
      expect(types).toEqual(expected)
    }
    await after(2 * DAY_MS, ['key.created'])
    await after(4 * DAY_MS, ['key.created', 'key.expiring'])
    await after(8 * DAY_MS, ['key.created', 'key.expiring'])
    await after(9.5 * DAY_MS, ['key.created', 'key.expiring', 'key.expiring'])
    await after(11 * DAY_MS, ['key.created', 'key.expiring', 'key.expiring', 'key.expired'])
    await until('nothing is left to announce', async () => {
      const left = await app.query(`select 1 from job where kind = 'keys.expiry' and subject = $1`, [integrationKey.id])
      return left.length === 0
    })
  })
})
