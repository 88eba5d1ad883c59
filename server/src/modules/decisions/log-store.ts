import { type AgentDecisionRow, columns } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { type Statement, sql } from '#platform/database/statement'
import type { Tile, TileId } from './tree/tiles.ts'

/** Sizes and indexes are read as text that is a whole number below 2^53: no log of ours is longer. */

const NIL = '00000000-0000-0000-0000-000000000000'

export interface Head {
  readonly size: number
  readonly root: Buffer
  /** The signed checkpoint, verbatim. */
  readonly note: string
}

interface HeadRow extends Omit<Head, 'size'> {
  readonly size: bigint
}

/** Who holds it adds to this log, in whatever process. It ends with the transaction, also by a crash. */
const lock = sql<{ acquired: boolean }>(
  'log.lock',
  `select pg_try_advisory_xact_lock(hashtextextended('log/' || $1::text, 0)) as acquired`,
)

const head = sql<HeadRow>(
  'log.head',
  'select size, root, note from log_checkpoint where organization_id = $1 order by size desc limit 1',
)

const heads = sql<HeadRow>(
  'log.heads',
  'select size, root, note from log_checkpoint where organization_id = $1 and size > $2 order by size limit $3',
)

const headsAt = sql<HeadRow>(
  'log.headsAt',
  'select size, root, note from log_checkpoint where organization_id = $1 and size = any($2::bigint[])',
)

/**
 * Takes what waits, in the order of ids, whenever it was committed: nothing is skipped because something later came first.
 * By a list of ids, which is looked up: joined, or by row addresses, what was taken before may be read through each time.
 */
const take = sql<{ decisionId: string; leafHash: Buffer }>(
  'log.take',
  `with taken as (
     delete from log_pending where organization_id = $1 and decision_id = any(array(
       select decision_id from log_pending where organization_id = $1 order by decision_id limit $2))
     returning decision_id, leaf_hash)
   select decision_id as "decisionId", leaf_hash as "leafHash" from taken order by decision_id`,
)

/** Which organisations have something to integrate; one step of the index each, however much waits. */
const waiting = sql<{ organizationId: string }>(
  'log.waiting',
  `with recursive waiting as (
     (select organization_id from log_pending order by organization_id limit 1)
     union all
     select (select p.organization_id from log_pending p where p.organization_id > w.organization_id
             order by p.organization_id limit 1)
     from waiting w where w.organization_id is not null)
   select organization_id as "organizationId" from waiting where organization_id is not null limit $1`,
)

const tiles = sql<{ level: number; index: bigint; hashes: Buffer }>(
  'log.tiles',
  `select level, tile_index as index, hashes from log_tile
   where organization_id = $1 and level = any($2) and tile_index = any($3)
     and (level, tile_index) in (select * from unnest($2::int[], $3::bigint[]))`,
)

const addEntries = sql(
  'log.addEntries',
  `insert into log_entry (organization_id, leaf_index, decision_id)
   select $1, $2::bigint + place - 1, id from unnest($3::uuid[]) with ordinality as taken(id, place)`,
)

/** A tile that is there already grows; that it only grows is the database's to see to. */
const putTiles = sql(
  'log.putTiles',
  `insert into log_tile (organization_id, level, tile_index, hashes)
   select $1, level, tile_index, hashes from unnest($2::int[], $3::bigint[], $4::bytea[]) as t(level, tile_index, hashes)
   on conflict (organization_id, level, tile_index) do update set hashes = excluded.hashes`,
)

/** One size has one head: the primary key refuses another. */
const addHead = sql(
  'log.addHead',
  'insert into log_checkpoint (organization_id, size, root, note, created_at) values ($1, $2, $3, $4, $5)',
)

const indexOf = sql<{ leafIndex: bigint }>(
  'log.indexOf',
  'select leaf_index as "leafIndex" from log_entry where organization_id = $1 and decision_id = $2',
)

/** What stands in the log, with what may be shown of it. Left joins: an entry without its decision is a finding. */
const entries = sql<EntryRow>(
  'log.entries',
  `select e.leaf_index as "leafIndex", e.decision_id as "decisionId", ${columns.agentDecision}, s.inputs, s.salts
   from (select leaf_index, decision_id from log_entry
         where organization_id = $1 and leaf_index >= $2 and leaf_index < $3) e
   left join agent_decision d on d.organization_id = $1 and d.id = e.decision_id
   left join (select decision_id, inputs, salts from decision_disclosure where organization_id = $1) s
     on s.decision_id = e.decision_id
   order by e.leaf_index`,
)

/** A page of decisions: its last, and one that neither stands in the log nor waits for it, when there is such a one. */
const forgotten = sql<{ last: string | null; forgotten: string | null }>(
  'log.forgotten',
  `with page as (
     select id from agent_decision where organization_id = $1 and id > $2 order by id limit $3)
   select (select id from page order by id desc limit 1) as last, (
     select d.id from page d
     where not exists (select 1 from log_entry e where e.organization_id = $1 and e.decision_id = d.id)
       and not exists (select 1 from log_pending p where p.organization_id = $1 and p.decision_id = d.id)
     order by d.id limit 1) as forgotten`,
)

/** A redaction that an export up to this size would show without saying so. */
const lateRedaction = sql<{ id: string }>(
  'log.lateRedaction',
  `select d.id from agent_decision d
   where d.organization_id = $1 and d.type = 'decision.redacted' and not exists (
     select 1 from log_entry e where e.organization_id = $1 and e.decision_id = d.id and e.leaf_index < $2)
   limit 1`,
)

/** Without its decision, everything of that is null; the leaf tells. */
export interface EntryRow extends Omit<AgentDecisionRow, 'leaf'> {
  readonly leafIndex: bigint
  readonly decisionId: string
  readonly leaf: string | null
  readonly inputs: Record<string, unknown> | null
  readonly salts: Record<string, string> | null
}

/** A transaction, or single statements of one organisation. */
export type Reading = <Row>(statement: Statement<Row>, values: unknown[]) => Promise<Row[]>
export const readingOf =
  (database: Database, organizationId: string): Reading =>
  (statement, values) =>
    database.query(organizationId, statement, values)

const toHead = ({ size, root, note }: HeadRow): Head => ({ size: Number(size), root, note })

export const logStore = {
  async lock(tx: Tx, logId: string): Promise<boolean> {
    const [row] = await tx.query(lock, [logId])
    return row?.acquired === true
  },

  async head(read: Reading, logId: string): Promise<Head | undefined> {
    const [row] = await read(head, [logId])
    return row && toHead(row)
  },

  /** A page of heads, from the smallest; `after` is the size of the last one seen. */
  heads: async (read: Reading, logId: string, after: number, limit: number): Promise<Head[]> =>
    (await read(heads, [logId, after, limit])).map(toHead),

  headsAt: async (read: Reading, logId: string, sizes: readonly number[]): Promise<Head[]> =>
    (await read(headsAt, [logId, sizes])).map(toHead),

  take: (tx: Tx, logId: string, limit: number) => tx.query(take, [logId, limit]),

  async waiting(database: Database, limit: number): Promise<string[]> {
    return (await database.platform(waiting, [limit])).map(({ organizationId }) => organizationId)
  },

  async tiles(read: Reading, logId: string, wanted: readonly Pick<TileId, 'level' | 'index'>[]): Promise<Tile[]> {
    if (wanted.length === 0) return []
    const rows = await read(tiles, [logId, wanted.map(({ level }) => level), wanted.map(({ index }) => index)])
    return rows.map(({ level, index, hashes }) => ({ level, index: Number(index), hashes }))
  },

  addEntries: (tx: Tx, logId: string, first: number, ids: readonly string[]): void =>
    tx.send(addEntries, [logId, first, ids]),

  putTiles: (tx: Tx, logId: string, changed: readonly Tile[]): void =>
    tx.send(putTiles, [
      logId,
      changed.map(({ level }) => level),
      changed.map(({ index }) => index),
      changed.map(({ hashes }) => hashes),
    ]),

  addHead: (tx: Tx, logId: string, { size, root, note }: Head): void =>
    tx.send(addHead, [logId, size, root, note, tx.now]),

  async indexOf(read: Reading, logId: string, decisionId: string): Promise<number | undefined> {
    const [row] = await read(indexOf, [logId, decisionId])
    return row && Number(row.leafIndex)
  },

  entries: (read: Reading, logId: string, from: number, to: number) => read(entries, [logId, from, to]),

  async isBehindRedactions(read: Reading, logId: string, size: number): Promise<boolean> {
    return (await read(lateRedaction, [logId, size])).length > 0
  },

  /** A decision that is nowhere in the log: there is none, unless somebody took it out. */
  async forgotten(read: Reading, logId: string, pageSize: number): Promise<string | undefined> {
    for (let after = NIL; ; ) {
      const [row] = await read(forgotten, [logId, after, pageSize])
      if (row?.forgotten) return row.forgotten
      if (!row?.last) return undefined
      after = row.last
    }
  },
}
