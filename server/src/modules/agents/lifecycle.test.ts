import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk, type Reply } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { type AgentView, aCapability, anAgent, aPayment, unique } from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'

type Status = AgentView['status']
interface Decision {
  type: string
  inputs: Record<string, unknown>
}

let app: TestApp
/** Answers, and does nothing that follows from an answer: its agents stay PROVISIONING. */
let still: TestApp
beforeAll(async () => {
  ;[app, still] = await Promise.all([startApp(), startApp({ doesJobs: false })])
})
afterAll(() => Promise.all([app.stop(), still.stop()]))

const acts = ['pause', 'resume', 'freeze', 'unfreeze', 'retire', 'change'] as const
type Act = (typeof acts)[number]

const carryOut = (client: Client, id: string, act: Act): Promise<Reply<AgentView>> => {
  if (act === 'retire') return client.delete(`/v1/agents/${id}`)
  if (act === 'change') return client.patch(`/v1/agents/${id}`, { description: 'changed' })
  return client.post(`/v1/agents/${id}/${act}`, {})
}

/** An agent in a status, and a client of the server it is on. */
async function agentIn(status: Status): Promise<{ client: Client; id: string }> {
  if (status === 'PROVISIONING') {
    const { id } = await expectOk(still.admin.post<AgentView>('/v1/agents', { name: unique('agent') }))
    return { client: still.admin, id }
  }
  const { id } = await anAgent(app.admin)
  const way = { ACTIVE: undefined, PAUSED: 'pause', FROZEN: 'freeze', RETIRED: 'retire' } as const
  const act = way[status]
  if (act) await expectOk(carryOut(app.admin, id, act))
  return { client: app.admin, id }
}

const PROVISIONING_TO_RETIRED: Status[] = ['PROVISIONING', 'ACTIVE', 'PAUSED', 'FROZEN', 'RETIRED']
/** What each act leads to, from every status it is possible in. */
const allowed: Record<Act, Partial<Record<Status, Status>>> = {
  pause: { ACTIVE: 'PAUSED' },
  resume: { PAUSED: 'ACTIVE' },
  freeze: { PROVISIONING: 'FROZEN', ACTIVE: 'FROZEN', PAUSED: 'FROZEN' },
  unfreeze: { FROZEN: 'ACTIVE' },
  retire: { PROVISIONING: 'RETIRED', ACTIVE: 'RETIRED', PAUSED: 'RETIRED', FROZEN: 'RETIRED' },
  change: { PROVISIONING: 'PROVISIONING', ACTIVE: 'ACTIVE', PAUSED: 'PAUSED', FROZEN: 'FROZEN' },
}
const cases = acts.flatMap((act) => PROVISIONING_TO_RETIRED.map((from) => [act, from, allowed[act][from]] as const))

describe('the lifecycle of an agent', () => {
  it.each(cases.filter(([, , to]) => to !== undefined))(
    'allows %s of one that is %s: then it is %s',
    async (act, from, to) => {
      const { client, id } = await agentIn(from)
      expect(await expectOk(carryOut(client, id, act))).toMatchObject({ id, status: to })
    },
  )

  it.each(cases.filter(([, , to]) => to === undefined))('refuses %s of one that is %s', async (act, from) => {
    const { client, id } = await agentIn(from)
    const before = await client.get(`/v1/agents/${id}`)
    expectProblem(await carryOut(client, id, act), 409, 'agent.wrongStatus')
    expect((await client.get(`/v1/agents/${id}`)).text).toBe(before.text)
  })

  it.each<Status>(['PROVISIONING', 'ACTIVE', 'PAUSED'])(
    'goes back to %s when a freeze from there ends',
    async (from) => {
      const { client, id } = await agentIn(from)
      const frozen = await expectOk(client.post<AgentView>(`/v1/agents/${id}/freeze`, { reason: 'odd' }))
      expect(frozen).toMatchObject({ status: 'FROZEN', statusReason: 'odd' })
      expect(await expectOk(carryOut(client, id, 'unfreeze'))).toMatchObject({ status: from, statusReason: null })
    },
  )

  it('is active after a freeze in which its wallet came', async () => {
    const late = await startApp({ doesJobs: false })
    try {
      const { id } = await expectOk(late.admin.post<AgentView>('/v1/agents', { name: unique('agent') }))
      await expectOk(carryOut(late.admin, id, 'freeze'))
      late.app.start()
      await until('its wallet is there', async () => {
        const { body } = await late.admin.get<{ data: { status: string }[] }>(`/v1/agents/${id}/wallets`)
        return body.data[0]?.status === 'ACTIVE'
      })
      expect((await late.admin.get<AgentView>(`/v1/agents/${id}`)).body.status).toBe('FROZEN')
      expect(await expectOk(carryOut(late.admin, id, 'unfreeze'))).toMatchObject({ status: 'ACTIVE' })
    } finally {
      await late.stop()
    }
  })

  it('has one freeze when ten come at the same time', async () => {
    const { id } = await anAgent(app.admin)
    const replies = await Promise.all(Array.from({ length: 10 }, () => carryOut(app.admin, id, 'freeze')))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)])
  })

  it('leaves a decision for each act, with the reason that was given', async () => {
    const { id } = await anAgent(app.admin)
    for (const act of ['pause', 'resume', 'freeze', 'unfreeze']) {
      await expectOk(app.admin.post(`/v1/agents/${id}/${act}`, { reason: `because of ${act}` }))
    }
    await expectOk(carryOut(app.admin, id, 'retire'))
    const { data } = await expectOk(app.admin.get<{ data: Decision[] }>(`/v1/decisions?agentId=${id}&limit=5`))
    expect(data.map(({ type, inputs }) => [type, inputs.reason])).toEqual([
      ['agent.retired', undefined],
      ['agent.unfrozen', 'because of unfreeze'],
      ['agent.frozen', 'because of freeze'],
      ['agent.resumed', 'because of resume'],
      ['agent.paused', 'because of pause'],
    ])
  })
})

describe('a retirement', () => {
  it('keeps the agent for the log', async () => {
    const { client, id } = await agentIn('RETIRED')
    expect((await client.get<AgentView>(`/v1/agents/${id}`)).body).toMatchObject({ id, status: 'RETIRED' })
    const { data } = await expectOk(client.get<{ data: AgentView[] }>('/v1/agents?status=RETIRED&limit=200'))
    expect(data.map((agent) => agent.id)).toContain(id)
    expectProblem(await client.put(`/v1/agents/${id}/capability`, aCapability()), 409, 'capability.retired')
    expectProblem(await client.post(`/v1/agents/${id}/wallets`, {}), 409, 'wallet.agentRetired')
    expectProblem(await aPayment(app, { agentId: id }), 403, 'payment.denied')
  })

  it('is refused while money is in flight, and possible once it is not', async () => {
    const { id } = await anAgent(app.admin, { capability: aCapability({ authorityLevel: 'PROPOSE' }) })
    const held = await expectOk(aPayment(app, { agentId: id }))
    expectProblem(await carryOut(app.admin, id, 'retire'), 409, 'agent.moneyInFlight')
    expect((await app.admin.get<AgentView>(`/v1/agents/${id}`)).body.status).toBe('ACTIVE')
    await expectOk(app.admin.post(`/v1/payments/${held.id}/cancel`))
    expect(await expectOk(carryOut(app.admin, id, 'retire'))).toMatchObject({ status: 'RETIRED' })
  })
})
