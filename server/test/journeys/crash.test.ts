import { afterAll, describe, expect, it } from 'vitest'
import { expectOk } from '../support/client.ts'
import { type AgentView, aCapability, unique, walletOf } from '../support/factories.ts'
import { until } from '../support/until.ts'
import { chainOf, closeAll, newHome, startWedi } from './process.ts'
import {
  agentIn,
  aPayer,
  balanceOf,
  confirmed,
  decisionsOf,
  engineToCome,
  expectOneAccount,
  FUNDS,
  newAccount,
  pay,
  sentBy,
} from './story.ts'

/** The server is killed without a word (SIGKILL) and started again on the same home: everything happens exactly once. */

const PAYMENTS = 10
const AMOUNT = 1_000_000n

afterAll(closeAll)

/** At once, because each waits most of the time: what a killed server held is taken up again after 10 s. */
describe.concurrent('after it was killed', { timeout: 60_000 }, () => {
  it('is ready again, with its key, its data and its chain', async () => {
    const home = newHome()
    const before = await startWedi({ home })
    const { token } = await chainOf(before)
    const payer = await aPayer(before.client, token)
    const payee = newAccount()
    const { body } = await pay(before.client, { agentId: payer.id, asset: token, payee, amount: AMOUNT })
    const [payment] = await confirmed(before.client, [body.id])
    const decisions = await decisionsOf(before.client, { agentId: payer.id })
    await before.kill('SIGKILL')

    const after = await startWedi({ home })
    expect(after.key).toBe(before.key)
    expect(await expectOk(after.client.get(`/v1/payments/${body.id}`))).toEqual(payment)
    // What it had not brought into the tree yet gets its place now.
    const recorded = decisions.map((each) => ({ ...each, leafIndex: expect.toBeOneOf([null, expect.any(String)]) }))
    expect(await decisionsOf(after.client, { agentId: payer.id })).toEqual(recorded)
    const { node } = await chainOf(after)
    expect([await balanceOf(node, token, payee), await sentBy(node, payer.address)]).toEqual([AMOUNT, 1])
  })

  it('makes each of ten payments exactly once that were in flight when it was killed', async () => {
    const home = newHome()
    const before = await startWedi({ home })
    const { token, node } = await chainOf(before)
    const { id: agentId, address } = await aPayer(before.client, token)
    // The chain holds all of them up, and the first one that gets through is the sign to kill.
    before.signalChain('SIGSTOP')
    const each = Array.from({ length: PAYMENTS }, newAccount)
    const asked = each.map((payee) => pay(before.client, { agentId, asset: token, payee, amount: AMOUNT }))
    const ids = (await Promise.all(asked)).map(({ body }) => body.id)
    before.signalChain('SIGCONT')
    await until('one is sent', async () => (await sentBy(node, address)) > 0)
    await before.kill('SIGKILL')

    const after = await startWedi({ home })
    const payments = await confirmed(after.client, ids)
    expect(new Set(payments.map(({ transactionHash }) => transactionHash)).size).toBe(PAYMENTS)
    const { node: now } = await chainOf(after)
    expect(await sentBy(now, address)).toBe(PAYMENTS)
    expect(await Promise.all(each.map((payee) => balanceOf(now, token, payee)))).toEqual(each.map(() => AMOUNT))
    expect(await balanceOf(now, token, address)).toBe(FUNDS - BigInt(PAYMENTS) * AMOUNT)
  })

  it('signs the same ten payments again whose signatures Engine had not given when it was killed', async () => {
    const home = newHome()
    const { env, start } = await engineToCome('signer')
    const before = await startWedi({ home, env })
    const { rpcUrl, token } = await chainOf(before)
    const engine = await start(rpcUrl)
    const { id: agentId, address } = await aPayer(before.client, token)
    engine.fail('sign-transaction', 'hang')
    const each = Array.from({ length: PAYMENTS }, newAccount)
    const asked = each.map((payee) => pay(before.client, { agentId, asset: token, payee, amount: AMOUNT }))
    const ids = (await Promise.all(asked)).map(({ body }) => body.id)
    await until('all wait for Engine', async () => engine.requests.get('sign-transaction') === PAYMENTS)
    await before.kill('SIGKILL')
    engine.heal()

    const after = await startWedi({ home, env })
    await confirmed(after.client, ids)
    const { node } = await chainOf(after)
    expect(new Set(engine.signatures.map(({ nonce }) => nonce)).size).toBe(PAYMENTS)
    expect(new Set(engine.signatures.map(({ hash }) => hash)).size).toBe(PAYMENTS)
    expect([await sentBy(node, address), await balanceOf(node, token, address)]).toEqual([
      PAYMENTS,
      FUNDS - BigInt(PAYMENTS) * AMOUNT,
    ])
  })

  it('finds the account that Engine had made before it was killed, and makes no second one', async () => {
    const home = newHome()
    const { env, start } = await engineToCome('signer')
    const before = await startWedi({ home, env })
    const engine = await start((await chainOf(before)).rpcUrl)
    engine.fail('create', 'lose-reply-after-effect')
    const wanted = { name: unique('agent'), capability: aCapability() }
    const { id } = await expectOk(before.client.post<AgentView>('/v1/agents', wanted))
    await until('Engine has made it', async () => engine.wallets.length === 1)
    engine.fail('get-all', 'hang')
    expect((await walletOf(before.client, id)).address).toBe(null)
    await before.kill('SIGKILL')
    engine.heal()

    const after = await startWedi({ home, env })
    await agentIn(after.client, id, 'ACTIVE')
    expect(engine.wallets).toHaveLength(1)
    await expectOneAccount(after.client, engine, id)
  })
})
