import type { ApprovalRow, PaymentRow } from '@wedi/database'
import type { Reason } from '#modules/decisions'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import type { Outcome } from '#platform/http/idempotency'
import type { JobResult } from '#platform/jobs'
import { Problem } from '#platform/problem'
import { toWire } from '#platform/wire'
import { approvalProblems, paymentProblems } from '../problems.ts'
import { changesOf, type Intent, intentHashOf, intentOf, isOnlyFrozen } from '../rules.ts'
import { approvalStore } from '../store/approvals.ts'
import { paymentStore } from '../store/payments.ts'
import { about, holdStill, judgeAgain, type PaymentNeeds, type Standing } from './needs.ts'
import { judged, settle } from './settle.ts'

const REBOOK_ATTEMPTS = 5

/** People's answers to held payments. Each counts once, and only for the intent it was given for. */
export function approvals(needs: PaymentNeeds) {
  const { decisions, events, jobs } = needs

  /** The approval and its payment, held still; everything is looked at again under these locks. */
  async function hold(tx: Tx, id: string): Promise<{ approval: ApprovalRow; payment: PaymentRow; standing: Standing }> {
    const seen = await approvalStore.find(tx, id)
    if (!seen) throw new Problem(approvalProblems.notFound)
    const intent = seen.intent as { walletId: string }
    const standing = await holdStill(tx, needs, { agentId: seen.agentId, walletId: intent.walletId })
    const payment = await paymentStore.lock(tx, seen.paymentId)
    const approval = await approvalStore.find(tx, id)
    if (!payment || !approval) throw new Problem(approvalProblems.notFound)
    return { approval, payment, standing }
  }

  function requirePending({ status, expiresAt }: ApprovalRow, payment: PaymentRow, now: Date): void {
    if (status !== 'PENDING' || payment.status !== 'HELD' || expiresAt <= now)
      throw new Problem(approvalProblems.notPending)
  }

  async function answer(tx: Tx, caller: Caller, payment: PaymentRow, said: Answered): Promise<ApprovalRow> {
    const { type, status, note, answer: rules, reasons = rules?.reasons ?? [] } = said
    const row = await approvalStore.answer(tx, said.id, { status, by: caller.actor, note })
    if (!row) throw new Problem(approvalProblems.notPending)
    await decisions.record(tx, caller.actor, {
      type,
      ...about(payment),
      approvalId: row.id,
      reasons,
      ...(rules && judged(rules.verdict, rules.question)),
      inputs: { ...rules?.question, note, intent: row.intent },
    })
    return row
  }

  /**
   * Judged again, and counted in the windows of this moment: what was reserved in earlier ones moves. Another payment may
   * take the room in between, so it is judged until it has it or there is none.
   */
  async function rejudge(tx: Tx, payment: PaymentRow, standing: Standing): Promise<Judgement> {
    for (let attempt = 1; attempt <= REBOOK_ATTEMPTS; attempt++) {
      const answer = await judgeAgain(tx, needs, payment, standing)
      if (answer.verdict === 'DENY' || (await needs.capabilities.limits.rebook(tx, payment))) return answer
    }
    throw new Problem(paymentProblems.contended, { members: { retryAfterSeconds: 1 } })
  }

  /** What was approved is not what could be paid now: nobody gets another payment than the one they were shown. */
  async function makeVoid(tx: Tx, caller: Caller, payment: PaymentRow, said: Voided): Promise<Outcome> {
    const { reasons, answer: rules } = said
    await answer(tx, caller, payment, { ...said, type: 'approval.voided', status: 'VOIDED' })
    const { code, detail } = approvalProblems.stale
    const end = { failure: { code, detail, reasons }, reasons, question: rules?.question }
    await settle(tx, needs, payment.id, { to: 'CANCELED', from: ['HELD'], actor: caller.actor, ...end })
    return { refusal: new Problem(approvalProblems.stale, { members: { reasons } }) }
  }

  return {
    async approve(tx: Tx, caller: Caller, id: string, note: string | undefined): Promise<Outcome> {
      const { approval, payment, standing } = await hold(tx, id)
      requirePending(approval, payment, tx.now)
      if (caller.actor === approval.requestedBy) throw new Problem(approvalProblems.requester)
      const now = intentOf(payment)
      if (!intentHashOf(now).equals(approval.intentHash)) {
        const changes = changesOf(approval.intent as Partial<Intent>, now)
        return makeVoid(tx, caller, payment, { id, note, reasons: [{ code: 'approval.intentChanged', changes }] })
      }
      const rules = await rejudge(tx, payment, standing)
      const { verdict, reasons } = rules
      if (verdict === 'DENY' && isOnlyFrozen(reasons)) throw new Problem(approvalProblems.frozen)
      if (verdict === 'DENY') return makeVoid(tx, caller, payment, { id, note, reasons, answer: rules })
      const approved = { id, type: 'approval.approved', status: 'APPROVED' as const, note, answer: rules }
      const row = await answer(tx, caller, payment, approved)
      await paymentStore.move(tx, payment.id, { to: 'RESERVED', from: ['HELD'] })
      await jobs.request(tx, 'payments.advance', payment.id)
      await events.publish(tx, 'payment.changed', payment.id, { ...payment, status: 'RESERVED' })
      return { status: 200, body: toWire(row) }
    },

    async reject(tx: Tx, caller: Caller, id: string, note: string | undefined): Promise<Outcome> {
      const { approval, payment } = await hold(tx, id)
      requirePending(approval, payment, tx.now)
      const row = await answer(tx, caller, payment, { id, type: 'approval.rejected', status: 'REJECTED', note })
      const failure = { code: 'approval.rejected', detail: note ?? 'A person said no.' }
      await settle(tx, needs, payment.id, { to: 'CANCELED', from: ['HELD'], actor: caller.actor, failure })
      return { status: 200, body: toWire(row) }
    },

    /** Nobody answered in time: the payment ends and gives back what it had reserved. */
    async expire(organizationId: string, id: string): Promise<JobResult> {
      return needs.database.inOrganization(organizationId, async (tx) => {
        const { approval, payment } = await hold(tx, id)
        if (approval.status !== 'PENDING') return 'done'
        const remainingMs = approval.expiresAt.getTime() - tx.now.getTime()
        if (remainingMs > 0) return { againInMs: remainingMs }
        const system = { organizationId, actor: 'system:approvals' }
        await answer(tx, system, payment, { id, type: 'approval.expired', status: 'EXPIRED' })
        const failure = { code: 'approval.expired', detail: 'Nobody answered in time.' }
        await settle(tx, needs, payment.id, { to: 'CANCELED', from: ['HELD'], actor: system.actor, failure })
        return 'done'
      })
    },
  }
}

interface Answered {
  id: string
  type: string
  status: ApprovalRow['status']
  note?: string | undefined
  reasons?: Reason[]
  answer?: Judgement | undefined
}

interface Voided {
  id: string
  note: string | undefined
  reasons: Reason[]
  /** When it is the rules that say so. */
  answer?: Judgement
}

type Judgement = Awaited<ReturnType<typeof judgeAgain>>
