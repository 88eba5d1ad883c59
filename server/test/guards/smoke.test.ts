import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { aFundedAgent, aPayment, paymentIn, anOrganization } from '../support/factories.ts'
let app: TestApp
beforeAll(async () => { app = await startApp() })
afterAll(() => app.stop())
it('pays', async () => {
  const { agent } = await aFundedAgent(app)
  const { body } = await aPayment(app, { agentId: agent.id })
  const paid = await paymentIn(app.admin, body.id, 'CONFIRMED')
  expect(paid.transactionHash).toMatch(/^0x/)
  await anOrganization(app)
})
