import type { DatabaseServer } from './database.ts'

/** What the tables say, read as their owner: the one place of the simulator that knows them. */
export interface Ledger {
  counters(): Promise<CounterSeen[]>
  /** How many counters are over their limit: quick, however much there is in the books. */
  overLimits(): Promise<string[]>
  payments(): Promise<PaymentSeen[]>
  tasks(): Promise<TaskSeen[]>
  /** Transactions (payment and attempt) whose bytes are stored, or whose order a queue took, in a scope. */
  signed(scope: Scope): Promise<string[]>
  overdueJobs(): Promise<string[]>
  /** Decisions of a denial, by id. */
  denials(): Promise<string[]>
  /** Whatever may explain why something stands still. */
  storyOf(paymentId: string): Promise<string>
  breaks(): Promise<BreakSeen[]>
  /** Agents that Wedi froze by itself. */
  frozenByItself(): Promise<string[]>
  /** As time does, only sooner: what a dead process held is free. */
  endLeases(): Promise<void>
  /** The same: what waits for a moment waits no more. What is parked until it is woken stays so. */
  hurry(): Promise<void>
  /** Every book is looked at now. */
  hurryReconciliation(): Promise<void>
  /** Books without a first look, which takes over whatever is there. */
  unopened(): Promise<string[]>
  /** Books that were not reconciled since. */
  unreconciled(since: Date): Promise<string[]>
}

export interface Scope {
  readonly agentId?: string
  readonly walletId?: string
}

export interface CounterSeen {
  readonly place: string
  readonly maxAmount: bigint | null
  readonly maxCount: number | null
  readonly reserved: bigint
  readonly spent: bigint
  readonly reservedCount: number
  readonly spentCount: number
  /** The same, added up from the reservations. */
  readonly reservedSum: bigint
  readonly spentSum: bigint
  readonly reservedRows: number
  readonly spentRows: number
}

export interface PaymentSeen {
  readonly id: string
  readonly status: string
  readonly agentId: string
  readonly walletId: string
  readonly address: string
  readonly provider: string
  readonly payee: string
  readonly amount: string
  readonly asset: string
  readonly failure: string | null
  readonly approval: string | null
  readonly queueId: string | null
  /** Of the transaction that settled it. */
  readonly hash: string | null
  /** Of every transaction that was signed to pay it: one of them may be mined. */
  readonly payHashes: string[]
  /** Of those that only take its nonce: they move nothing. */
  readonly cancelHashes: string[]
  /** `RESERVED`, `SPENT`, `RELEASED`, one for each limit it counts against. */
  readonly reservations: string[]
  readonly limits: number
  readonly requested: number
  readonly ends: string[]
}

export interface TaskSeen {
  readonly id: string
  readonly status: string
  readonly dedupeKey: string | null
  readonly isParked: boolean
  readonly reason: string | null
  readonly paymentId: string | null
}

export interface BreakSeen {
  readonly kind: string
  readonly subject: string
  readonly severity: string
  readonly agentId: string
  /** What was expected, and what was seen. */
  readonly what: string
}

/** One statement, hence one moment. */
const COUNTERS = `
  select c.limit_id || '/' || c.window_start || '/' || c.payee as place,
         l.max_amount::text as "maxAmount", l.max_count as "maxCount",
         c.reserved_amount::text as reserved, c.spent_amount::text as spent,
         c.reserved_count::int as "reservedCount", c.spent_count::int as "spentCount",
         coalesce(sum(r.amount) filter (where r.status = 'RESERVED'), 0)::text as "reservedSum",
         coalesce(sum(r.amount) filter (where r.status = 'SPENT'), 0)::text as "spentSum",
         (count(*) filter (where r.status = 'RESERVED'))::int as "reservedRows",
         (count(*) filter (where r.status = 'SPENT'))::int as "spentRows"
  from limit_counter c
  join spending_limit l on l.organization_id = c.organization_id and l.id = c.limit_id
  left join reservation r on r.organization_id = c.organization_id and r.limit_id = c.limit_id
    and r.window_start = c.window_start and r.payee = c.payee
  group by c.organization_id, c.limit_id, c.window_start, c.payee, l.max_amount, l.max_count, c.reserved_amount,
           c.spent_amount, c.reserved_count, c.spent_count`

const OVER = `
  select c.limit_id || ': ' || c.reserved_amount || ' reserved and ' || c.spent_amount || ' spent of '
         || coalesce(l.max_amount::text, l.max_count || ' times') as id
  from limit_counter c
  join spending_limit l on l.organization_id = c.organization_id and l.id = c.limit_id
  where c.reserved_amount + c.spent_amount > l.max_amount or c.reserved_count + c.spent_count > l.max_count`

const PAYMENTS = `
  select p.id, p.status::text, p.agent_id as "agentId", p.wallet_id as "walletId", w.address, w.provider, p.payee,
         p.amount::text, p.asset, p.failure ->> 'code' as failure, a.status::text as approval,
         p.transaction_hash as hash,
         (select max(t.queue_id) from chain_transaction t
          where t.organization_id = p.organization_id and t.payment_id = p.id) as "queueId",
         array(select t.transaction_hash from chain_transaction t
               where t.organization_id = p.organization_id and t.payment_id = p.id and t.purpose = 'PAY'
                 and t.transaction_hash is not null) as "payHashes",
         array(select t.transaction_hash from chain_transaction t
               where t.organization_id = p.organization_id and t.payment_id = p.id and t.purpose = 'CANCEL'
                 and t.transaction_hash is not null) as "cancelHashes",
         array(select r.status::text from reservation r
               where r.organization_id = p.organization_id and r.payment_id = p.id) as reservations,
         (select count(*)::int from spending_limit l
          where l.organization_id = p.organization_id and l.scope_id in (p.agent_id, p.organization_id)
            and l.asset = p.asset and l.limit_window <> 'TRANSACTION') as limits,
         (select count(*)::int from agent_decision d
          where d.organization_id = p.organization_id and d.payment_id = p.id and d.type = 'payment.requested') as requested,
         array(select d.type from agent_decision d
               where d.organization_id = p.organization_id and d.payment_id = p.id
                 and d.type in ('payment.confirmed', 'payment.reverted', 'payment.failed', 'payment.canceled')) as ends
  from payment p
  join wallet w on w.organization_id = p.organization_id and w.id = p.wallet_id
  left join approval a on a.organization_id = p.organization_id and a.id = p.approval_id
  order by p.id`

const TASKS = `select id, status::text, dedupe_key as "dedupeKey", is_parked as "isParked",
  coalesce(unassignable_reason, (select l.reason from task_lane l where l.organization_id = t.organization_id and l.id = t.lane_id)) as reason,
  payment_id as "paymentId" from task t`

/** Each transaction by itself: a payment that was signed before a freeze may not be signed anew in it. */
const SIGNED = `
  select p.id || '/' || t.attempt as id from payment p
  join chain_transaction t on t.organization_id = p.organization_id and t.payment_id = p.id
  where (t.raw_transaction is not null or t.queue_id is not null)
    and ($1::uuid is null or p.agent_id = $1) and ($2::uuid is null or p.wallet_id = $2)`

const STORY = `
  select json_build_object(
    'failure', p.failure, 'updated', p.updated_at, 'now', now(),
    'transactions', (select json_agg(json_build_object('attempt', t.attempt, 'purpose', t.purpose, 'nonce', t.nonce,
                       'hash', t.transaction_hash, 'queueId', t.queue_id, 'signingUntil', t.signing_until))
                     from chain_transaction t where t.organization_id = p.organization_id and t.payment_id = p.id),
    'job', (select row_to_json(j) from job j where j.kind = 'payments.advance' and j.subject = p.id::text),
    'below', (select json_agg(json_build_object('id', o.id, 'status', o.status, 'nonce', t.nonce) order by t.nonce desc)
              from chain_transaction t join payment o on o.organization_id = t.organization_id and o.id = t.payment_id
              where t.wallet_id = p.wallet_id and o.status not in ('CONFIRMED'))
  )::text as id from payment p where p.id = $1`

/** Due for longer than any pause or lease explains. */
const OVERDUE = `
  select kind || ' ' || subject || coalesce(': ' || last_error, '') as job from job
  where run_at < now() - interval '15 seconds' and (lease_until is null or lease_until < now() - interval '5 seconds')`

type Texts<Row> = {
  [Field in keyof Row]: Row[Field] extends bigint | null ? string | Extract<Row[Field], null> : Row[Field]
}

export function ledgerOf({ query }: DatabaseServer, name: string): Ledger {
  const ids = async (text: string, values?: unknown[]) =>
    (await query<{ id: string }>(name, text, values)).map(({ id }) => id)
  return {
    async counters() {
      const rows = await query<Texts<CounterSeen>>(name, COUNTERS)
      return rows.map((row) => ({
        ...row,
        maxAmount: row.maxAmount === null ? null : BigInt(row.maxAmount),
        ...{ reserved: BigInt(row.reserved), spent: BigInt(row.spent) },
        ...{ reservedSum: BigInt(row.reservedSum), spentSum: BigInt(row.spentSum) },
      }))
    },
    overLimits: () => ids(OVER),
    payments: () => query<PaymentSeen>(name, PAYMENTS),
    tasks: () => query<TaskSeen>(name, TASKS),
    signed: ({ agentId = null, walletId = null }: { agentId?: string | null; walletId?: string | null }) =>
      ids(SIGNED, [agentId, walletId]),
    overdueJobs: async () => (await query<{ job: string }>(name, OVERDUE)).map(({ job }) => job),
    denials: () => ids(`select id from agent_decision where type = 'payment.requested' and verdict = 'DENY'`),
    storyOf: async (paymentId) => (await ids(STORY, [paymentId])).join(),
    breaks: () =>
      query<BreakSeen>(
        name,
        `select kind, subject, severity::text, agent_id as "agentId", expected::text || ' against ' || seen::text as what
         from reconciliation_break`,
      ),
    frozenByItself: () =>
      ids(`select distinct agent_id as id from agent_decision where type = 'agent.frozen' and actor like 'system:%'`),
    endLeases: async () =>
      void (await query(name, 'update job set lease_until = clock_timestamp() where lease_until is not null')),
    hurry: async () =>
      void (await query(
        name,
        `update job set run_at = clock_timestamp()
         where lease_until is null and run_at between clock_timestamp() and clock_timestamp() + interval '61 seconds'`,
      )),
    hurryReconciliation: async () =>
      void (await query(name, 'update wallet_book set due_at = clock_timestamp() where due_at > clock_timestamp()')),
    unopened: () => ids('select wallet_id as id from wallet_book where due_at is not null and block_number is null'),
    unreconciled: (since: Date) =>
      ids('select wallet_id as id from wallet_book where due_at is not null and reconciled_at < $1', [since]),
  }
}
