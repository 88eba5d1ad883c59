import type { PaymentRow } from '@wedi/database'
import type { Address } from 'viem'
import type { Authorization } from '#modules/chains'
import type { Reason } from '#modules/decisions'
import type { Asset } from '#platform/caip'
import type { Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import { intentHashOf, intentOf } from '../rules.ts'
import { paymentStore } from '../store/payments.ts'
import { holdStill, mayCarry, type PaymentNeeds } from './needs.ts'

/** Somebody else's money, and the permission to move it. */
export interface Carried {
  readonly agentId: string
  readonly asset: Asset
  readonly payTo: Address
  readonly amount: bigint
  readonly authorization: Authorization
  /** What it is for, as `area:id`. */
  readonly reference: string
  readonly actor: string
}

/**
 * The other way in: a wallet carries somebody else's permission to the chain. It takes a nonce like any payment, and is
 * signed, sent, replaced and looked for like one; it spends no limit, for the money is not the wallet's.
 */
export function carrying(needs: PaymentNeeds) {
  const { capabilities, decisions, events, jobs } = needs

  /** Why nobody may settle for this agent now, also not through somebody else; empty when they may. */
  async function mayReceive(tx: Tx, agentId: string): Promise<Reason[]> {
    const standing = await holdStill(tx, needs, { agentId })
    return mayCarry(standing, { frozenAt: null, authorization: null, now: tx.now }).reasons
  }

  async function carry(tx: Tx, carried: Carried): Promise<{ payment: PaymentRow } | { reasons: Reason[] }> {
    const { agentId, asset, payTo: payee, amount, authorization, reference, actor } = carried
    const standing = await holdStill(tx, needs, { agentId })
    const { reasons } = mayCarry(standing, { frozenAt: null, authorization: { ...authorization }, now: tx.now })
    if (reasons.length > 0 || !standing.wallet) return { reasons }
    const authority = await capabilities.authorityOf(tx, agentId)
    const id = newId()
    const walletId = standing.wallet.id
    const { signature: _, ...permission } = authorization
    const decisionId = await decisions.record(tx, actor, {
      ...{ type: 'payment.carried', subject: `payment:${id}`, paymentId: id, agentId, walletId },
      ...{ capabilityRevision: authority.revision, authorityLevel: authority.authorityLevel },
      inputs: { asset: asset.id, payee, amount: String(amount), authorization: permission, reference },
    })
    const asked = { agentId, walletId, taskId: null, payee, amount, asset: asset.id, reference, memo: null }
    const row = await paymentStore.insert(tx, {
      ...{ ...asked, id, chain: asset.chain, authorization, status: 'RESERVED', decisionId, approvalId: null },
      ...{ capabilityRevision: authority.revision, requestedBy: actor, intentHash: intentHashOf(intentOf(asked)) },
    })
    await jobs.request(tx, 'payments.advance', id)
    await events.publish(tx, 'payment.changed', id, row)
    return { payment: row }
  }

  return { carry, mayReceive }
}
