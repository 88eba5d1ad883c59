import type { ReconciliationBreakRow } from '@wedi/database'
import type { AgentService } from '#modules/agents'
import type { DecisionService } from '#modules/decisions'
import type { Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import { newId } from '#platform/ids'
import { severityOf } from './rules.ts'
import type { Finding } from './sight.ts'
import { reconciliationStore } from './store.ts'

export const SYSTEM = 'system:reconciliation'

interface Needs {
  agents: Pick<AgentService, 'freezeIn' | 'lockForChange'>
  decisions: Pick<DecisionService, 'record'>
  events: Events
}

/** Whose wallet it is about, and on which chain. */
export interface Whose {
  readonly agentId: string
  readonly walletId: string
  readonly chain: string
}

export function breaks({ agents, decisions, events }: Needs) {
  function record(tx: Tx, actor: string, type: string, row: ReconciliationBreakRow, inputs: Record<string, unknown>) {
    const { id, agentId, walletId, paymentId } = row
    return decisions.record(tx, actor, { type, subject: `break:${id}`, agentId, walletId, paymentId, inputs })
  }

  return {
    /**
     * Opens a break once, whoever finds it and however often: records it, says so, and freezes the agent when money may
     * have left without a payment. Takes the agent alone, so the transaction may hold nothing that comes after agents in
     * the order of locks, nor the agent shared.
     */
    async open(tx: Tx, { agentId, walletId, chain }: Whose, finding: Finding): Promise<void> {
      const { kind, expected, seen } = finding
      const subject = `${walletId}/${chain}/${finding.subject}`
      const severity = severityOf(kind)
      if (severity === 'CRITICAL') await agents.lockForChange(tx, agentId)
      const row = await reconciliationStore.insertBreak(tx, {
        ...{ id: newId(), kind, subject, severity, agentId, walletId, chain, expected, seen },
        paymentId: finding.paymentId ?? null,
        asset: finding.asset ?? null,
        transactionHash: finding.hash ?? null,
      })
      if (!row) {
        await reconciliationStore.seenAgain(tx, kind, subject)
        return
      }
      await record(tx, SYSTEM, 'reconciliation.broken', row, { kind, severity, chain, expected, seen })
      if (severity === 'CRITICAL') {
        const caller = { organizationId: tx.organizationId, actor: SYSTEM }
        await agents.freezeIn(tx, caller, agentId, `reconciliation found ${kind}: break ${row.id}`)
      }
      await events.publish(tx, 'reconciliation.broken', row.id)
    },

    /** A person's word, or a proof. Undefined when it was not open. It unfreezes nobody. */
    async resolve(tx: Tx, id: string, { by, note }: { by: string; note: string }) {
      const row = await reconciliationStore.resolve(tx, id, { by, note })
      if (row) await record(tx, by, 'reconciliation.resolved', row, { kind: row.kind, note })
      return row
    },
  }
}
