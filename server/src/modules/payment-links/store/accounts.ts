import { columns, type PaymentLinkAccountRow } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'

const LIVE = `exists (select from payment_link l where l.organization_id = $1 and l.pay_to = $2 and l.asset = $3
                      and (l.status = 'OPEN' or l.closed_at > $4))`

/** Begins to watch an account, from this block on. One that is watched already goes on where it is. */
const watch = sql(
  'links.watchAccount',
  `insert into payment_link_account as a (organization_id, address, asset, block_number, block_hash)
   values ($1, $2, $3, $5, $6)
   on conflict (organization_id, address, asset) do update
     set block_number = excluded.block_number, block_hash = excluded.block_hash where not ${LIVE}`,
)

const find = sql<PaymentLinkAccountRow & { isLive: boolean }>(
  'links.findAccount',
  `select ${columns.paymentLinkAccount}, ${LIVE} as "isLive" from payment_link_account
   where organization_id = $1 and address = $2 and asset = $3`,
)

/** Goes on to a later block; no row when another process did. It stays locked while what was found is written down. */
const advance = sql<{ block: bigint }>(
  'links.advanceAccount',
  `update payment_link_account set block_number = $6, block_hash = $7
   where organization_id = $1 and address = $2 and asset = $3 and block_number = $4 and block_hash = $5
   returning block_number as block`,
)

export interface AccountKey {
  readonly address: string
  readonly asset: string
}
interface Block {
  readonly number: bigint
  readonly hash: string
}

export const accountStore = {
  watch: (tx: Tx, { address, asset }: AccountKey, closedAfter: Date, block: Block) =>
    tx.query(watch, [tx.organizationId, address, asset, closedAfter, block.number, block.hash]),
  find: async (database: Database, organizationId: string, { address, asset }: AccountKey, closedAfter: Date) =>
    (await database.query(organizationId, find, [organizationId, address, asset, closedAfter]))[0],
  async advance(tx: Tx, { address, asset, blockNumber, blockHash }: PaymentLinkAccountRow, to: Block) {
    const rows = await tx.query(advance, [
      tx.organizationId,
      address,
      asset,
      blockNumber,
      blockHash,
      to.number,
      to.hash,
    ])
    return rows.length === 1
  },
}
