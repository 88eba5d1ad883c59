import type { PaymentRow } from '@wedi/database'
import type { Answer, recordOf } from '#modules/capabilities'
import type { Receipt } from '#modules/chains'
import type { Reason } from '#modules/decisions'
import type { Tx } from '#platform/database/database'
import type { Failure } from '../rules.ts'
import { type Move, paymentStore } from '../store/payments.ts'
import { about, type PaymentNeeds, SYSTEM } from './needs.ts'

type Settled = 'CONFIRMED' | 'REVERTED' | 'FAILED' | 'CANCELED'

/** What the rules were asked, as it is recorded. */
export type Asked = ReturnType<typeof recordOf>

export interface Settlement {
  to: Settled
  from: Move['from']
  actor: string
  failure?: Failure
  reasons?: Reason[]
  /** What the rules were asked, when it is they who ended it: their verdict is DENY then. */
  question?: Asked | undefined
  transactionHash?: string
  blockNumber?: bigint
}

/**
 * Ends a payment: what it had reserved is spent (the money moved) or given back (it is proven that it did not and cannot
 * any more). The caller holds everyone still and knows the proof. Undefined when it was not in a status to end from.
 */
export async function settle(
  tx: Tx,
  needs: PaymentNeeds,
  id: string,
  end: Settlement,
): Promise<PaymentRow | undefined> {
  const row = await paymentStore.move(tx, id, end)
  if (!row) return undefined
  const { limits } = needs.capabilities
  await (end.to === 'CONFIRMED' ? limits.post(tx, id) : limits.release(tx, id))
  await needs.decisions.record(tx, end.actor, {
    ...about(row),
    type: `payment.${end.to.toLowerCase()}`,
    reasons: end.reasons ?? [],
    ...(end.question && judged('DENY', end.question)),
    inputs: {
      ...end.question,
      amount: String(row.amount),
      asset: row.asset,
      payee: row.payee,
      transactionHash: row.transactionHash ?? undefined,
      blockNumber: row.blockNumber?.toString(),
      failure: end.failure,
    },
  })
  await needs.events.publish(tx, 'payment.changed', id, row)
  return row
}

/** Something is odd about it, and nothing is concluded. Undefined when it was somewhere else. */
export async function becomeUnknown(
  tx: Tx,
  { decisions, events }: Pick<PaymentNeeds, 'decisions' | 'events'>,
  { id, from, failure }: { id: string; from: 'SUBMITTING' | 'SUBMITTED'; failure: Failure },
): Promise<PaymentRow | undefined> {
  const row = await paymentStore.move(tx, id, { to: 'UNKNOWN', from: [from], failure })
  if (!row) return undefined
  await decisions.record(tx, SYSTEM, { type: 'payment.unknown', ...about(row), inputs: { ...failure } })
  await events.publish(tx, 'payment.changed', id, row)
  return row
}

/** Seen on chain, deep enough: what was meant was moved. */
export const confirmedBy = ({ hash, blockNumber }: Receipt): Settlement => ({
  to: 'CONFIRMED',
  from: ['SUBMITTED', 'UNKNOWN'],
  actor: SYSTEM,
  transactionHash: hash,
  blockNumber,
})

/** A queue takes one payment of a wallet at a time: when one is out of the way, another has its turn. */
export async function wakeNext(
  tx: Tx,
  { jobs }: Pick<PaymentNeeds, 'jobs'>,
  gone: { walletId: string; id: string },
): Promise<void> {
  const next = await paymentStore.nextOfWallet(tx, gone)
  if (next !== undefined) await jobs.request(tx, 'payments.advance', next)
}

/** What a record says of a verdict; with the question in its inputs, anybody can make it again. */
export const judged = (verdict: Answer['verdict'], { authority: { revision, authorityLevel } }: Asked) => ({
  ...{ verdict, capabilityRevision: revision, authorityLevel },
})
