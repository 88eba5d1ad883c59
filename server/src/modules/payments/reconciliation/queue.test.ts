import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startApp, type TestApp } from '../../../../test/support/app.ts'
import { expectOk } from '../../../../test/support/client.ts'
import { aPayment, PAYEE, paymentIn } from '../../../../test/support/factories.ts'
import { type EngineFailure, type FakeEngine, startFakeEngine } from '../../../../test/support/fake-engine.ts'
import {
  agentStatus,
  aKnownAgent,
  breakOf,
  breaksOf,
  doubtedFor,
  reconciled,
  sendFrom,
  tokenCall,
} from '../../../../test/support/reconciliation.ts'
import { chainClient } from '../../../embedded/chain-client.ts'

const HOUR_MS = 3_600_000

describe("an Engine's queue, which gives nonces itself", () => {
  let app: TestApp
  let engine: FakeEngine
  beforeAll(async () => {
    engine = await startFakeEngine({ rpcUrl: inject('infrastructure').chain.rpcUrl })
    const { url, token } = engine
    app = await startApp({ engine: { url, token, mode: 'queue' }, reconcileEveryMs: 50 })
  })
  afterAll(async () => {
    await app.stop()
    await engine.stop()
  })
  /** This Engine pays fees, so its wallets need coins. */
  async function aPayer() {
    const known = await aKnownAgent(app)
    const client = chainClient(inject('infrastructure').chain.rpcUrl)
    await client.setBalance({ address: known.wallet.address, value: 10n ** 18n })
    return known
  }

  it('is no break while it pays, tokens and coins, also when its answers are lost', async () => {
    const { agent, wallet } = await aPayer()
    const failures: (EngineFailure | undefined)[] = [
      undefined,
      'lose-reply-after-effect',
      'errored-though-paid',
      undefined,
    ]
    for (const [index, failure] of failures.entries()) {
      if (failure) engine.fail('send-transaction', failure, 1)
      const { id } = await expectOk(aPayment(app, { agentId: agent.id, asset: index % 2 ? app.token : app.coin }))
      await paymentIn(app.admin, id, 'CONFIRMED')
    }
    await reconciled(app)
    expect(await breaksOf(app, agent.id)).toEqual([])
    const [book] = await app.query('select nonce, doubts from wallet_book where wallet_id = $1', [wallet.id])
    expect(book).toEqual({ nonce: '4', doubts: {} })
  })

  it('that pays twice is found: the second has no payment', async () => {
    const { agent, wallet } = await aPayer()
    const { id } = await expectOk(aPayment(app, { agentId: agent.id, amount: '5' }))
    await paymentIn(app.admin, id, 'CONFIRMED')
    const hash = await sendFrom(wallet.address, tokenCall('transfer', [PAYEE, 5n]))
    expect(await breakOf(app, agent.id, 'nonce.foreign')).toMatchObject({ transactionHash: hash })
    expect(await agentStatus(app, agent.id)).toBe('FROZEN')
    await reconciled(app)
    expect(await breaksOf(app, agent.id)).toHaveLength(1)
  })

  it('that sends nothing where it should pay is waited for, and a break when its time is up', async () => {
    const { agent, wallet } = await aPayer()
    engine.fail('send-transaction', 'zero-value', 1)
    const { id } = await expectOk(aPayment(app, { agentId: agent.id, asset: app.coin, amount: '9' }))
    await paymentIn(app.admin, id, 'UNKNOWN')
    await doubtedFor(app, 0, wallet.id)
    expect(await breaksOf(app, agent.id)).toEqual([])
    expect(await agentStatus(app, agent.id)).toBe('ACTIVE')
    await doubtedFor(app, HOUR_MS / 2, wallet.id)
    await breakOf(app, agent.id, 'nonce.foreign')
    expect(await agentStatus(app, agent.id)).toBe('FROZEN')
  })
})
