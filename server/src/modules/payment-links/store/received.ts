import { columns, type PaymentLinkPaymentRow, type PaymentLinkRow } from '@wedi/database'
import type { Static } from 'typebox'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'
import type { LinkPaymentQuery } from '../contract.ts'

const COLUMNS = columns.paymentLinkPayment

/** No row when this transfer, or this authorisation, is written down already. */
const insert = sql<PaymentLinkPaymentRow>(
  'links.insertPayment',
  `insert into payment_link_payment (organization_id, id, link_id, state, kind, asset, pay_to, payer, amount, nonce, valid_before,
                                     payment_id, transaction_hash, log_index, block_number, created_at, updated_at, settled_at)
   values ($1, $2, $3, $4::link_payment_state, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::timestamptz, $16::timestamptz,
           case when $4::link_payment_state = 'CONFIRMED' then $16::timestamptz end)
   on conflict do nothing returning ${COLUMNS}`,
)

const find = sql<PaymentLinkPaymentRow>(
  'links.findPayment',
  `select ${COLUMNS} from payment_link_payment where organization_id = $1 and id = $2`,
)

const ofSettlement = sql<PaymentLinkPaymentRow>(
  'links.paymentOfSettlement',
  `select ${COLUMNS} from payment_link_payment where organization_id = $1 and payment_id = $2`,
)

const ofAuthorization = sql<PaymentLinkPaymentRow>(
  'links.paymentOfAuthorization',
  `select ${COLUMNS} from payment_link_payment where organization_id = $1 and asset = $2 and payer = $3 and nonce = $4`,
)

/** The transfer itself; or, mined anew, the same transaction's that the chain had lost: its place in the block may differ. */
const ofTransfer = sql<PaymentLinkPaymentRow>(
  'links.paymentOfTransfer',
  `select ${COLUMNS} from payment_link_payment
   where organization_id = $1 and asset = $2 and transaction_hash = $3 and payer = $5 and amount = $6
     and (log_index = $4 or state = 'VANISHED')
   order by (log_index = $4) desc nulls last limit 1`,
)

/** Whoever changes it holds its link. One row when it was not confirmed already. */
const confirm = sql<PaymentLinkPaymentRow>(
  'links.confirmPayment',
  `update payment_link_payment
   set state = 'CONFIRMED', kind = $3, transaction_hash = $4, log_index = $5, block_number = $6, failure = null,
       updated_at = $7, settled_at = $7
   where organization_id = $1 and id = $2 and state <> 'CONFIRMED' returning ${COLUMNS}`,
)

const fail = sql<PaymentLinkPaymentRow>(
  'links.failPayment',
  `update payment_link_payment set state = 'FAILED', failure = $3, updated_at = $4, settled_at = $4
   where organization_id = $1 and id = $2 and state = 'PENDING' returning ${COLUMNS}`,
)

const vanish = sql<PaymentLinkPaymentRow>(
  'links.vanishPayment',
  `update payment_link_payment set state = 'VANISHED', log_index = null, updated_at = $3
   where organization_id = $1 and id = $2 and state = 'CONFIRMED' returning ${COLUMNS}`,
)

/** The oldest money that found no room takes what there is now. What came after the link's time stays what it is. */
const promote = sql<PaymentLinkPaymentRow>(
  'links.promotePayment',
  `update payment_link_payment set kind = case when amount > $4 then 'OVER' else 'EXACT' end::link_payment_kind, updated_at = $5
   where organization_id = $1 and id = (
     select id from payment_link_payment
     where organization_id = $1 and link_id = $2 and state = 'CONFIRMED' and kind = 'DUPLICATE' and amount >= $3
       and ($6::timestamptz is null or created_at < $6) order by id limit 1)
   returning ${COLUMNS}`,
)

/** Mined in another block than we saw it in. */
const moveBlock = sql(
  'links.movePayment',
  `update payment_link_payment set block_number = $3 where organization_id = $1 and id = $2 and block_number <> $3`,
)

const setTask = sql(
  'links.setPaymentTask',
  'update payment_link_payment set task_id = $3 where organization_id = $1 and id = $2 and task_id is null',
)

/** What an account received after a block. */
const confirmedAfter = sql<PaymentLinkPaymentRow>(
  'links.paymentsAfter',
  `select ${COLUMNS} from payment_link_payment
   where organization_id = $1 and pay_to = $2 and asset = $3 and block_number > $4 and state = 'CONFIRMED' order by id`,
)

/** Settlements of a link that came to nothing since a moment. */
const failedSince = sql<{ failed: number }>(
  'links.failedSince',
  `select count(*)::int as failed from payment_link_payment
   where organization_id = $1 and link_id = $2 and state = 'FAILED' and settled_at > $3`,
)

const ofLink = sql<PaymentLinkPaymentRow>(
  'links.paymentsOfLink',
  `select ${COLUMNS} from payment_link_payment where organization_id = $1 and link_id = $2 order by id desc limit 100`,
)

const one = <T>(rows: T[]): T | undefined => rows[0]

export type NewReceived = Pick<
  PaymentLinkPaymentRow,
  'id' | 'linkId' | 'state' | 'kind' | 'asset' | 'payTo' | 'payer' | 'amount'
> &
  Partial<
    Pick<PaymentLinkPaymentRow, 'nonce' | 'validBefore' | 'paymentId' | 'transactionHash' | 'logIndex' | 'blockNumber'>
  >

export interface Transfer {
  readonly asset: string
  readonly hash: string
  readonly logIndex: number
  readonly from: string
  readonly amount: bigint
}

export type ReceivedFilter = Static<typeof LinkPaymentQuery> & { readonly keyFamilyId?: string }

/** Where on the chain it is. */
export interface Place {
  readonly hash: string
  readonly logIndex: number
  readonly blockNumber: bigint
}

export const receivedStore = {
  async insert(tx: Tx, row: NewReceived): Promise<PaymentLinkPaymentRow | undefined> {
    const { id, linkId, state, kind, asset, payTo, payer, amount } = row
    const { nonce, validBefore, paymentId, transactionHash, logIndex, blockNumber } = row
    const way = [nonce ?? null, validBefore ?? null, paymentId ?? null]
    const place = [transactionHash ?? null, logIndex ?? null, blockNumber ?? null]
    const values = [tx.organizationId, id, linkId, state, kind, asset, payTo, payer, amount, ...way, ...place, tx.now]
    return one(await tx.query(insert, values))
  },
  find: async (database: Database, organizationId: string, id: string) =>
    one(await database.query(organizationId, find, [organizationId, id])),
  read: async (tx: Tx, id: string) => one(await tx.query(find, [tx.organizationId, id])),
  ofSettlement: async (database: Database, organizationId: string, paymentId: string) =>
    one(await database.query(organizationId, ofSettlement, [organizationId, paymentId])),
  ofAuthorization: async (
    database: Database,
    organizationId: string,
    { asset, payer, nonce }: { asset: string; payer: string; nonce: string },
  ) => one(await database.query(organizationId, ofAuthorization, [organizationId, asset, payer, nonce])),
  readOfAuthorization: async (tx: Tx, { asset, payer, nonce }: { asset: string; payer: string; nonce: string }) =>
    one(await tx.query(ofAuthorization, [tx.organizationId, asset, payer, nonce])),
  readOfTransfer: async (tx: Tx, { asset, hash, logIndex, from, amount }: Transfer) =>
    one(await tx.query(ofTransfer, [tx.organizationId, asset, hash, logIndex, from, amount])),
  confirm: async (tx: Tx, id: string, kind: string, { hash, logIndex, blockNumber }: Place) =>
    one(await tx.query(confirm, [tx.organizationId, id, kind, hash, logIndex, blockNumber, tx.now])),
  fail: async (tx: Tx, id: string, failure: { code: string; detail: string }) =>
    one(await tx.query(fail, [tx.organizationId, id, failure, tx.now])),
  vanish: async (tx: Tx, id: string) => one(await tx.query(vanish, [tx.organizationId, id, tx.now])),
  promote: async (tx: Tx, { id, minAmount, maxAmount, expiresAt }: PaymentLinkRow) =>
    one(await tx.query(promote, [tx.organizationId, id, minAmount, maxAmount, tx.now, expiresAt])),
  moveBlock: (tx: Tx, id: string, block: bigint) => tx.query(moveBlock, [tx.organizationId, id, block]),
  setTask: (tx: Tx, id: string, taskId: string) => tx.query(setTask, [tx.organizationId, id, taskId]),
  confirmedAfter: (tx: Tx, { payTo, asset }: { payTo: string; asset: string }, block: bigint) =>
    tx.query(confirmedAfter, [tx.organizationId, payTo, asset, block]),
  failedSince: async (tx: Tx, linkId: string, since: Date): Promise<number> =>
    one(await tx.query(failedSince, [tx.organizationId, linkId, since]))?.failed ?? 0,
  ofLink: (database: Database, organizationId: string, linkId: string) =>
    database.query(organizationId, ofLink, [organizationId, linkId]),

  list(database: Database, organizationId: string, page: PageRequest, filter: ReceivedFilter) {
    const { linkId, state, kind, keyFamilyId } = filter
    return database.read(organizationId, (prisma) =>
      prisma.paymentLinkPayment.findMany({
        where: {
          organizationId,
          ...(linkId && { linkId }),
          ...(state && { state }),
          ...(kind && { kind }),
          ...(keyFamilyId && { link: { keyFamilyId } }),
          ...(page.before && { id: { lt: page.before } }),
        },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      }),
    )
  },
}
