import type { Static } from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { anAgent, anOrganization, asAgent } from '../../../test/support/factories.ts'
import { openHealth } from '../../../test/support/health.ts'
import { until } from '../../../test/support/until.ts'
import type { AgentHealth, FleetPage, Thresholds } from './contract.ts'
import type { ErrorClass } from './rules.ts'

type HealthView = Static<typeof AgentHealth>
type FleetView = Static<typeof FleetPage>

let app: TestApp
/** Beside the server, with the database's clock: puts samples in as the modules below health do. */
let beside: ReturnType<typeof openHealth>
beforeAll(async () => {
  app = await startApp()
  beside = openHealth({ databaseUrl: app.databaseUrl })
})
afterAll(async () => {
  await beside.close()
  await app.stop()
})

const read = (client: Client, agentId: string, query = '') =>
  expectOk(client.get<HealthView>(`/v1/agents/${agentId}/health${query}`))
const whenSo = (agentId: string, what: string, isSo: (view: HealthView) => boolean) => {
  let last: HealthView | undefined
  return until(
    `agent ${agentId} ${what}`,
    async () => {
      last = await read(app.admin, agentId)
      return isSo(last) && last
    },
    { last: () => last },
  )
}
const whenIs = (agentId: string, status: HealthView['status']) =>
  whenSo(agentId, `is ${status}`, (view) => view.status === status)

async function did(stack: typeof beside, agent: { organizationId: string; id: string }, ends: (ErrorClass | null)[]) {
  const samples = ends.map((errorClass) => ({
    ...{ agentId: agent.id, instanceId: null, kind: 'TASK' as const, errorClass, durationMs: 20 },
  }))
  for (const sample of samples) {
    await stack.database.inOrganization(agent, async (tx) => stack.health.observe(tx, [sample]))
  }
}
const times = <T>(count: number, what: T): T[] => Array.from({ length: count }, () => what)
const standingOf = (stack: typeof beside, agent: { organizationId: string; id: string }) =>
  stack.database.inOrganization(agent, async (tx) => (await stack.health.standings(tx, [agent.id])).get(agent.id))
const changesOf = async (agentId: string) =>
  (
    await app.query<{ inputs: Record<string, string> }>(
      `select s.inputs from agent_decision d join decision_disclosure s on s.decision_id = d.id
       where d.agent_id = $1 and d.type = 'health.changed' order by d.id`,
      [agentId],
    )
  ).map(({ inputs }) => inputs)

describe('an agent', () => {
  it('of whom nothing is known is UNKNOWN, and HEALTHY once it has done something', async () => {
    const agent = await anAgent(app.admin)
    expect(await read(app.admin, agent.id)).toMatchObject({
      ...{ status: 'UNKNOWN', errorRate: null, tasks: 0, lastSeenAt: null, restarts: 0, instances: [] },
      ...{ uptime: { '1h': null, '24h': null, '7d': null, '30d': null }, load: { inUse: 0, max: 10 } },
    })
    await did(beside, agent, [null])
    await whenIs(agent.id, 'HEALTHY')
    const counted = await whenSo(agent.id, 'has its task counted', ({ tasks }) => tasks === 1)
    expect(counted).toMatchObject({ errorRate: 0, errors: {} })
    expect(Math.abs((counted.responseTime.p50Ms as number) - 20)).toBeLessThanOrEqual(0.4)
    expect(await changesOf(agent.id)).toMatchObject([{ from: 'UNKNOWN', to: 'HEALTHY' }])
  })

  it('that fails again and again is out of assignment, alone, and that is recorded', async () => {
    const [agent, other] = [await anAgent(app.admin), await anAgent(app.admin)]
    await did(beside, agent, [null, ...times(5, 'CRASH' as const)])
    await did(beside, other, [null])
    const view = await whenIs(agent.id, 'DOWN')
    expect(view.breaker).toMatchObject({ state: 'OPEN', openings: 1, until: expect.any(String) })
    expect(await standingOf(beside, agent)).toEqual({ isOut: true, probing: false, recentFailures: 5 })
    expect(await standingOf(beside, other)).toEqual({ isOut: false, probing: false, recentFailures: 0 })
    expect((await changesOf(agent.id)).at(-1)).toMatchObject({ to: 'DOWN', breakerTo: 'OPEN' })
  })

  it('that says no, or is told no, is well', async () => {
    const agent = await anAgent(app.admin)
    await did(beside, agent, [...times(10, 'DENIED' as const), ...times(10, 'REJECTED' as const)])
    const view = await whenSo(agent.id, 'has its tasks counted', ({ tasks }) => tasks === 20)
    expect(view).toMatchObject({ status: 'HEALTHY', errorRate: 0, errors: { DENIED: 10, REJECTED: 10 } })
  })

  it('is judged by thresholds of its own', async () => {
    const agent = await anAgent(app.admin)
    await did(beside, agent, [null, 'CRASH', 'CRASH'])
    await whenIs(agent.id, 'HEALTHY')
    const path = `/v1/agents/${agent.id}/health/thresholds`
    await expectOk(app.admin.put<Static<typeof Thresholds>>(path, { breakerConsecutiveErrors: 2 }))
    expect(await expectOk(app.admin.get(path))).toMatchObject({ breakerConsecutiveErrors: 2, errorRate: 0.2 })
    await whenIs(agent.id, 'DOWN')
    expectProblem(await app.admin.put(path, { suspectAfter: 4, downAfter: 4 }), 400, 'request.invalid')
  })

  it('is DOWN without its instances, and has them judged by its own tolerance', async () => {
    const agent = await anAgent(app.admin, { runtime: 'REMOTE' })
    const own = await asAgent(app.admin, agent.id)
    await expectOk(app.admin.put(`/v1/agents/${agent.id}/health/thresholds`, { suspectAfter: 7, downAfter: 9 }))
    const made = await expectOk(
      own.post<{ id: string; suspectAfter: number; downAfter: number }>(`/v1/agents/${agent.id}/instances`, {}),
    )
    expect(made).toMatchObject({ suspectAfter: 7, downAfter: 9 })
    const up = await whenIs(agent.id, 'HEALTHY')
    expect(up.instances).toMatchObject([{ id: made.id }])
    expect(up.lastSeenAt).not.toBeNull()
    await expectOk(app.admin.put(`/v1/agents/${agent.id}/health/thresholds`, { suspectAfter: 3 }))
    expect((await read(own, agent.id)).instances).toMatchObject([{ suspectAfter: 3, downAfter: 4 }])
    await expectOk(own.post(`/v1/instances/${made.id}/stop`))
    expect((await whenIs(agent.id, 'DOWN')).uptime['1h']).toBeLessThanOrEqual(1)
    await expectOk(own.post(`/v1/agents/${agent.id}/instances`, {}))
    expect((await whenIs(agent.id, 'HEALTHY')).restarts).toBe(1)
  })

  it('that is retired is judged no more', async () => {
    const agent = await anAgent(app.admin)
    await expectOk(app.admin.delete(`/v1/agents/${agent.id}`))
    expect((await read(app.admin, agent.id)).reason).toBe('It is retired.')
    const path = `/v1/agents/${agent.id}/health/thresholds`
    expectProblem(await app.admin.put(path, { errorRate: 0.1 }), 409, 'agent.wrongStatus')
  })

  it.each([
    ['ends before it begins', '?from=2031-03-04T10:00:00Z&to=2031-03-04T09:00:00Z&resolution=MINUTE'],
    ['has too many points', '?from=2031-03-04T00:00:00Z&to=2031-03-06T00:00:00Z&resolution=MINUTE'],
    ['has a resolution nobody knows', '?resolution=WEEK'],
  ])('shows no series that %s', async (_what, query) => {
    const agent = await anAgent(app.admin)
    expectProblem(await app.admin.get(`/v1/agents/${agent.id}/health${query}`), 400, 'request.invalid')
  })
})

describe('the fleet', () => {
  it('is everyone who is not retired, by status, page by page; an agent sees itself alone', async () => {
    const { admin, id: organizationId } = await anOrganization(app)
    const agents = [await anAgent(admin), await anAgent(admin), await anAgent(admin)]
    const [first, second, gone] = agents as [(typeof agents)[0], (typeof agents)[0], (typeof agents)[0]]
    await did(beside, { organizationId, id: second.id }, times(5, 'TIMEOUT' as const))
    await expectOk(admin.delete(`/v1/agents/${gone.id}`))
    const page = (query: string, client = admin) => expectOk(client.get<FleetView>(`/v1/health${query}`))
    await until('the second is DOWN', async () => (await page('?status=DOWN')).data.length === 1)
    const one = await page('?limit=1')
    const rest = await page(`?limit=1&cursor=${one.nextCursor}`)
    expect([...one.data, ...rest.data].map(({ agentId }) => agentId)).toEqual([second.id, first.id])
    expect(rest.nextCursor).toBeNull()
    expect(one.totals).toEqual({ HEALTHY: 0, DEGRADED: 0, DOWN: 1, UNKNOWN: 1 })
    const own = await page('', await asAgent(admin, first.id))
    expect(own.data.map(({ agentId }) => agentId)).toEqual([first.id])
    expect(own.totals).toEqual({ HEALTHY: 0, DEGRADED: 0, DOWN: 0, UNKNOWN: 1 })
    const other = await asAgent(admin, second.id)
    expectProblem(await other.get(`/v1/agents/${first.id}/health`), 404, 'agent.notFound')
  })
})

describe('the breaker', () => {
  it('lets probes in after its pause, and the agent back when they are done, whoever counts', async () => {
    const quiet = await startApp({ doesJobs: false })
    let nowMs = Date.parse('2031-03-04T10:00:00Z')
    const clock = () => new Date(nowMs)
    const [stack, twin] = [1, 2].map(() => openHealth({ databaseUrl: quiet.databaseUrl, clock })) as [
      typeof beside,
      typeof beside,
    ]
    try {
      const [organization] = await quiet.query<{ id: string }>('select id from organization limit 1')
      const organizationId = organization?.id as string
      const agent = { organizationId, id: await stack.agentOf(organizationId) }
      const countTwice = () => Promise.all([stack.health.counting.once(), twin.health.counting.once()])
      const after = async (ms: number, ends: (ErrorClass | null)[]) => {
        nowMs += ms
        await did(stack, agent, ends)
        nowMs += 100
        await countTwice()
        return standingOf(stack, agent)
      }
      const out = { isOut: true, probing: false }
      const probing = { isOut: false, probing: true }
      const well = { isOut: false, probing: false }
      expect(await after(1000, times(5, 'LEASE_LOST' as const))).toMatchObject(out)
      expect(await after(9000, [])).toMatchObject(out)
      expect(await after(1000, [])).toMatchObject(probing)
      expect(await after(1000, ['LEASE_LOST'])).toMatchObject(out)
      expect(await after(19_000, [])).toMatchObject(out)
      expect(await after(2000, [null, null])).toMatchObject(probing)
      expect(await after(1000, [null])).toMatchObject(well)
      const changed = await quiet.query<{ count: number }>(
        `select count(*)::int as count from agent_decision where type = 'health.changed' and agent_id = $1`,
        [agent.id],
      )
      // Out, let in and out again, let in, back: none was recorded twice.
      expect(changed).toEqual([{ count: 4 }])
      const told = await quiet.query<{ kind: string }>('select kind from job where subject = $1', [agent.id])
      expect(told.map(({ kind }) => kind)).toContain('health.assess')
      // Of an agent that seldom has a task every probe counts, however long ago it was.
      expect(await after(1000, times(5, 'LEASE_LOST' as const))).toMatchObject(out)
      expect(await after(11_000, [null])).toMatchObject(probing)
      expect(await after(900_000, [null])).toMatchObject(probing)
      expect(await after(900_000, [null])).toMatchObject(well)
    } finally {
      await Promise.all([stack.close(), twin.close()])
      await quiet.stop()
    }
  })
})

describe('an organisation', () => {
  it('whose agents cannot be looked at holds up no other', async () => {
    const quiet = await startApp({ doesJobs: false })
    const stack = openHealth({ databaseUrl: quiet.databaseUrl })
    try {
      for (const { id: organizationId } of [await anOrganization(quiet), await anOrganization(quiet)]) {
        const agent = { organizationId, id: await stack.agentOf(organizationId) }
        await did(stack, agent, [null])
        await quiet.query(
          `insert into agent_instance (organization_id, id, agent_id, labels, heartbeat_ms, suspect_after, down_after,
                                       started_at, last_seen_at, status_since)
           values ($1, gen_random_uuid(), $2, '{}', 1000, 2, 4, now(), now() - interval '1 hour', now())`,
          [organizationId, agent.id],
        )
      }
      // Whichever comes first: a sequence does not go back with its transaction.
      await quiet.query(
        `create sequence looks;
         create function refuse_first() returns trigger language plpgsql security definer set search_path = public as
         $$ begin if nextval('looks') = 1 then raise 'broken'; end if; return new; end $$;
         create trigger broken before insert on health_bucket for each row execute function refuse_first();
         create trigger broken before update on agent_instance for each row execute function refuse_first()`,
      )
      await stack.health.counting.once()
      const counted = await quiet.query('select distinct organization_id from health_bucket')
      await quiet.query('alter sequence looks restart')
      expect([counted.length, await stack.instances.sweep.once()]).toEqual([1, 1])
    } finally {
      await stack.close()
      await quiet.stop()
    }
  })
})
