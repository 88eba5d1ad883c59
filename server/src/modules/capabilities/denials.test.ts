import { LimitWindow } from '@wedi/database'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { aCapability, anAgent, aPayment } from '../../../test/support/factories.ts'
import type { Allowed, Change } from './headroom.ts'

/** A Wednesday at noon, so that no window ends while a test runs. */
const NOON = Date.UTC(2031, 0, 8, 12)
const started = Date.now()
let now = NOON
/** Stands still here when it is given. */
let held: number | undefined

let app: TestApp
/** Another process on the same database. */
let other: TestApp
beforeAll(async () => {
  const clock = () => new Date(held ?? now + Date.now() - started)
  app = await startApp({ clock })
  const { databaseUrl, masterKey, adminKey } = app
  other = await startApp({ clock, databaseUrl, masterKey, adminKey })
})
beforeEach(() => {
  now = NOON
})
afterAll(async () => {
  await other.stop()
  await app.stop()
})

interface Reason {
  code: string
  limitId: string
  remaining: string
  allowed?: Allowed
}
/** Held payments have taken their part like any other, and need no chain. */
const agentWith = async (limits: object[], over: object = {}) =>
  (await anAgent(app.admin, { capability: aCapability({ authorityLevel: 'PROPOSE', ...over, limits } as never) })).id
const ask = (agentId: string, amount: bigint, client: Client = app.admin) =>
  aPayment(app, { agentId, amount: String(amount), client })
const reasonsOf = (reply: { body: unknown }) => (reply.body as { reasons: Reason[] }).reasons

describe('sixty payments at the same time, for ten of which there is room,', () => {
  it.each([
    ['in one process', () => [app.admin]],
    ['in two processes', () => [app.admin, other.admin]],
  ])('%s: ten are made, the others are told how much is left, and none waits long', async (_case, clients) => {
    const limits = [{ window: 'DAY', asset: app.token, maxAmount: '109' }]
    const agentId = await agentWith(limits)
    const begun = performance.now()
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, n) => ask(agentId, 10n, clients()[n % clients().length])),
    )
    const tookMs = performance.now() - begun
    const denied = replies.filter(({ status }) => status === 403)
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(10)
    expect(denied).toHaveLength(50)
    for (const reply of denied) {
      expectProblem(reply, 403, 'payment.denied')
      const [{ code, remaining, allowed }] = reasonsOf(reply) as [Reason]
      expect({ code, remaining, allowed }).toMatchObject({
        ...{ code: 'limit.amountExceeded', remaining: '9' },
        allowed: { maxAmount: '9', later: { maxAmount: '10', notBefore: '2031-01-09T00:00:00.000Z' } },
      })
    }
    // A second on a quiet machine of two cores; here the whole run shares them.
    expect(tookMs).toBeLessThan(10_000)
  })
})

describe('what a denial allows instead', () => {
  const counting = Object.values(LimitWindow).filter((window) => window !== 'TRANSACTION')
  const limit = fc.record({
    window: fc.constantFrom(...counting),
    maxAmount: fc.integer({ min: 1, max: 120 }).map(String),
    maxCount: fc.integer({ min: 1, max: 4 }),
    perPayee: fc.boolean(),
  })

  it('is made when it is asked for, at its time', async () => {
    let tried = 0
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(limit, { minLength: 1, maxLength: 4, selector: (each) => `${each.window} ${each.perPayee}` }),
        fc.array(fc.bigInt({ min: 1n, max: 60n }), { maxLength: 3 }),
        fc.bigInt({ min: 1n, max: 120n }),
        async (limits, before, wanted) => {
          now = NOON
          const agentId = await agentWith(limits.map((each) => ({ ...each, asset: app.token })))
          for (const amount of before) await ask(agentId, amount)
          const reply = await ask(agentId, wanted)
          if (reply.status === 201) return
          const [{ allowed }] = reasonsOf(reply) as [Reason]
          // A change that was made has taken its part, so of two only the last is tried.
          const change: Change | undefined = allowed?.later ?? allowed
          if (!change) return
          tried++
          if (change.notBefore) now = Date.parse(change.notBefore) - (Date.now() - started)
          expect((await ask(agentId, BigInt(change.maxAmount))).status).toBe(201)
        },
      ),
      { numRuns: 25 },
    )
    expect(tried).toBeGreaterThan(3)
  })

  it('begins with the first millisecond of the next window, and not one before', async () => {
    const agentId = await agentWith([{ window: 'DAY', asset: app.token, maxAmount: '10' }])
    await expectOk(ask(agentId, 10n))
    const [{ allowed }] = reasonsOf(await ask(agentId, 10n)) as [Reason]
    expect(allowed).toEqual({ maxAmount: '10', notBefore: '2031-01-09T00:00:00.000Z' })
    const midnight = Date.UTC(2031, 0, 9)
    held = midnight - 1
    try {
      expectProblem(await ask(agentId, 1n), 403, 'payment.denied')
      held = midnight
      await expectOk(ask(agentId, 10n))
    } finally {
      held = undefined
    }
  })
})
