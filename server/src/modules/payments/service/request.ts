import type { PaymentRow } from '@wedi/database'
import { type Answer, type Authority, type Question, recordOf, verdict } from '#modules/capabilities'
import { type Asset, parsePayee } from '#platform/caip'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { sqlState, UNIQUE_VIOLATION } from '#platform/database/errors'
import type { Outcome } from '#platform/http/idempotency'
import { newId } from '#platform/ids'
import { invalid, Problem } from '#platform/problem'
import { toWire } from '#platform/wire'
import { paymentProblems } from '../problems.ts'
import { intentHashOf, intentOf } from '../rules.ts'
import { approvalStore } from '../store/approvals.ts'
import { type NewPayment, paymentStore } from '../store/payments.ts'
import { holdStill, type PaymentNeeds, type Standing } from './needs.ts'

export interface PaymentRequest {
  agentId: string
  payee: string
  amount: string
  asset: string
  taskId?: string
  reference?: string
  memo?: string
}

/** A denial is committed with its record; nothing else of the payment exists then. */
export type Requested = { payment: PaymentRow } | { denied: { decisionId: string; reasons: Answer['reasons'] } }

export const APPROVAL_EXPIRES_MS = 7 * 24 * 3_600_000
const RESERVE_ATTEMPTS = 5

/**
 * The one way in for a payment, whoever asks for it: verdict, reservation, record and payment in one transaction, before
 * anything is signed.
 */
export function requesting(needs: PaymentNeeds) {
  const { capabilities, decisions, events, jobs } = needs

  /** Asks the rules and takes the amount of every limit; asks again when another payment took the room meanwhile. */
  async function judge(
    tx: Tx,
    standing: Standing,
    payment: Judged,
  ): Promise<Answer & { authority: Authority; question: Question }> {
    const { organization, agent, wallet } = standing
    const { asset, payee } = payment
    for (let attempt = 1; attempt <= RESERVE_ATTEMPTS; attempt++) {
      const [authority, limits] = await Promise.all([
        capabilities.authorityOf(tx, agent.id),
        capabilities.limits.uses(tx, { agentId: agent.id, asset, payee }),
      ])
      const asked = { now: tx.now, wallet, authority, limits, payment, stage: 'request' as const }
      const question: Question = { organization: organization.status, agent: agent.status, ...asked }
      const answer = verdict(question)
      const isTaken = answer.verdict === 'DENY' || (await capabilities.limits.reserve(tx, payment, limits))
      if (isTaken) return { ...answer, authority, question }
    }
    throw new Problem(paymentProblems.contended, { members: { retryAfterSeconds: 1 } })
  }

  return async function request(tx: Tx, caller: Caller, asset: Asset, input: PaymentRequest): Promise<Requested> {
    if (caller.agentId !== undefined && caller.agentId !== input.agentId) throw new Problem(paymentProblems.notYours)
    const payee = parsePayee(input.payee, asset, '/payee')
    if (typeof payee !== 'string') throw invalid(payee)
    // A task is locked before whoever it concerns; what is wrong with it is said after what is wrong with them.
    const [isWorking, standing] = await Promise.all([
      input.taskId === undefined || needs.isWorkingOn(tx, input.agentId, input.taskId),
      holdStill(tx, needs, input),
    ])
    if (input.taskId !== undefined) await requireFreeTask(tx, input.taskId, isWorking)

    const id = newId()
    const payment: Judged = { id, payee, amount: BigInt(input.amount), asset: asset.id, chain: asset.chain }
    const { verdict: said, reasons, authority, question } = await judge(tx, standing, payment)
    const approvalId = said === 'HOLD' ? newId() : null
    const walletId = standing.wallet?.id ?? null
    const { agentId, taskId = null, reference = null, memo = null } = input
    const decisionId = await decisions.record(tx, caller.actor, {
      type: 'payment.requested',
      verdict: said,
      reasons,
      subject: `payment:${id}`,
      agentId,
      taskId,
      paymentId: id,
      approvalId,
      walletId,
      capabilityRevision: authority.revision,
      authorityLevel: authority.authorityLevel,
      inputs: inputsOf(question, input),
    })
    if (said === 'DENY' || walletId === null) return { denied: { decisionId, reasons } }

    const asked = { ...payment, agentId, walletId, taskId, reference, memo }
    const intent = intentOf(asked)
    const row = await insertOnce(tx, {
      ...asked,
      intentHash: intentHashOf(intent),
      decisionId,
      approvalId,
      status: said === 'HOLD' ? 'HELD' : 'RESERVED',
      capabilityRevision: authority.revision,
      requestedBy: caller.actor,
    })
    if (taskId !== null) await needs.attach(tx, taskId, row)
    if (approvalId === null) await jobs.request(tx, 'payments.advance', id)
    else await hold(tx, { id: approvalId, payment: row, intent, reasons })
    await events.publish(tx, 'payment.changed', id, row)
    return { payment: row }
  }

  async function hold(tx: Tx, { id, payment, intent, reasons }: Held): Promise<void> {
    const expiresAt = new Date(tx.now.getTime() + APPROVAL_EXPIRES_MS)
    const { id: paymentId, agentId, requestedBy, intentHash } = payment
    const row = {
      id,
      organizationId: tx.organizationId,
      paymentId,
      agentId,
      intent,
      intentHash,
      reasons,
      requestedBy,
      expiresAt,
    }
    await approvalStore.insert(tx, row)
    await jobs.request(tx, 'payments.expireApproval', id, { inMs: APPROVAL_EXPIRES_MS })
  }
}

interface Judged {
  id: string
  payee: `0x${string}`
  amount: bigint
  asset: string
  chain: string
}

interface Held {
  id: string
  payment: PaymentRow
  intent: object
  reasons: Answer['reasons']
}

async function requireFreeTask(tx: Tx, taskId: string, isWorking: boolean | undefined): Promise<void> {
  if (isWorking === undefined) throw new Problem(paymentProblems.taskNotFound)
  if (!isWorking) throw new Problem(paymentProblems.taskNotRunning)
  if (await paymentStore.ofTask(tx, taskId)) throw new Problem(paymentProblems.taskTaken)
}

/** The database keeps the last word on one payment per task. */
async function insertOnce(tx: Tx, row: NewPayment): Promise<PaymentRow> {
  try {
    return await paymentStore.insert(tx, row)
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new Problem(paymentProblems.taskTaken)
    throw error
  }
}

/** Everything the rules looked at, so that the verdict can be made again from the record, and what was said beside it. */
function inputsOf(question: Question, { agentId, taskId, reference, memo }: PaymentRequest) {
  const record = recordOf(question)
  const beside = { agentId, ...(taskId && { taskId }), ...(reference && { reference }), ...(memo && { memo }) }
  return { ...record, payment: { ...record.payment, ...beside } }
}

/** How a request is answered over HTTP: a denial is a refusal that is kept. */
export function outcomeOf(requested: Requested): Outcome {
  if ('payment' in requested) return { status: 201, body: toWire(requested.payment) }
  return { refusal: new Problem(paymentProblems.denied, { members: requested.denied }) }
}
