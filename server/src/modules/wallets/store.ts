import { columns, type WalletRow, type WalletStatus } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import { alone } from '#platform/database/turnstile'
import type { PageRequest } from '#platform/schemas'
import type { OpenedWallet } from './provider.ts'

const insert = sql<WalletRow>(
  'wallets.insert',
  `insert into wallet (organization_id, id, agent_id, provider, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $5) returning ${columns.wallet}`,
)

const find = sql<WalletRow>(
  'wallets.find',
  `select ${columns.wallet} from wallet where organization_id = $1 and id = $2`,
)

/** The account is kept by the first who stores it; a second maker finds the wallet provisioned and drops its own. */
const provisioned = sql<WalletRow>(
  'wallets.provisioned',
  `update wallet set address = $3, keystore = $4, metadata = $5, status = 'ACTIVE', status_reason = null,
                     revision = revision + 1, updated_at = $6
   where organization_id = $1 and id = $2 and status = 'PROVISIONING' and address is null returning ${columns.wallet}`,
)

const notProvisioned = sql<WalletRow>(
  'wallets.notProvisioned',
  `update wallet set status_reason = $3, provision_attempts = provision_attempts + 1, revision = revision + 1, updated_at = $4
   where organization_id = $1 and id = $2 and status = 'PROVISIONING' returning ${columns.wallet}`,
)

/** One row when the wallet was in one of the statuses it may come from; none otherwise. */
const move = sql<WalletRow>(
  'wallets.move',
  `update wallet set status = $3::wallet_status, status_reason = $4, revision = revision + 1, updated_at = $6
   from ${alone('(select agent_id from wallet where organization_id = $1 and id = $2)')}
   where organization_id = $1 and id = $2 and status = any($5::wallet_status[]) returning ${columns.wallet}`,
)

/** The wallet an agent pays from: an active one before any other, the oldest first. Held until the payment is decided. */
const lockPaying = sql<WalletRow>(
  'wallets.lockPaying',
  `select ${columns.wallet} from wallet where organization_id = $1 and agent_id = $2
   order by status = 'ACTIVE' desc, status = 'FROZEN' desc, id limit 1 for share`,
)

const ownAddresses = sql<{ address: string }>(
  'wallets.ownAddresses',
  'select lower(address) as address from wallet where organization_id = $1 and lower(address) = any($2::text[])',
)

/** The same of many agents, held by nobody. */
const payingOf = sql<Pick<WalletRow, 'agentId' | 'id' | 'status' | 'provider'>>(
  'wallets.payingOf',
  `select distinct on (agent_id) agent_id as "agentId", id, status, provider from wallet
   where organization_id = $1 and agent_id = any($2::uuid[])
   order by agent_id, status = 'ACTIVE' desc, status = 'FROZEN' desc, id`,
)

/** Held by whoever is about to sign: a freeze waits for it, and is seen by whoever comes after. */
const lockShared = sql<WalletRow>(
  'wallets.lockShared',
  `select ${columns.wallet} from wallet where organization_id = $1 and id = $2 for share`,
)

/** Held by whoever must be alone with a wallet: a queue takes one payment at a time. */
const lockAlone = sql<WalletRow>(
  'wallets.lockAlone',
  `select ${columns.wallet} from wallet where organization_id = $1 and id = $2 for no key update`,
)

/**
 * Gives out each nonce once, at first the chain's. No row when the chain has used more than were given out: then somebody
 * else signs for this account.
 */
const takeNonce = sql<{ nonce: bigint }>(
  'wallets.takeNonce',
  `insert into wallet_nonce as n (organization_id, wallet_id, chain, next_nonce) values ($1, $2, $3, $4::bigint + 1)
   on conflict (organization_id, wallet_id, chain) do update set next_nonce = n.next_nonce + 1
     where n.next_nonce >= $4::bigint
   returning n.next_nonce - 1 as nonce`,
)

/** Goes on from the chain's nonce; no row when it was not ahead (any more). */
const adoptNonce = sql<{ nextNonce: bigint }>(
  'wallets.adoptNonce',
  `update wallet_nonce set next_nonce = $4 where organization_id = $1 and wallet_id = $2 and chain = $3 and next_nonce < $4
   returning next_nonce as "nextNonce"`,
)

const one = <T>(rows: T[]): T | undefined => rows[0]

export const walletStore = {
  insert: async (tx: Tx, row: { id: string; agentId: string; provider: string }) =>
    one(await tx.query(insert, [tx.organizationId, row.id, row.agentId, row.provider, tx.now])) as WalletRow,
  find: async (database: Database, organizationId: string, id: string) =>
    one(await database.query(organizationId, find, [organizationId, id])),
  async ownAddresses(database: Database, organizationId: string, addresses: readonly string[]): Promise<Set<string>> {
    if (addresses.length === 0) return new Set()
    const asked = [...new Set(addresses.map((address) => address.toLowerCase()))]
    return new Set(
      (await database.query(organizationId, ownAddresses, [organizationId, asked])).map((row) => row.address),
    )
  },
  read: async (tx: Tx, id: string) => one(await tx.query(find, [tx.organizationId, id])),
  provisioned: async (tx: Tx, id: string, { address, keystore, metadata }: OpenedWallet) =>
    one(await tx.query(provisioned, [tx.organizationId, id, address, keystore ?? null, metadata, tx.now])),
  notProvisioned: async (tx: Tx, id: string, reason: string) =>
    one(await tx.query(notProvisioned, [tx.organizationId, id, reason, tx.now])),
  move: async (tx: Tx, id: string, act: { to: WalletStatus; from: WalletStatus[]; reason?: string | undefined }) =>
    one(await tx.query(move, [tx.organizationId, id, act.to, act.reason ?? null, act.from, tx.now])),
  lockPaying: async (tx: Tx, agentId: string) => one(await tx.query(lockPaying, [tx.organizationId, agentId])),
  payingOf: (tx: Tx, agentIds: readonly string[]) => tx.query(payingOf, [tx.organizationId, agentIds]),
  lockShared: async (tx: Tx, id: string) => one(await tx.query(lockShared, [tx.organizationId, id])),
  lockAlone: async (tx: Tx, id: string) => one(await tx.query(lockAlone, [tx.organizationId, id])),
  takeNonce: async (tx: Tx, id: string, chain: string, minedNonce: number): Promise<bigint | undefined> =>
    one(await tx.query(takeNonce, [tx.organizationId, id, chain, minedNonce]))?.nonce,
  adoptNonce: async (tx: Tx, id: string, chain: string, minedNonce: number): Promise<boolean> =>
    (await tx.query(adoptNonce, [tx.organizationId, id, chain, minedNonce])).length === 1,

  list: (database: Database, organizationId: string, agentId: string, page: PageRequest) =>
    database.read(organizationId, (prisma) =>
      prisma.wallet.findMany({
        where: { organizationId, agentId, ...(page.before && { id: { lt: page.before } }) },
        omit: { keystore: true },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      }),
    ),
}
