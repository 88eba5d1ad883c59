import { type AgentInstanceRow, type AgentRuntime, columns, type InstanceStatus } from '@wedi/database'
import type { Static } from 'typebox'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'
import type { InstanceQuery, Tolerance } from './instance-contract.ts'

/** The database's clock, which all instances share; a time that is given stands in its place. */
const at = (value: string): string => `coalesce(${value}::timestamptz, clock_timestamp())`

/** No row when the agent has as many as it may have; at the same moment a few more may pass. */
const insert = sql<AgentInstanceRow>(
  'instances.insert',
  `with made as (
     insert into agent_instance
       (organization_id, id, agent_id, version, labels, max_concurrency, heartbeat_ms, suspect_after, down_after,
        started_at, last_seen_at, status_since)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, t.now, t.now, t.now from (select ${at('$10')} as now) t
     where (select count(*) from agent_instance
            where organization_id = $1 and agent_id = $3 and status in ('HEALTHY', 'SUSPECT')) < $11
     returning *
   ), span as (
     insert into instance_span (organization_id, instance_id, began_at, agent_id)
     select organization_id, id, started_at, agent_id from made
   )
   select ${columns.agentInstance} from made`,
)

/**
 * Heartbeats of many instances of one organisation. Only of those that are HEALTHY, whose beats change nothing that has
 * to be recorded; rows are taken in one order, so that two batches cannot wait for each other.
 */
const beat = sql<Beaten>(
  'instances.beat',
  `with said as (
     select distinct on (id, agent_id) id, agent_id, in_use
     from unnest($2::uuid[], $3::uuid[], $4::int[]) with ordinality as s(id, agent_id, in_use, place)
     order by id, agent_id, place desc
   ), held as (
     select i.id, s.in_use from agent_instance i join said s on s.id = i.id and s.agent_id = i.agent_id
     where i.organization_id = $1 and i.id = any($2) and i.status = 'HEALTHY' order by i.id for no key update of i
   )
   update agent_instance i
   set last_seen_at = greatest(i.last_seen_at, ${at('$5')}), in_use = coalesce(held.in_use, i.in_use)
   from held where i.organization_id = $1 and i.id = any($2) and i.id = held.id
   returning i.id, i.agent_id as "agentId", i.status, i.heartbeat_ms as "heartbeatMs",
     i.is_draining or (select a.status = 'RETIRED' from agent a where a.organization_id = $1 and a.id = i.agent_id) as drain`,
)

export type Beaten = Pick<AgentInstanceRow, 'id' | 'agentId' | 'status' | 'heartbeatMs'> & { drain: boolean }

/** One that was SUSPECT or DOWN is heard of again; after DOWN it is there anew. No row when it is in another status. */
const revive = sql<Beaten & { was: InstanceStatus }>(
  'instances.revive',
  `with held as (
     select id, status from agent_instance
     where organization_id = $1 and id = $2 and agent_id = $3 and status in ('SUSPECT', 'DOWN') for no key update
   ), back as (
     update agent_instance i
     set status = 'HEALTHY', last_seen_at = greatest(i.last_seen_at, t.now), status_since = t.now,
         in_use = coalesce($4, i.in_use)
     from held, (select ${at('$5')} as now) t where i.organization_id = $1 and i.id = held.id
     returning i.*, held.status as was
   ), span as (
     insert into instance_span (organization_id, instance_id, began_at, agent_id)
     select organization_id, id, status_since, agent_id from back where was = 'DOWN'
   )
   select id, agent_id as "agentId", status, was, heartbeat_ms as "heartbeatMs",
     is_draining or (select a.status = 'RETIRED' from agent a where a.organization_id = $1 and a.id = agent_id) as drain
   from back`,
)

const find = sql<AgentInstanceRow>(
  'instances.find',
  `select ${columns.agentInstance} from agent_instance where organization_id = $1 and id = $2 and agent_id = $3`,
)

/** Instances and their agents as they are: a row for each pair that is asked about, in their order. */
const standings = sql<Standing>(
  'instances.standings',
  `select a.runtime, i.status, coalesce(i.is_draining, false) as "isDraining"
   from unnest($2::uuid[], $3::uuid[]) with ordinality as asked (id, agent_id, place)
   left join agent a on a.organization_id = $1 and a.id = asked.agent_id
   left join agent_instance i on i.organization_id = $1 and i.id = asked.id and i.agent_id = asked.agent_id
   order by asked.place`,
)

/** Of these, the ones that take work; none of them is stopped or told to drain before the transaction ends. */
const holdOpen = sql<{ id: string }>(
  'instances.holdOpen',
  `select id from agent_instance
   where organization_id = $1 and id = any($2::uuid[]) and status <> 'STOPPED' and not is_draining
   order by id for key share`,
)

/** Held by who stops it: no work is given to it meanwhile. */
const hold = sql<AgentInstanceRow>(
  'instances.hold',
  `select ${columns.agentInstance} from agent_instance where organization_id = $1 and id = $2 and agent_id = $3 for update`,
)

const drain = sql<AgentInstanceRow>(
  'instances.drain',
  `update agent_instance set is_draining = true where organization_id = $1 and id = $2 and not is_draining
   returning ${columns.agentInstance}`,
)

/** One row when it was not stopped yet. */
const stop = sql<AgentInstanceRow>(
  'instances.stop',
  `with ended as (
     update agent_instance i set status = 'STOPPED', status_since = t.now, in_use = 0
     from (select ${at('$3')} as now) t where i.organization_id = $1 and i.id = $2 and i.status <> 'STOPPED'
     returning i.*
   ), span as (
     update instance_span s set ended_at = greatest(s.began_at, e.status_since), ended_by = 'STOPPED'
     from ended e where s.organization_id = $1 and s.instance_id = e.id and s.ended_at is null
   )
   select ${columns.agentInstance} from ended`,
)

const isOverdue = (now: string): string => `status in ('HEALTHY', 'SUSPECT')
  and last_seen_at + heartbeat_ms * case status when 'HEALTHY' then suspect_after else down_after end
                     * interval '1 millisecond' <= ${now}`

/** Organisations with an instance that was not heard of in time. */
const overdue = sql<{ organizationId: string }>(
  'instances.overdue',
  `select distinct organization_id as "organizationId" from agent_instance where ${isOverdue(at('$1'))} limit $2`,
)

/** Those of an organisation that were not heard of in time, a step or two down; who is down was there until last seen. */
const expire = sql<AgentInstanceRow>(
  'instances.expire',
  `with late as (
     select id from agent_instance where organization_id = $1 and ${isOverdue(at('$2'))}
     order by id limit $3 for no key update skip locked
   ), moved as (
     update agent_instance i
     set status_since = t.now,
         status = case when i.last_seen_at + i.heartbeat_ms * i.down_after * interval '1 millisecond' <= t.now
                       then 'DOWN' else 'SUSPECT' end::instance_status
     from late, (select ${at('$2')} as now) t where i.organization_id = $1 and i.id = late.id
     returning i.*
   ), span as (
     update instance_span s set ended_at = greatest(s.began_at, m.last_seen_at), ended_by = 'DOWN'
     from moved m
     where s.organization_id = $1 and m.status = 'DOWN' and s.instance_id = m.id and s.ended_at is null
   )
   select ${columns.agentInstance} from moved`,
)

/** The newest first. */
const ofAgent = sql<AgentInstanceRow>(
  'instances.ofAgent',
  `select ${columns.agentInstance} from agent_instance
   where organization_id = $1 and agent_id = $2 and id < coalesce($3, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
     and ($4::instance_status is null or status = $4)
   order by id desc limit $5`,
)

/** New tolerance for those that are alive; it counts from their last heartbeat. */
const tolerate = sql(
  'instances.tolerate',
  `update agent_instance set suspect_after = $3, down_after = $4
   where organization_id = $1 and agent_id = $2 and status in ('HEALTHY', 'SUSPECT')`,
)

/** How many instances of each of these agents are there. */
const liveness = sql<LivenessRow>(
  'instances.liveness',
  `select a.id as "agentId", alive.*,
     exists (select from agent_instance i where i.organization_id = $1 and i.agent_id = a.id) as "hadAny"
   from unnest($2::uuid[]) as a(id)
   cross join lateral (
     select count(*) filter (where i.status = 'HEALTHY')::int as healthy,
            count(*) filter (where i.status = 'SUSPECT')::int as suspect
     from agent_instance i
     where i.organization_id = $1 and i.agent_id = a.id and i.status in ('HEALTHY', 'SUSPECT')) alive`,
)

/**
 * Shares of the last hour, day, week and month, each since the agent's first instance at the earliest, in which at least
 * one of its instances was there; how often one started after another had ended, and when one was last heard of.
 */
const presence = sql<PresenceRow>(
  'instances.presence',
  `with spans as materialized (
     select began_at, ended_at from instance_span where organization_id = $1 and agent_id = $2
   ), t as (
     select ${at('$3')}::timestamptz(3) as now
   ), windows as (
     select w.name, greatest(t.now - w.length, (select min(began_at) from spans)) as began, t.now as ended
     from t, (values ('1h', interval '1 hour'), ('24h', interval '1 day'), ('7d', interval '7 days'),
                     ('30d', interval '30 days')) as w(name, length)
   ), shares as (
     select w.name, case when exists (select from spans) then (
       select coalesce(sum(extract(epoch from upper(r) - lower(r))), 0) from unnest((
         select range_agg(tstzrange(greatest(s.began_at, w.began), least(s.ended_at, w.ended))) from spans s
         where s.began_at < w.ended and (s.ended_at is null or s.ended_at > w.began))) as r
     )::float8 / nullif(extract(epoch from w.ended - w.began), 0)::float8 end as share
     from windows w
   )
   select (select jsonb_object_agg(name, share) from shares) as uptime,
     (select count(*)::int from spans
      where began_at > (select now from t) - interval '1 day' and began_at >= (select min(ended_at) from spans)) as restarts,
     (select max(last_seen_at) from agent_instance where organization_id = $1 and agent_id = $2) as "lastSeenAt"`,
)

/**
 * What is past is forgotten: instances that ended, and when they were there. Of each agent its first span stays: shares are
 * counted from there, and without it an agent that was away for long would look as if it were new.
 */
const forget = sql(
  'instances.forget',
  `with spans as (
     delete from instance_span s where s.ended_at < now() - $1::int * interval '1 day'
       and exists (select from instance_span f where f.organization_id = s.organization_id and f.agent_id = s.agent_id
                     and (f.began_at, f.instance_id) < (s.began_at, s.instance_id)))
   delete from agent_instance
   where status in ('STOPPED', 'DOWN') and last_seen_at < now() - $1::int * interval '1 day'`,
)

type NewInstance = Pick<
  AgentInstanceRow,
  'id' | 'agentId' | 'version' | 'labels' | 'maxConcurrency' | 'heartbeatMs' | 'suspectAfter' | 'downAfter'
>
export interface BeatSaid {
  readonly instanceId: string
  readonly agentId: string
  readonly inUse: number | null
}
/** Null what there is none of. */
export interface Standing {
  readonly runtime: AgentRuntime | null
  readonly status: InstanceStatus | null
  readonly isDraining: boolean
}
interface LivenessRow {
  agentId: string
  healthy: number
  suspect: number
  hadAny: boolean
}
interface PresenceRow {
  uptime: Record<'1h' | '24h' | '7d' | '30d', number | null>
  restarts: number
  lastSeenAt: Date | null
}
type Moment = Date | null

const one = <T>(rows: T[]): T | undefined => rows[0]

export const instanceStore = {
  async insert(tx: Tx, row: NewInstance, now: Moment, max: number): Promise<AgentInstanceRow | undefined> {
    const { id, agentId, version, labels, maxConcurrency, heartbeatMs, suspectAfter, downAfter } = row
    const values = [id, agentId, version, labels, maxConcurrency, heartbeatMs, suspectAfter, downAfter, now, max]
    return one(await tx.query(insert, [tx.organizationId, ...values]))
  },

  beat: (database: Database, organizationId: string, beats: readonly BeatSaid[], now: Moment): Promise<Beaten[]> =>
    database.query(organizationId, beat, [
      organizationId,
      beats.map(({ instanceId }) => instanceId),
      beats.map(({ agentId }) => agentId),
      beats.map(({ inUse }) => inUse),
      now,
    ]),
  revive: async (tx: Tx, { instanceId, agentId, inUse }: BeatSaid, now: Moment) =>
    one(await tx.query(revive, [tx.organizationId, instanceId, agentId, inUse, now])),

  find: async (tx: Tx, id: string, agentId: string) => one(await tx.query(find, [tx.organizationId, id, agentId])),
  standings: (database: Database, organizationId: string, asked: readonly Omit<BeatSaid, 'inUse'>[]) =>
    database.query(organizationId, standings, [
      organizationId,
      asked.map(({ instanceId }) => instanceId),
      asked.map(({ agentId }) => agentId),
    ]),
  holdOpen: (tx: Tx, ids: readonly string[]) => tx.query(holdOpen, [tx.organizationId, ids]),
  hold: async (tx: Tx, id: string, agentId: string) => one(await tx.query(hold, [tx.organizationId, id, agentId])),
  drain: async (tx: Tx, id: string) => one(await tx.query(drain, [tx.organizationId, id])),
  stop: async (tx: Tx, id: string, now: Moment) => one(await tx.query(stop, [tx.organizationId, id, now])),

  overdue: (database: Database, now: Moment, limit: number) => database.platform(overdue, [now, limit]),
  expire: (tx: Tx, now: Moment, limit: number) => tx.query(expire, [tx.organizationId, now, limit]),

  ofAgent: (
    database: Database,
    organizationId: string,
    agentId: string,
    { before, limit }: PageRequest,
    { status }: Static<typeof InstanceQuery>,
  ) => database.query(organizationId, ofAgent, [organizationId, agentId, before ?? null, status ?? null, limit + 1]),

  tolerate: (tx: Tx, agentId: string, { suspectAfter, downAfter }: Tolerance) =>
    tx.send(tolerate, [tx.organizationId, agentId, suspectAfter, downAfter]),
  liveness: async (tx: Tx, agentIds: readonly string[]) =>
    new Map((await tx.query(liveness, [tx.organizationId, agentIds])).map((row) => [row.agentId, row])),
  presence: async (database: Database, organizationId: string, agentId: string, now: Moment) =>
    (await database.query(organizationId, presence, [organizationId, agentId, now]))[0] as PresenceRow,

  forget: (database: Database, days: number) => database.platform(forget, [days]),
}
