import type { ApprovalRow, PaymentRow } from '@wedi/database'
import { verdict } from '#modules/capabilities'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import type { Outcome } from '#platform/http/idempotency'
import type { JobResult } from '#platform/jobs'
import { Problem } from '#platform/problem'
import { toWire } from '#platform/wire'
import { approvalProblems } from '../problems.ts'
import { intentHashOf, intentOf, isOnlyFrozen } from '../rules.ts'
import { paymentStore } from '../store.ts'
import { about, holdStill, type PaymentNeeds, type Standing } from './needs.ts'
import { settle } from './settle.ts'

/** People's answers to held payments. Each counts once, and only for the intent it was given for. */
export function approvals(needs: PaymentNeeds) {
  const { decisions, events, jobs } = needs

  /** The approval and its payment, held still; everything is looked at again under these locks. */
  async function hold(tx: Tx, id: string): Promise<{ approval: ApprovalRow; payment: PaymentRow; standing: Standing }> {
    const seen = await paymentStore.findApproval(tx, id)
    if (!seen) throw new Problem(approvalProblems.notFound)
    const intent = seen.intent as { walletId: string }
    const standing = await holdStill(tx, needs, { agentId: seen.agentId, walletId: intent.walletId })
    const payment = await paymentStore.lock(tx, seen.paymentId)
    const approval = await paymentStore.findApproval(tx, id)
    if (!payment || !approval) throw new Problem(approvalProblems.notFound)
    return { approval, payment, standing }
  }

  function requirePending({ status, expiresAt }: ApprovalRow, payment: PaymentRow, now: Date): void {
    if (status !== 'PENDING' || payment.status !== 'HELD' || expiresAt <= now)
      throw new Problem(approvalProblems.notPending)
  }

  async function answer(tx: Tx, caller: Caller, payment: PaymentRow, said: Answered): Promise<ApprovalRow> {
    const { type, status, note, reasons = [] } = said
    const row = await paymentStore.answerApproval(tx, said.id, { status, by: caller.actor, note })
    if (!row) throw new Problem(approvalProblems.notPending)
    await decisions.record(tx, caller.actor, {
      type,
      ...about(payment),
      approvalId: row.id,
      reasons,
      inputs: { note, intent: row.intent },
    })
    return row
  }

  async function reevaluate(tx: Tx, payment: PaymentRow, { organization, agent, wallet }: Standing) {
    const authority = await needs.capabilities.authorityOf(tx, agent.id)
    const limits = await needs.capabilities.limits.usesBeside(tx, payment)
    return verdict({
      ...{ now: tx.now, organization: organization.status, agent: agent.status, wallet, authority, limits, payment },
      stage: 'execution',
    })
  }

  return {
    async approve(tx: Tx, caller: Caller, id: string, note: string | undefined): Promise<Outcome> {
      const { approval, payment, standing } = await hold(tx, id)
      requirePending(approval, payment, tx.now)
      if (caller.actor === approval.requestedBy) throw new Problem(approvalProblems.requester)
      const isAsAsked = intentHashOf(intentOf(payment)).equals(approval.intentHash)
      const { verdict: said, reasons } = await reevaluate(tx, payment, standing)
      if (isAsAsked && said === 'DENY' && isOnlyFrozen(reasons)) throw new Problem(approvalProblems.frozen)
      if (said === 'DENY' || !isAsAsked) {
        const named = isAsAsked ? reasons : [{ code: 'approval.intentChanged' }]
        await answer(tx, caller, payment, { id, type: 'approval.voided', status: 'VOIDED', note, reasons: named })
        const failure = { code: approvalProblems.stale.code, detail: approvalProblems.stale.detail, reasons: named }
        await settle(tx, needs, payment.id, {
          to: 'CANCELED',
          from: ['HELD'],
          actor: caller.actor,
          failure,
          reasons: named,
        })
        return { refusal: new Problem(approvalProblems.stale, { members: { reasons: named } }) }
      }
      const row = await answer(tx, caller, payment, { id, type: 'approval.approved', status: 'APPROVED', note })
      await paymentStore.move(tx, payment.id, { to: 'RESERVED', from: ['HELD'] })
      await jobs.request(tx, 'payments.advance', payment.id)
      await events.publish(tx, 'payment.changed', payment.id)
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
  reasons?: { code: string }[]
}
