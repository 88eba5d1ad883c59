import { type Address, getAddress } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localProvider } from '#modules/wallets'
import { keyRing } from '#platform/crypto'
import { createDatabase, startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  aCapability,
  aFundedAgent,
  aPayment,
  PAYEE,
  type PaymentView,
  paymentIn,
  unique,
} from '../../../test/support/factories.ts'
import { wayTo } from '../../../test/support/outage.ts'
import { aPayerOn, type OwnChain, startOwnChain } from '../../../test/support/own-chain.ts'
import { deployToken, oddities } from '../../../test/support/tokens.ts'
import { until } from '../../../test/support/until.ts'
import { type WayToNode, wayToNode } from '../../../test/support/way-to-node.ts'

/** Bad input and bad weather: each has a clear state, nothing is lost, nothing is paid twice. */

let chain: OwnChain
let rpc: WayToNode
let app: TestApp
let offsetMs = 0
beforeAll(async () => {
  chain = await startOwnChain()
  rpc = await wayToNode(chain.rpcUrl)
  app = await startApp({
    chains: [chain.settings({ rpcUrl: rpc.url, confirmations: 3 })],
    clock: () => new Date(Date.now() + offsetMs),
  })
})
afterAll(async () => {
  await app.stop()
  await rpc.stop()
  await chain.stop()
})

const codeOf = ({ failure }: PaymentView) => (failure as { code: string } | null)?.code
const read = async (id: string, on = app) => expectOk(on.admin.get<PaymentView>(`/v1/payments/${id}`))
const nudge = (id: string, on = app) =>
  on.query(`update job set run_at = now() where kind = 'payments.advance' and subject = $1 and lease_until is null`, [
    id,
  ])
/** The payment once it is so, looked at again and again. */
const nudgedTo = (id: string, status: PaymentView['status'], on = app) =>
  until(`payment ${id} is ${status}`, async () => {
    await nudge(id, on)
    return (await read(id, on)).status === status
  })

describe('a token that', () => {
  const cases: [keyof typeof oddities, PaymentView['status'], string][] = [
    ['returns false instead of failing', 'FAILED', 'payment.wouldRevert'],
    ['keeps a fee', 'UNKNOWN', 'payment.mismatch'],
    ['says it moved what it did not', 'UNKNOWN', 'payment.mismatch'],
  ]
  it.each(cases)('%s is never a payment that was made', async (oddity, status, code) => {
    const contract = await deployToken(chain.node, oddities[oddity])
    const asset = `eip155:31337/erc20:${getAddress(contract)}`
    const capability = aCapability({ limits: [{ window: 'LIFETIME', asset, maxAmount: '100' }] })
    const { agent } = await aPayerOn(chain, app, { capability })
    const { body } = await aPayment(app, { agentId: agent.id, asset, amount: '5' })
    if (status === 'UNKNOWN') {
      await paymentIn(app.admin, body.id, 'SUBMITTED')
      await chain.node.mine({ blocks: 4 })
    }
    await nudgedTo(body.id, status)
    expect(codeOf(await read(body.id))).toBe(code)
    const { body: limits } = await app.admin.get<{ data: object[] }>(`/v1/agents/${agent.id}/limits`)
    expect(limits.data).toMatchObject([{ reserved: status === 'UNKNOWN' ? '5' : '0', spent: '0' }])
  })
})

it('counts a payment only when as many blocks stand on it as the chain asks', async () => {
  const { agent } = await aPayerOn(chain, app)
  const { body } = await aPayment(app, { agentId: agent.id })
  await paymentIn(app.admin, body.id, 'SUBMITTED')
  await until('it is mined', async () => (await chain.sentBy((await walletAddress(agent.id)) as Address)) === 1)
  await chain.node.mine({ blocks: 1 })
  await looked(body.id)
  expect((await read(body.id)).status).toBe('SUBMITTED')
  await chain.node.mine({ blocks: 1 })
  await nudgedTo(body.id, 'CONFIRMED')
})

it('sends again, byte for byte and in order, what a chain lost with its blocks', async () => {
  const { agent, address } = await aPayerOn(chain, app)
  const before = await chain.balanceOf(PAYEE)
  const snapshot = await chain.node.snapshot()
  const ids: string[] = []
  for (let i = 0; i < 3; i++) ids.push((await aPayment(app, { agentId: agent.id })).body.id)
  for (const id of ids) await paymentIn(app.admin, id, 'SUBMITTED')
  await until('all are mined', async () => (await chain.sentBy(address)) === 3)
  await chain.node.revert({ id: snapshot })
  expect(await chain.sentBy(address)).toBe(0)
  offsetMs += 10_000
  // The last one finds those before it missing.
  await until('all are mined again', async () => {
    await nudge(ids.at(-1) as string)
    return (await chain.sentBy(address)) === 3
  })
  await chain.node.mine({ blocks: 3 })
  for (const id of ids) await nudgedTo(id, 'CONFIRMED')
  expect([await chain.sentBy(address), await chain.balanceOf(PAYEE)]).toEqual([3, before + 3n])
})

it('believes no node of another chain', async () => {
  const other = await wayToNode(chain.rpcUrl)
  other.answerWith('eth_chainId', '0x1')
  const lost = await startApp({ chains: [chain.settings({ rpcUrl: other.url })] })
  try {
    const { agent } = await aPayerOn(chain, lost)
    const { body } = await aPayment(lost, { agentId: agent.id })
    await until('it says so', async () => codeOf(await read(body.id, lost)) === 'chain.unavailable')
    expect((await read(body.id, lost)).failure).toMatchObject({ detail: expect.stringContaining('eip155:1') })
    other.answerWith('eth_chainId', undefined)
    await nudgedTo(body.id, 'CONFIRMED', lost)
  } finally {
    await lost.stop()
    await other.stop()
  }
})

it('repeats a stored answer while the chain is silent', async () => {
  const contract = await deployToken(chain.node, oddities['keeps a fee'])
  const asset = `eip155:31337/erc20:${getAddress(contract)}`
  const { databaseUrl, masterKey, adminKey } = app
  // Another server, which has not yet heard of the token.
  const fresh = () =>
    startApp({ databaseUrl, masterKey, adminKey, doesJobs: false, chains: [chain.settings({ rpcUrl: rpc.url })] })
  const { agent } = await aPayerOn(chain, app, { capability: aCapability({ payees: { allow: [] } }) })
  const payment = { agentId: agent.id, payee: PAYEE, amount: '1', asset }
  const task = { type: 'payment', payload: { payee: PAYEE, amount: '1', asset }, requires: { tags: ['nobody'] } }
  for (const [path, body] of [
    ['/v1/payments', payment],
    ['/v1/tasks', task],
  ] as const) {
    const key = { 'idempotency-key': unique('silent') }
    const first = await app.admin.post(path, body, key)
    const second = await fresh()
    rpc.cut()
    try {
      const again = await second.admin.post(path, body, key)
      expect([again.status, again.text]).toEqual([first.status, first.text])
      expect(again.headers.get('idempotency-replayed')).toBe('true')
      expectProblem(await second.admin.post(path, body, { 'idempotency-key': unique('new') }), 503, 'chain.unavailable')
    } finally {
      rpc.mend()
      await second.stop()
    }
  }
})

describe('a clock that is set', () => {
  it.each([
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ])(
    '%s while a payment is signed neither loses it nor pays it twice, and no freeze waits for it',
    async (_way, jumpMs) => {
      const secret = unique('master key')
      const local = localProvider(keyRing(secret))
      let clockMs = 0
      const jumping = await startApp({
        masterKey: secret,
        clock: () => new Date(Date.now() + clockMs),
        providers: [
          {
            ...local,
            signsHere: false,
            sign: async (...args) => {
              clockMs = jumpMs
              return local.sign(...args)
            },
          },
        ],
      })
      try {
        const { agent } = await aFundedAgent(jumping)
        const { body } = await aPayment(jumping, { agentId: agent.id })
        await paymentIn(jumping.admin, body.id, 'CONFIRMED')
        const begun = performance.now()
        await expectOk(jumping.admin.post(`/v1/agents/${agent.id}/freeze`, { reason: 'stop' }))
        expect(performance.now() - begun).toBeLessThan(5000)
      } finally {
        await jumping.stop()
      }
    },
  )
})

it('goes on after the database was lost around a signature, and pays once', async () => {
  const secret = unique('master key')
  const database = await createDatabase()
  const way = await wayTo(database.url)
  const local = localProvider(keyRing(secret))
  let cuts = 0
  const lost = await startApp({
    masterKey: secret,
    databaseUrl: way.url,
    providers: [
      {
        ...local,
        signsHere: false,
        sign: async (...args) => {
          // Before the bytes are stored.
          if (++cuts > 1) return local.sign(...args)
          await way.cut()
          setTimeout(() => void way.mend(), 200)
          return local.sign(...args)
        },
      },
    ],
  })
  try {
    const { agent, wallet } = await aFundedAgent(lost)
    const { body } = await aPayment(lost, { agentId: agent.id })
    await until(
      'it is confirmed',
      async () => {
        const seen = await lost.admin.get<PaymentView>(`/v1/payments/${body.id}`).catch(() => undefined)
        return seen?.body?.status === 'CONFIRMED'
      },
      { deadlineMs: 40_000 },
    )
    const { body: shown } = await lost.admin.get<{ data: { amount: string; asset: string }[] }>(
      `/v1/wallets/${wallet.id}/balances`,
    )
    expect(shown.data.find(({ asset }) => asset === lost.token)?.amount).toBe('999999999')
    expect(cuts).toBe(2)
  } finally {
    await lost.stop()
    await way.close()
    await database.drop()
  }
}, 60_000)

async function walletAddress(agentId: string) {
  const { data } = await expectOk(app.admin.get<{ data: { address: string }[] }>(`/v1/agents/${agentId}/wallets`))
  return data[0]?.address
}

/** Its job ran once more from now on. */
async function looked(id: string): Promise<void> {
  await nudge(id)
  await until('it was looked at', async () => {
    const [job] = await app.query<{ waits: boolean }>(
      'select run_at > now() as waits from job where subject = $1 and lease_until is null',
      [id],
    )
    return job?.waits
  })
}
