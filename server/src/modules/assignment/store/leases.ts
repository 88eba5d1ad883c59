import { columns, type TaskRow } from '@wedi/database'
import type { Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'

/** All of these tasks that are still their agent's, by their tokens: a row for each. Locked in one order. */
const extend = sql<Extended>(
  'tasks.extend',
  `with held as (
     select t.id from task t join unnest($2::uuid[], $3::bigint[], $4::uuid[]) as g (id, token, agent_id)
       on g.id = t.id and g.token = t.fencing_token and g.agent_id = t.assigned_agent_id
     where t.organization_id = $1 and t.id = any($2) and t.status in ('ASSIGNED', 'RUNNING') and t.lease_expires_at is not null
     order by t.id for no key update of t
   )
   update task t
   set status = 'RUNNING', lease_expires_at = clock_timestamp() + t.lease_seconds * interval '1 second', updated_at = $5
   from held where t.organization_id = $1 and t.id = any($2) and t.id = held.id
   returning t.id as "taskId", t.fencing_token as token, t.assigned_agent_id as "agentId", t.lease_expires_at as "expiresAt"`,
)

const isHolding = sql<{ found: boolean }>(
  'tasks.isHolding',
  `select exists (select from task where organization_id = $1 and instance_id = $2 and lease_expires_at is not null) as found`,
)

/** Held still while it is decided what a word of them means, in the order in which all hold them. */
const lockMany = sql<TaskRow>(
  'tasks.lockMany',
  `select ${columns.task} from task where organization_id = $1 and id = any($2::uuid[]) order by id for no key update`,
)

const readMany = sql<TaskRow>(
  'tasks.readMany',
  `select ${columns.task} from task where organization_id = $1 and id = any($2::uuid[])`,
)

/** Whose lease has run out, by the database's clock, which all processes share. */
const expired = sql<TaskRow>(
  'tasks.expired',
  `select ${columns.task} from task where organization_id = $1 and lease_expires_at <= clock_timestamp()
   order by lease_expires_at limit $2`,
)

/** Whose deadline has passed with no money on its way: what is paid for is not given up because it is late. */
const late = sql<TaskRow>(
  'tasks.late',
  `select ${columns.task} from task
   where organization_id = $1 and deadline_at <= clock_timestamp() and payment_id is null
     and status in ('QUEUED', 'ASSIGNED', 'RUNNING') order by deadline_at limit $2`,
)

/** What has rested long enough: it waits in no lane yet. */
const rested = sql<TaskRow>(
  'tasks.rested',
  `select ${columns.task} from task
   where organization_id = $1 and status = 'QUEUED' and lane_id is null and run_after <= clock_timestamp()
   order by run_after limit $2`,
)

const enter = sql(
  'tasks.enter',
  `with resting as (
     select t.id, x.lane_id from task t join unnest($2::uuid[], $3::uuid[]) as x (id, lane_id) on x.id = t.id
     where t.organization_id = $1 and t.id = any($2) and t.status = 'QUEUED' and t.lane_id is null order by t.id for no key update of t
   )
   update task t set lane_id = r.lane_id from resting r
   where t.organization_id = $1 and t.id = any($2) and t.id = r.id`,
)

export interface Held {
  readonly taskId: string
  readonly agentId: string
  readonly token: bigint
}

export interface Extended extends Held {
  readonly expiresAt: Date
}

export const leaseStore = {
  extend: (tx: Tx, held: readonly Held[]) =>
    tx.query(extend, [
      tx.organizationId,
      held.map(({ taskId }) => taskId),
      held.map(({ token }) => token),
      held.map(({ agentId }) => agentId),
      tx.now,
    ]),
  isHolding: async (tx: Tx, instanceId: string) =>
    (await tx.query(isHolding, [tx.organizationId, instanceId]))[0]?.found ?? false,
  lockMany: (tx: Tx, ids: readonly string[]) => tx.query(lockMany, [tx.organizationId, ids]),
  readMany: (tx: Tx, ids: readonly string[]) => tx.query(readMany, [tx.organizationId, ids]),
  expired: (tx: Tx, limit: number) => tx.query(expired, [tx.organizationId, limit]),
  rested: (tx: Tx, limit: number) => tx.query(rested, [tx.organizationId, limit]),
  enter: (tx: Tx, tasks: readonly { id: string; laneId: string }[]): void =>
    tx.send(enter, [tx.organizationId, tasks.map(({ id }) => id), tasks.map(({ laneId }) => laneId)]),
  late: (tx: Tx, limit: number) => tx.query(late, [tx.organizationId, limit]),
}
