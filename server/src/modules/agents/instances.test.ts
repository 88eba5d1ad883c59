import type { Static } from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { anAgent, asAgent } from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'
import { type Heartbeat, type Instance, MAX_INSTANCES } from './instance-contract.ts'

type InstanceView = Static<typeof Instance>
type HeartbeatView = Static<typeof Heartbeat>

/** So short that losing heartbeats is quick, so long that a busy machine does not lose one that is sent. */
const HEARTBEAT_MS = 400
const HOUR_MS = 3_600_000

let app: TestApp
/** Its clock is an hour off: only the database's may count. */
beforeAll(async () => {
  app = await startApp({ heartbeatMs: HEARTBEAT_MS, clock: () => new Date(Date.now() - HOUR_MS) })
})
afterAll(() => app.stop())

interface Runner {
  readonly agentId: string
  readonly client: Client
}

async function aRunner(over: Record<string, unknown> = {}): Promise<Runner> {
  const { id: agentId } = await anAgent(app.admin, { runtime: 'REMOTE', ...over })
  return { agentId, client: await asAgent(app.admin, agentId) }
}

const started = ({ agentId, client }: Runner, body = {}) =>
  expectOk(client.post<InstanceView>(`/v1/agents/${agentId}/instances`, body))
const beat = ({ client }: Runner, id: string, body = {}) =>
  client.post<HeartbeatView>(`/v1/instances/${id}/heartbeat`, body)
const stopped = ({ client }: Runner, id: string) => expectOk(client.post<InstanceView>(`/v1/instances/${id}/stop`))

async function seen({ agentId }: Runner, id: string): Promise<InstanceView> {
  const { data } = await expectOk(app.admin.get<{ data: InstanceView[] }>(`/v1/agents/${agentId}/instances`))
  const found = data.find((each) => each.id === id)
  if (!found) throw new Error(`no instance ${id}`)
  return found
}

const whenIn = (runner: Runner, id: string, status: InstanceView['status']) =>
  until(`instance ${id} is ${status}`, async () => {
    const view = await seen(runner, id)
    return view.status === status && view
  })

const actsOn = async (id: string) =>
  (
    await app.query<{ type: string }>('select type from agent_decision where subject = $1 order by id', [
      `instance:${id}`,
    ])
  ).map(({ type }) => type)
const spansOf = (id: string) =>
  app.query<{ began_at: Date; ended_at: Date | null; ended_by: string | null }>(
    'select began_at, ended_at, ended_by from instance_span where instance_id = $1 order by began_at',
    [id],
  )

describe('an instance', () => {
  it('says what it is, and hears when to be heard of', async () => {
    const runner = await aRunner()
    const made = await started(runner, { version: '1.2.3', labels: ['eu'], maxConcurrency: 3 })
    expect(made).toMatchObject({
      ...{ agentId: runner.agentId, version: '1.2.3', labels: ['eu'], maxConcurrency: 3 },
      ...{ status: 'HEALTHY', heartbeatMs: HEARTBEAT_MS, suspectAfter: 2, downAfter: 4, inUse: 0, isDraining: false },
    })
    const answer = await expectOk(beat(runner, made.id, { load: { inUse: 2 } }))
    expect(answer).toEqual({ status: 'HEALTHY', drain: false, nextHeartbeatMs: HEARTBEAT_MS, tasks: [] })
    expect((await seen(runner, made.id)).inUse).toBe(2)
  })

  it('that is not heard of is SUSPECT, then DOWN, by the clock of the database, and was there until last seen', async () => {
    const runner = await aRunner()
    const { id } = await started(runner)
    await whenIn(runner, id, 'SUSPECT')
    expect((await spansOf(id)).map(({ ended_at }) => ended_at)).toEqual([null])
    const down = await whenIn(runner, id, 'DOWN')
    const silentMs = Date.parse(down.statusSince) - Date.parse(down.lastSeenAt)
    expect(silentMs).toBeGreaterThanOrEqual(4 * HEARTBEAT_MS)
    expect(Math.abs(Date.parse(down.lastSeenAt) - Date.now())).toBeLessThan(HOUR_MS / 2)
    expect(await spansOf(id)).toMatchObject([{ ended_at: new Date(down.lastSeenAt), ended_by: 'DOWN' }])
    expect(await actsOn(id)).toEqual(['instance.started', 'instance.suspect', 'instance.down'])
  })

  it('that is heard of late goes on, and one that was DOWN begins anew', async () => {
    const runner = await aRunner()
    const { id } = await started(runner)
    await whenIn(runner, id, 'SUSPECT')
    expect((await expectOk(beat(runner, id))).status).toBe('HEALTHY')
    expect(await spansOf(id)).toMatchObject([{ ended_at: null }])
    await whenIn(runner, id, 'DOWN')
    expect((await expectOk(beat(runner, id))).status).toBe('HEALTHY')
    expect(await spansOf(id)).toMatchObject([{ ended_by: 'DOWN' }, { ended_at: null }])
    expect((await actsOn(id)).slice(0, 6)).toEqual(
      ['started', 'suspect', 'recovered', 'suspect', 'down', 'recovered'].map((act) => `instance.${act}`),
    )
  })

  it('is heard of by many processes at once without leaving a record', async () => {
    const runners = await Promise.all([aRunner(), aRunner()])
    const made = await Promise.all(
      Array.from({ length: 40 }, async (_, at) => {
        const runner = runners[at % 2] as Runner
        return { runner, id: (await started(runner)).id }
      }),
    )
    const twice = [...made, ...made.toReversed()]
    const answers = await Promise.all(twice.map(({ runner, id }) => expectOk(beat(runner, id))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['HEALTHY']))
    const acts = await Promise.all(made.map(({ id }) => actsOn(id)))
    // On a busy machine one may have been late; a beat itself is no record.
    expect(acts.filter((each) => each[0] === 'instance.started')).toHaveLength(40)
    expect(acts.flat()).not.toContain('instance.heartbeat')
  })

  it('stops at once with nothing in its hands, stays stopped, and is refused a heartbeat', async () => {
    const runner = await aRunner()
    const { id } = await started(runner)
    expect((await stopped(runner, id)).status).toBe('STOPPED')
    expect((await stopped(runner, id)).status).toBe('STOPPED')
    expectProblem(await beat(runner, id), 409, 'instance.stopped')
    expect(await actsOn(id)).toEqual(['instance.started', 'instance.stopped'])
    expect(await spansOf(id)).toMatchObject([{ ended_by: 'STOPPED' }])
  })

  it('of a retired agent is told to drain, and none is started', async () => {
    const runner = await aRunner()
    const { id } = await started(runner)
    await expectOk(app.admin.delete(`/v1/agents/${runner.agentId}`))
    expect((await expectOk(beat(runner, id))).drain).toBe(true)
    expectProblem(await runner.client.post(`/v1/agents/${runner.agentId}/instances`, {}), 409, 'agent.wrongStatus')
  })

  it('is no other agent’s: to it there is none', async () => {
    const [runner, other] = [await aRunner(), await aRunner()]
    const { id } = await started(runner)
    expectProblem(await beat(other, id), 404, 'instance.notFound')
    expectProblem(await other.client.post(`/v1/instances/${id}/stop`), 404, 'instance.notFound')
    expectProblem(await other.client.post(`/v1/agents/${runner.agentId}/instances`, {}), 404, 'agent.notFound')
    expectProblem(await other.client.get(`/v1/agents/${runner.agentId}/instances`), 404, 'agent.notFound')
    // A refused beat in the same batch spoils nobody's, whoever speaks first.
    const ours = (inUse: number) => () => beat(runner, id, { load: { inUse } })
    const theirs = () => beat(other, id, { load: { inUse: 9 } })
    const orders = [
      { said: [ours(4), theirs], replies: [200, 404], inUse: 4 },
      { said: [theirs, ours(5)], replies: [404, 200], inUse: 5 },
    ]
    for (const { said, replies, inUse } of orders) {
      const heard = await Promise.all(said.map((say) => say()))
      expect(heard.map(({ status }) => status)).toEqual(replies)
      expect(await app.query('select in_use from agent_instance where id = $1', [id])).toEqual([{ in_use: inUse }])
    }
  })

  it('is one of at most so many of an agent', async () => {
    const runner = await aRunner()
    const { id } = await started(runner)
    await app.query(
      `insert into agent_instance (organization_id, id, agent_id, labels, heartbeat_ms, suspect_after, down_after, started_at, last_seen_at, status_since)
       select organization_id, gen_random_uuid(), agent_id, '{}', 3600000, 2, 4, now(), now(), now()
       from agent_instance, generate_series(2, $2) where id = $1`,
      [id, MAX_INSTANCES],
    )
    expectProblem(await runner.client.post(`/v1/agents/${runner.agentId}/instances`, {}), 409, 'instance.tooMany')
  })

  it('is forgotten when it is long gone, but for when the first of its agent was there', async () => {
    const runner = await aRunner()
    const [first, second] = [await started(runner), await started(runner)]
    const longAgo = async (id: string, days: number) => {
      await stopped(runner, id)
      await app.query(
        `update instance_span set began_at = now() - $2 * interval '1 day', ended_at = now() - ($2 - 1) * interval '1 day'
         where instance_id = $1`,
        [id, days],
      )
    }
    await longAgo(first.id, 60)
    await longAgo(second.id, 50)
    await app.app.keepHouse()
    expect(await spansOf(first.id)).toHaveLength(1)
    expect(await spansOf(second.id)).toEqual([])
  })

  it('is listed with those of its status, the newest first', async () => {
    const runner = await aRunner()
    const [first, second] = [await started(runner), await started(runner)]
    await stopped(runner, first.id)
    const ids = async (query: string) =>
      (
        await expectOk(runner.client.get<{ data: InstanceView[] }>(`/v1/agents/${runner.agentId}/instances${query}`))
      ).data.map(({ id }) => id)
    expect(await ids('')).toEqual([second.id, first.id])
    expect(await ids('?status=STOPPED')).toEqual([first.id])
  })
})
