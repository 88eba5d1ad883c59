import type { AgentDecisionRow } from '@wedi/database'
import type { Database } from '#platform/database/database'
import { sql } from '#platform/database/statement'

/** What the log tells whoever follows it: nothing that a redaction may take away later. */
export type FeedEntry = Pick<
  AgentDecisionRow,
  | 'organizationId'
  | 'id'
  | 'type'
  | 'occurredAt'
  | 'subject'
  | 'actor'
  | 'agentId'
  | 'taskId'
  | 'paymentId'
  | 'verdict'
  | 'reasons'
> & { readonly leafIndex: number }

type FeedRow = Omit<FeedEntry, 'leafIndex'> & { readonly leafIndex: bigint }

const FIELDS = `d.organization_id as "organizationId", d.id, d.type, d.occurred_at as "occurredAt", d.subject, d.actor,
  d.agent_id as "agentId", d.task_id as "taskId", d.payment_id as "paymentId", d.verdict, d.reasons`

const page = sql<FeedRow>(
  'feed.page',
  `select e.leaf_index as "leafIndex", ${FIELDS}
   from (select leaf_index, decision_id from log_entry
         where organization_id = $1 and leaf_index >= $2 order by leaf_index limit $3) e
   join agent_decision d on d.organization_id = $1 and d.id = e.decision_id
   order by e.leaf_index`,
)

const at = sql<FeedRow>(
  'feed.at',
  `select e.leaf_index as "leafIndex", ${FIELDS}
   from (select leaf_index, decision_id from log_entry where organization_id = $1 and leaf_index = any($2::bigint[])) e
   join agent_decision d on d.organization_id = $1 and d.id = e.decision_id`,
)

/** One step of the index for each log that is asked about. */
const sizes = sql<{ organizationId: string; size: bigint }>(
  'feed.sizes',
  `select o.id as "organizationId", h.size
   from unnest($1::uuid[]) as o (id)
   cross join lateral (select size from log_checkpoint where organization_id = o.id order by size desc limit 1) h`,
)

/**
 * The first place of what happened since a time. Places follow ids within a batch and commits between batches, so it is the
 * lowest of many: more than a batch holds.
 */
const placeAt = sql<{ leafIndex: bigint | null }>(
  'feed.placeAt',
  `select min(e.leaf_index) as "leafIndex"
   from (select id from agent_decision where organization_id = $1 and id >= $2 and occurred_at >= $3 order by id limit 10000) d
   join log_entry e on e.organization_id = $1 and e.decision_id = d.id`,
)

const entryOf = ({ leafIndex, ...row }: FeedRow): FeedEntry => ({ ...row, leafIndex: Number(leafIndex) })

export const feedStore = {
  async page(database: Database, organizationId: string, from: number, limit: number): Promise<FeedEntry[]> {
    return (await database.query(organizationId, page, [organizationId, from, limit])).map(entryOf)
  },

  async at(database: Database, organizationId: string, places: readonly bigint[]): Promise<FeedEntry[]> {
    return (await database.query(organizationId, at, [organizationId, places])).map(entryOf)
  },

  async sizes(database: Database, organizationIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await database.platform(sizes, [organizationIds])
    return new Map(rows.map(({ organizationId, size }) => [organizationId, Number(size)]))
  },

  async placeAt(database: Database, organizationId: string, time: Date, firstId: string): Promise<number | undefined> {
    const [row] = await database.query(organizationId, placeAt, [organizationId, firstId, time])
    return row?.leafIndex == null ? undefined : Number(row.leafIndex)
  },
}
