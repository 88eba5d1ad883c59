import { columns, columnsOf, type TaskRow, type TaskStatus } from '@wedi/database'
import type { Static } from 'typebox'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'
import type { TaskQuery } from './contract.ts'

/** No row when a task with this dedupe key exists. */
const insert = sql<TaskRow>(
  'tasks.insert',
  `insert into task (organization_id, id, type, payload, requires, priority, fairness_key, dedupe_key, agent_id,
                     max_attempts, run_after, deadline_at, created_by, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $11, $11)
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

/** One assigner at a time in an organisation: what it counts stays true until it commits. */
const lockQueue = sql('tasks.lockQueue', `select pg_advisory_xact_lock(hashtextextended('tasks/' || $1::text, 0))`)

/** From the head of the queue, or from behind a task that was looked at. */
const waiting = sql<TaskRow>(
  'tasks.waiting',
  `select ${columns.task} from task where organization_id = $1 and status = 'QUEUED' and run_after <= $2
     and ($4::int is null or priority < $4 or (priority = $4 and id > $5::uuid))
   order by priority desc, id limit $3`,
)

const inUse = sql<{ agentId: string; count: number }>(
  'tasks.inUse',
  `select assigned_agent_id as "agentId", count(*)::int as count from task
   where organization_id = $1 and status in ('ASSIGNED', 'RUNNING') and not is_parked group by assigned_agent_id`,
)

const inUseOf = sql<{ count: number }>(
  'tasks.inUseOf',
  `select count(*)::int as count from task
   where organization_id = $1 and assigned_agent_id = $2 and status in ('ASSIGNED', 'RUNNING') and not is_parked`,
)

/** Each assignment has a higher fencing token than the one before. */
const assign = sql<TaskRow>(
  'tasks.assign',
  `update task t
   set status = 'ASSIGNED', assigned_agent_id = x.agent_id, fencing_token = t.fencing_token + 1, attempt = t.attempt + 1,
       lease_expires_at = $4::timestamptz + $5::int * interval '1 second', unassignable_reason = null, updated_at = $4
   from unnest($2::uuid[], $3::uuid[]) as x (task_id, agent_id)
   where t.organization_id = $1 and t.id = x.task_id and t.status = 'QUEUED' returning ${columnsOf('task', 't')}`,
)

const explain = sql(
  'tasks.explain',
  `update task t set unassignable_reason = x.reason, updated_at = $4
   from unnest($2::uuid[], $3::text[]) as x (task_id, reason)
   where t.organization_id = $1 and t.id = x.task_id and t.status = 'QUEUED' and t.unassignable_reason is distinct from x.reason`,
)

/** One row when the task was in one of the statuses it may come from; none otherwise. */
const move = sql<TaskRow>(
  'tasks.move',
  `update task
   set status = $3::task_status, result = $5, error = $6, is_parked = false, lease_expires_at = null, updated_at = $7::timestamptz,
       finished_at = case when $3::task_status in ('SUCCEEDED', 'FAILED', 'CANCELED', 'DEAD') then $7::timestamptz end
   where organization_id = $1 and id = $2 and status = any($4::task_status[]) returning ${columns.task}`,
)

const start = sql<TaskRow>(
  'tasks.start',
  `update task set status = 'RUNNING', updated_at = $3
   where organization_id = $1 and id = $2 and status in ('ASSIGNED', 'RUNNING') returning ${columns.task}`,
)

const attach = sql<TaskRow>(
  'tasks.attach',
  `update task set payment_id = $3, is_parked = $4, updated_at = $5
   where organization_id = $1 and id = $2 and status = 'RUNNING' and fencing_token = $6 returning ${columns.task}`,
)

const requeue = sql<TaskRow>(
  'tasks.requeue',
  `update task set status = 'QUEUED', attempt = 0, assigned_agent_id = null, payment_id = null, result = null, error = null,
                   finished_at = null, run_after = $3, updated_at = $3
   where organization_id = $1 and id = $2 and status in ('FAILED', 'DEAD', 'CANCELED') returning ${columns.task}`,
)

const one = <T>(rows: T[]): T | undefined => rows[0]

type NewTask = Pick<
  TaskRow,
  | 'id'
  | 'type'
  | 'payload'
  | 'requires'
  | 'priority'
  | 'fairnessKey'
  | 'dedupeKey'
  | 'agentId'
  | 'maxAttempts'
  | 'deadlineAt'
  | 'createdBy'
>

export const taskStore = {
  async insert(tx: Tx, row: NewTask): Promise<TaskRow | undefined> {
    const {
      id,
      type,
      payload,
      requires,
      priority,
      fairnessKey,
      dedupeKey,
      agentId,
      maxAttempts,
      deadlineAt,
      createdBy,
    } = row
    const values = [
      id,
      type,
      payload,
      requires,
      priority,
      fairnessKey,
      dedupeKey,
      agentId,
      maxAttempts,
      tx.now,
      deadlineAt,
      createdBy,
    ]
    return one(await tx.query(insert, [tx.organizationId, ...values]))
  },
  byDedupeKey: async (tx: Tx, key: string) => one(await tx.query(byDedupeKey, [tx.organizationId, key])),
  find: async (database: Database, organizationId: string, id: string) =>
    one(await database.query(organizationId, find, [organizationId, id])),
  read: async (tx: Tx, id: string) => one(await tx.query(find, [tx.organizationId, id])),
  lock: async (tx: Tx, id: string) => one(await tx.query(lock, [tx.organizationId, id])),
  lockQueue: (tx: Tx) => tx.query(lockQueue, [tx.organizationId]),
  waiting: (tx: Tx, limit: number, behind?: Pick<TaskRow, 'priority' | 'id'>) =>
    tx.query(waiting, [tx.organizationId, tx.now, limit, behind?.priority ?? null, behind?.id ?? null]),
  inUse: async (tx: Tx) =>
    new Map((await tx.query(inUse, [tx.organizationId])).map(({ agentId, count }) => [agentId, count])),
  inUseOf: async (database: Database, organizationId: string, agentId: string) =>
    one(await database.query(organizationId, inUseOf, [organizationId, agentId]))?.count ?? 0,

  assign: (tx: Tx, placed: { taskId: string; agentId: string }[], leaseSeconds: number) =>
    tx.query(assign, [
      ...[
        tx.organizationId,
        placed.map(({ taskId }) => taskId),
        placed.map(({ agentId }) => agentId),
        tx.now,
        leaseSeconds,
      ],
    ]),
  explain: (tx: Tx, waiting: { taskId: string; reason: string }[]) =>
    tx.query(explain, [
      tx.organizationId,
      waiting.map(({ taskId }) => taskId),
      waiting.map(({ reason }) => reason),
      tx.now,
    ]),

  async move(tx: Tx, id: string, { to, from, result, error }: TaskMove): Promise<TaskRow | undefined> {
    return one(await tx.query(move, [tx.organizationId, id, to, from, result ?? null, error ?? null, tx.now]))
  },
  start: async (tx: Tx, id: string) => one(await tx.query(start, [tx.organizationId, id, tx.now])),
  attach: async (tx: Tx, task: TaskRow, paymentId: string, isParked: boolean) =>
    one(await tx.query(attach, [tx.organizationId, task.id, paymentId, isParked, tx.now, task.fencingToken])),
  requeue: async (tx: Tx, id: string) => one(await tx.query(requeue, [tx.organizationId, id, tx.now])),

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

export interface TaskMove {
  to: TaskStatus
  from: TaskStatus[]
  result?: Record<string, unknown>
  error?: { code: string; detail: string; [figure: string]: unknown }
}
