import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeKey } from '#modules/access'
import { newId } from '#platform/ids'
import { checksum } from '../../src/modules/access/rules.ts'
import { createDatabase, type StartOptions, startApp, type TestApp } from '../support/app.ts'
import { type AnyBody, type Client, expectOk } from '../support/client.ts'
import { expectProblem, withoutRequestId } from '../support/expect-problem.ts'
import { anAgent, anIntegrationKey, unique } from '../support/factories.ts'
import { addressOf, committedDocument, operationsOf } from './operations.ts'

/** Every bad key at every door: the doors are those of openapi.json, so that a new one is tried by itself. */

const doors = operationsOf(committedDocument()).filter(({ isPublic }) => !isPublic)

interface Made {
  readonly id: string
  readonly secret: string
}

async function anApiKey(admin: Client): Promise<Made> {
  const made = admin.post<{ apiKey: { id: string }; secret: string }>('/v1/api-keys', {
    name: unique('key'),
    role: 'ADMIN',
  })
  const { apiKey, secret } = await expectOk(made)
  return { id: apiKey.id, secret }
}

async function aCredential(admin: Client, agentId: string): Promise<Made> {
  const made = admin.post<{ credential: { id: string }; secret: string }>(`/v1/agents/${agentId}/credentials`, {})
  const { credential, secret } = await expectOk(made)
  return { id: credential.id, secret }
}

const withChecksum = (head: string): string => head + checksum(head)
const other = (character: string | undefined): string => (character === 'A' ? 'B' : 'A')
const asKind = (key: string, kind: string): string =>
  withChecksum(key.slice(0, -6).replace(/^wedi_.._/, `wedi_${kind}_`))

/** Each with a name for the test's message. */
async function badKeys(app: TestApp): Promise<Record<string, string | undefined>> {
  const { admin } = app
  const { id: agentId } = await anAgent(admin)
  const make: Record<string, () => Promise<Made>> = {
    sk: () => anApiKey(admin),
    ak: () => aCredential(admin, agentId),
    ik: async () => {
      const { integrationKey, secret } = await anIntegrationKey(admin, { agentId })
      return { id: integrationKey.id, secret }
    },
  }
  const bad: Record<string, string | undefined> = { none: undefined, empty: '', 'no key': 'x' }
  for (const [kind, one] of Object.entries(make)) {
    const good = (await one()).secret
    bad[`${kind} truncated`] = good.slice(0, -1)
    bad[`${kind} with one more`] = `${good}0`
    bad[`${kind} of a wrong checksum`] = good.slice(0, -1) + other(good.at(-1))
    bad[`${kind} tampered`] = withChecksum(good.slice(0, -7) + other(good.at(-7)))
    bad[`${kind} nobody was given`] = makeKey(kind as 'sk')
    for (const another of Object.keys(make)) if (another !== kind) bad[`${kind} as ${another}`] = asKind(good, another)
    const [revoked, expired, exposed] = [await one(), await one(), await one()]
    await app.query('update api_key set revoked_at = now() where id = $1', [revoked.id])
    await app.query(`update api_key set expires_at = now() - interval '1 second' where id = $1`, [expired.id])
    await expectOk(admin.post('/v1/key-exposures', { secret: exposed.secret }))
    Object.assign(bad, { [`${kind} revoked`]: revoked.secret, [`${kind} expired`]: expired.secret })
    bad[`${kind} exposed`] = exposed.secret
  }
  const rotated = await anIntegrationKey(admin, { agentId })
  await expectOk(admin.post(`/v1/integration-keys/${rotated.integrationKey.id}/rotate`, { graceSeconds: 0 }))
  const canary = await anIntegrationKey(admin, { agentId, canary: true })
  return { ...bad, 'ik rotated away': rotated.secret, canary: canary.secret }
}

describe('a bad key', () => {
  let app: TestApp
  let bad: Record<string, string | undefined>
  beforeAll(async () => {
    app = await startApp({ doesJobs: true })
    bad = await badKeys(app)
  })
  afterAll(() => app.stop())

  it.each(doors.map((door) => [door.operationId, door] as const))('is told nothing by %s', async (_id, door) => {
    const answers = Object.entries(bad).map(async ([what, key]) => {
      const body = door.hasBody ? {} : undefined
      const reply = await app.admin.as(key).request(door.method, addressOf(door, {}, newId), body)
      return [what, reply.status, withoutRequestId(reply), [...reply.headers.keys()]] as const
    })
    const [first, ...others] = await Promise.all(answers)
    expect(first?.[1]).toBe(401)
    for (const [what, ...answer] of others) expect([what, ...answer]).toEqual([what, ...(first?.slice(1) ?? [])])
  })
})

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
async function anApp(options: StartOptions): Promise<TestApp> {
  const app = await startApp({ doesJobs: false, ...options })
  ends.push(() => app.stop())
  return app
}

describe('many bad keys', () => {
  const isHeldBack = async (client: Client) => {
    const reply = await client.get('/v1/chains')
    if (reply.status === 429) expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    return reply.status === 429
  }

  it('of one id, or of one address, are held back; whoever was let in before is not', async () => {
    const app = await anApp({ failedKeysPerMinute: 30 })
    const [known, unused] = [await anApiKey(app.admin), await anApiKey(app.admin)]
    const knownIsIn = async () => {
      // Where money moves, no cache answers.
      const reply = await app.admin
        .as(known.secret)
        .post(
          '/v1/payments',
          { agentId: newId(), payee: '0x', amount: '1', asset: app.coin },
          { 'idempotency-key': unique('key') },
        )
      return reply.status === 400
    }
    expect(await knownIsIn()).toBe(true)
    const forged = (key: string) =>
      app.admin.as(withChecksum(key.slice(0, -10) + other(key.at(-10)) + key.slice(-9, -6)))
    for (let i = 0; i < 3; i++)
      expectProblem(await forged(known.secret).get('/v1/chains'), 401, 'request.unauthenticated')
    expectProblem(await forged(known.secret).get('/v1/chains'), 429, 'request.tooMany')
    expect(await knownIsIn()).toBe(true)
    expect(await isHeldBack(app.admin.as(makeKey('sk')))).toBe(false)
    for (let i = 0; i < 30; i++) await app.admin.as(makeKey('ik')).get('/v1/chains')
    expect(await isHeldBack(app.admin.as(makeKey('ik')))).toBe(true)
    expect(await isHeldBack(app.admin.as('x'))).toBe(true)
    expect(await isHeldBack(app.admin.as(unused.secret))).toBe(true)
    expect(await knownIsIn()).toBe(true)
    // Who sends none is not counted.
    expectProblem(await app.admin.as(undefined).get('/v1/chains'), 401, 'request.unauthenticated')
  })
})

describe('the pepper', () => {
  const versionOf = async (app: TestApp, id: string) => {
    const [row] = await app.query<{ pepper_version: number }>('select pepper_version from api_key where id = $1', [id])
    return row?.pepper_version
  }
  const isIn = async (app: TestApp, { secret }: Made) => (await app.admin.as(secret).get('/v1/agents')).status === 200

  it('of each version checks its own keys, until it is given up', async () => {
    const { url: databaseUrl, drop } = await createDatabase()
    ends.push(drop)
    const first = await anApp({ databaseUrl, keyPeppers: [1] })
    const { masterKey, adminKey } = first
    const old = await anApiKey(first.admin)
    expect(await versionOf(first, old.id)).toBe(1)
    const both = await anApp({ databaseUrl, masterKey, adminKey, keyPeppers: [1, 2] })
    const young = await anApiKey(both.admin)
    expect(await versionOf(both, young.id)).toBe(2)
    expect([await isIn(both, old), await isIn(both, young), await isIn(first, young)]).toEqual([true, true, false])
    const rotated = await expectOk(
      both.admin.post<{ apiKey: AnyBody; secret: string }>(`/v1/api-keys/${old.id}/rotate`, { graceSeconds: 600 }),
    )
    expect(rotated.apiKey.pepperVersion).toBe(2)
    const late = await anApp({ databaseUrl, masterKey, adminKey: young.secret, keyPeppers: [2] })
    expect([await isIn(late, old), await isIn(late, young)]).toEqual([false, true])
    await expect(startApp({ databaseUrl, masterKey, adminKey, keyPeppers: [2] })).rejects.toThrow('WEDI_KEY_PEPPERS')
  })
})

describe('a report of an exposed key', () => {
  const report = (app: TestApp) => app.admin.as(undefined).post('/v1/key-exposures', { secret: makeKey('sk') })

  it('is held back when there are many from one address', async () => {
    const app = await anApp({ rateLimitPerMinute: 1000 })
    expect((await report(app)).status).toBe(202)
    const reply = await report(app)
    expectProblem(reply, 429, 'request.tooMany')
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('that cannot be looked into is not said to be received', async () => {
    const app = await anApp({})
    await app.query('revoke usage on schema public from public, wedi_platform')
    const reply = await report(app)
    expectProblem(reply, 500, 'server.bug')
    expect(reply.text).not.toMatch(/wedi_sk|permission|schema/)
  })
})
