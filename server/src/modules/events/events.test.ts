import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '#platform/ids'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { type EventStream, eventsOf, openStream } from '../../../test/support/event-stream.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  aCapability,
  aFundedAgent,
  anAgent,
  anOrganization,
  aPayment,
  aPaymentTask,
  asAgent,
  paymentIn,
  taskIn,
  unique,
} from '../../../test/support/factories.ts'
import { all, integrated } from '../../../test/support/log.ts'
import { until } from '../../../test/support/until.ts'

let app: TestApp
/** Another process on the same database. */
let other: TestApp
const opened: EventStream[] = []

beforeAll(async () => {
  app = await startApp()
  const { databaseUrl, masterKey, adminKey } = app
  other = await startApp({ databaseUrl, masterKey, adminKey })
})
afterEach(async () => {
  for (const stream of opened.splice(0)) await stream.close()
})
afterAll(async () => {
  await other.stop()
  await app.stop()
})

async function follow(client: Client, query = '', headers = {}): Promise<EventStream> {
  const stream = await openStream(client, query, headers)
  opened.push(stream)
  return stream
}

const say = (client: Client, agentId: string, type: string, count = 1, detail = '') =>
  expectOk(
    client.post(`/v1/agents/${agentId}/decisions`, {
      decisions: Array.from({ length: count }, () => ({ type, reasons: [{ code: 'said', detail }] })),
    }),
  )

const numbersFrom = (first: number, count: number) => Array.from({ length: count }, (_, at) => String(first + at))

describe('a stream', () => {
  it('begins now, and tells each act once, in the order of the log, as the log has it', async () => {
    const { admin } = await anOrganization(app)
    const { id } = await anAgent(admin)
    await integrated(admin)
    const stream = await follow(admin)
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/)
    await expectOk(admin.post(`/v1/agents/${id}/pause`, { reason: 'tried' }))
    await expectOk(admin.post(`/v1/agents/${id}/resume`, {}))
    const seen = await eventsOf(stream, 2)
    expect(seen.map(({ event }) => event)).toEqual(['agent.paused', 'agent.resumed'])
    const [decision] = await all(admin, 'type=agent.paused')
    const {
      inputs: _,
      leaf: _leaf,
      leafHash: _hash,
      redacted: _taken,
      ...shown
    } = decision as never as Record<string, unknown>
    expect(shown).toMatchObject(seen[0]?.data as object)
    expect(seen[0]).toMatchObject({ id: seen[0]?.data.leafIndex, data: { type: 'agent.paused', agentId: id } })
    expect(JSON.stringify(seen)).not.toContain('tried')
  })

  it('tells of tasks, payments, approvals, agents, wallets, capabilities and keys', async () => {
    const { admin } = await anOrganization(app)
    const stream = await follow(admin)
    const { agent } = await aFundedAgent(app, { client: admin })
    const task = await expectOk(admin.post<{ id: string }>('/v1/tasks', aPaymentTask(app, { agentId: agent.id })))
    await taskIn(admin, task.id, 'SUCCEEDED')
    await expectOk(admin.put(`/v1/agents/${agent.id}/capability`, aCapability({ authorityLevel: 'PROPOSE' })))
    const held = await expectOk(aPayment(app, { client: admin, agentId: agent.id }))
    await expectOk(admin.post(`/v1/approvals/${held.approvalId}/reject`, {}))
    await paymentIn(admin, held.id, 'CANCELED')
    await asAgent(admin, agent.id)
    const types = new Set(
      await until('all are told', async () => {
        const told = stream.events.map(({ event }) => event)
        return told.includes('key.created') && told.includes('payment.canceled') && told
      }),
    )
    for (const type of [
      ...[
        'agent.created',
        'agent.activated',
        'wallet.activated',
        'capability.changed',
        'task.submitted',
        'task.assigned',
      ],
      ...[
        'task.succeeded',
        'payment.requested',
        'payment.confirmed',
        'approval.rejected',
        'payment.canceled',
        'key.created',
      ],
    ]) {
      expect(types).toContain(type)
    }
  })

  it('of one organisation tells nothing of another', async () => {
    const [ours, theirs] = [await anOrganization(app), await anOrganization(app)]
    const { id } = await anAgent(ours.admin)
    const stream = await follow(ours.admin)
    const { id: foreign } = await anAgent(theirs.admin)
    await say(theirs.admin, foreign, 'theirs.said')
    await integrated(theirs.admin)
    await say(ours.admin, id, 'ours.said')
    await until('ours is told', async () => stream.events.some(({ event }) => event === 'ours.said'))
    expect(stream.events.filter(({ data }) => data.organizationId !== ours.id)).toEqual([])
    const asked = await follow(ours.admin, `?after=-1&agentId=${foreign}`)
    await say(ours.admin, id, 'ours.again')
    await until('it is told', async () => stream.events.some(({ event }) => event === 'ours.again'))
    expect(asked.events).toEqual([])
  })

  it('tells only the types and the agent it is asked for', async () => {
    const { admin } = await anOrganization(app)
    const [one, another] = [await anAgent(admin), await anAgent(admin)]
    const stream = await follow(admin, `?types=shop.*,errand.done&agentId=${one.id.toUpperCase()}`)
    for (const { id } of [another, one]) {
      for (const type of ['shop.bought', 'shop.kept.back', 'errand.begun', 'errand.done']) await say(admin, id, type)
    }
    const seen = await eventsOf(stream, 3)
    expect(seen.map(({ event, data }) => [event, data.agentId])).toEqual(
      ['shop.bought', 'shop.kept.back', 'errand.done'].map((type) => [type, one.id]),
    )
  })
})

describe('what is missed', () => {
  it('comes again from any place, by header or by query, in any process', async () => {
    const { admin } = await anOrganization(app)
    const { id } = await anAgent(admin)
    for (let n = 0; n < 3; n++) await say(admin, id, 'shop.bought', 500)
    await integrated(admin)
    const whole = await follow(admin, '?after=-1')
    const events = await until('all are told', async () => {
      const at = Number(whole.events.at(-1)?.id ?? -1) + 1
      return at >= 1500 && at === whole.events.length && whole.events
    })
    expect(events.map((each) => each.id)).toEqual(numbersFrom(0, events.length))
    for (const [query, headers] of [
      ['?after=999', {}],
      ['?after=3', { 'last-event-id': '999' }],
    ] as const) {
      const rest = await follow(other.admin.as(admin.key), query, headers)
      expect(await eventsOf(rest, events.length - 1000)).toEqual(events.slice(1000))
    }
  })

  it('is neither lost nor doubled by who comes back again and again while three write', async () => {
    const { admin } = await anOrganization(app)
    const { id } = await anAgent(admin)
    await integrated(admin)
    const first = await follow(admin, '?types=shop.*')
    const agents = [admin, other.admin.as(admin.key), admin]
    const writing = Promise.all(
      agents.map(async (client) => {
        for (let n = 0; n < 15; n++) await say(client, id, 'shop.bought', 4)
      }),
    )
    const seen: string[] = []
    let stream = first
    for (let round = 0; seen.length < 180; round++) {
      const server = round % 2 === 0 ? app.admin : other.admin
      await until('there is something new', async () => stream.events.length > 0)
      await stream.close()
      seen.push(...stream.events.map((each) => each.data.id))
      const from: Record<string, string> = { 'last-event-id': stream.lastId() ?? '' }
      if (seen.length < 180) stream = await follow(server.as(admin.key), '?types=shop.*', from)
    }
    await writing
    await integrated(admin)
    const written = await all(admin, 'type=shop.bought')
    const inOrder = written.toSorted((a, b) => Number(a.leafIndex) - Number(b.leafIndex)).map((each) => each.id)
    expect(seen).toEqual(inOrder)
  })

  it('by another process is told as well', async () => {
    const { admin } = await anOrganization(app)
    const { id } = await anAgent(admin)
    const [here, there] = [
      await follow(admin, '?types=shop.*'),
      await follow(other.admin.as(admin.key), '?types=shop.*'),
    ]
    await say(admin, id, 'shop.bought')
    for (const stream of [here, there]) expect(await eventsOf(stream, 1)).toHaveLength(1)
  })
})

describe('refused', () => {
  it.each([
    ['?after=1000000', {}],
    ['?after=-2', {}],
    ['?types=', {}],
    ['?types=Payment.*', {}],
    ['?types=payment.*,', {}],
    ['?agentId=none', {}],
    ['', { 'last-event-id': 'none' }],
    ['', { 'last-event-id': '-1' }],
    ['', { 'last-event-id': '999999' }],
  ])('%s %s is not a place or a filter', async (query, headers) => {
    expectProblem(await app.admin.get(`/v1/events${query}`, headers), 400, 'request.invalid')
  })

  it("an agent's credential follows that agent alone", async () => {
    const { admin } = await anOrganization(app)
    const [one, another] = [await anAgent(admin), await anAgent(admin)]
    const client = await asAgent(admin, one.id)
    expectProblem(await client.get(`/v1/events?agentId=${another.id}`), 403, 'event.notYours')
    expectProblem(await client.get(`/v1/events?agentId=${newId()}`), 403, 'event.notYours')
    const stream = await follow(client)
    for (const { id } of [another, one]) await say(admin, id, 'shop.bought')
    const seen = await eventsOf(stream, 1)
    expect(seen.map(({ data }) => data.agentId)).toEqual(seen.map(() => one.id))
  })

  it('the stream that is one too many of an organisation, until another is closed', async () => {
    const { admin } = await anOrganization(app)
    const streams = await Promise.all(Array.from({ length: 100 }, () => follow(admin)))
    const reply = await admin.get('/v1/events')
    expectProblem(reply, 429, 'event.tooManyStreams')
    expect(reply.headers.get('retry-after')).toBe('5')
    expect((await app.admin.get('/v1/events')).status).toBe(200)
    await streams[0]?.close()
    await until('there is room', async () => (await admin.get('/v1/events')).status === 200)
  })
})

describe('a stream ends', () => {
  it('when its key is revoked, in every process, and no other does', async () => {
    const { admin } = await anOrganization(app)
    const made = admin.post<{ secret: string; apiKey: { id: string } }>('/v1/api-keys', {
      name: unique('key'),
      role: 'VIEWER',
    })
    const { secret, apiKey } = await expectOk(made)
    const streams = await Promise.all([app, other].map(({ admin: client }) => follow(client.as(secret))))
    const stays = await follow(admin)
    await expectOk(admin.post(`/v1/api-keys/${apiKey.id}/revoke`))
    const revokedAt = performance.now()
    await until('both have ended', async () => streams.every((each) => each.isEnded()), { deadlineMs: 3000 })
    expect(performance.now() - revokedAt).toBeLessThan(3000)
    expect(stays.isEnded()).toBe(false)
  })

  it('when its reader takes nothing any more, and who comes back misses nothing', async () => {
    const { admin } = await anOrganization(app)
    const { id } = await anAgent(admin)
    await integrated(admin)
    const { port, hostname } = new URL(app.url)
    const reader = connect(Number(port), hostname)
    const served = new Promise<Socket>((resolve) => app.app.http.server.once('connection', resolve))
    reader.on('error', () => {})
    reader.write(`GET /v1/events HTTP/1.1\r\nhost: wedi\r\nauthorization: Bearer ${admin.key}\r\n\r\n`)
    await new Promise((resolve) => reader.once('readable', resolve))
    // More than the buffers of a kernel hold.
    for (let n = 0; n < 12; n++) await say(admin, id, 'shop.bought', 15, 'x'.repeat(60_000))
    await until('it was cut off', async () => (await served).destroyed)
    reader.destroy()
    const whole = await follow(admin, '?after=-1&types=shop.*')
    expect(await eventsOf(whole, 180)).toHaveLength(180)
  })

  it('when the process ends, which does not wait for it', async () => {
    const { databaseUrl, masterKey, adminKey } = app
    const third = await startApp({ databaseUrl, masterKey, adminKey })
    const stream = await follow(third.admin)
    const begun = performance.now()
    await third.stop()
    expect(performance.now() - begun).toBeLessThan(5000)
    await until('it has ended', async () => stream.isEnded())
  })
})
