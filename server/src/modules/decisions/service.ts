import type { Static } from 'typebox'
import type { Caller } from '#platform/caller'
import type { Database, Tx } from '#platform/database/database'
import { created, type Outcome, ok } from '#platform/http/idempotency'
import { newId } from '#platform/ids'
import { invalid, Problem } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import type { DecisionQuery, OwnDecisions, Redaction } from './contract.ts'
import { LogInconsistent } from './log/trust.ts'
import { readingOf } from './log-store.ts'
import { ownEntries } from './own.ts'
import { decisionProblems } from './problems.ts'
import { type Entry, faultOf, fieldsOf, leafOf, MAX_LEAF_BYTES, redactedOf, sealInputs } from './rules.ts'
import { type DecisionView, decisionStore, type NewDecision } from './store.ts'
import { leafHash } from './tree/merkle.ts'

export type DecisionService = ReturnType<typeof decisionService>

const REDACTED = 'decision.redacted'

interface Needs {
  readonly database: Database
  /** Called after the commit of a record. */
  readonly onRecorded: (organizationId: string) => void
}

export function decisionService({ database, onRecorded }: Needs) {
  /** Records an act in its own transaction; when this fails, the act does not happen. Returns the decision's id. */
  async function record(tx: Tx, actor: string, entry: Entry): Promise<string> {
    const row = rowOf(tx, actor, entry)
    decisionStore.append(tx, row)
    tx.afterCommit(() => onRecorded(tx.organizationId))
    return row.id
  }

  /** Many acts of one transaction, in one statement. */
  async function recordAll(tx: Tx, acts: readonly { readonly actor: string; readonly entry: Entry }[]): Promise<void> {
    if (acts.length === 0) return
    decisionStore.appendMany(
      tx,
      acts.map(({ actor, entry }) => rowOf(tx, actor, entry)),
    )
    tx.afterCommit(() => onRecorded(tx.organizationId))
  }

  return {
    record,
    recordAll,

    /** What an agent decided by itself, one or many, all or none. */
    async add(tx: Tx, caller: Caller, agentId: string, given: Static<typeof OwnDecisions>): Promise<Outcome> {
      const { entries, isBatch } = ownEntries(agentId, given)
      const rows = entries.map((entry, at) => rowOf(tx, caller.actor, entry, isBatch ? `/decisions/${at}` : ''))
      decisionStore.appendMany(tx, rows)
      tx.afterCommit(() => onRecorded(tx.organizationId))
      const shown = rows.map(({ inputs: _given, salts: _secret, ...row }) =>
        toWire({ ...row, versionId: null, leafIndex: null }),
      )
      return created(isBatch ? { data: shown } : shown[0])
    },

    /** Deletes values and their salts, and records that. Every proof holds as before: the leaf never had them. */
    async redact(tx: Tx, caller: Caller, id: string, { fields, reason }: Static<typeof Redaction>): Promise<Outcome> {
      const before = await decisionStore.find(tx.query, tx.organizationId, id)
      if (!before) throw new Problem(decisionProblems.notFound)
      requireUnchanged(before)
      const known = new Set(fieldsOf(before.leaf))
      // What a redaction took away is what explains the gap: that has to stay.
      if (before.type === REDACTED) known.delete('fields')
      const unknown = fields.findIndex((field) => !known.has(field))
      if (unknown >= 0)
        throw invalid({
          path: `/fields/${unknown}`,
          message: 'is no field of the inputs of this decision that can be taken away',
        })
      if (!(await decisionStore.redact(tx, id, fields))) throw new Problem(decisionProblems.alreadyRedacted)
      await record(tx, caller.actor, {
        ...{ type: REDACTED, subject: `decision:${before.id}`, agentId: before.agentId },
        inputs: { fields, reason },
      })
      const inputs = Object.fromEntries(Object.entries(before.inputs).filter(([name]) => !fields.includes(name)))
      return ok(view({ ...before, inputs }))
    },

    async get({ organizationId }: Caller, id: string) {
      const row = await decisionStore.find(readingOf(database, organizationId), organizationId, id)
      if (!row) throw new Problem(decisionProblems.notFound)
      return view(row)
    },

    async list({ organizationId }: Caller, page: PageRequest, query: Static<typeof DecisionQuery>) {
      return pageFrom((await decisionStore.list(database, organizationId, page, query)).map(view), page)
    },
  }
}

/** As anyone may see it: never what its leaf does not say. */
function view(row: DecisionView) {
  requireUnchanged(row)
  const { salts: _secret, ...shown } = row
  return toWire({ ...shown, redacted: redactedOf(row.leaf, row.inputs) })
}

function requireUnchanged(row: DecisionView): void {
  const fault = faultOf(row)
  if (fault !== undefined) throw new LogInconsistent(`decision ${row.id} ${fault}`)
}

/** `at` is where it stood in a request, for the answer when it is too large. */
function rowOf(tx: Tx, actor: string, entry: Entry, at?: string): NewDecision {
  const id = entry.id ?? newId()
  const { inputs, salts, commitments } = sealInputs(entry.inputs ?? {})
  const leaf = leafOf({ ...entry, id, organizationId: tx.organizationId, actor, occurredAt: tx.now }, commitments)
  if (Buffer.byteLength(leaf) > MAX_LEAF_BYTES) {
    const message = `makes an entry of more than ${MAX_LEAF_BYTES} bytes`
    throw at === undefined ? new Error(`${entry.type} ${message}`) : invalid({ path: `${at}/reasons`, message })
  }
  return {
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
    ...{ inputs, salts, leaf, leafHash: leafHash(leaf), occurredAt: tx.now },
  }
}
