import fc from 'fast-check'
import { erc20Abi } from 'viem'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { nodeAt } from '../../../test/journeys/process.ts'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk, type Reply } from '../../../test/support/client.ts'
import {
  aCapability,
  aFundedAgent,
  anOrganization,
  type PaymentView,
  type TestOrganization,
  unique,
} from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'

/**
 * Any interleaving of requests, answers, cancels, freezes and expiries, against a model that only knows what was said:
 * who holds how much of the limit, and what may still move. WEDI_MODEL_RUNS and WEDI_MODEL_SEED try more, or again.
 */

const RUNS = Number(process.env.WEDI_MODEL_RUNS ?? 6)
const SEED = Number(process.env.WEDI_MODEL_SEED ?? 1)
const CAP = 1000n
const THRESHOLD = 300n
const SETTLED_MS = 60_000

/** `counts`: its amount is of the limit for good, or until it ends. */
interface Known {
  readonly id: string
  readonly payee: `0x${string}`
  readonly amount: bigint
  readonly approvalId: string | null
  /** `leaving`: canceled when it had its nonce, so that the chain decides. */
  status: 'held' | 'going' | 'leaving' | 'over'
  /** A transaction of nothing took its nonce. */
  isFilled?: boolean
}

interface Model {
  readonly payments: Known[]
  isAgentFrozen: boolean
  isOrganizationFrozen: boolean
  /** Payments whose bytes were stored when the freeze was answered. */
  signed: Set<string>
}

interface Real {
  readonly admin: Client
  readonly approver: Client
  readonly agentId: string
  readonly address: `0x${string}`
}

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

const used = ({ payments }: Model): bigint =>
  payments.filter(({ status }) => status !== 'over').reduce((sum, { amount }) => sum + amount, 0n)
const isFrozen = (model: Model): boolean => model.isAgentFrozen || model.isOrganizationFrozen
const heldOnes = ({ payments }: Model): Known[] => payments.filter(({ status }) => status === 'held')

abstract class Step implements fc.AsyncCommand<Model, Real> {
  check(_model: Readonly<Model>): boolean {
    return true
  }

  abstract act(model: Model, real: Real): Promise<void>

  async run(model: Model, real: Real): Promise<void> {
    await this.act(model, real)
    await expectLimitsLike(model, real)
  }
}

/** Several payments at once, each asked for several times with its key. */
class Request extends Step {
  readonly wanted: readonly { amount: bigint; copies: number }[]
  constructor(wanted: readonly { amount: bigint; copies: number }[]) {
    super()
    this.wanted = wanted
  }

  override async act(model: Model, real: Real): Promise<void> {
    const asked = this.wanted.map((each) => ({ ...each, payee: newAccount(), key: unique('model') }))
    const replies = await Promise.all(asked.map((each) => ask(real, each)))
    const wasFrozen = isFrozen(model)
    const denied: bigint[] = []
    for (const [at, { made, isDenied }] of replies.entries()) {
      const { amount, payee } = asked[at] as (typeof asked)[number]
      if (isDenied) denied.push(amount)
      if (!made) continue
      const { id, approvalId } = made
      expect(made.status === 'HELD').toBe(amount > THRESHOLD)
      model.payments.push({ id, approvalId, amount, payee, status: made.status === 'HELD' ? 'held' : 'going' })
    }
    if (wasFrozen) expect(replies.some(({ made }) => made)).toBe(false)
    else for (const amount of denied) expect(used(model) + amount).toBeGreaterThan(CAP)
  }

  override toString = () => `request ${this.wanted.map(({ amount, copies }) => `${amount}×${copies}`).join(' + ')}`
}

/** Several answers to one held payment at once: one counts, at most. */
class Answer extends Step {
  readonly which: number
  readonly answers: readonly ('approve' | 'reject')[]
  constructor(which: number, answers: readonly ('approve' | 'reject')[]) {
    super()
    this.which = which
    this.answers = answers
  }

  override check = (model: Readonly<Model>) => heldOnes(model).length > 0

  override async act(model: Model, { approver }: Real): Promise<void> {
    const payment = chosen(heldOnes(model), this.which)
    const path = `/v1/approvals/${payment.approvalId}`
    const replies = await Promise.all(this.answers.map((answer) => approver.post(`${path}/${answer}`, {})))
    const counted = this.answers.filter((_, at) => replies[at]?.status === 200)
    expect(counted.length).toBeLessThanOrEqual(1)
    // Under a freeze nothing is approved; a refusal by a person stands all the same.
    if (isFrozen(model)) expect(counted).not.toContain('approve')
    else expect(counted).toHaveLength(1)
    if (counted.length === 1) payment.status = counted[0] === 'approve' ? 'going' : 'over'
  }

  override toString = () => `answer ${this.which}: ${this.answers.join(' + ')}`
}

class Cancel extends Step {
  readonly which: number
  constructor(which: number) {
    super()
    this.which = which
  }

  override check = ({ payments }: Readonly<Model>) => payments.length > 0

  override async act(model: Model, { admin }: Real): Promise<void> {
    const payment = chosen(model.payments, this.which)
    const { status, body } = await admin.post<PaymentView>(`/v1/payments/${payment.id}/cancel`, {})
    expect([200, 409]).toContain(status)
    if (payment.status === 'held') expect(status).toBe(200)
    if (payment.status === 'over') expect(status).toBe(409)
    if (status === 200) payment.status = body.status === 'CANCELED' ? 'over' : 'leaving'
  }

  override toString = () => `cancel ${this.which}`
}

class Expire extends Step {
  readonly which: number
  constructor(which: number) {
    super()
    this.which = which
  }

  override check = (model: Readonly<Model>) => heldOnes(model).length > 0

  override async act(model: Model, { approver }: Real): Promise<void> {
    const payment = chosen(heldOnes(model), this.which)
    await app.query(`update approval set expires_at = now() - interval '1 second' where id = $1`, [payment.approvalId])
    await app.query(`update job set run_at = now() where kind = 'payments.expireApproval' and subject = $1`, [
      payment.approvalId,
    ])
    const { status } = await approver.post(`/v1/approvals/${payment.approvalId}/approve`, {})
    expect(status).toBe(409)
    await until('the approval is expired', async () => {
      const { body } = await approver.get(`/v1/approvals/${payment.approvalId}`)
      return body.status === 'EXPIRED'
    })
    payment.status = 'over'
  }

  override toString = () => `expire ${this.which}`
}

class Freeze extends Step {
  readonly isWhole: boolean
  constructor(isWhole: boolean) {
    super()
    this.isWhole = isWhole
  }

  override check = (model: Readonly<Model>) => (this.isWhole ? !model.isOrganizationFrozen : !model.isAgentFrozen)

  override async act(model: Model, real: Real): Promise<void> {
    const wasFrozen = isFrozen(model)
    await expectOk(real.admin.post(`${this.#path(real)}/freeze`, { reason: 'the model says so' }))
    if (this.isWhole) model.isOrganizationFrozen = true
    else model.isAgentFrozen = true
    if (!wasFrozen) model.signed = await signedOf(real)
  }

  #path = ({ agentId }: Real) => (this.isWhole ? '/v1/organizations/current' : `/v1/agents/${agentId}`)
  override toString = () => `freeze ${this.isWhole ? 'organisation' : 'agent'}`
}

/** The limit is out of force for a moment: what it counted it counts again. */
class OutAndBack extends Step {
  override async act(_model: Model, { admin, agentId }: Real): Promise<void> {
    const put = (over: object) => expectOk(admin.put(`/v1/agents/${agentId}/capability`, { ...capability(), ...over }))
    await put({ limits: [] })
    await put({})
  }

  override toString = () => 'limit out of force and back'
}

class Unfreeze extends Step {
  override check = (model: Readonly<Model>) => isFrozen(model)
  override act = (model: Model, real: Real) => lift(model, real)
  override toString = () => 'unfreeze'
}

async function lift(model: Model, real: Real): Promise<void> {
  // Whatever was frozen last: in between nothing was signed.
  expect([...(await signedOf(real))].filter((id) => !model.signed.has(id))).toEqual([])
  const reason = { reason: 'the model says so' }
  if (model.isAgentFrozen) await expectOk(real.admin.post(`/v1/agents/${real.agentId}/unfreeze`, reason))
  if (model.isOrganizationFrozen) await expectOk(real.admin.post('/v1/organizations/current/unfreeze', reason))
  model.isAgentFrozen = false
  model.isOrganizationFrozen = false
}

const chosen = <T>(from: readonly T[], which: number): T => from[which % from.length] as T
const newAccount = () => privateKeyToAddress(generatePrivateKey())

async function ask(
  { admin, agentId }: Real,
  { amount, copies, payee, key }: { amount: bigint; copies: number; payee: string; key: string },
) {
  const body = { agentId, payee, amount: String(amount), asset: app.token }
  const send = (): Promise<Reply<PaymentView>> => admin.post('/v1/payments', body, { 'idempotency-key': key })
  const replies = await Promise.all(Array.from({ length: copies }, send))
  for (const { status } of replies) expect([201, 403, 409, 503]).toContain(status)
  const answers = replies.filter(({ status }) => status === 201 || status === 403)
  expect(new Set(answers.map(({ status, body }) => body.id ?? status)).size).toBeLessThanOrEqual(1)
  const [first] = answers
  return { made: first?.status === 201 ? first.body : undefined, isDenied: first?.status === 403 }
}

async function signedOf({ agentId }: Real): Promise<Set<string>> {
  const rows = await app.query<{ id: string }>(
    `select p.id from payment p join chain_transaction t on t.payment_id = p.id
     where p.agent_id = $1 and t.raw_transaction is not null`,
    [agentId],
  )
  return new Set(rows.map(({ id }) => id))
}

/** What the chain has decided by now of those that were canceled late. */
async function hearOfLeaving(model: Model, { admin }: Real): Promise<Known[]> {
  const leaving = model.payments.filter(({ status }) => status === 'leaving')
  for (const payment of leaving) {
    const { status } = (await admin.get<PaymentView>(`/v1/payments/${payment.id}`)).body
    if (status === 'CONFIRMED') payment.status = 'going'
    if (status === 'CANCELED') Object.assign(payment, { status: 'over', isFilled: true })
  }
  return leaving.filter(({ status }) => status === 'leaving')
}

/** What is taken of the limit is what the model says, at every moment between two steps. */
async function expectLimitsLike(model: Model, real: Real): Promise<void> {
  const { admin, agentId } = real
  const open = (await hearOfLeaving(model, real)).reduce((sum, { amount }) => sum + amount, 0n)
  const { data } = await expectOk(
    admin.get<{ data: { spent: string; reserved: string }[] }>(`/v1/agents/${agentId}/limits`),
  )
  const [limit] = data
  const taken = BigInt(limit?.spent ?? 0) + BigInt(limit?.reserved ?? 0)
  expect(taken).toBeLessThanOrEqual(used(model))
  expect(taken).toBeGreaterThanOrEqual(used(model) - open)
  expect(taken).toBeLessThanOrEqual(CAP)
}

/** Everything that may go goes; then the chain, the books and the log say the same. */
async function expectInTheEnd(model: Model, real: Real): Promise<void> {
  if (isFrozen(model)) await lift(model, real)
  const node = nodeAt(inject('infrastructure').chain.rpcUrl)
  const token = inject('infrastructure').chain.token
  const isHeard = async () => (await hearOfLeaving(model, real)).length === 0
  await until('the chain has decided what was canceled late', isHeard, { deadlineMs: SETTLED_MS })
  for (const payment of model.payments) {
    const status = payment.status as Exclude<Known['status'], 'leaving'>
    const final = { held: 'HELD', going: 'CONFIRMED', over: 'CANCELED' }[status]
    await until(
      `payment ${payment.id} is ${final}`,
      async () => (await real.admin.get<PaymentView>(`/v1/payments/${payment.id}`)).body.status === final,
      { deadlineMs: SETTLED_MS },
    )
    const args = [payment.payee] as const
    const paid = await node.readContract({ address: token, abi: erc20Abi, functionName: 'balanceOf', args })
    expect(paid).toBe(payment.status === 'going' ? payment.amount : 0n)
    const { body } = await real.admin.get<{ data: { type: string }[] }>(`/v1/decisions?paymentId=${payment.id}`)
    const types = body.data.map(({ type }) => type)
    expect(types.filter((type) => type === 'payment.requested')).toHaveLength(1)
    const ends = { held: [], going: ['payment.confirmed'], over: ['payment.canceled'] }[status]
    expect(types.filter((type) => type === 'payment.confirmed' || type === 'payment.canceled')).toEqual(ends)
  }
  const mined = model.payments.filter(({ status, isFilled }) => status === 'going' || isFilled)
  expect(await node.getTransactionCount({ address: real.address })).toBe(mined.length)
  await expectLimitsLike(model, real)
}

const which = fc.nat({ max: 20 })
const answer = fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const)
const wanted = fc.record({ amount: fc.bigInt({ min: 1n, max: 500n }), copies: fc.integer({ min: 1, max: 3 }) })
const steps = fc.commands(
  [
    fc.array(wanted, { minLength: 1, maxLength: 5 }).map((each) => new Request(each)),
    fc.array(wanted, { minLength: 1, maxLength: 2 }).map((each) => new Request(each)),
    fc.tuple(which, fc.array(answer, { minLength: 1, maxLength: 4 })).map((args) => new Answer(...args)),
    which.map((at) => new Cancel(at)),
    which.map((at) => new Expire(at)),
    fc.boolean().map((isWhole) => new Freeze(isWhole)),
    fc.constant(new Unfreeze()),
    fc.constant(new OutAndBack()),
  ],
  { maxCommands: 14 },
)

const capability = () =>
  aCapability({
    authorityLevel: 'SUPERVISED',
    approvalThreshold: [{ asset: app.token, amount: String(THRESHOLD) }],
    limits: [{ window: 'LIFETIME', asset: app.token, maxAmount: String(CAP) }],
  })

async function aRealOne(organization: TestOrganization): Promise<Real> {
  const { admin, clients } = organization
  const { agent, wallet } = await aFundedAgent(app, { client: admin, capability: capability() })
  return { admin, approver: clients.APPROVER, agentId: agent.id, address: wallet.address as `0x${string}` }
}

it('keeps to the model in every order of things', { timeout: 60_000 + RUNS * 30_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (commands) => {
      const real = await aRealOne(await anOrganization(app))
      const model: Model = { payments: [], isAgentFrozen: false, isOrganizationFrozen: false, signed: new Set() }
      await fc.asyncModelRun(() => ({ model, real }), commands)
      await expectInTheEnd(model, real)
    }),
    // A failure is made smaller for so long, then shown as it is.
    { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: 20_000 + RUNS * 20_000 },
  )
})
