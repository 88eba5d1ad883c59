import { Value } from 'typebox/value'
import { PAYMENT_TASK, PaymentPayload } from '#modules/assignment'
import { forward, LINK_PAID_TASK } from './link-paid.ts'

export interface ProgramTask {
  readonly id: string
  readonly type: string
  readonly payload: unknown
}

export interface PaymentAsked {
  readonly payee: string
  readonly amount: string
  readonly asset: string
  readonly reference?: string
  readonly memo?: string
}

/**
 * What an agent decided to do about a task. Whether it may is Wedi's to say. `onlyOnce`: not when a payment with the
 * same reference to the same payee was made or is on its way, which is looked at in the transaction of the payment.
 */
export type ProgramDecision =
  | { readonly act: 'pay'; readonly payment: PaymentAsked; readonly onlyOnce: boolean; readonly why: string }
  | { readonly act: 'keep'; readonly why: string }
  | { readonly act: 'reject'; readonly code: string; readonly why: string }

export type Program = (task: ProgramTask) => Promise<ProgramDecision>

/**
 * The program that ships: pays what the task asks, and forwards what a link was paid; rejects what it cannot read and what
 * was paid before.
 */
export const payAsAsked: Program = async (task) => {
  if (task.type === LINK_PAID_TASK) return forward(task.payload)
  if (task.type !== PAYMENT_TASK) {
    const why = `This program only knows tasks of type ${PAYMENT_TASK} and ${LINK_PAID_TASK}.`
    return { act: 'reject', code: 'task.notUnderstood', why }
  }
  if (!Value.Check(PaymentPayload, task.payload)) {
    return { act: 'reject', code: 'task.malformed', why: 'The payload is not a payment.' }
  }
  const onlyOnce = task.payload.reference !== undefined
  return { act: 'pay', payment: task.payload, onlyOnce, why: 'The task asks for it.' }
}
