import { type ChainTransactionRow, columns, columnsOf, type PaymentRow, type PaymentStatus } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import { DEAD, type Disposition } from '../rules.ts'

/**
 * How long a signature may be made is counted by the database's clock, so that processes whose own clocks differ or jump
 * agree on it; each process also counts by itself, from before it asked (`deadlineIn`).
 */
const insert = sql<ChainTransactionRow>(
  'payments.insertTransaction',
  `insert into chain_transaction (organization_id, id, payment_id, attempt, purpose, wallet_id, chain, nonce, unsigned,
                                  submission_key, since_block, created_at, signing_until)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, clock_timestamp() + $13::int * interval '1 millisecond')
   returning ${columns.chainTransaction}`,
)

/** The same with its bytes, where signing took nobody else: nobody has to wait for a signature then. */
const insertSigned = sql<ChainTransactionRow>(
  'payments.insertSignedTransaction',
  `insert into chain_transaction (organization_id, id, payment_id, attempt, purpose, wallet_id, chain, nonce, unsigned,
                                  submission_key, since_block, created_at, raw_transaction, transaction_hash)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning ${columns.chainTransaction}`,
)

const ofPayment = sql<ChainTransactionRow>(
  'payments.transactionsOf',
  `select ${columns.chainTransaction} from chain_transaction where organization_id = $1 and payment_id = $2 order by attempt`,
)

/** The fields may be signed (again). No row when they are signed. */
const allowSigning = sql<ChainTransactionRow>(
  'payments.allowSigning',
  `update chain_transaction set signing_until = clock_timestamp() + $3::int * interval '1 millisecond'
   where organization_id = $1 and id = $2 and raw_transaction is null returning ${columns.chainTransaction}`,
)

/** Who was allowed to sign until then does not any more; another process, allowed later, may. */
const endSigning = sql(
  'payments.endSigning',
  'update chain_transaction set signing_until = null where organization_id = $1 and id = $2 and signing_until = $3',
)

/**
 * The first signature stays: whatever is broadcast later is these bytes. No row when its time was up, or when the payment
 * was frozen or is to be canceled: then it is thrown away. The payment is held, so that its freeze comes before or after.
 */
const storeSignature = sql<ChainTransactionRow>(
  'payments.storeSignature',
  `with held as (
     select p.id, p.cancel_requested_at from payment p join chain_transaction c on c.organization_id = p.organization_id and c.payment_id = p.id
     where p.organization_id = $1 and c.organization_id = $1 and c.id = $2 and p.frozen_at is null
     for share of p
   )
   update chain_transaction t
   set raw_transaction = coalesce(t.raw_transaction, $3), transaction_hash = coalesce(t.transaction_hash, $4), signing_until = null
   from held
   where t.organization_id = $1 and t.id = $2 and t.payment_id = held.id and t.signing_until >= clock_timestamp()
     and (t.purpose = 'CANCEL' or held.cancel_requested_at is null)
   returning ${columnsOf('chainTransaction', 't')}`,
)

const storeQueueId = sql(
  'payments.storeQueueId',
  'update chain_transaction set queue_id = $3, signing_until = null where organization_id = $1 and id = $2',
)

/** Nothing was signed or handed over: the payment may begin again. */
const drop = sql<{ id: string }>(
  'payments.dropTransaction',
  `delete from chain_transaction
   where organization_id = $1 and id = $2 and submission_key is not null and raw_transaction is null and queue_id is null
   returning id`,
)

/** Up to which block it was looked for; never back. */
const searched = sql(
  'payments.searchedTo',
  `update chain_transaction set searched_to = $3 where organization_id = $1 and id = $2 and coalesce(searched_to, 0) < $3`,
)

/**
 * The signed bytes of a wallet for each of a range of nonces, in order: those that were confirmed, else the newest. None
 * that pay what shall not be paid any more; a nonce that is left open so is better than money moved twice.
 */
const signedBetween = sql<{ raw: string }>(
  'payments.signedBetween',
  `select distinct on (t.nonce) t.raw_transaction as raw
   from chain_transaction t join payment p on p.organization_id = t.organization_id and p.id = t.payment_id
   where t.organization_id = $1 and t.wallet_id = $2 and t.chain = $3 and t.nonce between $4 and $5
     and t.submission_key is null and t.raw_transaction is not null
     and case when p.status = 'CONFIRMED' then t.transaction_hash = p.transaction_hash
              else t.purpose = 'CANCEL' or (p.status <> all($6::payment_status[]) and p.cancel_requested_at is null) end
   order by t.nonce, t.attempt desc limit 1000`,
)

/** Signatures of a scope that were begun and may still be made. */
const pendingSignatures = sql<{ count: number }>(
  'payments.pendingSignatures',
  `select count(*)::int as count
   from chain_transaction t join payment p on p.organization_id = t.organization_id and p.id = t.payment_id
   where t.organization_id = $1 and ($2::uuid is null or p.agent_id = $2) and ($3::uuid is null or t.wallet_id = $3)
     and ($4::uuid is null or t.payment_id = $4) and t.signing_until > clock_timestamp()`,
)

/** What a freeze finds on its way, oldest first, with what becomes of it. */
const inFlight = sql<InFlightRow>(
  'payments.inFlight',
  `select p.id as "paymentId", p.status, coalesce(t.hash, p.transaction_hash) as "transactionHash",
          case when t.is_queued then 'HANDED_OVER' when t.hash is not null then 'BROADCAST' else 'HELD_BACK' end as disposition
   from payment p
   left join lateral (
     select bool_or(submission_key is not null) as is_queued,
            (array_agg(transaction_hash order by attempt desc) filter (where transaction_hash is not null))[1] as hash
     from chain_transaction c where c.organization_id = p.organization_id and c.payment_id = p.id
   ) t on true
   where p.organization_id = $1 and p.status = any($5::payment_status[])
     and ($2::uuid is null or p.agent_id = $2) and ($3::uuid is null or p.wallet_id = $3) and ($4::uuid is null or p.id = $4)
   order by p.id limit $6`,
)

/** True when this wallet ever paid through a queue on this chain: then others than Wedi gave it nonces. */
const wasQueued = sql<{ found: boolean }>(
  'payments.wasQueued',
  `select exists (select from chain_transaction
                  where organization_id = $1 and wallet_id = $2 and chain = $3 and submission_key is not null) as found`,
)

/** Whose submission this is, of all organisations: as its queue calls it, or by our key while the answer is missing. */
const ofSubmission = sql<{ organizationId: string; paymentId: string }>(
  'payments.ofSubmission',
  `select organization_id as "organizationId", payment_id as "paymentId" from chain_transaction
   where coalesce(queue_id, submission_key) = $1 and submission_key is not null limit 1`,
)

/** A hash found on chain belongs to the payment that claims it first, or whose own bytes have it. */
const isClaimed = sql<{ found: boolean }>(
  'payments.isClaimed',
  `select exists (select from payment where organization_id = $1 and wallet_id = $2 and transaction_hash = $3 and id <> $4)
       or exists (select from chain_transaction where organization_id = $1 and wallet_id = $2 and submission_key is null
                  and transaction_hash = $3 and payment_id <> $4) as found`,
)

const one = <T>(rows: T[]): T | undefined => rows[0]

export interface SignatureScope {
  agentId?: string
  walletId?: string
  paymentId?: string
}

export interface InFlightRow {
  paymentId: string
  status: PaymentStatus
  disposition: Disposition
  transactionHash: string | null
}

export type NewTransaction = Pick<
  ChainTransactionRow,
  | 'id'
  | 'paymentId'
  | 'attempt'
  | 'purpose'
  | 'walletId'
  | 'chain'
  | 'nonce'
  | 'unsigned'
  | 'submissionKey'
  | 'sinceBlock'
>

interface Bytes {
  readonly raw: string
  readonly hash: string
}

function columnsOfNew(tx: Tx, row: NewTransaction): unknown[] {
  const { id, paymentId, attempt, purpose, walletId, chain, nonce, unsigned, submissionKey, sinceBlock } = row
  const values = [id, paymentId, attempt, purpose, walletId, chain, nonce, unsigned, submissionKey, sinceBlock]
  return [tx.organizationId, ...values, tx.now]
}

const valuesOf = (organizationId: string, { agentId, walletId, paymentId }: SignatureScope) => [
  organizationId,
  agentId ?? null,
  walletId ?? null,
  paymentId ?? null,
]

export const transactionStore = {
  async insert(tx: Tx, row: NewTransaction, signingMs: number): Promise<ChainTransactionRow> {
    return one(await tx.query(insert, [...columnsOfNew(tx, row), signingMs])) as ChainTransactionRow
  },
  async insertSigned(tx: Tx, row: NewTransaction, { raw, hash }: Bytes): Promise<ChainTransactionRow> {
    return one(await tx.query(insertSigned, [...columnsOfNew(tx, row), raw, hash])) as ChainTransactionRow
  },
  /** In the order they were written; the last one counts. */
  of: (database: Database, { organizationId, id }: PaymentRow) =>
    database.query(organizationId, ofPayment, [organizationId, id]),
  readOf: (tx: Tx, paymentId: string) => tx.query(ofPayment, [tx.organizationId, paymentId]),
  allowSigning: async (tx: Tx, id: string, signingMs: number) =>
    one(await tx.query(allowSigning, [tx.organizationId, id, signingMs])),
  endSigning: (tx: Tx, { id, signingUntil }: ChainTransactionRow) =>
    tx.query(endSigning, [tx.organizationId, id, signingUntil]),
  storeSignature: async (tx: Tx, id: string, raw: string, hash: string) =>
    one(await tx.query(storeSignature, [tx.organizationId, id, raw, hash])),
  storeQueueId: (tx: Tx, id: string, queueId: string) => tx.query(storeQueueId, [tx.organizationId, id, queueId]),
  ofSubmission: async (database: Database, submission: string) =>
    one(await database.platform(ofSubmission, [submission])),
  drop: async (tx: Tx, id: string) => (await tx.query(drop, [tx.organizationId, id])).length === 1,
  searched: (database: Database, { organizationId, id }: ChainTransactionRow, to: bigint) =>
    database.query(organizationId, searched, [organizationId, id, to]),
  async signedBetween(database: Database, payment: PaymentRow, from: bigint, to: bigint): Promise<string[]> {
    const { organizationId, walletId, chain } = payment
    const rows = await database.query(organizationId, signedBetween, [organizationId, walletId, chain, from, to, DEAD])
    return rows.map(({ raw }) => raw)
  },
  pendingSignatures: async (database: Database, organizationId: string, scope: SignatureScope): Promise<number> =>
    one(await database.query(organizationId, pendingSignatures, valuesOf(organizationId, scope)))?.count ?? 0,
  inFlight(
    database: Database,
    organizationId: string,
    scope: SignatureScope,
    { statuses, limit }: { statuses: PaymentStatus[]; limit: number },
  ): Promise<InFlightRow[]> {
    return database.query(organizationId, inFlight, [...valuesOf(organizationId, scope), statuses, limit])
  },
  wasQueued: async (tx: Tx, walletId: string, chain: string) =>
    one(await tx.query(wasQueued, [tx.organizationId, walletId, chain]))?.found ?? false,
  isClaimed: async (database: Database, { organizationId, walletId, id }: PaymentRow, hash: string) =>
    one(await database.query(organizationId, isClaimed, [organizationId, walletId, hash, id]))?.found ?? false,
}
