import { type AgentDecisionRow, columns } from '@wedi/database'
import type { Static } from 'typebox'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import { idAt } from '#platform/ids'
import type { PageRequest } from '#platform/schemas'
import type { DecisionQuery } from './contract.ts'
import type { Reading } from './log-store.ts'

/**
 * One append: the record, the values behind its commitments, and that it waits for its place in the tree. Part of the
 * caller's transaction: the act and its record are committed together or not at all.
 */
const append = sql(
  'decisions.append',
  `with decision as (
     insert into agent_decision
       (organization_id, id, type, verdict, reasons, actor, subject, agent_id, task_id, payment_id, approval_id, wallet_id,
        capability_revision, authority_level, leaf, leaf_hash, occurred_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
   ), disclosure as (
     insert into decision_disclosure (organization_id, decision_id, inputs, salts)
     select $1, $2, $18::jsonb, $19::jsonb where $18::jsonb <> '{}'
   )
   insert into log_pending (organization_id, decision_id, leaf_hash) values ($1, $2, $16)`,
)

/** Many records of one transaction, of what agents and tasks did: without the columns that only payments fill. */
const appendMany = sql(
  'decisions.appendMany',
  `with given as (
     select * from unnest($3::uuid[], $4::text[], $5::verdict[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::uuid[],
       $11::uuid[], $12::text[], $13::bytea[], $14::text[], $15::text[])
       as t(id, type, verdict, reasons, actor, subject, agent_id, task_id, payment_id, leaf, leaf_hash, inputs, salts)
   ), decision as (
     insert into agent_decision
       (organization_id, id, type, verdict, reasons, actor, subject, agent_id, task_id, payment_id, leaf, leaf_hash, occurred_at)
     select $1, id, type, verdict, reasons::jsonb, actor, subject, agent_id, task_id, payment_id, leaf, leaf_hash, $2 from given
   ), disclosure as (
     insert into decision_disclosure (organization_id, decision_id, inputs, salts)
     select $1, id, inputs::jsonb, salts::jsonb from given where inputs <> '{}'
   )
   insert into log_pending (organization_id, decision_id, leaf_hash) select $1, id, leaf_hash from given`,
)

/** Takes values and salts away. No row when a field is not there any more, so that nothing is taken twice. */
const redact = sql<{ decisionId: string }>(
  'decisions.redact',
  `update decision_disclosure set inputs = inputs - $3::text[], salts = salts - $3::text[]
   where organization_id = $1 and decision_id = $2 and inputs ?& $3::text[] returning decision_id as "decisionId"`,
)

/** One decision, with what stands elsewhere. */
const find = sql<
  AgentDecisionRow & { [Part in keyof Disclosed]: Disclosed[Part] | null } & { leafIndex: bigint | null }
>(
  'decisions.find',
  `select ${columns.agentDecision},
     s.inputs, s.salts,
     (select e.leaf_index from log_entry e where e.organization_id = $1 and e.decision_id = $2) as "leafIndex"
   from agent_decision
   left join (select inputs, salts from decision_disclosure where organization_id = $1 and decision_id = $2) s on true
   where organization_id = $1 and id = $2`,
)

/** The values behind the commitments, and the salt of each. */
interface Disclosed {
  readonly inputs: Record<string, unknown>
  readonly salts: Record<string, string>
}

export type NewDecision = Omit<AgentDecisionRow, 'versionId'> & Disclosed

/** A decision with what stands elsewhere: the values that may still be shown, and its place in the tree. */
export type DecisionView = AgentDecisionRow & Disclosed & { readonly leafIndex: bigint | null }

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
      row.leaf,
      row.leafHash,
      row.occurredAt,
      row.inputs,
      row.salts,
    ])
  },

  /** All at one time. */
  appendMany(tx: Tx, rows: readonly NewDecision[]): void {
    const [first] = rows
    if (!first) return
    tx.send(appendMany, [
      ...[first.organizationId, first.occurredAt],
      rows.map(({ id }) => id),
      rows.map(({ type }) => type),
      rows.map(({ verdict }) => verdict),
      rows.map(({ reasons }) => JSON.stringify(reasons)),
      rows.map(({ actor }) => actor),
      rows.map(({ subject }) => subject),
      rows.map(({ agentId }) => agentId),
      rows.map(({ taskId }) => taskId),
      rows.map(({ paymentId }) => paymentId),
      rows.map(({ leaf }) => leaf),
      rows.map(({ leafHash }) => leafHash),
      rows.map(({ inputs }) => JSON.stringify(inputs)),
      rows.map(({ salts }) => JSON.stringify(salts)),
    ])
  },

  async redact(tx: Tx, decisionId: string, fields: readonly string[]): Promise<boolean> {
    return (await tx.query(redact, [tx.organizationId, decisionId, fields])).length > 0
  },

  async find(read: Reading, organizationId: string, id: string): Promise<DecisionView | undefined> {
    const [row] = await read(find, [organizationId, id])
    return row && { ...row, inputs: row.inputs ?? {}, salts: row.salts ?? {} }
  },

  async list(database: Database, organizationId: string, page: PageRequest, query: Static<typeof DecisionQuery>) {
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
      id: idsOf(page, query),
    }
    const rows = await database.read(organizationId, (prisma) =>
      prisma.agentDecision.findMany({ where, orderBy: { id: 'desc' }, take: page.limit + 1 }),
    )
    return complete(database, organizationId, rows)
  },
}

/** An id is made in the transaction it is dated by, give or take what clocks and long transactions differ. */
const SLACK_MS = 86_400_000

/** Times as bounds of ids as well: partitions are by id, and only those of these times are looked at. */
function idsOf({ before }: PageRequest, { from, to }: Static<typeof DecisionQuery>): { gte?: string; lt?: string } {
  const until = [before, to && idAt(Date.parse(to) + SLACK_MS)].filter((each) => each !== undefined).toSorted()
  return { ...(from && { gte: idAt(Date.parse(from) - SLACK_MS) }), ...(until[0] && { lt: until[0] }) }
}

type Plain = Omit<AgentDecisionRow, 'leafHash'> & { leafHash: Uint8Array }

async function complete(database: Database, organizationId: string, rows: readonly Plain[]): Promise<DecisionView[]> {
  const decisionId = { in: rows.map(({ id }) => id) }
  const where = { organizationId, decisionId }
  const [disclosures, entries] = await database.read(organizationId, (prisma) =>
    Promise.all([prisma.decisionDisclosure.findMany({ where }), prisma.logEntry.findMany({ where })]),
  )
  const disclosed = new Map(disclosures.map((each) => [each.decisionId, each as unknown as Disclosed]))
  const places = new Map(entries.map((each) => [each.decisionId, each.leafIndex]))
  return rows.map((row) => ({
    ...row,
    leafHash: Buffer.from(row.leafHash),
    inputs: disclosed.get(row.id)?.inputs ?? {},
    salts: disclosed.get(row.id)?.salts ?? {},
    leafIndex: places.get(row.id) ?? null,
  }))
}
