import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startApp, type TestApp } from '../../../../test/support/app.ts'
import { expectOk } from '../../../../test/support/client.ts'
import { aCapability, aFundedAgent, aPayment, type PaymentView, paymentIn } from '../../../../test/support/factories.ts'
import { type Outage, wayTo } from '../../../../test/support/outage.ts'
import {
  agentStatus,
  aKnownAgent,
  breakOf,
  breaksOf,
  doubtedFor,
  listBreaks,
  reconciled,
  sendFrom,
  THIEF,
  tokenCall,
} from '../../../../test/support/reconciliation.ts'
import { aSigner } from '../../../../test/support/signer.ts'
import { until } from '../../../../test/support/until.ts'
import { type EmbeddedChain, startEmbeddedChain } from '../../../embedded/chain.ts'
import { chainClient } from '../../../embedded/chain-client.ts'
import { embeddedSettings } from '../../../infrastructure.ts'

/** What a chain, its node or a payment may do that is not theft: said, or waited for, and nobody is stopped. */

const EVERY_MS = 100
const MINUTE_MS = 60_000

describe('a chain that is reorganised', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wedi-reorganised-'))
  let chain: EmbeddedChain
  let app: TestApp
  let offsetMs = 0
  beforeAll(async () => {
    chain = await startEmbeddedChain({ directory })
    app = await startApp({ chain, reconcileEveryMs: EVERY_MS, clock: () => new Date(Date.now() + offsetMs) })
  })
  afterAll(async () => {
    await app.stop()
    await chain.stop()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  })

  async function aConfirmedPayment() {
    const { agent, wallet } = await aKnownAgent(app)
    const { id } = await expectOk(aPayment(app, { agentId: agent.id, amount: '7' }))
    const payment = await paymentIn(app.admin, id, 'CONFIRMED')
    await reconciled(app)
    return { agent, wallet, payment }
  }

  it('takes a confirmed payment back: both are said, the payment is handed over again, and its break ends with the proof', async () => {
    const { agent, wallet, payment } = await aConfirmedPayment()
    const client = chainClient(chain.rpcUrl)
    // The blocks come again without their transactions; none is mined until the test says so.
    await client.setAutomine(false)
    await client.request({ method: 'anvil_reorg', params: [1, []] } as never)
    const reorganized = await breakOf(app, agent.id, 'chain.reorganized')
    expect(reorganized).toMatchObject({ severity: 'WARNING', expected: { nonce: '1' } })
    expect(await breaksOf(app, agent.id)).toHaveLength(1)
    await doubtedFor(app, MINUTE_MS, wallet.id)
    const vanished = await breakOf(app, agent.id, 'payment.vanished')
    expect(vanished).toMatchObject({
      paymentId: payment.id,
      transactionHash: payment.transactionHash,
      severity: 'WARNING',
    })
    expect(await agentStatus(app, agent.id)).toBe('ACTIVE')
    await until('it waits to be mined again', async () => {
      const pool = await client.getTxpoolStatus()
      return pool.pending + pool.queued > 0
    })
    await client.setAutomine(true)
    await client.mine({ blocks: 1 })
    const resolved = await until('it is proven to be there again', async () => {
      const { body } = await app.admin.get<typeof vanished>(`/v1/reconciliation/${vanished.id}`)
      return body.status === 'RESOLVED' && body
    })
    expect(resolved).toMatchObject({ resolvedBy: 'system:reconciliation', note: expect.stringContaining('mined') })
    expect((await breaksOf(app, agent.id)).map(({ kind }) => kind)).toEqual(['chain.reorganized'])
    await reconciled(app)
    expect(await agentStatus(app, agent.id)).toBe('ACTIVE')
  })

  it('goes back to an earlier block: said once it stays there, and what comes after is reconciled', async () => {
    const client = chainClient(chain.rpcUrl)
    const { agent, wallet } = await aKnownAgent(app)
    const snapshot = await client.snapshot()
    await client.mine({ blocks: 5 })
    await reconciled(app)
    await client.revert({ id: snapshot })
    // Seen often enough, but not for long enough, whatever a process thinks the time is: the node may only lag.
    offsetMs = 60 * MINUTE_MS
    await until('it is looked at again and again', async () => {
      const [book] = await app.query<{ sights: number }>(
        `select (doubts->'chain.reorganized'->>'sights')::int as sights from wallet_book where wallet_id = $1`,
        [wallet.id],
      )
      return (book?.sights ?? 0) > 3
    })
    expect(await breaksOf(app, agent.id)).toEqual([])
    offsetMs = 0
    await doubtedFor(app, MINUTE_MS)
    expect(await breakOf(app, agent.id, 'chain.reorganized')).toMatchObject({ status: 'OPEN' })
    await reconciled(app)
    expect(await agentStatus(app, agent.id)).toBe('ACTIVE')
    await sendFrom(wallet.address, tokenCall('transfer', [THIEF, 1n]), chain)
    await breakOf(app, agent.id, 'nonce.foreign')
    expect(await agentStatus(app, agent.id)).toBe('FROZEN')
  })

  it('stops the agent when it brings back a payment that is over without effect', async () => {
    const { agent, payment } = await aConfirmedPayment()
    // As if another transaction had taken its nonce in the blocks that are gone.
    await app.query(`update payment set status = 'CANCELED' where id = $1`, [payment.id])
    const [sent] = await app.query<{ raw: string }>(
      'select raw_transaction as raw from chain_transaction where payment_id = $1',
      [payment.id],
    )
    const client = chainClient(chain.rpcUrl)
    await client.mine({ blocks: 1 })
    await reconciled(app)
    // Mined a block later than before.
    await client.request({ method: 'anvil_reorg', params: [2, [[sent?.raw, 1]]] } as never)
    const revived = await breakOf(app, agent.id, 'payment.revived')
    expect(revived).toMatchObject({ severity: 'CRITICAL', paymentId: payment.id, expected: { status: 'CANCELED' } })
    expect(await agentStatus(app, agent.id)).toBe('FROZEN')
  })
})

describe('a node that cannot be reached', () => {
  let app: TestApp
  let way: Outage
  beforeAll(async () => {
    const { chain } = inject('infrastructure')
    way = await wayTo(chain.rpcUrl)
    const settings = embeddedSettings({ ...chain, rpcUrl: way.url.replace(/\/$/, '') })
    app = await startApp({ chains: [settings], reconcileEveryMs: EVERY_MS })
  })
  afterAll(async () => {
    await app.stop()
    await way.close()
  })

  it('is no break and stops nobody: the list says how far it is reconciled, and what left meanwhile is found after', async () => {
    const { agent, wallet } = await aKnownAgent(app)
    await way.cut()
    const cutAt = new Date()
    await sendFrom(wallet.address, tokenCall('transfer', [THIEF, 1n]))
    const dueAt = async () => (await app.query<{ due_at: Date }>('select due_at from wallet_book'))[0]?.due_at.getTime()
    for (let look = 0; look < 3; look++) {
      const before = await dueAt()
      await until('it was looked at', async () => (await dueAt()) !== before)
    }
    const { data, reconciledUntil } = await listBreaks(app.admin)
    expect(data).toEqual([])
    expect(new Date(reconciledUntil as string).getTime()).toBeLessThanOrEqual(cutAt.getTime())
    expect(await agentStatus(app, agent.id)).toBe('ACTIVE')
    await way.mend()
    await breakOf(app, agent.id, 'nonce.foreign')
    expect(await agentStatus(app, agent.id)).toBe('FROZEN')
  })
})

describe('a node that hangs', () => {
  it('holds up no book of another chain', async () => {
    let isAsked = false
    const hanging = createServer(() => {
      isAsked = true
    })
    await new Promise<void>((resolve) => void hanging.listen(0, '127.0.0.1', resolve))
    const rpcUrl = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`
    const settings = embeddedSettings(inject('infrastructure').chain)
    const other = { ...settings, chain: 'eip155:1' as const, rpcUrl, assets: [], isEmbedded: false }
    const app = await startApp({ chains: [settings, other], reconcileEveryMs: EVERY_MS })
    try {
      await aFundedAgent(app)
      await until('it is asked', async () => isAsked)
      const reconciledAt = async () =>
        (
          await app.query<{ reconciled_at: Date }>('select reconciled_at from wallet_book where chain = $1', [
            settings.chain,
          ])
        )[0]?.reconciled_at.getTime() ?? 0
      for (let look = 0; look < 3; look++) {
        const before = await reconciledAt()
        await until('the other is looked at', async () => (await reconciledAt()) > before, { deadlineMs: 5000 })
      }
    } finally {
      hanging.closeAllConnections()
      hanging.close()
      await app.stop()
    }
  })
})

describe('a payment that stands still', () => {
  const signer = aSigner()
  let app: TestApp
  let offsetMs = 0
  beforeAll(async () => {
    const clock = () => new Date(Date.now() + offsetMs)
    app = await startApp({ ...signer.options, reconcileEveryMs: EVERY_MS, clock })
  })
  afterAll(() => app.stop())

  const losesItsJob = (kind: string, subject: string) =>
    until('its job is lost', async () => {
      await app.query('delete from job where kind = $1 and subject = $2', [kind, subject])
      const left = await app.query('select 1 from job where kind = $1 and subject = $2', [kind, subject])
      return left.length === 0
    })

  it('is picked up, and is a break until it goes on', async () => {
    signer.isAway = true
    const { agent } = await aKnownAgent(app)
    const { id } = await expectOk(aPayment(app, { agentId: agent.id }))
    await paymentIn(app.admin, id, 'SUBMITTING')
    await losesItsJob('payments.advance', id)
    expect(await breaksOf(app, agent.id)).toEqual([])
    offsetMs += 61 * MINUTE_MS
    const stuck = await breakOf(app, agent.id, 'payment.stuck')
    expect(stuck).toMatchObject({ paymentId: id, severity: 'WARNING', seen: { status: 'SUBMITTING' } })
    await until('it is seen again', async () => (await breaksOf(app, agent.id))[0]?.lastSeenAt !== stuck.lastSeenAt)
    const said = await app.query(
      `select 1 from agent_decision where type = 'reconciliation.broken' and payment_id = $1`,
      [id],
    )
    expect(said).toHaveLength(1)
    expect(await agentStatus(app, agent.id)).toBe('ACTIVE')
    signer.isAway = false
    await paymentIn(app.admin, id, 'CONFIRMED')
    const resolved = await until('its break is over', async () => {
      const { body } = await app.admin.get<typeof stuck>(`/v1/reconciliation/${stuck.id}`)
      return body.status === 'RESOLVED' && body
    })
    expect(resolved).toMatchObject({ resolvedBy: 'system:reconciliation', note: expect.stringContaining('CONFIRMED') })
  })

  it('goes on when its job was lost before anything was signed', async () => {
    signer.isAway = true
    const { agent } = await aKnownAgent(app)
    const { id } = await expectOk(aPayment(app, { agentId: agent.id }))
    await paymentIn(app.admin, id, 'SUBMITTING')
    await losesItsJob('payments.advance', id)
    signer.isAway = false
    offsetMs += 3 * MINUTE_MS
    await paymentIn(app.admin, id, 'CONFIRMED')
    expect(await breaksOf(app, agent.id)).toEqual([])
  })

  it('keeps the pause of its job when the job is there', async () => {
    signer.isAway = true
    const { agent } = await aKnownAgent(app)
    const { id } = await expectOk(aPayment(app, { agentId: agent.id }))
    await paymentIn(app.admin, id, 'SUBMITTING')
    const job = async () =>
      (await app.query<{ run_at: Date; generation: number }>('select * from job where subject = $1', [id]))[0]
    await until('it rests', async () => {
      const text = `update job set run_at = now() + interval '1 day' where subject = $1 and lease_until is null returning 1`
      return (await app.query(text, [id])).length > 0
    })
    const before = await job()
    offsetMs += 61 * MINUTE_MS
    const { lastSeenAt } = await breakOf(app, agent.id, 'payment.stuck')
    await until('it is seen again', async () => (await breaksOf(app, agent.id))[0]?.lastSeenAt !== lastSeenAt)
    expect(await job()).toEqual(before)
  })

  it('ends when the approval it waits for has run out unheard', async () => {
    const capability = aCapability({ authorityLevel: 'PROPOSE' })
    const { agent } = await aFundedAgent(app, { capability })
    const held = await expectOk(aPayment(app, { agentId: agent.id }))
    await losesItsJob('payments.expireApproval', held.approvalId as string)
    offsetMs += 8 * 24 * 60 * MINUTE_MS
    const payment: PaymentView = await paymentIn(app.admin, held.id, 'CANCELED')
    expect(payment.failure).toMatchObject({ code: 'approval.expired' })
  })

  it('is picked up behind more than are looked at together', async () => {
    signer.isAway = true
    const { agent } = await aKnownAgent(app)
    const { id } = await expectOk(aPayment(app, { agentId: agent.id }))
    await paymentIn(app.admin, id, 'SUBMITTING')
    await app.query(
      `with others as (
         insert into payment (organization_id, id, agent_id, wallet_id, chain, asset, payee, amount, status, decision_id,
                              capability_revision, requested_by, intent_hash, created_at, updated_at)
         select organization_id, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, agent_id, wallet_id, chain,
                asset, payee, amount, 'UNKNOWN', decision_id, capability_revision, requested_by, intent_hash, created_at,
                updated_at
         from payment, generate_series(1, 250) n where id = $1 returning organization_id, id)
       insert into job (organization_id, kind, subject, payload, run_at, created_at)
       select organization_id, 'payments.advance', id, '{}', now() + interval '1 day', now() from others`,
      [id],
    )
    await losesItsJob('payments.advance', id)
    signer.isAway = false
    offsetMs += 3 * MINUTE_MS
    await paymentIn(app.admin, id, 'CONFIRMED')
  })
})
