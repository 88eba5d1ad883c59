import type { Static } from 'typebox'
import type { Caller } from '#platform/caller'
import type { Database, Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import { Problem } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import type { DecisionQuery } from './contract.ts'
import { decisionProblems } from './problems.ts'
import { type Entry, leafHashOf, leafOf, sealInputs } from './rules.ts'
import { decisionStore } from './store.ts'

export type DecisionService = ReturnType<typeof decisionService>

export function decisionService({ database }: { database: Database }) {
  return {
    /** Records an act in its own transaction; when this fails, the act does not happen. Returns the decision's id. */
    async record(tx: Tx, actor: string, entry: Entry): Promise<string> {
      const id = entry.id ?? newId()
      const { inputs, salts, commitments } = sealInputs(entry.inputs ?? {})
      const envelope = { ...entry, id, organizationId: tx.organizationId, actor, occurredAt: tx.now }
      const leaf = leafOf(envelope, commitments)
      decisionStore.append(tx, {
        organizationId: tx.organizationId,
        id,
        type: entry.type,
        verdict: entry.verdict ?? null,
        reasons: entry.reasons ?? [],
        actor,
        subject: entry.subject,
        agentId: entry.agentId ?? null,
        taskId: entry.taskId ?? null,
        paymentId: entry.paymentId ?? null,
        approvalId: entry.approvalId ?? null,
        walletId: entry.walletId ?? null,
        capabilityRevision: entry.capabilityRevision ?? null,
        authorityLevel: entry.authorityLevel ?? null,
        inputs,
        salts,
        leaf,
        leafHash: leafHashOf(leaf),
        occurredAt: tx.now,
      })
      return id
    },

    async get({ organizationId }: Caller, id: string) {
      const row = await decisionStore.find(database, organizationId, id)
      if (!row) throw new Problem(decisionProblems.notFound)
      return toWire(row)
    },

    async list({ organizationId }: Caller, page: PageRequest, query: Static<typeof DecisionQuery>) {
      return pageFrom(toWire(await decisionStore.list(database, organizationId, page, query)), page)
    },
  }
}
