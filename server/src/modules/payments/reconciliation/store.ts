import {
  columns,
  columnsOf,
  type PaymentRow,
  type PaymentStatus,
  type ReconciliationBreakRow,
  type WalletBookRow,
} from '@wedi/database'
import type { Static } from 'typebox'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'
import { DEAD, IN_FLIGHT, OPEN } from '../rules.ts'
import type { BreakQuery } from './contract.ts'

export type BookKey = Pick<WalletBookRow, 'organizationId' | 'walletId' | 'chain'>

/** A book per chain for a wallet that has its account now; due at once. */
const openBooks = sql(
  'reconciliation.openBooks',
  `insert into wallet_book (organization_id, wallet_id, chain, due_at, reconciled_at)
   select $1, $2, chain, clock_timestamp(), $4 from unnest($3::text[]) as chain
   on conflict (organization_id, wallet_id, chain) do nothing`,
)

/** Chains that came into the settings since a wallet was made. */
const addChains = sql(
  'reconciliation.addChains',
  `insert into wallet_book (organization_id, wallet_id, chain, due_at, reconciled_at)
   select distinct b.organization_id, b.wallet_id, added.chain, clock_timestamp(), $2::timestamptz
   from wallet_book b cross join unnest($1::text[]) as added (chain) where b.due_at is not null
   on conflict (organization_id, wallet_id, chain) do nothing`,
)

/** Takes due books for this process: nobody else sees them as due until the lease ends, also after a crash. */
const lease = sql<BookKey>(
  'reconciliation.lease',
  `update wallet_book set due_at = clock_timestamp() + $3::int * interval '1 millisecond'
   where (organization_id, wallet_id, chain) in (
     select organization_id, wallet_id, chain from wallet_book
     where due_at <= clock_timestamp() and chain = any($1::text[]) order by due_at limit $2 for update skip locked)
   returning organization_id as "organizationId", wallet_id as "walletId", chain`,
)

/** As it is read, and when, by the clock that all processes share. */
export type Book = WalletBookRow & { readAt: Date }
const findBook = sql<Book>(
  'reconciliation.findBook',
  `select ${columns.walletBook}, clock_timestamp() as "readAt" from wallet_book where organization_id = $1 and wallet_id = $2 and chain = $3`,
)

/** Goes on to a later block. No row when another process wrote the book since it was read. */
const advance = sql<{ revision: number }>(
  'reconciliation.advance',
  `update wallet_book
   set block_number = $5, block_hash = $6, nonce = $7, balances = $8::jsonb, doubts = '{}', revision = revision + 1,
       opening = coalesce(opening, jsonb_build_object('block', $5::bigint::text, 'nonce', $7::bigint::text, 'balances', $8::jsonb))
   where organization_id = $1 and wallet_id = $2 and chain = $3 and revision = $4 returning revision`,
)

/**
 * Stands still, for these doubts. Each keeps the time since when it is there, by the database's clock, and how often it was
 * seen; those that are settled are gone.
 */
const doubt = sql<{ revision: number }>(
  'reconciliation.doubt',
  `update wallet_book
   set revision = revision + 1, doubts = (
     select coalesce(jsonb_object_agg(name, jsonb_build_object(
              'since', coalesce(doubts->name->'since', to_jsonb(clock_timestamp())),
              'sights', coalesce((doubts->name->>'sights')::int, 0) + 1)), '{}')
     from unnest($5::text[]) as name)
   where organization_id = $1 and wallet_id = $2 and chain = $3 and revision = $4 returning revision`,
)

/** When to look again: a tenth earlier or later, so that not all look at once. Never again without a pause. */
const rest = sql(
  'reconciliation.rest',
  `update wallet_book
   set due_at = clock_timestamp() + $4::int * (0.9 + 0.2 * random()) * interval '1 millisecond',
       reconciled_at = greatest(reconciled_at, $5)
   where organization_id = $1 and wallet_id = $2 and chain = $3`,
)

/** What wallets held when they were looked at last. */
const balancesOf = sql<Pick<WalletBookRow, 'walletId' | 'chain'> & { balances: Record<string, string> }>(
  'reconciliation.balancesOf',
  `select wallet_id as "walletId", chain, balances from wallet_book
   where organization_id = $1 and wallet_id = any($2::uuid[]) and block_number is not null`,
)

const until = sql<{ until: Date | null }>(
  'reconciliation.until',
  'select min(reconciled_at) as until from wallet_book where organization_id = $1 and due_at is not null',
)

export type TransactionRow = Pick<PaymentRow, 'status' | 'asset' | 'payee' | 'amount' | 'blockNumber'> & {
  paymentId: string
  nonce: bigint
  hash: string | null
  isQueued: boolean
  isProof: boolean
  pays: boolean
}

/** A transaction has its own hash; one that a queue sent has none, but its settled payment names it. */
const HASH = 'coalesce(t.transaction_hash, p.transaction_hash)'
const OWN = `select p.id as "paymentId", p.status, p.asset, p.payee, p.amount, p.block_number as "blockNumber", t.nonce, ${HASH} as hash,
                    t.submission_key is not null as "isQueued",
                    p.status = 'CONFIRMED' and ${HASH} = p.transaction_hash as "isProof",
                    t.purpose = 'PAY' and t.transaction_hash is not null as pays
             from chain_transaction t join payment p on p.organization_id = t.organization_id and p.id = t.payment_id`
const OF_WALLET = 't.organization_id = $1 and t.wallet_id = $2 and t.chain = $3'

/** What could explain nonces and hashes seen on chain: by nonce, by block, by hash, or as what a queue may be sending. */
const transactions = sql<TransactionRow>(
  'reconciliation.transactions',
  `${OWN} where ${OF_WALLET} and t.nonce >= $4 and t.nonce < $5
   union ${OWN} where ${OF_WALLET} and p.wallet_id = $2 and p.block_number > $6 and p.block_number <= $7
   union ${OWN} where ${OF_WALLET} and p.chain = $3 and p.transaction_hash = any($8::text[])
   union ${OWN} where ${OF_WALLET} and t.transaction_hash = any($8::text[])
   union ${OWN} where ${OF_WALLET} and p.wallet_id = $2 and p.status = any($9::payment_status[]) and t.submission_key is not null`,
)

/** CONFIRMED payments of the blocks after one: a reorganisation may have taken them back. */
const confirmedAfter = sql<TransactionRow>(
  'reconciliation.confirmedAfter',
  `${OWN} where ${OF_WALLET} and p.wallet_id = $2 and p.status = 'CONFIRMED' and p.block_number > $4
   and ${HASH} = p.transaction_hash order by p.block_number desc limit $5`,
)

/** The newest bytes of payments that ended without effect: a reorganisation may have brought them back, in any block. */
const dead = sql<TransactionRow>(
  'reconciliation.dead',
  `${OWN} where ${OF_WALLET} and p.wallet_id = $2 and p.status = any($4::payment_status[])
   and t.purpose = 'PAY' and t.transaction_hash is not null order by t.nonce desc limit $5`,
)

export interface Overdue {
  id: string
  status: PaymentStatus
  approvalId: string | null
  asset: string
  failure: string | null
  since: Date
}

const SINCE = `case when p.status = 'HELD' then a.expires_at else coalesce(p.submitted_at, p.updated_at) end`
/** Payments that have been in a state for too long; one that is held, since its approval ran out. */
const overdue = sql<Overdue>(
  'reconciliation.overdue',
  `select p.id, p.status, p.approval_id as "approvalId", p.asset, p.failure->>'code' as failure, ${SINCE} as since
   from payment p left join approval a on a.organization_id = p.organization_id and a.id = p.approval_id
   where p.organization_id = $1 and p.wallet_id = $2 and p.chain = $3 and p.status = any($4::payment_status[])
     and ${SINCE} < $5 and ($7::uuid is null or p.id > $7) order by p.id limit $6`,
)

/** One row when it is the first of its kind and subject; none when it was opened before. */
const insertBreak = sql<ReconciliationBreakRow>(
  'reconciliation.insertBreak',
  `insert into reconciliation_break (organization_id, id, kind, subject, severity, agent_id, wallet_id, payment_id, chain,
                                     asset, transaction_hash, expected, seen, opened_at, last_seen_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
   on conflict (organization_id, kind, subject) do nothing returning ${columns.reconciliationBreak}`,
)

const seenAgain = sql(
  'reconciliation.seenAgain',
  'update reconciliation_break set last_seen_at = $4 where organization_id = $1 and kind = $2 and subject = $3',
)

const findBreak = sql<ReconciliationBreakRow>(
  'reconciliation.findBreak',
  `select ${columns.reconciliationBreak} from reconciliation_break where organization_id = $1 and id = $2`,
)

/** One row when it was open; none otherwise. */
const resolve = sql<ReconciliationBreakRow>(
  'reconciliation.resolve',
  `update reconciliation_break set status = 'RESOLVED', resolved_at = $3, resolved_by = $4, note = $5
   where organization_id = $1 and id = $2 and status = 'OPEN' returning ${columns.reconciliationBreak}`,
)

export interface Provable extends ReconciliationBreakRow {
  paymentStatus: PaymentStatus
  payee: string
  amount: bigint
  rawTransaction: string | null
}

/** Open breaks that the chain or the payment itself can prove to be over. In the order in which a chain would take them. */
const provable = sql<Provable>(
  'reconciliation.provable',
  `select ${columnsOf('reconciliationBreak', 'b')}, p.status as "paymentStatus", p.payee, p.amount,
          t.raw_transaction as "rawTransaction"
   from reconciliation_break b
   join payment p on p.organization_id = b.organization_id and p.id = b.payment_id
   left join chain_transaction t
     on t.organization_id = b.organization_id and t.payment_id = p.id and t.transaction_hash = b.transaction_hash
   where b.organization_id = $1 and b.wallet_id = $2 and b.chain = $3 and b.status = 'OPEN'
     and b.kind in ('payment.stuck', 'payment.vanished') order by t.nonce limit $4`,
)

const one = <T>(rows: T[]): T | undefined => rows[0]
const keyOf = ({ organizationId, walletId, chain }: BookKey) => [organizationId, walletId, chain]

/** At once. */
export const MAX_PAYMENTS = 200

export type NewBreak = Omit<
  ReconciliationBreakRow,
  'organizationId' | 'status' | 'openedAt' | 'lastSeenAt' | 'resolvedAt' | 'resolvedBy' | 'note'
>

export interface NextPage {
  blockNumber: bigint
  blockHash: string
  nonce: bigint
  balances: Record<string, string>
}

export const reconciliationStore = {
  openBooks: (tx: Tx, walletId: string, chains: string[]) =>
    tx.query(openBooks, [tx.organizationId, walletId, chains, tx.now]),
  addChains: (database: Database, chains: string[], now: Date) => database.platform(addChains, [chains, now]),
  lease: (database: Database, chains: string[], { limit, ms }: { limit: number; ms: number }) =>
    database.platform(lease, [chains, limit, ms]),
  findBook: async (database: Database, key: BookKey) =>
    one(await database.query(key.organizationId, findBook, keyOf(key))),
  async advance(tx: Tx, book: WalletBookRow, { blockNumber, blockHash, nonce, balances }: NextPage): Promise<boolean> {
    const values = [...keyOf(book), book.revision, blockNumber, blockHash, nonce, balances]
    return (await tx.query(advance, values)).length === 1
  },
  doubt: async (tx: Tx, book: WalletBookRow, doubts: readonly string[]): Promise<boolean> =>
    (await tx.query(doubt, [...keyOf(book), book.revision, doubts])).length === 1,
  rest: (database: Database, key: BookKey, ms: number | null, reconciledAt: Date | null) =>
    database.query(key.organizationId, rest, [...keyOf(key), ms, reconciledAt]),
  balancesOf: (tx: Tx, walletIds: readonly string[]) => tx.query(balancesOf, [tx.organizationId, walletIds]),
  until: async (database: Database, organizationId: string) =>
    one(await database.query(organizationId, until, [organizationId]))?.until ?? null,

  transactions(database: Database, key: BookKey, { nonces, blocks, hashes }: Wanted): Promise<TransactionRow[]> {
    const span = [nonces.from, nonces.to, blocks.after, blocks.to]
    return database.query(key.organizationId, transactions, [...keyOf(key), ...span, hashes, IN_FLIGHT])
  },
  confirmedAfter: (database: Database, key: BookKey, block: bigint) =>
    database.query(key.organizationId, confirmedAfter, [...keyOf(key), block, MAX_PAYMENTS]),
  dead: (database: Database, key: BookKey) =>
    database.query(key.organizationId, dead, [...keyOf(key), DEAD, MAX_PAYMENTS]),
  overdue: (database: Database, key: BookKey, before: Date, after?: string) =>
    database.query(key.organizationId, overdue, [...keyOf(key), OPEN, before, MAX_PAYMENTS, after ?? null]),

  async insertBreak(tx: Tx, row: NewBreak): Promise<ReconciliationBreakRow | undefined> {
    const { id, kind, subject, severity, agentId, walletId, paymentId, chain, asset, transactionHash } = row
    const about = [agentId, walletId, paymentId, chain, asset, transactionHash]
    const values = [tx.organizationId, id, kind, subject, severity, ...about, row.expected, row.seen, tx.now]
    return one(await tx.query(insertBreak, values))
  },
  seenAgain: (tx: Tx, kind: string, subject: string) => tx.query(seenAgain, [tx.organizationId, kind, subject, tx.now]),
  findBreak: async (database: Database, organizationId: string, id: string) =>
    one(await database.query(organizationId, findBreak, [organizationId, id])),
  readBreak: async (tx: Tx, id: string) => one(await tx.query(findBreak, [tx.organizationId, id])),
  resolve: async (tx: Tx, id: string, { by, note }: { by: string; note: string }) =>
    one(await tx.query(resolve, [tx.organizationId, id, tx.now, by, note])),
  provable: (database: Database, key: BookKey) =>
    database.query(key.organizationId, provable, [...keyOf(key), MAX_PAYMENTS]),

  list(database: Database, organizationId: string, page: PageRequest, query: Static<typeof BreakQuery>) {
    const { status = 'OPEN', kind, agentId } = query
    return database.read(organizationId, (prisma) =>
      prisma.reconciliationBreak.findMany({
        where: {
          ...{ organizationId, status },
          ...(kind && { kind }),
          ...(agentId && { agentId }),
          ...(page.before && { id: { lt: page.before } }),
        },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      }),
    )
  },
}

interface Wanted {
  nonces: { from: bigint; to: bigint }
  blocks: { after: bigint; to: bigint }
  hashes: string[]
}
