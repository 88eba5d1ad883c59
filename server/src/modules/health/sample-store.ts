import type { AgentHealthRow } from '@wedi/database'
import { columnsOf } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import { bucketOf, MAX_DURATION_MS } from './durations.ts'
import { outcomeOf, RECENT_MINUTES, RECENT_SAMPLES, type Sample } from './rules.ts'

/** The database's clock; a time that is given stands in its place. */
const at = (value: string): string => `coalesce(${value}::timestamptz, statement_timestamp())`

/** What comes later than this is not counted: the minutes it would belong to are forgotten soon. */
const LATE_HOURS = 24
/** So long a minute with new samples waits for more of them. */
const MINUTE_SETTLES_SECONDS = 5

/**
 * Samples and the marks of their minutes, in the caller's transaction: whoever sees a mark sees its samples. Nothing is
 * waited for and nobody waits: both are new rows only.
 */
const observe = sql(
  'health.observe',
  `with said as (
     select s.*, least(s.at, t.now)::timestamptz(3) as ended_at
     from unnest($2::uuid[], $3::uuid[], $4::sample_kind[], $5::sample_outcome[], $6::text[], $7::int[], $8::smallint[],
                 $9::timestamptz[])
       as s(agent_id, instance_id, kind, outcome, error_class, duration_ms, duration_bucket, at),
       (select ${at('$10')} as now) t
     where s.at is null or s.at > t.now - interval '${LATE_HOURS} hours'
   ), sample as (
     insert into health_sample (organization_id, at, id, agent_id, instance_id, kind, outcome, error_class, duration_ms,
                                duration_bucket)
     select $1, ended_at, gen_random_uuid(), agent_id, instance_id, kind, outcome, error_class, duration_ms,
            duration_bucket from said
   )
   insert into health_mark (organization_id, id, agent_id, minute)
   select $1, gen_random_uuid(), agent_id, minute
   from (select distinct agent_id, date_trunc('minute', ended_at, 'UTC') as minute from said) marks`,
)

/** Takes marks away and says when their minutes are due to be counted. Whose they were. */
const takeMarks = sql<{ agentId: string; marks: number }>(
  'health.takeMarks',
  `with taken as (
     delete from health_mark where organization_id = $1
       and id in (select id from health_mark where organization_id = $1 limit $3)
     returning agent_id, minute
   ), due as (
     insert into health_bucket (organization_id, agent_id, resolution, began_at, due_at)
     select distinct $1::uuid, agent_id, 'MINUTE'::health_resolution, minute,
            ${at('$2')} + interval '${MINUTE_SETTLES_SECONDS} seconds' from taken
     on conflict (organization_id, agent_id, resolution, began_at) do update
       set due_at = least(health_bucket.due_at, excluded.due_at)
   )
   select agent_id as "agentId", count(*)::int as marks from taken group by agent_id`,
)

/** Organisations with marks or with something due to be counted. */
const waiting = sql<{ organizationId: string }>(
  'health.waiting',
  `with recursive marked as (
     (select organization_id from health_mark order by organization_id limit 1)
     union all
     select (select m.organization_id from health_mark m where m.organization_id > w.organization_id
             order by m.organization_id limit 1)
     from marked w where w.organization_id is not null)
   select organization_id as "organizationId" from (
     select organization_id from marked where organization_id is not null
     union
     select distinct organization_id from health_bucket where due_at <= ${at('$1')}
   ) organizations limit $2`,
)

/** One process at a time counts what an organisation's agents did. */
const lock = sql<{ isMine: boolean }>(
  'health.lock',
  `select pg_try_advisory_xact_lock(hashtextextended('health/' || $1::text, 0)) as "isMine"`,
)

/**
 * How agents stand, with their newest tasks, and what time it is. Of one whose breaker is not closed also the older ones
 * since it may be tried: probes of slow or rare tasks take their time.
 */
const facts = sql<FactsRow>(
  'health.facts',
  `select ${columnsOf('agentHealth', 'h')}, t.now, n.*
   from agent_health h
   cross join (select ${at('$3')} as now) t
   cross join lateral (
     select coalesce(array_agg(at order by at desc), '{}') as "endedAt",
            coalesce(array_agg(outcome = 'ERROR' order by at desc), '{}') as "isError",
            coalesce(array_agg(duration_ms order by at desc), '{}') as "durationMs"
     from (select at, outcome, duration_ms from health_sample s
           where s.organization_id = $1 and s.agent_id = h.agent_id and s.kind = 'TASK'
             and s.at > least(t.now - interval '${RECENT_MINUTES} minutes',
                              case when h.breaker <> 'CLOSED' then coalesce(h.open_until, h.breaker_since) end)
           order by s.at desc limit ${RECENT_SAMPLES}) newest
   ) n
   where h.organization_id = $1 and h.agent_id = any($2::uuid[])`,
)

export type FactsRow = AgentHealthRow & {
  now: Date
  endedAt: Date[]
  isError: boolean[]
  durationMs: (number | null)[]
}

/** When the agent last ended a task, as far as samples go back. */
const lastAt = sql<{ at: Date | null }>(
  'health.lastAt',
  'select max(at) as at from health_sample where organization_id = $1 and agent_id = $2',
)

export const sampleStore = {
  observe(tx: Tx, samples: readonly Sample[], now: Date | null): void {
    if (samples.length === 0) return
    const durations = samples.map(({ durationMs }) =>
      durationMs === null ? null : Math.round(Math.min(Math.max(durationMs, 0), LONGEST_MS)),
    )
    tx.send(observe, [
      tx.organizationId,
      samples.map(({ agentId }) => agentId),
      samples.map(({ instanceId }) => instanceId),
      samples.map(({ kind }) => kind),
      samples.map(({ errorClass }) => outcomeOf(errorClass)),
      samples.map(({ errorClass }) => errorClass),
      durations,
      durations.map((ms) => (ms === null ? null : bucketOf(ms))),
      samples.map((sample) => sample.at ?? null),
      now,
    ])
  },
  takeMarks: (tx: Tx, now: Date | null, limit: number) => tx.query(takeMarks, [tx.organizationId, now, limit]),
  waiting: (database: Database, now: Date | null, limit: number) => database.platform(waiting, [now, limit]),
  lock: async (tx: Tx): Promise<boolean> => (await tx.query(lock, [tx.organizationId]))[0]?.isMine === true,
  facts: (tx: Tx, agentIds: readonly string[], now: Date | null) => tx.query(facts, [tx.organizationId, agentIds, now]),
  lastAt: async (database: Database, organizationId: string, agentId: string) =>
    (await database.query(organizationId, lastAt, [organizationId, agentId]))[0]?.at ?? null,
}

/** An int4 holds it. */
const LONGEST_MS = Math.min(MAX_DURATION_MS, 2_147_483_647)
