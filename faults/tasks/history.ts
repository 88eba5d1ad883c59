import type { DatabaseServer } from '../database.ts'

/** One change of a task, as the database saw it when it was made. */
export interface Change {
  readonly at: number
  readonly taskId: string
  /** Null for the task's birth. */
  readonly was: string | null
  readonly now: string
  readonly tokenWas: string | null
  readonly token: string
  readonly agentWas: string | null
  readonly agent: string | null
  readonly leaseWas: number | null
  readonly paymentId: string | null
  readonly result: string | null
}

/**
 * Writes down every change of every task beside the product, in the product's own transactions: what was committed is
 * there, in the order of each task, and nothing of the product can leave a line out.
 */
const KEEP = `
  create table task_history (
    seq bigint generated always as identity primary key, at timestamptz not null default clock_timestamp(),
    task_id uuid not null, was text, now text not null, token_was bigint, token bigint not null, agent_was uuid, agent uuid,
    lease_was timestamptz, payment_id uuid, result jsonb
  );
  create function keep_task_history() returns trigger language plpgsql security definer as $$
  begin
    if tg_op = 'INSERT' then
      insert into task_history (task_id, now, token) values (new.id, new.status, new.fencing_token);
    elsif (old.status, old.fencing_token, old.assigned_agent_id, old.payment_id, old.result) is distinct from
          (new.status, new.fencing_token, new.assigned_agent_id, new.payment_id, new.result) then
      insert into task_history (task_id, was, now, token_was, token, agent_was, agent, lease_was, payment_id, result)
      values (new.id, old.status, new.status, old.fencing_token, new.fencing_token, old.assigned_agent_id,
              new.assigned_agent_id, old.lease_expires_at, new.payment_id, new.result);
    end if;
    return null;
  end $$;
  create trigger keep_task_history after insert or update on task for each row execute function keep_task_history();`

const READ = `
  select extract(epoch from at) * 1000 as at, task_id as "taskId", was, now, token_was::text as "tokenWas", token::text,
         agent_was as "agentWas", agent, extract(epoch from lease_was) * 1000 as "leaseWas", payment_id as "paymentId",
         result::text
  from task_history order by seq`

type Read = Omit<Change, 'at' | 'leaseWas'> & { readonly at: string; readonly leaseWas: string | null }

export const keepHistory = ({ query }: DatabaseServer, name: string): Promise<unknown> => query(name, KEEP)

/** By task, each in the order in which it happened. */
export async function historyOf({ query }: DatabaseServer, name: string): Promise<Map<string, Change[]>> {
  const byTask = new Map<string, Change[]>()
  for (const row of await query<Read>(name, READ)) {
    const change = { ...row, at: Number(row.at), leaseWas: row.leaseWas === null ? null : Number(row.leaseWas) }
    byTask.set(row.taskId, [...(byTask.get(row.taskId) ?? []), change])
  }
  return byTask
}
