import pg from 'pg'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { statementCatalogue } from '#platform/database/statement'
import { newId } from '#platform/ids'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { type AgentView, anAgent, anOrganization, unique } from '../../../test/support/factories.ts'
import { all, integrated } from '../../../test/support/log.ts'
import { type Received, type Receiver, startReceiver } from '../../../test/support/receiver.ts'
import { until } from '../../../test/support/until.ts'

interface WebhookView {
  readonly id: string
  readonly status: string
  readonly statusReason: string | null
  readonly revision: number
}
interface DeliveryView {
  readonly id: string
  readonly eventId: string
  readonly leafIndex: string | null
  readonly status: string
  readonly attempts: number
  readonly responseStatus: number | null
  readonly lastError: string | null
}

let app: TestApp
/** Another process on the same database. */
let other: TestApp
let admin: Client
let agent: AgentView
const receivers: Receiver[] = []

beforeAll(async () => {
  app = await startApp()
  const { databaseUrl, masterKey, adminKey } = app
  other = await startApp({ databaseUrl, masterKey, adminKey })
  admin = (await anOrganization(app)).admin
  agent = await anAgent(admin)
})
afterEach(async () => {
  const { data } = await expectOk(admin.get<{ data: WebhookView[] }>('/v1/webhooks'))
  for (const { id } of data) await expectOk(admin.delete(`/v1/webhooks/${id}`))
  for (const receiver of receivers.splice(0)) await receiver.close()
})
afterAll(async () => {
  await other.stop()
  await app.stop()
})

async function aReceiver(): Promise<Receiver> {
  const receiver = await startReceiver()
  receivers.push(receiver)
  return receiver
}

async function aWebhook(types: string[], over: Record<string, unknown> = {}) {
  const receiver = await aReceiver()
  const body = { url: receiver.url, types, ...over }
  const { webhook, secret } = await expectOk(admin.post<{ webhook: WebhookView; secret: string }>('/v1/webhooks', body))
  return { receiver, secret, id: webhook.id, path: `/v1/webhooks/${webhook.id}` }
}

const say = (type: string, count = 1, client = admin, about = agent.id) =>
  expectOk(client.post(`/v1/agents/${about}/decisions`, { decisions: Array.from({ length: count }, () => ({ type })) }))

const arrived = ({ received }: Receiver, count: number): Promise<Received[]> =>
  until(`${count} have arrived`, async () => received.length >= count && received, { last: () => received.length })

const deliveries = async (path: string, query = '') =>
  (await expectOk(admin.get<{ data: DeliveryView[] }>(`${path}/deliveries?limit=200${query}`))).data

const deliveryIn = (path: string, status: string, where = (_: DeliveryView) => true): Promise<DeliveryView> =>
  until(`a delivery is ${status}`, async () => (await deliveries(path, `&status=${status}`)).find(where))

const idsOf = (received: readonly Received[]) => received.map(({ headers }) => String(headers['webhook-id']))

const verified = (secret: string, { body, headers }: Received) =>
  new Webhook(secret).verify(body, headers as Record<string, string>) as Record<string, unknown>

/** As if time had passed: what waits for its next attempt is due, `age` after it began. */
async function later(id: string, { hours = 0 }: { hours?: number } = {}): Promise<void> {
  await app.query(
    `update webhook_delivery set next_attempt_at = now(), expires_at = expires_at - $2 * interval '1 hour'
     where webhook_id = $1 and status = 'PENDING'`,
    [id, hours],
  )
  await app.query(`update webhook_cursor set due_at = now() where webhook_id = $1 and due_at is not null`, [id])
}

describe('a webhook', () => {
  it('is told of what it wants, once each, signed, as the log has it', async () => {
    const { receiver, secret, path } = await aWebhook(['shop.*', 'errand.done'])
    const [bystander] = [await anAgent(admin)]
    for (const type of ['shop.bought', 'errand.begun', 'errand.done']) await say(type)
    await say('shop.kept', 1, admin, bystander.id)
    await arrived(receiver, 3)
    await integrated(admin)
    const told = receiver.received.map((each) => verified(secret, each))
    expect(told.map(({ type }) => type).toSorted()).toEqual(['errand.done', 'shop.bought', 'shop.kept'])
    const decisions = new Map((await all(admin, '')).map((each) => [each.id, each as never as Record<string, unknown>]))
    for (const [at, event] of told.entries()) {
      expect(decisions.get(String(event.id))).toMatchObject(event)
      expect(receiver.received[at]?.headers).toMatchObject({
        'webhook-id': event.id,
        'content-type': 'application/json',
      })
    }
    const written = await until('all are written down', async () => {
      const list = await deliveries(path, '&status=DELIVERED')
      return list.length === 3 && list
    })
    expect(written.map(({ attempts, responseStatus }) => [attempts, responseStatus])).toEqual([
      [1, 204],
      [1, 204],
      [1, 204],
    ])
    expect(receiver.received).toHaveLength(3)
  })

  it('of one agent is told of that agent', async () => {
    const bystander = await anAgent(admin)
    const { receiver, secret } = await aWebhook(['shop.*'], { agentId: agent.id.toUpperCase() })
    await say('shop.bought', 1, admin, bystander.id)
    await say('shop.bought')
    const [first] = await arrived(receiver, 1)
    expect(verified(secret, first as Received)).toMatchObject({ agentId: agent.id })
  })

  it('misses nothing and is told nothing twice while two processes write and send', async () => {
    const { receiver, secret } = await aWebhook(['shop.*'])
    const clients = [admin, other.admin.as(admin.key)]
    await Promise.all(
      clients.map(async (client) => {
        for (let n = 0; n < 10; n++) await say('shop.bought', 7, client)
      }),
    )
    await arrived(receiver, 140)
    const told = receiver.received.map((each) => String(verified(secret, each).id))
    expect(new Set(told).size).toBe(140)
    expect(told).toHaveLength(140)
  })

  it('shows its secret once, and nobody finds it anywhere else', async () => {
    const { secret, id, path } = await aWebhook(['nobody.said'])
    const key = { 'idempotency-key': unique('webhook') }
    const made = () =>
      admin.post<{ secret: string }>('/v1/webhooks', { url: 'https://example.com/', types: ['nobody.said'] }, key)
    const [one, again] = [await expectOk(made()), await expectOk(made())]
    expect(again.secret).toBe(one.secret)
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    for (const shown of [
      await admin.get(path),
      await admin.get('/v1/webhooks'),
      await admin.get('/v1/decisions?limit=200'),
    ]) {
      expect(shown.text).not.toContain('whsec_')
      expect(shown.text).not.toMatch(/"(secret|previousSecret)"/)
    }
    const [row] = await app.query<{ text: string }>(
      `select (w::text || coalesce((select string_agg(r::text, '') from idempotency_record r), '')) as text
       from webhook w where id = $1`,
      [id],
    )
    for (const each of [secret, one.secret]) expect(row?.text).not.toContain(each.slice('whsec_'.length))
  })

  it('signs with both secrets after a rotation, and with the new one alone a day later', async () => {
    const { receiver, secret: before, id, path } = await aWebhook(['shop.*'])
    const { secret } = await expectOk(admin.post<{ secret: string }>(`${path}/rotate-secret`))
    await say('shop.bought')
    const [both] = await arrived(receiver, 1)
    for (const each of [before, secret]) expect(verified(each, both as Received).type).toBe('shop.bought')
    await app.query(`update webhook set previous_secret_until = now() - interval '1 minute' where id = $1`, [id])
    await say('shop.bought')
    const [, one] = await arrived(receiver, 2)
    expect(verified(secret, one as Received).type).toBe('shop.bought')
    expect(() => verified(before, one as Received)).toThrow(/No matching signature/)
  })

  it('is told of a test that is of no log', async () => {
    const { receiver, secret, path } = await aWebhook(['nobody.said'])
    const { id } = await expectOk(admin.post<DeliveryView>(`${path}/test`))
    const [test] = await arrived(receiver, 1)
    expect(verified(secret, test as Received)).toMatchObject({ id, type: 'webhook.test', leafIndex: null })
  })
})

describe('what is not taken', () => {
  it('is tried again under the same id, and the rest waits until something is', async () => {
    const { receiver, secret, id, path } = await aWebhook(['shop.*'])
    receiver.answer = 503
    await say('shop.bought', 3)
    const failed = await deliveryIn(path, 'PENDING', ({ attempts }) => attempts === 1)
    expect(failed).toMatchObject({ responseStatus: 503, lastError: 'answered 503' })
    receiver.answer = 200
    await later(id)
    await until('all are taken', async () => (await deliveries(path, '&status=DELIVERED')).length === 3)
    const ids = idsOf(receiver.received)
    expect(new Set(ids).size).toBe(3)
    expect(ids.filter((each) => each === failed.eventId).length).toBeGreaterThan(1)
    for (const each of receiver.received) expect(verified(secret, each).id).toBe(each.headers['webhook-id'])
    const { data } = await expectOk(
      admin.get<{ data: unknown; failingSince: string | null } & Record<string, unknown>>(`${path}/deliveries`),
    )
    expect(data).toHaveLength(3)
  })

  it('is a dead letter after a day, listed, and taken when it is replayed', async () => {
    const { receiver, id, path } = await aWebhook(['shop.*'])
    receiver.answer = 500
    await say('shop.bought')
    const pending = await deliveryIn(path, 'PENDING', ({ attempts }) => attempts > 0)
    expectProblem(await admin.post(`${path}/deliveries/${pending.id}/replay`), 409, 'webhook.deliveryPending')
    await later(id, { hours: 25 })
    const dead = await deliveryIn(path, 'DEAD_LETTER')
    expect(dead).toMatchObject({ id: pending.id, nextAttemptAt: null })
    receiver.answer = 200
    await expectOk(admin.post(`${path}/deliveries/${dead.id}/replay`))
    expect(await deliveryIn(path, 'DELIVERED')).toMatchObject({ id: dead.id, eventId: dead.eventId, attempts: 1 })
    expect(new Set(idsOf(receiver.received))).toEqual(new Set([dead.eventId]))
    expectProblem(await admin.post(`${path}/deliveries/${newId()}/replay`), 404, 'webhook.deliveryNotFound')
  })

  it('because the receiver is gone, disables the webhook; enabled again, it goes on where it stopped', async () => {
    const { receiver, path } = await aWebhook(['shop.*'])
    receiver.answer = 410
    await say('shop.bought')
    const disabled = await until('it is disabled', async () => {
      const { body } = await admin.get<WebhookView>(path)
      return body.status === 'DISABLED' && body
    })
    expect(disabled.statusReason).toBe('It answered 410 Gone.')
    const [record] = await all(admin, 'type=webhook.disabled')
    expect(record).toMatchObject({ actor: 'system:webhooks', inputs: { reason: 'It answered 410 Gone.' } })
    for (const act of ['test', 'replay']) {
      const body = act === 'replay' ? { leafIndex: '0' } : {}
      expectProblem(await admin.post(`${path}/${act}`, body), 409, 'webhook.disabled')
    }
    receiver.answer = 200
    await say('shop.bought')
    await expectOk(admin.patch(path, { status: 'ENABLED' }))
    await deliveryIn(path, 'DELIVERED')
    expect(await deliveries(path, '&status=DEAD_LETTER')).toHaveLength(1)
  })

  it('for three days disables the webhook, and everybody who listens is told', async () => {
    const { receiver, id, path } = await aWebhook(['shop.*'])
    const listener = await aWebhook(['webhook.disabled'])
    receiver.answer = (response) => response.destroy()
    await say('shop.bought')
    await deliveryIn(path, 'PENDING', ({ attempts }) => attempts > 0)
    await app.query(`update webhook_cursor set failing_since = now() - interval '73 hours' where webhook_id = $1`, [id])
    await later(id)
    const [told] = await arrived(listener.receiver, 1)
    expect(verified(listener.secret, told as Received)).toMatchObject({
      type: 'webhook.disabled',
      subject: `webhook:${id}`,
    })
    expect((await admin.get<WebhookView>(path)).body.status).toBe('DISABLED')
  })

  it('by one holds up no other, and is asked once while it rests', async () => {
    const [silent, awake] = [await aWebhook(['shop.*']), await aWebhook(['shop.*'])]
    silent.receiver.answer = 500
    await say('shop.bought', 50)
    await arrived(awake.receiver, 50)
    // A turn of eight at once, then one at a time with a rest between.
    expect(silent.receiver.received.length).toBeLessThan(60)
    expect(idsOf(awake.receiver.received)).toHaveLength(50)
  })
})

describe('a replay', () => {
  it('from a place tells everything since then again, under the same ids, once each', async () => {
    const { receiver, path } = await aWebhook(['shop.*'])
    await say('shop.bought', 5)
    await arrived(receiver, 5)
    await until('all are written down', async () => (await deliveries(path, '&status=DELIVERED')).length === 5)
    const before = idsOf(receiver.received)
    const third = (await deliveries(path)).toSorted((a, b) => Number(a.leafIndex) - Number(b.leafIndex))[2]
    await expectOk(admin.post(`${path}/replay`, { leafIndex: third?.leafIndex }))
    await arrived(receiver, 8)
    await until('nothing waits', async () => (await deliveries(path, '&status=PENDING')).length === 0)
    expect(receiver.received).toHaveLength(8)
    expect(new Set(idsOf(receiver.received))).toEqual(new Set(before))
  })

  it('reaches back before the webhook was made, by time as well', async () => {
    const since = new Date().toISOString()
    await say('errand.done', 3)
    await integrated(admin)
    const { receiver, path } = await aWebhook(['errand.*'])
    await expectOk(admin.post(`${path}/replay`, { since }))
    expect(idsOf(await arrived(receiver, 3))).toHaveLength(3)
  })

  it.each([
    [{}],
    [{ leafIndex: '0', since: '2026-01-01T00:00:00Z' }],
    [{ leafIndex: '99999999' }],
    [{ leafIndex: '-1' }],
  ])('of %j is refused', async (body) => {
    const { path } = await aWebhook(['nobody.said'])
    expectProblem(await admin.post(`${path}/replay`, body), 400, 'request.invalid')
  })
})

describe('an address', () => {
  it('that is not public is refused when it is given, and when its name turns out to lead there', async () => {
    const lookup = async () => [{ address: '10.0.0.1', family: 4 }]
    const strict = await startApp({ outgoing: { allowsPrivate: false, lookup } })
    try {
      for (const url of [
        'https://127.0.0.1/',
        'http://example.com/',
        'https://[::ffff:10.0.0.1]/',
        'https://localhost/',
      ]) {
        expectProblem(await strict.admin.post('/v1/webhooks', { url, types: ['*'] }), 400, 'request.invalid')
      }
      const body = { url: 'https://example.com/hook', types: ['nobody.said'] }
      const { webhook } = await expectOk(strict.admin.post<{ webhook: WebhookView }>('/v1/webhooks', body))
      expectProblem(
        await strict.admin.patch(`/v1/webhooks/${webhook.id}`, { url: 'https://10.0.0.1/' }),
        400,
        'request.invalid',
      )
      await expectOk(strict.admin.post(`/v1/webhooks/${webhook.id}/test`))
      const refused = await until('it was refused', async () => {
        const { data } = await expectOk(
          strict.admin.get<{ data: DeliveryView[] }>(`/v1/webhooks/${webhook.id}/deliveries`),
        )
        return data.find(({ attempts }) => attempts > 0)
      })
      expect(refused.lastError).toBe('the name leads to an address that is not public')
    } finally {
      await strict.stop()
    }
  })

  it('there are fifty at most', async () => {
    const { admin: fresh } = await anOrganization(app)
    const make = () => fresh.post('/v1/webhooks', { url: 'https://example.com/', types: ['nobody.said'] })
    const made = await Promise.all(Array.from({ length: 55 }, make))
    expect(made.filter(({ status }) => status === 201)).toHaveLength(50)
    for (const reply of made.filter(({ status }) => status !== 201)) expectProblem(reply, 409, 'webhook.tooMany')
  })
})

describe('what is new in the log', () => {
  it('is there when a webhook that was due already is taken up', async () => {
    const still = await startApp({ doesJobs: false })
    const log = new pg.Client({ connectionString: still.databaseUrl })
    try {
      const made = await expectOk(
        still.admin.post<{ webhook: { id: string; organizationId: string } }>('/v1/webhooks', {
          ...{ url: 'https://example.com/', types: ['shop.*'] },
        }),
      )
      const statement = (name: string) => statementCatalogue.get(name) ?? expect.fail(name)
      const take = () => still.query(statement('webhooks.lease'), [newId(), 1, 30])
      await still.query(`update webhook_cursor set due_at = now() - interval '1 second'`)
      await log.connect()
      await log.query('begin')
      await log.query(statement('webhooks.wake'), [made.webhook.organizationId])
      expect(await take()).toEqual([])
      await log.query('commit')
      expect(await take()).toHaveLength(1)
    } finally {
      await log.end()
      await still.stop()
    }
  })
})

describe('a process that dies', () => {
  it('while it sends leaves nothing behind: another sends it again when the lease ends', async () => {
    const { receiver, id, path } = await aWebhook(['shop.*'])
    // As if a process had taken it and was killed: its lease has a moment left.
    await app.query(
      `update webhook_cursor set lease_token = $2, lease_until = now() + interval '1 second', due_at = now() + interval '1 second'
       where webhook_id = $1`,
      [id, newId()],
    )
    await say('shop.bought')
    await arrived(receiver, 1)
    expect(await deliveryIn(path, 'DELIVERED')).toMatchObject({ attempts: 1 })
  })
})
