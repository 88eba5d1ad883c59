import { columns, columnsOf, type TaskRow, type TaskStatus } from '@wedi/database'
import type { Static } from 'typebox'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'
import type { TaskQuery } from '../contract.ts'

const NOW = `date_trunc('milliseconds', clock_timestamp())`

/** No row when a task with this dedupe key exists. Due at once by the database's clock, whatever the server's says. */
const insert = sql<TaskRow>(
  'tasks.insert',
  `insert into task (organization_id, id, type, payload, requires, priority, fairness_key, dedupe_key, agent_id, lane_id,
                     max_attempts, run_after, deadline_at, created_by, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, ${NOW}, $12, $13, $14, $14)
   on conflict do nothing returning ${columns.task}`,
)

const byDedupeKey = sql<TaskRow>(
  'tasks.byDedupeKey',
  `select ${columns.task} from task where organization_id = $1 and dedupe_key = $2`,
)

const find = sql<TaskRow>('tasks.find', `select ${columns.task} from task where organization_id = $1 and id = $2`)

const lock = sql<TaskRow>(
  'tasks.lock',
  `select ${columns.task} from task where organization_id = $1 and id = $2 for update`,
)

/**
 * Gives tasks to agents and takes a slot of each in the same statement. Each assignment has a higher fencing token than
 * the one before. Tasks and then seats are locked in one order, so that it does not wait in a circle with tasks that end.
 * All of them or none: it divides by zero when one does not wait any more as it was seen, for its record is on the way.
 */
const assign = sql<TaskRow>(
  'tasks.assign',
  `with given as (
     select * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $7::int[], $8::bigint[])
       as g (id, agent_id, instance_id, lease_seconds, attempt, token)
   ), queued as (
     select t.id from task t join given g on g.id = t.id and g.attempt = t.attempt and g.token = t.fencing_token
     where t.organization_id = $1 and t.id = any($2) and t.status = 'QUEUED' order by t.id for no key update of t
   ), taken as (
     update task t
     set status = 'ASSIGNED', assigned_agent_id = g.agent_id, instance_id = g.instance_id, lease_seconds = g.lease_seconds,
         lease_expires_at = clock_timestamp() + g.lease_seconds * interval '1 second', assigned_at = clock_timestamp(),
         fencing_token = t.fencing_token + 1, attempt = t.attempt + 1, unassignable_reason = null, updated_at = $6
     from given g join queued q on q.id = g.id
     where t.organization_id = $1 and t.id = any($2) and t.id = g.id returning t.*
   ), sat as (
     select s.agent_id, x.count
     from agent_seat s join (select assigned_agent_id as agent_id, count(*)::int as count from taken group by 1) x
       on x.agent_id = s.agent_id
     where s.organization_id = $1 order by s.agent_id for no key update of s
   ), seats as (
     update agent_seat s set in_use = s.in_use + sat.count from sat
     where s.organization_id = $1 and s.agent_id = sat.agent_id
   )
   select ${columnsOf('task', 'taken')}
   from (select 1 / ((select count(*) from taken) = cardinality($2))::int as is_all) whole left join taken on true
   where whole.is_all = 1`,
)

/** Of these, what waits and nobody is changing just now. */
const holdQueued = sql<Waiting>(
  'tasks.holdQueued',
  `select id, attempt, fencing_token::text as token from task
   where organization_id = $1 and id = any($2::uuid[]) and status = 'QUEUED' order by id for no key update skip locked`,
)

/**
 * Of tasks that nobody may take just now: they rest a while in no lane, so that what is behind them is looked at. Waits for
 * nobody, since it comes after seats: who holds one of them is changing it anyway.
 */
const explain = sql(
  'tasks.explain',
  `with waiting as (
     select t.id, x.reason, x.rest_ms
     from task t join unnest($2::uuid[], $3::text[], $5::int[]) as x (id, reason, rest_ms) on x.id = t.id
     where t.organization_id = $1 and t.id = any($2) and t.status = 'QUEUED'
     for no key update of t skip locked
   )
   update task t
   set unassignable_reason = w.reason, lane_id = null, run_after = ${NOW} + w.rest_ms * interval '1 millisecond',
       updated_at = case when t.unassignable_reason is distinct from w.reason then $4 else t.updated_at end
   from waiting w where t.organization_id = $1 and t.id = any($2) and t.id = w.id`,
)

/**
 * Moves tasks out of one of the statuses they may come from, each where it is said to go, and gives back the slots they
 * held: a row for each that was moved. A token, where it is given, has to be the present one, and an agent the one that
 * works on it. `$10`: only those whose lease has run out, by the database's clock; `$12`: only those without a payment.
 * What rests is in no lane meanwhile, so that nobody walks over it to what can be done.
 */
const move = sql<Moved>(
  'tasks.move',
  `with given as (
     select * from unnest($2::uuid[], $3::bigint[], $5::task_status[], $6::text[], $7::text[], $8::int[], $9::boolean[],
       $13::uuid[]) as g (id, token, next, result, error, pause_ms, is_uncounted, agent_id)
   ), held as (
     select t.id, t.assigned_agent_id as agent_id, t.instance_id, t.attempt, t.status in ('ASSIGNED', 'RUNNING') as was_held,
            t.status in ('ASSIGNED', 'RUNNING') and not t.is_parked as has_slot
     from task t join given g on g.id = t.id
     where t.organization_id = $1 and t.id = any($2) and t.status = any($4::task_status[])
       and (g.token is null or g.token = t.fencing_token)
       and (g.agent_id is null or (g.agent_id = t.assigned_agent_id and not t.is_parked))
       and (not $10::boolean or t.lease_expires_at <= clock_timestamp()) and (not $12::boolean or t.payment_id is null)
     order by t.id for no key update of t
   ), moved as (
     update task t
     set status = g.next, result = g.result::jsonb, error = g.error::jsonb, is_parked = false, lease_expires_at = null,
         attempt = t.attempt - case when g.is_uncounted then least(t.attempt, 1) else 0 end, updated_at = $11,
         assigned_agent_id = case when g.next <> 'QUEUED' then t.assigned_agent_id end,
         instance_id = case when g.next <> 'QUEUED' then t.instance_id end,
         lane_id = case when g.next <> 'QUEUED' or g.pause_ms = 0 then t.lane_id end,
         run_after = case when g.next = 'QUEUED' then ${NOW} + g.pause_ms * interval '1 millisecond' else t.run_after end,
         finished_at = case when g.next <> 'QUEUED' then $11::timestamptz end
     from given g join held h on h.id = g.id where t.organization_id = $1 and t.id = any($2) and t.id = g.id
     returning t.*, h.agent_id as agent_was, h.instance_id as instance_was, h.attempt as attempt_was, h.was_held
   ), sat as (
     select s.agent_id, x.count
     from agent_seat s join (select agent_id, count(*)::int as count from held where has_slot group by 1) x
       on x.agent_id = s.agent_id
     where s.organization_id = $1 order by s.agent_id for no key update of s
   ), seats as (
     update agent_seat s
     set in_use = s.in_use - sat.count, over = greatest(0, s.in_use - sat.count - s.max_in_use) from sat
     where s.organization_id = $1 and s.agent_id = sat.agent_id
   )
   select ${columnsOf('task', 'moved')}, agent_was as "agentWas", instance_was as "instanceWas", attempt_was as "attemptWas",
          was_held as "wasHeld",
          greatest(0, extract(epoch from clock_timestamp() - moved.assigned_at) * 1000)::float8 as "durationMs" from moved`,
)

/** Of a hosted agent: a remote one says so itself, by a heartbeat. */
const start = sql<TaskRow>(
  'tasks.start',
  `update task set status = 'RUNNING', updated_at = $3
   where organization_id = $1 and id = $2 and status in ('ASSIGNED', 'RUNNING') and lease_seconds is null
   returning ${columns.task}`,
)

/** A deadline that has passed does not count any more: it would end the task again at once. */
const requeue = sql<TaskRow>(
  'tasks.requeue',
  `update task set status = 'QUEUED', attempt = 0, assigned_agent_id = null, instance_id = null, payment_id = null, lane_id = $4,
                   result = null, error = null, finished_at = null, run_after = ${NOW}, updated_at = $3,
                   deadline_at = case when deadline_at > clock_timestamp() then deadline_at end
   where organization_id = $1 and id = $2 and status in ('FAILED', 'DEAD', 'CANCELED') returning ${columns.task}`,
)

/** What an agent holds, for whoever takes it back. */
const heldBy = sql<TaskRow>(
  'tasks.heldBy',
  `select ${columns.task} from task
   where organization_id = $1 and assigned_agent_id = $2 and status in ('ASSIGNED', 'RUNNING') and not is_parked
     and ($3::uuid is null or id > $3) order by id limit $4`,
)

const one = <T>(rows: T[]): T | undefined => rows[0]

export type NewTask = Pick<
  TaskRow,
  | 'id'
  | 'type'
  | 'payload'
  | 'requires'
  | 'priority'
  | 'fairnessKey'
  | 'dedupeKey'
  | 'agentId'
  | 'laneId'
  | 'maxAttempts'
  | 'deadlineAt'
  | 'createdBy'
>

/** A task that waits, as it was seen. */
export interface Waiting {
  readonly id: string
  readonly attempt: number
  /** Of its last assignment, in decimal. */
  readonly token: string
}

export interface Placed {
  readonly taskId: string
  /** As it was seen when it was placed. */
  readonly attempt: number
  readonly token: string
  readonly agentId: string
  /** Of a remote agent: who claimed it, and how long without a heartbeat it may be away. */
  readonly instanceId: string | null
  readonly leaseSeconds: number | null
}

export interface TaskError {
  readonly code: string
  readonly detail: string
  readonly [figure: string]: unknown
}

export interface TaskMove {
  readonly id: string
  readonly to: TaskStatus
  readonly token?: bigint
  /** Only if it is this agent's, and not left to its payment. */
  readonly agentId?: string
  readonly result?: object | null
  readonly error?: TaskError | null
  /** Until it may be given to somebody again. */
  readonly pauseMs?: number
  /** It was no fault of the task: the attempt does not count. */
  readonly isUncounted?: boolean
}

export interface Moved extends TaskRow {
  readonly agentWas: string | null
  readonly instanceWas: string | null
  readonly attemptWas: number
  /** An agent had it. */
  readonly wasHeld: boolean
  /** Since it was assigned, both by the database's clock. */
  readonly durationMs: number | null
}

export interface MoveOptions {
  /** Only those whose lease has run out. */
  readonly isExpired?: boolean
  /** Only those without a payment. */
  readonly isUnpaid?: boolean
}

const json = (value: object | null | undefined) => (value == null ? null : JSON.stringify(value))

export const taskStore = {
  async insert(tx: Tx, row: NewTask): Promise<TaskRow | undefined> {
    const { id, type, payload, requires, priority, fairnessKey, dedupeKey, agentId, laneId } = row
    const asked = [id, type, payload, requires, priority, fairnessKey, dedupeKey, agentId, laneId]
    const rest = [row.maxAttempts, row.deadlineAt, row.createdBy, tx.now]
    return one(await tx.query(insert, [tx.organizationId, ...asked, ...rest]))
  },
  byDedupeKey: async (tx: Tx, key: string) => one(await tx.query(byDedupeKey, [tx.organizationId, key])),
  find: async (database: Database, organizationId: string, id: string) =>
    one(await database.query(organizationId, find, [organizationId, id])),
  read: async (tx: Tx, id: string) => one(await tx.query(find, [tx.organizationId, id])),
  lock: async (tx: Tx, id: string) => one(await tx.query(lock, [tx.organizationId, id])),
  heldBy(
    database: Database,
    organizationId: string,
    agentId: string,
    { after, limit }: { after?: string | undefined; limit: number },
  ) {
    return database.query(organizationId, heldBy, [organizationId, agentId, after ?? null, limit])
  },

  holdQueued: (tx: Tx, ids: readonly string[]) => tx.query(holdQueued, [tx.organizationId, ids]),
  /** The tasks, once it is committed. */
  assign: (tx: Tx, placed: readonly Placed[]): Promise<TaskRow[]> =>
    tx.later(assign, [
      tx.organizationId,
      placed.map(({ taskId }) => taskId),
      placed.map(({ agentId }) => agentId),
      placed.map(({ instanceId }) => instanceId),
      placed.map(({ leaseSeconds }) => leaseSeconds),
      tx.now,
      placed.map(({ attempt }) => attempt),
      placed.map(({ token }) => token),
    ]),
  explain: (tx: Tx, waiting: readonly { taskId: string; reason: string; restMs: number }[]) =>
    tx.query(explain, [
      tx.organizationId,
      waiting.map(({ taskId }) => taskId),
      waiting.map(({ reason }) => reason),
      tx.now,
      waiting.map(({ restMs }) => restMs),
    ]),

  move(tx: Tx, moves: readonly TaskMove[], from: TaskStatus[], options: MoveOptions = {}) {
    return tx.query(move, [
      tx.organizationId,
      moves.map(({ id }) => id),
      moves.map(({ token }) => token ?? null),
      from,
      moves.map(({ to }) => to),
      moves.map(({ result }) => json(result)),
      moves.map(({ error }) => json(error)),
      moves.map(({ pauseMs = 0 }) => pauseMs),
      moves.map(({ isUncounted = false }) => isUncounted),
      options.isExpired ?? false,
      tx.now,
      options.isUnpaid ?? false,
      moves.map(({ agentId }) => agentId ?? null),
    ])
  },
  start: async (tx: Tx, id: string) => one(await tx.query(start, [tx.organizationId, id, tx.now])),
  requeue: async (tx: Tx, id: string, laneId: string) =>
    one(await tx.query(requeue, [tx.organizationId, id, tx.now, laneId])),

  list(database: Database, organizationId: string, page: PageRequest, query: Static<typeof TaskQuery>) {
    const { status, type, agentId } = query
    return database.read(organizationId, (prisma) =>
      prisma.task.findMany({
        where: {
          organizationId,
          ...(status && { status }),
          ...(type && { type }),
          ...(agentId && { assignedAgentId: agentId }),
          ...(page.before && { id: { lt: page.before } }),
        },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      }),
    )
  },
}
