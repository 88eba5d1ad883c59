import { expect, it } from 'vitest'
import { setTimeout as pause } from 'node:timers/promises'
import { startApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { aCapability, aFundedAgent, aPayment, aPaymentTask } from '../../../test/support/factories.ts'

it('huge', async () => {
  const app = await startApp()
  const { agent } = await aFundedAgent(app)
  const p = await aPayment(app, { agentId: agent.id, amount: '9'.repeat(78) })
  await pause(3000)
  const r = await app.admin.get(`/v1/payments/${p.body.id}`)
  console.log(p.status, r.text)
  console.log(await app.query('select kind, attempts, last_error from job'))
  const { agent: b } = await aFundedAgent(app, { capability: aCapability({ limits: [{ window: 'DAY', asset: app.token, maxCount: 100 }] }) })
  console.log((await Promise.all([1, 2].map(() => aPayment(app, { agentId: b.id, amount: '9'.repeat(78) })))).map((x) => x.text))
  // parked
  const { agent: c } = await aFundedAgent(app, { maxConcurrency: 1, capability: aCapability({ taskTypes: ['payment'], tags: ['c'], authorityLevel: 'PROPOSE' }) })
  for (let i = 0; i < 5; i++) { await app.admin.post('/v1/tasks', aPaymentTask(app, { agentId: c.id })); await pause(700) }
  const { data } = await expectOk(app.admin.get<{ data: { id: string }[] }>('/v1/approvals?status=PENDING'))
  console.log('approvals', data.length)
  let max = 0
  let stop = false
  const poll = (async () => { while (!stop) { const [row] = await app.query<{ n: number }>(`select count(*)::int n from task where assigned_agent_id=$1 and status in ('ASSIGNED','RUNNING') and not is_parked`, [c.id]); max = Math.max(max, row?.n ?? 0) } })()
  await Promise.all(data.map(({ id }) => app.admin.post(`/v1/approvals/${id}/approve`, {})))
  await pause(2000)
  stop = true
  await poll
  console.log('max unparked', max)
  await app.stop()
}, 60000)
