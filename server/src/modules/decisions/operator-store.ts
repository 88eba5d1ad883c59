import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { Reading } from './log-store.ts'

/** The head of a log that the operator's tree is to cover. */
export interface Covering {
  readonly organizationId: string
  readonly size: number
  readonly note: string
}

interface CoveringRow extends Omit<Covering, 'size'> {
  readonly size: bigint
}

/** The newest head of each of these organisations, and what stands now where a head was covered. */
const newest = sql<CoveringRow & { coveredNote: string | null }>(
  'operator.newest',
  `select o.id as "organizationId", h.size, h.note,
     (select c.note from log_checkpoint c where c.organization_id = o.id and c.size = o.covered) as "coveredNote"
   from unnest($1::uuid[], $2::bigint[]) as o(id, covered)
   cross join lateral (select size, note from log_checkpoint c where c.organization_id = o.id order by size desc limit 1) h`,
)

/** The largest head of each of these organisations, up to a size, that is in the operator's tree. */
const last = sql<CoveringRow & { index: bigint }>(
  'operator.last',
  `select o.id as "organizationId", e.size, e.note, e.leaf_index as index
   from unnest($2::uuid[], $3::bigint[]) as o(id, size)
   cross join lateral (
     select size, note, leaf_index from operator_entry e
     where e.organization_id = $1 and e.log_organization_id = o.id and e.size <= o.size order by e.size desc limit 1) e`,
)

/** Every organisation that has a log; one step of the index each. */
const logs = sql<{ organizationId: string }>(
  'operator.logs',
  `with recursive logs as (
     (select organization_id from log_checkpoint where organization_id > $1 order by organization_id limit 1)
     union all
     select (select c.organization_id from log_checkpoint c where c.organization_id > l.organization_id
             order by c.organization_id limit 1)
     from logs l where l.organization_id is not null)
   select organization_id as "organizationId" from logs where organization_id is not null limit $2`,
)

/** Of these heads, those that are in the operator's tree. */
const covered = sql<{ organizationId: string; size: bigint; leafIndex: bigint }>(
  'operator.covered',
  `select log_organization_id as "organizationId", size, leaf_index as "leafIndex" from operator_entry
   where organization_id = $1
     and (log_organization_id, size) in (select * from unnest($2::uuid[], $3::bigint[]))`,
)

const add = sql(
  'operator.add',
  `insert into operator_entry (organization_id, leaf_index, log_organization_id, size, note)
   select $1, $2::bigint + place - 1, log_organization_id, size, note
   from unnest($3::uuid[], $4::bigint[], $5::text[]) with ordinality as t(log_organization_id, size, note, place)`,
)

type Place = Pick<Covering, 'organizationId' | 'size'>
const columnsOf = (places: readonly Place[]) => [
  places.map(({ organizationId }) => organizationId),
  places.map(({ size }) => size),
]
const toCovering = <Row extends CoveringRow>(row: Row) => ({ ...row, size: Number(row.size) })

export const operatorStore = {
  async newest(database: Database, covered: readonly Place[]): Promise<(Covering & { coveredNote: string | null })[]> {
    return (await database.platform(newest, columnsOf(covered))).map(toCovering)
  },

  async last(read: Reading, logId: string, upTo: readonly Place[]): Promise<(Covering & { index: number })[]> {
    const rows = await read(last, [logId, ...columnsOf(upTo)])
    return rows.map((row) => ({ ...toCovering(row), index: Number(row.index) }))
  },

  async logs(database: Database, after: string, limit: number): Promise<string[]> {
    return (await database.platform(logs, [after, limit])).map(({ organizationId }) => organizationId)
  },

  /** The places of heads, by organisation and size. */
  async places(read: Reading, logId: string, heads: readonly Place[]): Promise<Map<string, number>> {
    const rows = await read(covered, [logId, ...columnsOf(heads)])
    return new Map(rows.map((row) => [`${row.organizationId}/${row.size}`, Number(row.leafIndex)]))
  },

  add: (tx: Tx, logId: string, first: number, heads: readonly Covering[]): void =>
    tx.send(add, [
      ...[logId, first],
      heads.map(({ organizationId }) => organizationId),
      heads.map(({ size }) => size),
      heads.map(({ note }) => note),
    ]),
}
