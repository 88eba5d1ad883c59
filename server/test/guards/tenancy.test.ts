import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statementCatalogue } from '#platform/database/statement'
import { newId } from '#platform/ids'
import { startApp, type TestApp } from '../support/app.ts'
import { type AnyBody, type Client, expectOk } from '../support/client.ts'
import { expectProblem, withoutRequestId } from '../support/expect-problem.ts'
import {
  aFundedAgent,
  anAgent,
  anIntegrationKey,
  anOrganization,
  aPayment,
  asAgent,
  aTask,
  type MadeIntegrationKey,
  paymentIn,
  type TestOrganization,
  unique,
} from '../support/factories.ts'
import { addressOf, committedDocument, operationsOf } from './operations.ts'
import { quiet, rowsOf } from './quiet.ts'
import { aBreak, heldPayment, type Scene, situationOf } from './situations.ts'
import { isFiltered, looksAtRows, withoutFilters } from './without-filters.ts'

/** One organisation can never read, change or count another's rows, also when the application's own filters are gone. */

const operations = operationsOf(committedDocument())
const listed = operations.filter(({ query }) => query.includes('limit') && !query.includes('organizationId'))

/** The platform's own, for the first organisation's admins only. */
const OVER_ALL = ['listOrganizations', 'recoverOrganization']
const addressed = operations.filter(
  ({ operationId, params, isPublic }) =>
    params.length > 0 && !params.includes('*') && !isPublic && !OVER_ALL.includes(operationId),
)

describe('taking the filters out', () => {
  const OF_ALL = [
    'access.findByKeyId',
    'organizations.findOperator',
    'organizations.listAll',
    'jobs.lease',
    'jobs.renew',
    'jobs.settle',
    'health.forget',
    'health.waiting',
    'idempotency.purge',
    'instances.forget',
    'instances.overdue',
    'payments.ofSubmission',
    'capabilities.forgetCounters',
    'reconciliation.lease',
    'tasks.due',
    'log.waiting',
    'operator.logs',
    'operator.newest',
    'feed.sizes',
    'webhooks.lease',
    'integrationKeys.addUses',
    'integrationKeys.forgetUses',
    'links.findBySlug',
  ]
  /** It reads the rows it is given, and writes. */
  const GIVEN = ['decisions.appendMany', 'health.observe']
  const INSERTS = /^\s*insert into/i
  const NO_ROWS = /^\s*select (pg_advisory_xact_lock|set_config)/i

  it.each([...statementCatalogue])('%s has none left', (name, text) => {
    const open = withoutFilters(text)
    expect(isFiltered(open)).toBe(false)
    const needsFilter =
      looksAtRows(text) && !INSERTS.test(text) && !NO_ROWS.test(text) && ![...OF_ALL, ...GIVEN].includes(name)
    if (needsFilter) expect(open).not.toBe(text)
  })
})

/** What is looked at all the time would change while a test looks whether anything does. */
const NEVER_MS = 3_600_000

const cases: [string, { isRewritten: boolean; isUnlocked: boolean }][] = [
  ['both locks', { isRewritten: false, isUnlocked: false }],
  ['row-level security alone', { isRewritten: true, isUnlocked: false }],
  ['the filters alone', { isRewritten: false, isUnlocked: true }],
]

describe.each(cases)('%s', (_name, { isRewritten, isUnlocked }) => {
  let app: TestApp
  let ours: TestOrganization
  let ourAgent: Client
  let ourKey: MadeIntegrationKey
  let theirs: Scene & { id: string }
  let eyes: pg.Client
  const sent = new Map<string, string>()

  beforeAll(async () => {
    const rewriteStatements = (text: string): string => {
      const changed = withoutFilters(text)
      sent.set(text, changed)
      return changed
    }
    app = await startApp({
      ...(isRewritten && { rewriteStatements }),
      reconcileEveryMs: NEVER_MS,
      heartbeatMs: NEVER_MS,
    })
    if (isUnlocked) await unlock(app)
    eyes = new pg.Client({ connectionString: app.databaseUrl })
    await eyes.connect()
    ours = await anOrganization(app)
    ourAgent = await asAgent(ours.admin, (await anAgent(ours.admin)).id)
    ourKey = await anIntegrationKey(ours.admin)
    const other = await anOrganization(app)
    theirs = { app, id: other.id, admin: other.admin, clients: other.clients }
    await furnish(app, theirs)
    await furnish(app, { app, admin: ours.admin, clients: ours.clients })
  })
  afterAll(async () => {
    await eyes.end()
    await app.stop()
  })

  /** All that is theirs, once nothing of it changes by itself. */
  async function allOfTheirs(): Promise<string[]> {
    await usesOf(ourKey) // whoever looks at a key has all uses written down
    await quiet(eyes, theirs.id)
    return rowsOf(eyes, theirs.id)
  }
  const usesOf = async ({ integrationKey: { id } }: MadeIntegrationKey) =>
    (await expectOk(ours.admin.get<{ usage: { byRoute: { route: string }[] } }>(`/v1/integration-keys/${id}`))).usage

  it.each(addressed.map((operation) => [operation.operationId, operation] as const))(
    '%s of what is theirs is a 404, and changes nothing',
    async (operationId, operation) => {
      const situation = await situationOf(operationId)(theirs)
      const { params = {}, body } = situation
      const before = await allOfTheirs()
      const key = { 'idempotency-key': unique('foreign') }
      const asker = situation.principal === undefined ? ours.admin : ourAgent
      const foreign = await asker.request(operation.method, addressOf(operation, params), body, key)
      const unknown = await asker.request(operation.method, addressOf(operation, {}, newId), body, {
        'idempotency-key': unique('unknown'),
      })
      expectProblem(foreign, 404, String(unknown.body.code))
      expect(withoutRequestId(foreign)).toBe(withoutRequestId(unknown))
      expect(await allOfTheirs()).toEqual(before)
    },
  )

  it.each(
    listed
      .filter(({ operationId }) => !OVER_ALL.includes(operationId))
      .map((operation) => [operation.operationId, operation] as const),
  )('%s shows all of ours and nothing of theirs', async (operationId, operation) => {
    const { params = {} } = await situationOf(operationId)({ app, admin: ours.admin, clients: ours.clients })
    const shown = await everyPage(ours, addressOf(operation, params))
    expect(shown.length).toBeGreaterThan(0)
    expect(JSON.stringify(shown)).not.toContain(theirs.id)
    for (const row of shown) expect(row.organizationId).toBe(ours.id)
  })

  it('filters by what is theirs find nothing', async () => {
    const { agentId, taskId, paymentId } = await idsOf(app, theirs.id)
    for (const query of [`agentId=${agentId}`, `taskId=${taskId}`, `paymentId=${paymentId}`]) {
      expect((await expectOk(ours.admin.get(`/v1/decisions?${query}`))).data).toEqual([])
    }
    for (const path of [`tasks?agentId=${agentId}`, `payments?agentId=${agentId}`, `approvals?agentId=${agentId}`]) {
      expect((await expectOk(ours.admin.get(`/v1/${path}`))).data).toEqual([])
    }
  })

  it('what is theirs cannot be named in what we write', async () => {
    const { agentId, taskId } = await idsOf(app, theirs.id)
    const { id: own } = await anAgent(ours.admin)
    const before = await allOfTheirs()
    expectProblem(await aPayment(app, { client: ours.admin, agentId }), 404, 'agent.notFound')
    expectProblem(await aPayment(app, { client: ours.admin, agentId: own, taskId }), 404, 'payment.taskNotFound')
    expectProblem(await ours.admin.post('/v1/tasks', { type: 'errand', payload: {}, agentId }), 404, 'agent.notFound')
    expect(await allOfTheirs()).toEqual(before)
  })

  it('what our keys do is counted as ours alone', async () => {
    const { integrationKey: theirKey, secret } = await anIntegrationKey(theirs.admin)
    await theirs.admin.as(secret).get('/v1/chains')
    const { linkId } = (await situationOf('getPaymentLink')(theirs)).params as { linkId: string }
    const before = await allOfTheirs()
    expect(before.some((row) => row.startsWith('key_usage ') && row.includes(theirKey.id))).toBe(true)
    const asker = ours.admin.as(ourKey.secret)
    for (const path of [`payment-links/${linkId}`, `payment-link-payments?linkId=${linkId}`, 'payment-links', 'chains'])
      await asker.get(`/v1/${path}`)
    expect((await usesOf(ourKey)).byRoute).toHaveLength(4)
    expect(await allOfTheirs()).toEqual(before)
  })

  it('the same dedupe key, reference or idempotency key of two organisations are two', async () => {
    const dedupeKey = unique('shared')
    const headers = { 'idempotency-key': unique('shared') }
    for (const { admin } of [theirs, ours]) {
      expect((await admin.post('/v1/tasks', { type: 'errand', payload: {}, dedupeKey })).status).toBe(201)
      const made = await admin.post('/v1/agents', { name: 'the same' }, headers)
      expect([made.status, made.headers.get('idempotency-replayed')]).toEqual([201, null])
    }
  })

  it.runIf(isRewritten)('and the filters really were out of every statement that was sent', () => {
    const looking = [...sent].filter(([text]) => isFiltered(text))
    expect(looking.length).toBeGreaterThan(40)
    expect(looking.filter(([text, changed]) => changed === text || isFiltered(changed))).toEqual([])
    const byPrisma = looking.filter(([text]) => text.includes('"public".'))
    expect(byPrisma.length).toBeGreaterThan(5)
  })
})

describe('neither', () => {
  it('shows what the others would have to hide: the tests above can see a leak', async () => {
    const app = await startApp({ rewriteStatements: withoutFilters })
    try {
      await unlock(app)
      const [ours, theirs] = [await anOrganization(app), await anOrganization(app)]
      const { id } = await anAgent(theirs.admin)
      expect((await ours.admin.get(`/v1/agents/${id}`)).body).toMatchObject({ id, organizationId: theirs.id })
      expect((await ours.admin.get('/v1/agents')).text).toContain(theirs.id)
    } finally {
      await app.stop()
    }
  })
})

/** Something in every table an organisation writes to. */
async function furnish(app: TestApp, scene: Scene): Promise<void> {
  const { agent } = await aFundedAgent(app, { client: scene.admin })
  const { id } = await expectOk(aPayment(app, { client: scene.admin, agentId: agent.id }))
  await paymentIn(scene.admin, id, 'CONFIRMED')
  await heldPayment(scene)
  await aBreak(scene)
  await aTask(scene.admin)
}

/** Everyone sees every row, as without any policy. */
async function unlock(app: TestApp): Promise<void> {
  await app.query(`do $$ declare name text; begin
    for name in select relname from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace
    loop execute format('alter table %I no force row level security, disable row level security', name); end loop; end $$`)
}

async function idsOf(app: TestApp, organizationId: string) {
  const one = async (table: string) => {
    const [row] = await app.query<{ id: string }>(`select id from ${table} where organization_id = $1 limit 1`, [
      organizationId,
    ])
    return row?.id as string
  }
  const [payment] = await app.query<{ id: string; agent_id: string }>(
    'select id, agent_id from payment where organization_id = $1',
    [organizationId],
  )
  return { agentId: payment?.agent_id as string, taskId: await one('task'), paymentId: payment?.id as string }
}

async function everyPage({ admin }: TestOrganization, path: string): Promise<AnyBody[]> {
  const shown: AnyBody[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`
    const page: { data: AnyBody[]; nextCursor: string | null } = await expectOk(admin.get(`${path}?limit=3${query}`))
    shown.push(...page.data)
    cursor = page.nextCursor
  }
  return shown
}
