import type { TaskLaneRow, TaskQueueRow } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { Requirements } from '../rules.ts'

/** Looked at of a lane at least, so that one task nobody may take does not hide the others. */
export const LEAST_HEADS = 16

/** One assigner at a time in an organisation: what it counts stays true until it commits. */
const lockQueue = sql('tasks.lockQueue', `select pg_advisory_xact_lock(hashtextextended('tasks/' || $1::text, 0))`)

/** Made when it is missing. */
const queue = sql<QueueState>(
  'tasks.queue',
  `with made as (
     insert into task_queue (organization_id) select $1::uuid
     where not exists (select from task_queue where organization_id = $1) on conflict do nothing
   )
   select ability_revision as "abilityRevision", turn, due_at as "dueAt", coalesce(due_at <= clock_timestamp(), false) as "isDue"
   from task_queue where organization_id = $1`,
)

/** Organisations whose queue somebody has to look at now. */
const due = sql<{ organizationId: string }>(
  'tasks.due',
  `select organization_id as "organizationId" from task_queue where due_at <= clock_timestamp() order by due_at limit $1`,
)

/**
 * Whoever puts a task into a lane holds it, shared, until the commit; who says that it is empty takes it alone. So no
 * task comes into a lane that is just being left. With the lanes, the hour at which the queue is due.
 */
const holdLanes = sql(
  'lanes.hold',
  `select pg_advisory_xact_lock_shared(key) from (
     select 0 as place, '' as id, hashtextextended('queue/' || $1::text, 0) as key
     union all
     select 1, id, hashtextextended('lane/' || $1::text || '/' || id, 0) from unnest($2::text[]) as id
     order by place, id) held`,
)

/**
 * Nobody is saying just now when the queue is due: what was said is committed, and who says more does so afterwards. A
 * statement of its own, so that the next one sees what was committed before; it finds the answer where this one leaves it.
 */
const tryAlone = sql(
  'tasks.tryAlone',
  `select set_config('app.alone', pg_try_advisory_xact_lock(hashtextextended('queue/' || $1::text, 0))::text, true)`,
)

/** That a task waits in it is written once, not with each task; then somebody has to look, also if this process dies. */
const openLane = sql(
  'lanes.open',
  `with opened as (
     insert into task_lane as l (organization_id, id, type, requires, agent_id, fairness_key, waiting_since)
     select $1::uuid, $2::uuid, $3, $4::jsonb, $5::uuid, $6, clock_timestamp()
     where not exists (select from task_lane where organization_id = $1 and id = $2 and waiting_since is not null)
     on conflict (organization_id, id) do update set waiting_since = excluded.waiting_since, reason = null returning 1
   )
   insert into task_queue as q (organization_id, due_at) select $1, clock_timestamp() from opened
   on conflict (organization_id) do update set due_at = least(q.due_at, excluded.due_at)`,
)

/** For tasks that have rested, in their lanes by now. */
const openAll = sql(
  'lanes.openAll',
  `insert into task_lane as l (organization_id, id, type, requires, agent_id, fairness_key, waiting_since)
   select $1::uuid, x.*, clock_timestamp()
   from unnest($2::uuid[], $3::text[], $4::jsonb[], $5::uuid[], $6::text[]) as x (id, type, requires, agent_id, key) order by id
   on conflict (organization_id, id) do update set waiting_since = excluded.waiting_since, reason = null
     where l.waiting_since is null`,
)

/** For tasks that come back. */
const reopen = sql(
  'lanes.reopen',
  `with empty as (
     select id from task_lane where organization_id = $1 and id = any($2::uuid[]) and waiting_since is null
     order by id for no key update
   ), opened as (
     update task_lane l set waiting_since = clock_timestamp(), reason = null
     from empty where l.organization_id = $1 and l.id = empty.id
   )
   update task_queue set due_at = least(due_at, clock_timestamp() + $3::int * interval '1 millisecond')
   where organization_id = $1 and (due_at is null or due_at > clock_timestamp() + $3::int * interval '1 millisecond')`,
)

const unmatched = sql<UnmatchedLane>(
  'lanes.unmatched',
  `select id, type, requires, agent_id as "agentId" from task_lane
   where organization_id = $1 and waiting_since is not null
     and ability_revision < (select q.ability_revision from task_queue q where q.organization_id = $1)
   order by ability_revision limit $2`,
)

const match = sql(
  'lanes.match',
  `with found as (
     select l.id, x.abilities from task_lane l join unnest($2::uuid[], $3::jsonb[]) as x (id, abilities) on x.id = l.id
     where l.organization_id = $1 and l.id = any($2) order by l.id for no key update of l
   )
   update task_lane l set abilities = (select coalesce(array_agg(a::uuid), '{}') from jsonb_array_elements_text(x.abilities) a),
                         ability_revision = $4
   from found x where l.organization_id = $1 and l.id = any($2) and l.id = x.id`,
)

/** Keys of which as many tasks are running as may be: their lanes are not looked at, or they would hide all others. */
export const FULL_KEYS = `select f.key from fairness_share f
     where f.organization_id = $1 and f.max_running is not null and f.max_running <= (
       select count(*) from (
         select from task h where h.organization_id = $1 and coalesce(h.fairness_key, '') = f.key
           and h.status in ('ASSIGNED', 'RUNNING') and not h.is_parked limit f.max_running) held)`

/**
 * The lanes with a task that somebody with a free slot can take (a remote agent only while it asks), the most urgent
 * first, and the first tasks of each: with nobody but remote agents not many more than they ask for. What nobody can take
 * is not looked at, and no task behind the heads.
 */
const heads = sql<LaneHeads>(
  'lanes.heads',
  `with full_keys as materialized (${FULL_KEYS}), able as materialized (
     select l.*, coalesce(f.weight, 1) as weight, f.max_running, coalesce(f.turn, 0) as turn, fit.is_hosted
     from task_lane l
     left join fairness_share f on f.organization_id = $1 and f.key = l.fairness_key
     cross join lateral (
       select exists (
         select from unnest(l.abilities) as fit (id), lateral (
           select from agent_seat s
           where s.organization_id = $1 and s.ability_id = fit.id and s.is_open and s.runtime = 'HOSTED'
             and s.in_use < s.max_in_use and (l.agent_id is null or s.agent_id = l.agent_id) limit 1) free) as is_hosted) fit
     cross join lateral (
       select t.priority from task t
       where t.organization_id = $1 and t.lane_id = l.id and t.status = 'QUEUED' and t.run_after <= clock_timestamp()
       order by t.priority desc, t.id limit 1) first
     where l.organization_id = $1 and l.waiting_since is not null and cardinality(l.abilities) > 0
       and l.fairness_key not in (select key from full_keys)
       and (fit.is_hosted or exists (
         select from agent_seat s
         where s.organization_id = $1 and s.agent_id = any($2::uuid[]) and s.ability_id = any(l.abilities) and s.is_open
           and s.in_use < s.max_in_use and (l.agent_id is null or s.agent_id = l.agent_id)))
     order by first.priority desc, coalesce(f.turn, 0), l.id limit $4
   ), size as materialized (
     select greatest(${LEAST_HEADS}, least(
              case when bool_or(is_hosted or type = 'payment') then $5::int else $3::int end, $5 / nullif(count(*), 0))) as heads from able
   )
   select l.id, l.type, l.agent_id as "agentId", l.abilities, l.fairness_key as key, l.is_hosted as "isHosted", l.weight,
          l.max_running as "maxRunning", l.turn, h.heads,
          case when l.max_running is null then 0 else (
            select count(*)::int from (
              select from task h where h.organization_id = $1 and coalesce(h.fairness_key, '') = l.fairness_key
                and h.status in ('ASSIGNED', 'RUNNING') and not h.is_parked limit l.max_running) held) end as running
   from able l cross join lateral (
     select json_agg(json_build_object('id', t.id, 'priority', t.priority, 'attempt', t.attempt, 'token', t.token,
                                       'payment', t.payment)) as heads from (
       select t.id, t.priority, t.attempt, t.fencing_token::text as token, case when t.type = 'payment' then t.payload end as payment from task t
       where t.organization_id = $1 and t.lane_id = l.id and t.status = 'QUEUED' and t.run_after <= clock_timestamp()
       order by t.priority desc, t.id limit (select heads from size)) t) h`,
)

/**
 * When to look next: at the next lease or deadline that runs out, at the end of the next pause, and now and then while
 * tasks wait for a slot. Not when somebody has said meanwhile that it is due; soon, when somebody may be about to: what
 * is not committed yet is not seen here.
 */
const rest = sql(
  'tasks.rest',
  `update task_queue set turn = $3, due_at = least(
     (select min(lease_expires_at) from task where organization_id = $1 and lease_expires_at is not null),
     (select min(deadline_at) from task where organization_id = $1 and deadline_at is not null and payment_id is null
        and status in ('QUEUED', 'ASSIGNED', 'RUNNING')),
     (select min(run_after) from task where organization_id = $1 and status = 'QUEUED' and lane_id is null),
     (select clock_timestamp() + interval '10 seconds' from task_lane
      where organization_id = $1 and waiting_since is not null and cardinality(abilities) > 0 limit 1),
     case when not current_setting('app.alone')::boolean then clock_timestamp() + interval '10 seconds' end)
   where organization_id = $1 and due_at is not distinct from $2`,
)

/** In a lane that nothing waits in any more, if nobody is putting a task into it. */
const tryEmpty = sql<{ id: string }>(
  'lanes.tryEmpty',
  `with empty as materialized (
     select l.id from task_lane l
     where l.organization_id = $1 and l.waiting_since < clock_timestamp() - interval '10 seconds' and not exists (
       select from task t where t.organization_id = $1 and t.lane_id = l.id and t.status = 'QUEUED')
     order by l.id limit $2
   )
   select id from empty where pg_try_advisory_xact_lock(hashtextextended('lane/' || $1::text || '/' || id::text, 0))`,
)

/** With the locks in hand: what was committed before them is seen here. One that is being written to is left next time. */
const leave = sql(
  'lanes.leave',
  `with empty as (
     select l.id from task_lane l
     where l.organization_id = $1 and l.id = any($2::uuid[]) and not exists (
       select from task t where t.organization_id = $1 and t.lane_id = l.id and t.status = 'QUEUED')
     for no key update of l skip locked
   )
   update task_lane l set waiting_since = null from empty where l.organization_id = $1 and l.id = empty.id`,
)

/** Somebody has to look by then: said once, by whoever knows of an earlier time. */
const dueBy = sql(
  'tasks.dueBy',
  `update task_queue set due_at = least(due_at, $2)
   where organization_id = $1 and (due_at is null or due_at > $2::timestamptz)`,
)

export type QueueState = Pick<TaskQueueRow, 'abilityRevision' | 'turn' | 'dueAt'> & { readonly isDue: boolean }

export type UnmatchedLane = Pick<TaskLaneRow, 'id' | 'type' | 'agentId'> & { readonly requires: Requirements }

/** A lane with its first tasks, and its fairness key. */
export interface LaneHeads {
  readonly id: string
  readonly type: string
  readonly agentId: string | null
  readonly abilities: readonly string[]
  readonly key: string
  /** A hosted agent has a free slot for it. */
  readonly isHosted: boolean
  readonly weight: number
  readonly maxRunning: number | null
  readonly running: number
  readonly turn: number
  readonly heads: readonly LaneHead[]
}

/** A task as it waits. */
export interface LaneHead {
  readonly id: string
  readonly priority: number
  readonly attempt: number
  /** The fencing token of its last assignment, in decimal. */
  readonly token: string
  /** What a payment task asks for. */
  readonly payment: unknown
}

export const laneStore = {
  lockQueue: (tx: Tx): void => tx.send(lockQueue, [tx.organizationId]),
  queue: async (tx: Tx) => (await tx.query(queue, [tx.organizationId]))[0],
  due: async (database: Database, limit: number) =>
    (await database.platform(due, [limit])).map(({ organizationId }) => organizationId),
  hold: (tx: Tx, ids: readonly string[]): void => tx.send(holdLanes, [tx.organizationId, ids]),
  open: (tx: Tx, lane: Pick<TaskLaneRow, 'id' | 'type' | 'requires' | 'agentId' | 'fairnessKey'>): void =>
    tx.send(openLane, [tx.organizationId, lane.id, lane.type, lane.requires, lane.agentId, lane.fairnessKey]),
  openAll: (
    tx: Tx,
    lanes: readonly Pick<TaskLaneRow, 'id' | 'type' | 'requires' | 'agentId' | 'fairnessKey'>[],
  ): void =>
    tx.send(openAll, [
      tx.organizationId,
      lanes.map(({ id }) => id),
      lanes.map(({ type }) => type),
      lanes.map(({ requires }) => JSON.stringify(requires)),
      lanes.map(({ agentId }) => agentId),
      lanes.map(({ fairnessKey }) => fairnessKey),
    ]),
  reopen: (tx: Tx, ids: readonly string[], inMs: number): void => tx.send(reopen, [tx.organizationId, ids, inMs]),
  unmatched: (tx: Tx, limit: number) => tx.query(unmatched, [tx.organizationId, limit]),
  match: (tx: Tx, found: readonly { id: string; abilities: readonly string[] }[], revision: number) =>
    tx.query(match, [
      tx.organizationId,
      found.map(({ id }) => id),
      found.map(({ abilities }) => JSON.stringify(abilities)),
      revision,
    ]),
  /** `asked`: how many tasks those who claim want in all. */
  heads: (tx: Tx, claimers: readonly string[], { asked, lanes, total }: Record<'asked' | 'lanes' | 'total', number>) =>
    tx.query(heads, [tx.organizationId, claimers, asked, lanes, total]),
  rest(tx: Tx, seen: QueueState, turn: number): void {
    tx.send(tryAlone, [tx.organizationId])
    tx.send(rest, [tx.organizationId, seen.dueAt, turn])
  },
  dueBy: (tx: Tx, time: Date): void => tx.send(dueBy, [tx.organizationId, time]),
  tryEmpty: (tx: Tx, limit: number) => tx.query(tryEmpty, [tx.organizationId, limit]),
  leave: (tx: Tx, ids: readonly string[]) => tx.query(leave, [tx.organizationId, ids]),
}
