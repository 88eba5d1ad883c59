import { columns, type HealthBucketRow, type HealthResolution } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'

/** The database's clock; a time that is given stands in its place. */
const at = (value: string): string => `coalesce(${value}::timestamptz, statement_timestamp())`

/** So long a coarser bucket waits for more of its parts. */
const SETTLES_SECONDS = { HOUR: 15, DAY: 60 } as const

const due = (resolution: HealthResolution): string => `due as (
     select agent_id, began_at from health_bucket
     where organization_id = $1 and resolution = '${resolution}' and due_at <= ${at('$2')} order by due_at limit $3)`

const write = (resolution: HealthResolution): string => `written as (
     update health_bucket b
     set ok_count = c.ok, error_count = c.failed, errors = c.errors, durations = c.durations, due_at = null
     from counted c where b.organization_id = $1 and b.resolution = '${resolution}' and b.agent_id = c.agent_id
       and b.began_at = c.began_at)`

/** What the bucket is a part of has to be counted anew, too. */
const pass = (resolution: 'HOUR' | 'DAY'): string => `passed as (
     insert into health_bucket (organization_id, agent_id, resolution, began_at, due_at)
     select distinct $1::uuid, agent_id, '${resolution}'::health_resolution, date_trunc('${resolution}', began_at, 'UTC'),
            ${at('$2')} + interval '${SETTLES_SECONDS[resolution]} seconds' from counted
     on conflict (organization_id, agent_id, resolution, began_at) do update
       set due_at = least(health_bucket.due_at, excluded.due_at))`

const samplesOfMinute = `from health_sample s where s.organization_id = $1 and s.agent_id = d.agent_id
         and s.at >= d.began_at and s.at < d.began_at + interval '1 minute'`

/** Counts the minutes that are due from their samples, whenever these came. */
const countMinutes = sql<Counted>(
  'health.countMinutes',
  `with ${due('MINUTE')}, counted as (
     select d.agent_id, d.began_at, c.ok, c.failed, e.errors, t.durations from due d
     cross join lateral (
       select count(*) filter (where s.kind = 'TASK' and s.outcome = 'OK')::int as ok,
              count(*) filter (where s.kind = 'TASK' and s.outcome = 'ERROR')::int as failed ${samplesOfMinute}) c
     cross join lateral (
       select coalesce(jsonb_object_agg(class, n), '{}') as errors from (
         select s.error_class as class, count(*) as n ${samplesOfMinute} and s.error_class is not null group by 1) x) e
     cross join lateral (
       select coalesce(jsonb_object_agg(bucket, n), '{}') as durations from (
         select s.duration_bucket as bucket, count(*) as n ${samplesOfMinute} and s.kind = 'TASK'
           and s.duration_bucket is not null group by 1) x) t
   ), ${write('MINUTE')}, ${pass('HOUR')}
   select count(*)::int as counted from counted`,
)

const partsOf = (part: HealthResolution, whole: string): string => `p.organization_id = $1 and p.agent_id = d.agent_id
         and p.resolution = '${part}' and p.began_at >= d.began_at and p.began_at < d.began_at + interval '1 ${whole}'`

/** Counts what is due from its parts. */
const fromParts = (whole: 'HOUR' | 'DAY', part: HealthResolution): string =>
  `${due(whole)}, counted as (
     select d.agent_id, d.began_at, c.ok, c.failed, e.errors, t.durations from due d
     cross join lateral (
       select coalesce(sum(p.ok_count), 0)::int as ok, coalesce(sum(p.error_count), 0)::int as failed
       from health_bucket p where ${partsOf(part, whole)}) c
     cross join lateral (
       select coalesce(jsonb_object_agg(key, n), '{}') as errors from (
         select key, sum(value::int) as n from health_bucket p, jsonb_each_text(p.errors)
         where ${partsOf(part, whole)} group by key) x) e
     cross join lateral (
       select coalesce(jsonb_object_agg(key, n), '{}') as durations from (
         select key, sum(value::int) as n from health_bucket p, jsonb_each_text(p.durations)
         where ${partsOf(part, whole)} group by key) x) t
   ), ${write(whole)}`

const countHours = sql<Counted>(
  'health.countHours',
  `with ${fromParts('HOUR', 'MINUTE')}, ${pass('DAY')} select count(*)::int as counted from counted`,
)
const countDays = sql<Counted>(
  'health.countDays',
  `with ${fromParts('DAY', 'HOUR')} select count(*)::int as counted from counted`,
)

const between = sql<HealthBucketRow>(
  'health.buckets',
  `select ${columns.healthBucket} from health_bucket
   where organization_id = $1 and agent_id = $2 and resolution = $3 and began_at >= $4 and began_at < $5
   order by began_at limit $6`,
)

/** Each resolution is kept as long as something is counted from it, or shown. */
const forget = sql(
  'health.forget',
  `delete from health_bucket
   where (resolution = 'MINUTE' and began_at < now() - interval '2 days')
      or (resolution = 'HOUR' and began_at < now() - interval '40 days')
      or (resolution = 'DAY' and began_at < now() - interval '400 days')`,
)

interface Counted {
  counted: number
}
type Moment = Date | null
const countOf = ([row]: Counted[]): number => row?.counted ?? 0

export const bucketStore = {
  countMinutes: async (tx: Tx, now: Moment, limit: number) =>
    countOf(await tx.query(countMinutes, [tx.organizationId, now, limit])),
  countHours: async (tx: Tx, now: Moment, limit: number) =>
    countOf(await tx.query(countHours, [tx.organizationId, now, limit])),
  countDays: async (tx: Tx, now: Moment, limit: number) =>
    countOf(await tx.query(countDays, [tx.organizationId, now, limit])),

  between(
    database: Database,
    { organizationId, agentId }: { organizationId: string; agentId: string },
    { resolution, from, to }: { resolution: HealthResolution; from: Date; to: Date },
    limit: number,
  ): Promise<HealthBucketRow[]> {
    return database.query(organizationId, between, [organizationId, agentId, resolution, from, to, limit])
  },
  forget: (database: Database) => database.platform(forget, []),
}
