import type { AgentDecisionRow } from '@wedi/database'
import type { Static } from 'typebox'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'
import type { DecisionQuery } from './contract.ts'

/** One append. Part of the caller's transaction: the act and its record are committed together or not at all. */
const append = sql(
  'decisions.append',
  `insert into agent_decision
     (organization_id, id, type, verdict, reasons, actor, subject, agent_id, task_id, payment_id, approval_id, wallet_id,
      capability_revision, authority_level, inputs, salts, leaf, leaf_hash, occurred_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
)

export type NewDecision = Omit<AgentDecisionRow, 'leafIndex' | 'versionId'>

export const decisionStore = {
  append(tx: Tx, row: NewDecision): void {
    tx.send(append, [
      row.organizationId,
      row.id,
      row.type,
      row.verdict,
      JSON.stringify(row.reasons),
      row.actor,
      row.subject,
      row.agentId,
      row.taskId,
      row.paymentId,
      row.approvalId,
      row.walletId,
      row.capabilityRevision,
      row.authorityLevel,
      row.inputs,
      row.salts,
      row.leaf,
      row.leafHash,
      row.occurredAt,
    ])
  },

  find: (database: Database, organizationId: string, id: string) =>
    database.read(organizationId, (prisma) => prisma.agentDecision.findFirst({ where: { organizationId, id } })),

  list(database: Database, organizationId: string, page: PageRequest, query: Static<typeof DecisionQuery>) {
    const { agentId, taskId, paymentId, verdict, type, actor, from, to } = query
    const where = {
      organizationId,
      ...(agentId && { agentId }),
      ...(taskId && { taskId }),
      ...(paymentId && { paymentId }),
      ...(verdict && { verdict }),
      ...(type && { type }),
      ...(actor && { actor }),
      ...((from || to) && { occurredAt: { ...(from && { gte: new Date(from) }), ...(to && { lt: new Date(to) }) } }),
      ...(page.before && { id: { lt: page.before } }),
    }
    return database.read(organizationId, (prisma) =>
      prisma.agentDecision.findMany({ where, orderBy: { id: 'desc' }, take: page.limit + 1 }),
    )
  },
}
