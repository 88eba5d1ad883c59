import { type AgentHealthRow, columns, type HealthStatus } from '@wedi/database'
import type { Caller } from '#platform/caller'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'

const begin = sql(
  'health.begin',
  `insert into agent_health (organization_id, agent_id, reason, since, breaker_since) values ($1, $2, $3, $4, $4)
   on conflict do nothing`,
)
const end = sql('health.end', 'delete from agent_health where organization_id = $1 and agent_id = $2')

const find = sql<AgentHealthRow>(
  'health.find',
  `select ${columns.agentHealth} from agent_health where organization_id = $1 and agent_id = $2`,
)

/** For assignment: one row of each agent whose breaker or whose newest tasks have something to say. */
const standings = sql<StandingRow>(
  'health.standings',
  `select agent_id as "agentId", recent_errors as "recentErrors", breaker = 'OPEN' and open_until > t.now as "isOut",
          breaker = 'HALF_OPEN' or (breaker = 'OPEN' and open_until <= t.now) as probing
   from agent_health, (select coalesce($3::timestamptz, statement_timestamp()) as now) t
   where organization_id = $1 and agent_id = any($2::uuid[])`,
)
export interface StandingRow {
  agentId: string
  recentErrors: number
  isOut: boolean
  probing: boolean
}

/** Only rows that are still what was judged: of two who judge at once, one writes. */
const move = sql<{ agentId: string }>(
  'health.move',
  `update agent_health h
   set status = s.status, reason = s.reason, since = s.since, breaker = s.breaker, breaker_since = s.breaker_since,
       open_until = s.open_until, openings = s.openings, recent_errors = s.recent_errors, revision = h.revision + 1
   from unnest($2::uuid[], $3::int[], $4::health_status[], $5::text[], $6::timestamptz[], $7::breaker_state[],
               $8::timestamptz[], $9::timestamptz[], $10::int[], $11::int[])
     as s(agent_id, revision, status, reason, since, breaker, breaker_since, open_until, openings, recent_errors)
   where h.organization_id = $1 and h.agent_id = s.agent_id and h.revision = s.revision returning h.agent_id as "agentId"`,
)

const putThresholds = sql<AgentHealthRow>(
  'health.putThresholds',
  `update agent_health set thresholds = $3, thresholds_revision = thresholds_revision + 1
   where organization_id = $1 and agent_id = $2 and thresholds_revision = coalesce($4, thresholds_revision)
   returning ${columns.agentHealth}`,
)

/** `only`: the one agent the asker may see. */
const fleet = sql<AgentHealthRow>(
  'health.fleet',
  `select ${columns.agentHealth} from agent_health
   where organization_id = $1 and agent_id < coalesce($2, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
     and ($3::health_status is null or status = $3) and ($4::uuid is null or agent_id = $4)
   order by agent_id desc limit $5`,
)

const totals = sql<{ status: HealthStatus; count: number }>(
  'health.totals',
  `select status, count(*)::int as count from agent_health
   where organization_id = $1 and ($2::uuid is null or agent_id = $2) group by status`,
)

/** What a judgement changes. */
export type Judged = Pick<
  AgentHealthRow,
  | 'agentId'
  | 'revision'
  | 'status'
  | 'reason'
  | 'since'
  | 'breaker'
  | 'breakerSince'
  | 'openUntil'
  | 'openings'
  | 'recentErrors'
>

export const healthStore = {
  begin: (tx: Tx, agentId: string, reason: string) => tx.send(begin, [tx.organizationId, agentId, reason, tx.now]),
  end: (tx: Tx, agentId: string) => tx.send(end, [tx.organizationId, agentId]),
  find: async (database: Database, organizationId: string, agentId: string) =>
    (await database.query(organizationId, find, [organizationId, agentId]))[0],
  read: async (tx: Tx, agentId: string) => (await tx.query(find, [tx.organizationId, agentId]))[0],
  standings: (tx: Tx, agentIds: readonly string[], now: Date | null) =>
    tx.query(standings, [tx.organizationId, agentIds, now]),

  /** The agents of those that were written. */
  async move(tx: Tx, rows: readonly Judged[]): Promise<ReadonlySet<string>> {
    if (rows.length === 0) return new Set()
    const written = await tx.query(move, [
      tx.organizationId,
      rows.map(({ agentId }) => agentId),
      rows.map(({ revision }) => revision),
      rows.map(({ status }) => status),
      rows.map(({ reason }) => reason),
      rows.map(({ since }) => since),
      rows.map(({ breaker }) => breaker),
      rows.map(({ breakerSince }) => breakerSince),
      rows.map(({ openUntil }) => openUntil),
      rows.map(({ openings }) => openings),
      rows.map(({ recentErrors }) => recentErrors),
    ])
    return new Set(written.map(({ agentId }) => agentId))
  },

  putThresholds: async (tx: Tx, agentId: string, thresholds: object, revision: number | undefined) =>
    (await tx.query(putThresholds, [tx.organizationId, agentId, thresholds, revision ?? null]))[0],

  fleet: (
    database: Database,
    { organizationId, agentId: only }: Pick<Caller, 'organizationId' | 'agentId'>,
    { before, limit }: PageRequest,
    status: HealthStatus | undefined,
  ) => database.query(organizationId, fleet, [organizationId, before ?? null, status ?? null, only ?? null, limit + 1]),
  totals: (database: Database, { organizationId, agentId: only }: Pick<Caller, 'organizationId' | 'agentId'>) =>
    database.query(organizationId, totals, [organizationId, only ?? null]),
}
