import { createTestClient, http } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startEmbeddedChain } from '../../src/embedded/chain.ts'
import { fund } from '../../src/embedded/faucet.ts'
import { expectOk } from '../support/client.ts'
import {
  type AgentView,
  aCapability,
  anAgent,
  type PaymentView,
  paymentIn,
  unique,
  walletOf,
} from '../support/factories.ts'
import type { EngineFailure, FakeEngine } from '../support/fake-engine.ts'
import { wayTo } from '../support/outage.ts'
import { until } from '../support/until.ts'
import { atEnd, chainOf, closeAll, newHome, nodeAt, startWedi, type Wedi } from './process.ts'
import {
  agentIn,
  aPayer,
  balanceOf,
  confirmed,
  decisionsOf,
  engineToCome,
  expectOneAccount,
  failureOf,
  hostedToCome,
  newAccount,
  pay,
  sentBy,
} from './story.ts'

/** Bad weather around the started process: nothing is made or paid twice, and everything goes on when it clears. */

const AMOUNT = 1_000_000n

afterAll(closeAll)

describe('while an agent is created, an Engine', () => {
  let wedi: Wedi
  let engine: FakeEngine
  let startEngine: (state?: FakeEngine['state']) => Promise<FakeEngine>

  beforeAll(async () => {
    const { env, start } = await engineToCome('signer')
    wedi = await startWedi({ env })
    const { rpcUrl } = await chainOf(wedi)
    startEngine = (state) => start(rpcUrl, state)
  })
  beforeEach(async () => {
    engine = await startEngine()
  })
  afterEach(() => engine.stop())

  const create = () =>
    expectOk(wedi.client.post<AgentView>('/v1/agents', { name: unique('agent'), capability: aCapability() }))

  it.each<[string, RegExp, (engine: FakeEngine) => unknown]>([
    ['is down', /did not answer: ECONNREFUSED/, ({ stop }) => stop()],
    ['answers garbage', /answered 200 with no JSON/, ({ fail }) => fail('get-all', 'garbage')],
    ['fails', /answered 503/, ({ fail }) => fail('create', 'status-503')],
    ['refuses our token', /refused our token/, ({ fail }) => fail('get-all', 'unauthorized')],
  ])('that %s keeps it provisioning with the reason shown, until it is healed', async (_case, reason, spoil) => {
    await spoil(engine)
    const { id } = await create()
    const { statusReason } = await agentIn(wedi.client, id, 'PROVISIONING', reason)
    expect(statusReason).not.toContain(engine.token)
    await engine.stop()
    engine = await startEngine(engine.state)
    expect(await agentIn(wedi.client, id, 'ACTIVE')).toMatchObject({ statusReason: null })
    await expectOneAccount(wedi.client, engine, id)
  })

  it.each<EngineFailure>(['lose-reply-after-effect', 'garbage', 'status-500-after-effect'])(
    'that made the account and answers with %s is not asked for a second one',
    async (how) => {
      engine.fail('create', how)
      const { id } = await create()
      await agentIn(wedi.client, id, 'ACTIVE')
      expect((await walletOf(wedi.client, id)).provisionAttempts).toBe(1)
      expect(engine.requests.get('create')).toBe(1)
      await expectOneAccount(wedi.client, engine, id)
    },
  )
})

/** What a queue that spoils its next answer is, for Wedi. */
interface Queue {
  readonly env: Record<string, string>
  start(rpcUrl: string): Promise<{ spoil(how: Spoiled): void }>
}
type Spoiled = 'lose-reply-after-effect' | 'garbage' | 'status-500-after-effect' | 'errored-though-paid' | 'zero-value'

async function engineQueue(): Promise<Queue> {
  const { env, start } = await engineToCome('queue')
  return { env, start: async (rpcUrl) => spoiling((await start(rpcUrl)).fail, 'send-transaction') }
}

async function hostedQueue(): Promise<Queue> {
  const { env, start } = await hostedToCome()
  return { env, start: async (rpcUrl) => spoiling((await start(rpcUrl)).fail, 'write') }
}

const spoiling = <Route>(fail: (route: Route, how: Spoiled, times: number) => void, route: Route) => ({
  spoil: (how: Spoiled) => fail(route, how, 1),
})

describe.each([
  ["an Engine's queue", engineQueue],
  ['the hosted API', hostedQueue],
])('while %s pays', (_name, queueToCome) => {
  let wedi: Wedi
  let queue: Awaited<ReturnType<Queue['start']>>
  let chain: Awaited<ReturnType<typeof chainOf>>

  beforeAll(async () => {
    const { env, start } = await queueToCome()
    wedi = await startWedi({ env })
    chain = await chainOf(wedi)
    queue = await start(chain.rpcUrl)
  })

  it.each<Spoiled>(['lose-reply-after-effect', 'garbage', 'status-500-after-effect', 'errored-though-paid'])(
    'an answer spoiled by %s never makes it pay twice, and the chain settles it',
    async (how) => {
      const { client } = wedi
      const { id: agentId, address } = await aPayer(client, chain.token)
      queue.spoil(how)
      const asked = { agentId, asset: chain.token, payee: newAccount(), amount: AMOUNT }
      const { body } = await pay(client, asked)
      await confirmed(client, [body.id])
      expect(await balanceOf(chain.node, chain.token, asked.payee)).toBe(AMOUNT)
      const types = (await decisionsOf(client, { paymentId: body.id })).map(({ type }) => type)
      const isAccepted = how === 'errored-though-paid'
      const sent = isAccepted ? 'payment.submitted' : 'payment.unknown'
      expect(types).toEqual(['payment.requested', sent, 'payment.confirmed'])
      await confirmed(client, [(await pay(client, asked)).body.id])
      expect([await sentBy(chain.node, address), await balanceOf(chain.node, chain.token, asked.payee)]).toEqual([
        2,
        2n * AMOUNT,
      ])
    },
  )

  it('a payment that moved nothing is not believed: its reservation stays and nothing more is sent', async () => {
    const { client } = wedi
    const { id: agentId, address } = await aPayer(client, chain.token)
    const coin = 'eip155:31337/slip44:60'
    queue.spoil('zero-value')
    const asked = { agentId, asset: coin, payee: newAccount(), amount: AMOUNT }
    const { body } = await pay(client, asked)
    expect(await paymentIn(client, body.id, 'UNKNOWN')).toMatchObject({ failure: { code: 'payment.mismatch' } })
    const next = (await pay(client, asked)).body.id
    expect(await client.post(`/v1/payments/${body.id}/cancel`, {})).toMatchObject({ status: 409 })
    expect((await client.get<PaymentView>(`/v1/payments/${next}`)).body.status).toBe('RESERVED')
    expect([await sentBy(chain.node, address), await chain.node.getBalance({ address: asked.payee })]).toEqual([1, 0n])
  })
})

describe('while the node of a chain cannot be reached', () => {
  it('payments wait, reserved or already sent, and go on when it is back', async () => {
    const chain = await startEmbeddedChain({ directory: newHome() })
    atEnd(chain.stop)
    const way = await wayTo(chain.rpcUrl)
    atEnd(way.close)
    const token = `${chain.chain}/erc20:${chain.token}`
    const assets = [{ asset: token, symbol: 'dUSD', decimals: 6 }]
    // Two blocks: what is sent stays unconfirmed until another block is mined.
    const settings = [{ chain: chain.chain, rpcUrl: way.url, confirmations: 2, assets }]
    const { client } = await startWedi({ env: { WEDI_CHAINS: JSON.stringify(settings) } })
    const { id: agentId } = await anAgent(client, { capability: aCapability() })
    const address = (await walletOf(client, agentId)).address as `0x${string}`
    await fund(chain.rpcUrl, chain.token, { address, asset: 'token', amount: 10n * AMOUNT })
    await fund(chain.rpcUrl, chain.token, { address, asset: 'native', amount: 10n ** 18n })
    const asked = { agentId, asset: token, payee: newAccount(), amount: AMOUNT }
    const waiting = (id: string, status: PaymentView['status']) =>
      until(`payment ${id} is ${status} and waits for the chain`, async () => {
        const { body } = await client.get<PaymentView>(`/v1/payments/${id}`)
        return body.status === status && failureOf(body) === 'chain.unavailable'
      })

    const sent = (await pay(client, asked)).body
    await paymentIn(client, sent.id, 'SUBMITTED')
    await way.cut()
    const reserved = await pay(client, asked)
    expect(reserved.status).toBe(201)
    await Promise.all([waiting(sent.id, 'SUBMITTED'), waiting(reserved.body.id, 'RESERVED')])
    const node = nodeAt(chain.rpcUrl)
    expect(await sentBy(node, address)).toBe(1)

    await way.mend()
    await paymentIn(client, reserved.body.id, 'SUBMITTED')
    await createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) }).mine({ blocks: 1 })
    await confirmed(client, [sent.id, reserved.body.id])
    expect([await sentBy(node, address), await balanceOf(node, token, asked.payee)]).toEqual([2, 2n * AMOUNT])
  })
})
