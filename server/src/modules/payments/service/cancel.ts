import type { PaymentRow } from '@wedi/database'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { Problem } from '#platform/problem'
import { toWire } from '#platform/wire'
import { paymentProblems } from '../problems.ts'
import type { Failure } from '../rules.ts'
import { approvalStore } from '../store/approvals.ts'
import { paymentStore } from '../store/payments.ts'
import { transactionStore } from '../store/transactions.ts'
import { about, holdStill, type PaymentNeeds } from './needs.ts'
import { type Asked, judged, settle } from './settle.ts'

/**
 * From now on nothing more is signed that pays; the nonce the payment took is given to a transaction that does nothing,
 * and which of the two is mined decides. False when somebody had asked before, or it is too late.
 */
export async function requestCancel(
  tx: Tx,
  { decisions, jobs, events }: Pick<PaymentNeeds, 'decisions' | 'jobs' | 'events'>,
  { id, actor, reason, question }: { id: string; actor: string; reason: Failure; question?: Asked | undefined },
): Promise<PaymentRow | undefined> {
  const row = await paymentStore.requestCancel(tx, id, reason)
  if (!row) return undefined
  const { reasons = [], ...said } = reason
  await decisions.record(tx, actor, {
    ...{ type: 'payment.cancelRequested', ...about(row), reasons },
    ...(question && judged('DENY', question)),
    inputs: { ...question, ...said },
  })
  await jobs.request(tx, 'payments.advance', id)
  await events.publish(tx, 'payment.changed', id, row)
  return row
}

/** A person's (or a task's) wish that a payment be not made. */
export function canceling(needs: PaymentNeeds) {
  /** Ends a payment of which nothing was signed. Undefined when it is past that. */
  async function atOnce(tx: Tx, caller: Caller, id: string): Promise<PaymentRow | undefined> {
    const seen = await paymentStore.read(tx, id)
    if (!seen) throw new Problem(paymentProblems.notFound)
    await holdStill(tx, needs, seen)
    const failure = { code: 'payment.canceled', detail: 'It was canceled before anything was signed.' }
    const row = await settle(tx, needs, id, {
      to: 'CANCELED',
      from: ['HELD', 'RESERVED'],
      actor: caller.actor,
      failure,
    })
    if (row && row.approvalId !== null) await voidApproval(tx, caller, row, row.approvalId)
    return row
  }

  /** Nobody has to answer any more; an answer that was given stays. */
  async function voidApproval(tx: Tx, { actor }: Caller, payment: PaymentRow, approvalId: string): Promise<void> {
    const voided = await approvalStore.answer(tx, approvalId, { status: 'VOIDED', by: actor })
    if (!voided) return
    const inputs = { intent: voided.intent }
    await needs.decisions.record(tx, actor, { type: 'approval.voided', ...about(payment), inputs })
  }

  return {
    /** Now, or not at all. */
    async cancel(tx: Tx, caller: Caller, id: string) {
      const row = await atOnce(tx, caller, id)
      if (!row) throw new Problem(paymentProblems.notCancelable)
      return toWire(row)
    },

    /** Now; or, when it has its nonce, as soon as the chain has mined something else in its place. */
    async withdraw(tx: Tx, caller: Caller, id: string) {
      const ended = await atOnce(tx, caller, id)
      if (ended) return toWire(ended)
      const payment = (await paymentStore.lock(tx, id)) as PaymentRow
      const isQueued = (await transactionStore.readOf(tx, id)).some(({ submissionKey }) => submissionKey !== null)
      const isUnderWay = payment.status === 'SUBMITTING' || payment.status === 'SUBMITTED'
      if (isQueued || !isUnderWay) throw new Problem(paymentProblems.notCancelable)
      if (payment.cancelRequestedAt !== null) return toWire(payment)
      const reason = { code: 'payment.canceled', detail: 'It was canceled; its nonce was used for nothing.' }
      return toWire((await requestCancel(tx, needs, { id, actor: caller.actor, reason })) ?? payment)
    },
  }
}
