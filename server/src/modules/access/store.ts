import { type ApiKeyRow, columns } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'

/** The only look that names no organisation: a presented key says which one it belongs to. */
const findByKeyId = sql<ApiKeyRow>('access.findByKeyId', `select ${columns.apiKey} from api_key where key_id = $1`)

const insert = sql<ApiKeyRow>(
  'access.insert',
  `insert into api_key (organization_id, id, kind, name, role, agent_id, key_id, display_prefix, secret_hash,
                        pepper_version, created_by, expires_at, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning ${columns.apiKey}`,
)

const find = sql<ApiKeyRow>(
  'access.find',
  `select ${columns.apiKey} from api_key where organization_id = $1 and id = $2 for update`,
)

const revoke = sql<ApiKeyRow>(
  'access.revoke',
  `update api_key set revoked_at = $3 where organization_id = $1 and id = $2 and revoked_at is null
   returning ${columns.apiKey}`,
)

/** Locks every admin key in force, so that two revocations cannot each leave the other's key as the last. */
const lockAdmins = sql<{ id: string }>(
  'access.lockAdmins',
  `select id from api_key
   where organization_id = $1 and kind = 'SK' and role = 'ADMIN' and revoked_at is null
     and (expires_at is null or expires_at > $2)
   order by id for update`,
)

export const accessStore = {
  findByKeyId: async (database: Database, keyId: string) => database.platform(findByKeyId, [keyId]),

  async insert(tx: Tx, row: Omit<ApiKeyRow, 'revokedAt' | 'organizationId' | 'createdAt'>): Promise<ApiKeyRow> {
    const { id, kind, name, role, agentId, keyId, displayPrefix, secretHash, pepperVersion, createdBy, expiresAt } = row
    const [made] = await tx.query(insert, [
      ...[tx.organizationId, id, kind, name, role, agentId, keyId, displayPrefix, secretHash],
      ...[pepperVersion, createdBy, expiresAt, tx.now],
    ])
    return made as ApiKeyRow
  },

  find: async (tx: Tx, id: string) => (await tx.query(find, [tx.organizationId, id]))[0],
  revoke: async (tx: Tx, id: string) => (await tx.query(revoke, [tx.organizationId, id, tx.now]))[0],
  lockAdmins: (tx: Tx) => tx.query(lockAdmins, [tx.organizationId, tx.now]),

  list: (database: Database, organizationId: string, page: PageRequest) =>
    database.read(organizationId, (prisma) =>
      prisma.apiKey.findMany({
        where: { organizationId, kind: 'SK', ...(page.before && { id: { lt: page.before } }) },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      }),
    ),
}
