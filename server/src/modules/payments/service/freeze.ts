import type { PaymentRow } from '@wedi/database'
import { SIGNING_TIMEOUT_MS } from '#modules/wallets'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { Problem } from '#platform/problem'
import { toWire } from '#platform/wire'
import { paymentProblems } from '../problems.ts'
import { ON_ITS_WAY, OPEN } from '../rules.ts'
import { paymentStore } from '../store/payments.ts'
import { type InFlightRow, type SignatureScope, transactionStore } from '../store/transactions.ts'
import { about, type PaymentNeeds } from './needs.ts'
import { wakeNext } from './settle.ts'

const SIGNATURE_POLL_MS = 20
const MAX_LISTED = 200

/** What a freeze of a payment, and of what stands above it, means for what is on its way. */
export function freezing(needs: PaymentNeeds) {
  const { database, decisions, events, jobs, wallets } = needs

  /**
   * Returns when no signature of a scope that was begun before a freeze can still be made: it ended, or its time is up.
   * No longer than that time by our own count, whatever the clocks say. Then: what was on its way, and what becomes of it.
   */
  async function signaturesEnded(organizationId: string, scope: SignatureScope = {}): Promise<InFlightRow[]> {
    const deadline = performance.now() + SIGNING_TIMEOUT_MS
    while ((await transactionStore.pendingSignatures(database, organizationId, scope)) > 0) {
      if (performance.now() > deadline) break
      await new Promise((resolve) => setTimeout(resolve, SIGNATURE_POLL_MS))
    }
    return transactionStore.inFlight(database, organizationId, scope, { statuses: ON_ITS_WAY, limit: MAX_LISTED })
  }

  async function require(tx: Tx, id: string): Promise<PaymentRow> {
    const row = await paymentStore.read(tx, id)
    if (!row) throw new Problem(paymentProblems.notFound)
    return row
  }

  return {
    signaturesEnded,

    /** Lets go on what a freeze held back, in the transaction that lifts it. */
    async resume(tx: Tx, scope: { agentId?: string; walletId?: string } = {}): Promise<void> {
      await jobs.requestAll(tx, 'payments.advance', await paymentStore.heldBack(tx, scope, ON_ITS_WAY))
    },

    async freeze(caller: Caller, id: string, reason: string) {
      const frozen = await database.inOrganization(caller, async (tx) => {
        const { walletId } = await require(tx, id)
        await wallets.lockShared(tx, walletId)
        const row = await paymentStore.freeze(tx, id, reason, OPEN)
        if (!row) throw new Problem(paymentProblems.frozen)
        await decisions.record(tx, caller.actor, { type: 'payment.frozen', ...about(row), inputs: { reason } })
        await events.publish(tx, 'payment.changed', id, row)
        // It would have been the next, if it is a queue's.
        await wakeNext(tx, needs, row)
        return row
      })
      const inFlight = await signaturesEnded(caller.organizationId, { paymentId: id })
      return { ...toWire(frozen), inFlight }
    },

    async unfreeze(tx: Tx, caller: Caller, id: string, reason: string) {
      await require(tx, id)
      const row = await paymentStore.unfreeze(tx, id)
      if (!row) throw new Problem(paymentProblems.notFrozen)
      await decisions.record(tx, caller.actor, { type: 'payment.unfrozen', ...about(row), inputs: { reason } })
      await jobs.request(tx, 'payments.advance', id)
      await events.publish(tx, 'payment.changed', id, row)
      return toWire(row)
    },
  }
}
