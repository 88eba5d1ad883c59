import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { keyRing } from '#platform/crypto'
import { createDatabase, startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem, withoutRequestId } from '../../../test/support/expect-problem.ts'
import {
  aCapability,
  anAgent,
  anOrganization,
  aPayment,
  type TestOrganization,
  unique,
} from '../../../test/support/factories.ts'
import { wayTo } from '../../../test/support/outage.ts'
import { everyRow } from '../../../test/support/rows.ts'
import { hashKey } from './peppers.ts'
import { checksum, makeKey, parseKey } from './rules.ts'

interface NewKey {
  apiKey: { id: string; keyId: string; displayPrefix: string }
  secret: string
}

const HOUR_MS = 3_600_000
const UNKNOWN = '01980000-0000-7000-8000-000000000000'
let aheadMs = 0

let app: TestApp
beforeAll(async () => {
  app = await startApp({ clock: () => new Date(Date.now() + aheadMs) })
})
afterEach(() => {
  aheadMs = 0
})
afterAll(() => app.stop())

const aKey = (admin: Client, over: Record<string, unknown> = {}, headers = {}) =>
  expectOk(admin.post<NewKey>('/v1/api-keys', { name: unique('key'), role: 'VIEWER', ...over }, headers))
const inMs = (ms: number) => new Date(Date.now() + aheadMs + ms).toISOString()
const revoke = (admin: Client, id: string) => admin.post(`/v1/api-keys/${id}/revoke`)

const ROLES = ['ADMIN', 'OPERATOR', 'APPROVER', 'AUDITOR', 'VIEWER'] as const
describe('a role', () => {
  let organization: TestOrganization
  beforeAll(async () => {
    organization = await anOrganization(app)
  })

  it.each<[string, string, unknown, readonly (typeof ROLES)[number][]]>([
    ['GET', '/v1/agents', undefined, ROLES],
    ['GET', '/v1/tasks', undefined, ROLES],
    ['GET', '/v1/decisions', undefined, ROLES],
    ['GET', '/v1/organizations/current', undefined, ROLES],
    ['POST', '/v1/agents', { name: 'x' }, ['ADMIN', 'OPERATOR']],
    ['POST', `/v1/agents/${UNKNOWN}/freeze`, {}, ['ADMIN', 'OPERATOR']],
    ['POST', `/v1/agents/${UNKNOWN}/credentials`, {}, ['ADMIN', 'OPERATOR']],
    ['PUT', `/v1/agents/${UNKNOWN}/capability`, aCapability(), ['ADMIN', 'OPERATOR']],
    ['POST', `/v1/wallets/${UNKNOWN}/retire`, {}, ['ADMIN', 'OPERATOR']],
    ['POST', `/v1/tasks/${UNKNOWN}/cancel`, undefined, ['ADMIN', 'OPERATOR']],
    ['POST', `/v1/payments/${UNKNOWN}/cancel`, undefined, ['ADMIN', 'OPERATOR']],
    ['POST', '/v1/organizations/current/unfreeze', { reason: 'x' }, ['ADMIN', 'OPERATOR']],
    ['POST', `/v1/approvals/${UNKNOWN}/approve`, {}, ['ADMIN', 'APPROVER']],
    ['POST', `/v1/approvals/${UNKNOWN}/reject`, {}, ['ADMIN', 'APPROVER']],
    ['GET', '/v1/api-keys', undefined, ['ADMIN', 'AUDITOR']],
    ['POST', '/v1/api-keys', { name: 'x', role: 'VIEWER' }, ['ADMIN']],
    ['POST', `/v1/api-keys/${UNKNOWN}/revoke`, undefined, ['ADMIN']],
    ['PATCH', '/v1/organizations/current', {}, ['ADMIN']],
    ['PUT', '/v1/organizations/current/limits', { limits: [] }, ['ADMIN']],
    ['GET', '/v1/organizations', undefined, []],
    ['POST', '/v1/organizations', { name: 'x' }, []],
  ])('opens %s %s to those who need it and to nobody else', async (method, path, body, expected) => {
    const opened: string[] = []
    for (const role of ROLES) {
      const reply = await organization.clients[role].request(method, path, body)
      if (reply.status === 403) expectProblem(reply, 403, 'request.forbidden')
      else opened.push(role)
      expect(reply.status).toBeLessThan(500)
    }
    expect(opened).toEqual(expected)
  })

  it('that pays is ADMIN or OPERATOR', async () => {
    const { id } = await anAgent(organization.admin)
    const pay = (role: (typeof ROLES)[number]) => aPayment(app, { client: organization.clients[role], agentId: id })
    const statuses = await Promise.all(ROLES.map(async (role) => (await pay(role)).status))
    expect(statuses).toEqual([201, 201, 403, 403, 403])
  })
})

describe('a key', () => {
  it('is shown once, and stored as its HMAC only', async () => {
    const { admin } = await anOrganization(app)
    const [wanted, header] = [{ name: unique('key'), role: 'ADMIN' }, { 'idempotency-key': unique('key') }]
    const made = await aKey(admin, wanted, header)
    const { id } = await anAgent(admin)
    const credential = await expectOk(admin.post<{ secret: string }>(`/v1/agents/${id}/credentials`, {}))
    const shown = await Promise.all(
      ['api-keys', 'decisions?limit=200', 'agents'].map((path) => admin.get(`/v1/${path}`)),
    )
    const secrets = [made.secret, credential.secret].map((key) => key.slice('wedi_sk_'.length + 12, -6))
    const stored = await everyRow(app)
    for (const secret of secrets) {
      for (const { text } of shown) expect(text).not.toContain(secret)
      expect(stored.filter((row) => row.includes(secret))).toEqual([])
    }
    const [row] = await app.query<{ secret_hash: Buffer }>('select secret_hash from api_key where id = $1', [
      made.apiKey.id,
    ])
    expect(row?.secret_hash).toEqual(hashKey(keyRing(app.masterKey).derive('key-pepper'), made.secret))
    expect(made.apiKey).toMatchObject({ ...parsedOf(made.secret), displayPrefix: made.secret.slice(0, 12) })
    expect(await aKey(admin, wanted, header)).toEqual(made)
  })

  it('is refused at once when it is revoked, and cannot be revoked twice', async () => {
    const { apiKey, secret } = await aKey(app.admin)
    const client = app.admin.as(secret)
    await expectOk(client.get('/v1/agents'))
    await expectOk(revoke(app.admin, apiKey.id))
    expectProblem(await client.get('/v1/agents'), 401, 'request.unauthenticated')
    expectProblem(await revoke(app.admin, apiKey.id), 409, 'key.revoked')
  })

  it('is refused from the moment it expires, also when it was just used', async () => {
    const { secret } = await aKey(app.admin, { expiresAt: inMs(HOUR_MS) })
    await expectOk(app.admin.as(secret).get('/v1/agents'))
    aheadMs = 2 * HOUR_MS
    expectProblem(await app.admin.as(secret).get('/v1/agents'), 401, 'request.unauthenticated')
  })

  it.each([
    ['that has expired already', { expiresAt: '2020-01-01T00:00:00.000Z' }, '/expiresAt'],
    ['with an unknown role', { role: 'OWNER' }, '/role'],
    ['without a name', { name: '' }, '/name'],
    ['with another field', { agentId: UNKNOWN }, '/agentId'],
  ])('%s is not made', async (_case, over, path) => {
    const reply = await app.admin.post('/v1/api-keys', { name: 'x', role: 'VIEWER', ...over })
    expectProblem(reply, 400, 'request.invalid')
    expect(reply.body.errors).toContainEqual({ path, message: expect.any(String) })
  })

  it.each([
    ['that nobody has', makeKey('sk')],
    ['of an integration', makeKey('ik')],
  ])('%s gets the same answer as a malformed one', async (_case, key) => {
    const reply = await app.admin.as(key).get('/v1/agents')
    expectProblem(reply, 401, 'request.unauthenticated')
    expect(withoutRequestId(reply)).toBe(withoutRequestId(await app.admin.as('x').get('/v1/agents')))
  })

  it('with the right id and another secret, or passed off as another kind, is refused', async () => {
    const { secret } = await aKey(app.admin)
    const heads = [
      secret.slice(0, -7) + (secret.at(-7) === 'A' ? 'B' : 'A'),
      secret.slice(0, -6).replace('_sk_', '_ak_'),
    ]
    for (const head of heads) {
      const forged = head + checksum(head)
      expect(parsedOf(forged).keyId).toBe(parsedOf(secret).keyId)
      expectProblem(await app.admin.as(forged).get('/v1/agents'), 401, 'request.unauthenticated')
    }
  })
})

describe('the last admin key in force', () => {
  it('cannot be revoked', async () => {
    const mine = await soleAdmin()
    expectProblem(await revoke(mine.client, mine.keyId), 409, 'key.lastAdmin')
    const other = await aKey(mine.client, { role: 'ADMIN', expiresAt: inMs(HOUR_MS) })
    aheadMs = 2 * HOUR_MS
    expectProblem(await revoke(mine.client, mine.keyId), 409, 'key.lastAdmin')
    await expectOk(revoke(mine.client, other.apiKey.id))
    await expectOk(mine.client.get('/v1/agents'))
  })

  it('is left when two admins revoke each other at the same time', async () => {
    let mine = await soleAdmin()
    for (let round = 0; round < 15; round++) {
      const { apiKey, secret } = await aKey(mine.client, { role: 'ADMIN' })
      const other = { client: mine.client.as(secret), keyId: apiKey.id, secret }
      const replies = await Promise.all([revoke(mine.client, other.keyId), revoke(other.client, mine.keyId)])
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
      if (replies[0].status !== 200) mine = other
      await expectOk(mine.client.get('/v1/api-keys'))
    }
  })

  it('is the successor, not the rotated one that lives on for a grace', async () => {
    const mine = await soleAdmin()
    const { apiKey, secret } = await expectOk(rotate(mine))
    expectProblem(await revoke(mine.client, apiKey.id), 409, 'key.lastAdmin')
    const next = { client: app.admin.as(secret), keyId: apiKey.id }
    await expectOk(revoke(next.client, mine.keyId))
    expectProblem(await revoke(next.client, next.keyId), 409, 'key.lastAdmin')
    await expectOk(next.client.get('/v1/api-keys'))
  })

  it('freezes its organisation when strangers have it, also while the rotated one lives on; that one does not', async () => {
    const exposed = async (which: 'old' | 'new') => {
      const mine = await soleAdmin()
      const { secret } = await expectOk(rotate(mine))
      const viewer = mine.client.as((await aKey(mine.client)).secret)
      await expectOk(app.admin.post('/v1/key-exposures', { secret: which === 'old' ? mine.secret : secret }))
      return (await expectOk(viewer.get<{ status: string }>('/v1/organizations/current'))).status
    }
    expect([await exposed('new'), await exposed('old')]).toEqual(['FROZEN', 'ACTIVE'])
  })

  const rotate = ({ client, keyId }: { client: Client; keyId: string }) =>
    client.post<NewKey>(`/v1/api-keys/${keyId}/rotate`, { graceSeconds: 3600 })

  async function soleAdmin() {
    const made = app.admin.post<NewKey>('/v1/organizations', { name: unique('organisation') })
    const { apiKey, secret } = await expectOk(made)
    return { client: app.admin.as(secret), keyId: apiKey.id, secret }
  }
})

describe('a malformed key', () => {
  it('is refused without a look at the database', async () => {
    const database = await createDatabase()
    const way = await wayTo(database.url)
    const cutOff = await startApp({ databaseUrl: way.url })
    try {
      await way.cut()
      const key = makeKey('sk')
      const mistyped = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')
      const otherKinds = ['_ak_', '_zk_'].map((kind) => key.replace('_sk_', kind))
      for (const malformed of [undefined, '', 'x', mistyped, key.slice(1), `${key}0`, ...otherKinds]) {
        expectProblem(await cutOff.admin.as(malformed).get('/v1/agents'), 401, 'request.unauthenticated')
      }
      expectProblem(await cutOff.admin.as(key).get('/v1/agents'), 503, 'server.unavailable')
    } finally {
      await cutOff.stop()
      await way.close()
      await database.drop()
    }
  })
})

function parsedOf(key: string): { keyId: string } {
  return { keyId: parseKey(key)?.keyId as string }
}
