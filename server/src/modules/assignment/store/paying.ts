import { columns, columnsOf, type TaskRow } from '@wedi/database'
import type { Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { MoveOptions } from './tasks.ts'

/** A task that is parked has no lease and gives back its slot. */
const attach = sql<TaskRow>(
  'tasks.attach',
  `with attached as (
     update task
     set status = 'RUNNING', payment_id = $3, is_parked = $4, updated_at = $5,
         lease_expires_at = case when not $4::boolean then lease_expires_at end
     where organization_id = $1 and id = $2 and status in ('ASSIGNED', 'RUNNING') and not is_parked returning *
   ), seats as (
     update agent_seat s set in_use = s.in_use - 1, over = greatest(0, s.in_use - 1 - s.max_in_use) from attached a
     where s.organization_id = $1 and s.agent_id = a.assigned_agent_id and a.is_parked
   )
   select ${columnsOf('task', 'attached')} from attached`,
)

/** Its payment ended without effect: the next one may ask for another. */
const detach = sql(
  'tasks.detach',
  'update task set payment_id = null where organization_id = $1 and id = $2 and payment_id = $3',
)

/** Its agent is gone or has given up, and the payment is not settled: that ends the task now, and nobody holds a slot for it. */
const park = sql<TaskRow>(
  'tasks.park',
  `with parked as (
     update task set is_parked = true, lease_expires_at = null, updated_at = $3
     where organization_id = $1 and id = $2 and lease_expires_at is not null and not is_parked
       and (not $4::boolean or lease_expires_at <= clock_timestamp()) returning *
   ), seats as (
     update agent_seat s set in_use = s.in_use - 1, over = greatest(0, s.in_use - 1 - s.max_in_use) from parked p
     where s.organization_id = $1 and s.agent_id = p.assigned_agent_id
   )
   select ${columns.task} from parked`,
)

/** Payments that agents were given and have not asked for yet: they count as if they had. */
const pendingPayments = sql<{ agentId: string; payload: unknown }>(
  'tasks.pendingPayments',
  `select assigned_agent_id as "agentId", payload from task
   where organization_id = $1 and assigned_agent_id = any($2::uuid[]) and status in ('ASSIGNED', 'RUNNING')
     and type = 'payment' and payment_id is null`,
)

/** Tasks and the payments that agents ask for to do them. */
export const payingStore = {
  attach: async (tx: Tx, id: string, paymentId: string, isParked: boolean) =>
    (await tx.query(attach, [tx.organizationId, id, paymentId, isParked, tx.now]))[0],
  detach: (tx: Tx, id: string, paymentId: string) => tx.query(detach, [tx.organizationId, id, paymentId]),
  park: async (tx: Tx, id: string, { isExpired = false }: Pick<MoveOptions, 'isExpired'>) =>
    (await tx.query(park, [tx.organizationId, id, tx.now, isExpired]))[0],
  pendingPayments: (tx: Tx, agentIds: readonly string[]) => tx.query(pendingPayments, [tx.organizationId, agentIds]),
}
