import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeKey } from '#modules/access'
import { newId } from '#platform/ids'
import { startApp, type TestApp } from '../support/app.ts'
import { type Client, expectOk, type Reply } from '../support/client.ts'
import { expectProblem, withoutRequestId } from '../support/expect-problem.ts'
import {
  anAgent,
  anIntegrationKey,
  anOrganization,
  asAgent,
  type Clients,
  clientsOfEveryRole,
  type TestOrganization,
  unique,
} from '../support/factories.ts'
import { wayTo } from '../support/outage.ts'
import { addressOf, committedDocument, type Operation, operationsOf } from './operations.ts'
import { type Scene, type Situation, situationOf } from './situations.ts'

/** What every route owes because of what it is, tried on every operation of openapi.json. */

const document = committedDocument()
const operations = operationsOf(document)
const guarded = operations.filter(({ isPublic }) => !isPublic)
/** Which permission each route needs, and who holds which: changed on purpose, or not at all. */
const permissions = JSON.parse(readFileSync(new URL('permissions.json', import.meta.url), 'utf8')) as {
  readonly routes: Readonly<Record<string, string>>
  readonly roles: Readonly<Record<string, readonly string[]>>
}
const named = (list: readonly Operation[]) => list.map((operation) => [operation.operationId, operation] as const)

const MEBIBYTE = 1024 * 1024

let app: TestApp
let clients: Clients
/** With an agent's own credential. */
let agent: Client
let integration: Client
let other: TestOrganization
let scene: Scene

beforeAll(async () => {
  app = await startApp()
  clients = await clientsOfEveryRole(app.admin)
  agent = await asAgent(app.admin, (await anAgent(app.admin)).id)
  integration = app.admin.as((await anIntegrationKey(app.admin)).secret)
  other = await anOrganization(app)
  scene = { app, admin: app.admin, clients }
})
afterAll(() => app.stop())

const isForAgents = ({ operationId }: Operation): boolean =>
  !permissions.roles.ADMIN?.includes(permissions.routes[operationId] ?? '') &&
  (permissions.roles.agent?.includes(permissions.routes[operationId] ?? '') ?? false)

/** Links are made with an integration key only: what their route owes beside is in payment-links/links.test.ts. */
const mayAdmin = ({ operationId }: Operation): boolean => permissions.routes[operationId] !== 'links:write'

/** Whoever may do it: an admin, or an agent or an integration where only they may. */
function asker(operation: Operation): Client {
  if (isForAgents(operation)) return agent
  return mayAdmin(operation) ? app.admin : integration
}

/** Asks for an operation as its situation says; ids it does not give are unknown ones. */
function ask(
  client: Client,
  operation: Operation,
  { params = {}, body, admin, headers: situated = {} }: Situation,
  headers = {},
): Promise<Reply<Record<string, unknown>>> {
  const path = addressOf(operation, params, newId)
  const key = operation.operationId === 'createPayment' ? { 'idempotency-key': unique('key') } : {}
  return (admin ?? client).request(operation.method, path, operation.hasBody ? (body ?? {}) : undefined, {
    ...key,
    ...situated,
    ...headers,
  })
}

const situated = (operation: Operation, at: Scene = scene) => situationOf(operation.operationId)(at)
const withAny = (operation: Operation): boolean => operation.params.length > 0

describe('keys', () => {
  const broken: [string, () => string | undefined][] = [
    ['no key', () => undefined],
    ['a malformed key', () => 'wedi_sk_short'],
    ['a key with a wrong checksum', () => makeKey('sk').replace(/.{6}$/, '000000')],
    ['a key nobody was given', () => makeKey('sk')],
  ]
  it.each(named(guarded))('%s refuses whoever has no valid key', async (_id, operation) => {
    for (const [_what, key] of broken)
      expectProblem(await ask(app.admin.as(key()), operation, {}), 401, 'request.unauthenticated')
  })

  it.each(named(operations.filter(({ isPublic }) => isPublic)))('%s is open to all', async (_id, operation) => {
    expect((await ask(app.admin.as(undefined), operation, await situated(operation))).status).toBeLessThan(300)
  })
})

describe('permissions', () => {
  it('are those of the committed table', () => {
    const served = app.routes
      .filter(({ method }) => method !== 'HEAD')
      .map(({ operationId, needs }) => [operationId, needs])
    expect(Object.fromEntries(served)).toEqual(permissions.routes)
  })

  it.each(named(guarded))('%s is refused to exactly those who lack its permission', async (_id, operation) => {
    const needed = permissions.routes[operation.operationId] as string
    const { ADMIN, ...roles } = clients
    const holders: [string, Client][] = [
      ...Object.entries(roles),
      ['ADMIN of the first organisation', ADMIN],
      ['ADMIN', other.admin],
      ['agent', agent],
      ['integration key', integration],
    ]
    for (const [who, client] of holders) {
      // Nothing is done by it, whoever may: the body is one that is never valid, the ids are unknown.
      const reply = await ask(client, operation, { body: { nobodyKnowsThis: true } })
      const isRefused = reply.status === 403 && reply.body.code === 'request.forbidden'
      expect(isRefused, `${who}: ${reply.text}`).toBe(!permissions.roles[who]?.includes(needed))
    }
  })
})

describe('input', () => {
  it.each(named(operations.filter(({ hasBody }) => hasBody)))(
    '%s refuses a field it does not know',
    async (_id, operation) => {
      const { body } = await situated(operation)
      const reply = await ask(asker(operation), operation, { body: { ...body, nobodyKnowsThis: true } })
      expectProblem(reply, 400, 'request.invalid')
      expect(reply.body.errors).toEqual([{ path: '/nobodyKnowsThis', message: expect.any(String) }])
    },
  )

  it.each(named(operations.filter(({ hasBody }) => hasBody)))(
    '%s refuses a body that is no JSON object',
    async (_id, operation) => {
      const path = addressOf(operation, {}, newId)
      const send = (text: string, type = 'application/json') =>
        asker(operation).send(operation.method, path, text, { 'content-type': type })
      for (const text of ['[]', '"text"', '7']) expectProblem(await send(text), 400, 'request.invalid')
      expectProblem(await send('{"name":'), 400, 'request.malformed')
      expectProblem(await send('{"__proto__":{}}'), 400, 'request.malformed')
      expectProblem(await send('name=x', 'text/plain'), 415, 'request.unsupportedMediaType')
      expectProblem(await send(JSON.stringify({ name: 'x'.repeat(MEBIBYTE) })), 413, 'request.tooLarge')
    },
  )

  it.each(named(operations.filter(withAny)))('%s refuses an id that is none', async (_id, operation) => {
    for (const wrong of ['none', '1', `${newId()}0`, '%00']) {
      const params = Object.fromEntries(operation.params.map((name) => [name, wrong]))
      expectProblem(await ask(asker(operation), operation, { params }), 400, 'request.invalid')
    }
  })

  const queried = operations.filter(({ query }) => query.length > 0)
  it.each(named(queried))('%s refuses a query it cannot read', async (_id, operation) => {
    const { params = {} } = await situated(operation)
    const wrong = ['nobodyKnowsThis=1', 'limit=0', 'limit=201', 'limit=many', 'limit=1.5', 'cursor=none', 'cursor=%00']
    for (const query of wrong) {
      expectProblem(await asker(operation).get(`${addressOf(operation, params)}?${query}`), 400, 'request.invalid')
    }
  })
})

describe('ids', () => {
  /** A tile is not told by an id: everyone's log has a first one. Whoever runs the platform acts on others by theirs. */
  const identified = guarded.filter(
    ({ operationId, params }) =>
      params.length > 0 && !params.includes('*') && permissions.routes[operationId] !== 'platform:organizations',
  )
  it.each(named(identified))("%s answers another organisation's id as one that nobody has", async (_id, operation) => {
    const theirs = await situated(operation, { app, admin: other.admin, clients: other.clients })
    const { params = {}, body = {} } = theirs
    const unknown = await ask(asker(operation), operation, { body })
    const foreign = await ask(asker(operation), operation, { params, body })
    expect(unknown.status).toBe(404)
    expectProblem(unknown, 404, String(unknown.body.code))
    expect(withoutRequestId(foreign)).toBe(withoutRequestId(unknown))
    expect([...foreign.headers.keys()]).toEqual([...unknown.headers.keys()])
  })
})

describe('success', () => {
  // `$ref`s of the document count from its root.
  const ajv = formats.default(new Ajv2020({ strict: false }))
  ajv.addSchema(document, 'openapi')
  const escaped = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1')

  it.each(named(operations))('%s answers what its schema says', async (_id, operation) => {
    const reply = await ask(app.admin, operation, await situated(operation))
    const status = operation.statuses.find((each) => each < 300)
    expect(reply.status, reply.text).toBe(status)
    expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    const type = operation.contentType
    expect(reply.headers.get('content-type')).toMatch(new RegExp(`^${type}(;|$)`))
    if (type !== 'application/json') return
    const pointer = [
      'paths',
      operation.path,
      operation.method.toLowerCase(),
      'responses',
      status,
      'content',
      'application/json',
      'schema',
    ]
    const validate = ajv.compile({
      $ref: `openapi#/${pointer.map((part) => encodeURIComponent(escaped(String(part)))).join('/')}`,
    })
    expect(validate(reply.body) ? [] : validate.errors).toEqual([])
  })

  /** A stream has no state that could be tagged. */
  const tagged = operations.filter(({ method, operationId }) => method === 'GET' && operationId !== 'streamEvents')
  it.each(named(tagged))('%s carries an ETag', async (_id, operation) => {
    expect((await ask(app.admin, operation, await situated(operation))).headers.get('etag')).toMatch(/^"[^"]+"$/)
  })
})

describe('If-Match', () => {
  const conditional = operations.filter(({ statuses }) => statuses.includes(412))
  const readOf: Record<string, string> = {
    patchCurrentOrganization: '/v1/organizations/current',
    putOrganizationLimits: '/v1/organizations/current',
    putFairness: '/v1/organizations/current',
  }

  it.each(named(conditional))('%s is done only at the revision that was read', async (_id, operation) => {
    const situation = await situated(operation)
    const read = readOf[operation.operationId] ?? addressOf(operation, situation.params ?? {})
    const before = await app.admin.get(read)
    for (const wrong of ['"999999"', '"0"', 'W/"1"', '"none"', '1']) {
      expectProblem(await ask(app.admin, operation, situation, { 'if-match': wrong }), 412, 'request.stale')
    }
    expect((await app.admin.get(read)).text).toBe(before.text)
    const current = before.headers.get('etag') as string
    const done = await ask(app.admin, operation, situation, { 'if-match': current })
    expect(done.status, done.text).toBe(200)
    expectProblem(await ask(app.admin, operation, situation, { 'if-match': current }), 412, 'request.stale')
  })

  it.each(named(operations.filter(({ method }) => ['PATCH', 'PUT', 'DELETE'].includes(method))))(
    '%s honours it',
    (_id, operation) => {
      expect(operation.statuses).toContain(412)
    },
  )
})

describe('Idempotency-Key', () => {
  const MODES: Readonly<Record<string, 'optional' | 'required'>> = {
    createOrganization: 'optional',
    recoverOrganization: 'optional',
    createApiKey: 'optional',
    createAgent: 'optional',
    createAgentCredential: 'optional',
    createInstance: 'optional',
    rotateApiKey: 'optional',
    createIntegrationKey: 'optional',
    rotateIntegrationKey: 'optional',
    createWallet: 'optional',
    createTask: 'optional',
    addDecisions: 'optional',
    redactDecision: 'optional',
    createWebhook: 'optional',
    createPayment: 'required',
    createPaymentLink: 'optional',
    approvePayment: 'optional',
    rejectPayment: 'optional',
    resolvePayment: 'optional',
  }
  const keyed = operations.filter(({ operationId }) => operationId in MODES)

  it('is accepted by what creates or moves, and required where money moves', () => {
    const served = app.routes.filter(({ idempotency }) => idempotency !== undefined)
    expect(Object.fromEntries(served.map(({ operationId, idempotency }) => [operationId, idempotency]))).toEqual(MODES)
  })

  const decisionCount = async () => {
    // What the server records by itself may still be on its way.
    const [row] = await app.query<{ count: number }>(
      `select count(*)::int as count from agent_decision where actor not like 'system:%'`,
    )
    return row?.count
  }

  it.each(named(keyed))('%s replays its answer to the same key, and does nothing twice', async (_id, operation) => {
    const situation = await situated(operation)
    expect(situation.otherBody, 'situations.ts needs another body').toBeDefined()
    const headers = { 'idempotency-key': unique('replay') }
    const first = await ask(app.admin, operation, situation, headers)
    expect(first.status, first.text).toBeLessThan(300)
    expect(first.headers.has('idempotency-replayed')).toBe(false)
    const again = await ask(app.admin, operation, situation, headers)
    expect({ status: again.status, text: again.text }).toEqual({ status: first.status, text: first.text })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'))
    const before = await decisionCount()
    const { otherBody = {} } = situation
    expectProblem(
      await ask(app.admin, operation, { ...situation, body: otherBody }, headers),
      409,
      'idempotency.mismatch',
    )
    expect(await decisionCount()).toBe(before)
  })

  it.each(named(keyed))('%s says so while the first call with a key still runs', async (_id, operation) => {
    const situation = await situated(operation)
    const key = unique('running')
    const [organization] = await app.query<{ id: string }>('select id from organization where is_operator')
    const first = new pg.Client({ connectionString: app.databaseUrl })
    await first.connect()
    try {
      await first.query('begin')
      const { principal = 'organization' } = situation
      await first.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `${organization?.id}/${principal}/${key}`,
      ])
      const headers = { 'idempotency-key': key }
      expectProblem(await ask(app.admin, operation, situation, headers), 409, 'idempotency.in_progress')
      await first.query('commit')
      expect((await ask(app.admin, operation, situation, headers)).status).toBeLessThan(300)
    } finally {
      await first.end()
    }
  })

  it.each(named(keyed))('%s refuses a key of another form', async (_id, operation) => {
    const situation = await situated(operation)
    for (const wrong of ['', 'x'.repeat(256), 'clé']) {
      const reply = await ask(app.admin, operation, situation, { 'idempotency-key': wrong })
      expectProblem(reply, 400, 'idempotency.keyRequired')
    }
  })

  it('createPayment refuses to move money without one', async () => {
    const { body } = await situationOf('createPayment')(scene)
    expectProblem(await app.admin.post('/v1/payments', body), 400, 'idempotency.keyRequired')
  })
})

describe('addresses', () => {
  const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
  const paths = Object.entries(document.paths).map(
    ([path, methods]) => [path, Object.keys(methods).map((each) => each.toUpperCase())] as const,
  )

  it.each(paths)('%s says which methods it answers to any other', async (path, answered) => {
    const address = path.replace(/\{\w+\}/g, newId)
    for (const method of METHODS.filter((each) => !answered.includes(each))) {
      const reply = await app.admin.request(method, address)
      expectProblem(reply, 405, 'request.methodNotAllowed')
      expect(
        reply.headers
          .get('allow')
          ?.split(', ')
          .filter((each) => each !== 'HEAD')
          .sort(),
      ).toEqual([...answered].sort())
    }
  })

  it.each(['PUT', 'PATCH', 'DELETE'])('no decision is changed by %s', async (method) => {
    const { params = {} } = await situationOf('getDecision')(scene)
    expectProblem(
      await app.admin.request(method, `/v1/decisions/${params.decisionId}`),
      405,
      'request.methodNotAllowed',
    )
    expectProblem(await app.admin.request(method, '/v1/decisions'), 405, 'request.methodNotAllowed')
  })

  it.each(['/v1', '/v1/nothing', '/v2/agents', '/v1/agents/%E0%A4%A', `/v1/agents/${'a'.repeat(301)}`])(
    '%s is nothing',
    async (path) => {
      expectProblem(await app.admin.get(path), 404, 'request.notFound')
    },
  )
})

describe('rates', () => {
  let limited: TestApp
  beforeAll(async () => {
    const { databaseUrl, masterKey, adminKey } = app
    limited = await startApp({ databaseUrl, masterKey, adminKey, rateLimitPerMinute: 1, doesJobs: false })
    for (const client of [limited.admin, limited.admin.as(agent.key)]) await client.get('/v1/chains')
  })
  afterAll(() => limited.stop())

  it.each(named(guarded.filter(mayAdmin)))(
    '%s is refused to a key that asked too often, which hears when to come back',
    async (_id, operation) => {
      const reply = await ask(limited.admin.as(asker(operation).key), operation, {})
      expectProblem(reply, 429, 'request.tooMany')
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(Number(reply.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    },
  )

  it('the probes of load balancers are not counted', async () => {
    for (let i = 0; i < 3; i++) expect((await limited.admin.as(undefined).get('/health/live')).status).toBe(200)
  })
})

describe('an unreachable database', () => {
  it('is a 503 of every route, said as one, until it is there again', async () => {
    const good = await startApp({ doesJobs: false })
    const way = await wayTo(good.databaseUrl)
    const { databaseUrl: _, masterKey, adminKey } = good
    const cut = await startApp({ databaseUrl: way.url, masterKey, adminKey, doesJobs: false })
    try {
      await way.cut()
      for (const operation of operations.filter(({ operationId }) => operationId !== 'isLive')) {
        // Whoever needs a key is not let in so far that his body is read.
        const { body = {} } = operation.isPublic ? await situated(operation) : {}
        const reply = await ask(cut.admin, operation, { body })
        expectProblem(reply, 503, 'server.unavailable')
        if (!operation.isPublic) expect(reply.headers.get('retry-after')).toBe('1')
      }
      expect((await cut.admin.get('/health/live')).status).toBe(200)
      await way.mend()
      expect((await cut.admin.get('/v1/agents')).status).toBe(200)
      expect((await cut.admin.get('/health/ready')).status).toBe(200)
    } finally {
      await cut.stop()
      await way.close()
      await good.stop()
    }
  })
})

describe('a broken database', () => {
  /** They answer without a look at an organisation's rows, once the key is known. */
  const NEEDS_NO_ROWS = ['listOrganizations', 'listChains', 'fundFromFaucet', 'getLogKey', 'getOperatorKey']

  it('is a bare 500 of every route, without inside words', async () => {
    const broken = await startApp({ doesJobs: false })
    const { id } = await expectOk(broken.admin.post<{ id: string }>('/v1/agents', { name: 'of a broken database' }))
    const brokenAgent = await asAgent(broken.admin, id)
    const expectBug = async (operation: Operation) => {
      const { body = {} } = operation.hasBody ? await situated(operation) : {}
      const client = isForAgents(operation) ? brokenAgent : broken.admin
      const reply = await ask(client, operation, { body, params: { agentId: id } })
      expectProblem(reply, 500, 'server.bug')
      expect(reply.text).not.toMatch(/permission|schema|relation|select|42501|wedi_app/i)
    }
    try {
      await broken.query('revoke usage on schema public from public, wedi_app')
      const asked = guarded.filter((each) => !NEEDS_NO_ROWS.includes(each.operationId) && mayAdmin(each))
      for (const operation of asked) await expectBug(operation)
      await broken.query('revoke usage on schema public from wedi_platform')
      const nobody = broken.admin.as(makeKey('sk'))
      for (const operation of guarded) expectProblem(await ask(nobody, operation, {}), 500, 'server.bug')
    } finally {
      await broken.stop()
    }
  })
})

it('every request has an id of its own', async () => {
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => app.admin.get('/v1/chains', { 'x-request-id': randomUUID() })),
  )
  expect(new Set(replies.map(({ headers }) => headers.get('x-request-id'))).size).toBe(20)
})
