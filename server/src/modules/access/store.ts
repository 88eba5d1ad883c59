import { type ApiKeyRow, columns, type KeyKind } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'

/** The only look that names no organisation: a presented key says which one it belongs to. */
const findByKeyId = sql<ApiKeyRow>('access.findByKeyId', `select ${columns.apiKey} from api_key where key_id = $1`)

const insert = sql<ApiKeyRow>(
  'access.insert',
  `insert into api_key (organization_id, id, kind, name, role, agent_id, key_id, display_prefix, secret_hash,
                        pepper_version, created_by, expires_at, created_at, family_id, binding, is_canary, expiry_noted)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) returning ${columns.apiKey}`,
)

/** Held until the transaction ends: nobody rotates, revokes or announces the end of the key meanwhile. */
const lock = sql<ApiKeyRow>(
  'access.lock',
  `select ${columns.apiKey} from api_key where organization_id = $1 and id = $2 for no key update`,
)

/** A whole line, in one order: a revocation waits for whoever makes something with one of its keys. */
const lockFamily = sql<ApiKeyRow>(
  'access.lockFamily',
  `select ${columns.apiKey} from api_key where organization_id = $1 and family_id = $2 order by id for no key update`,
)

/** One row when it was in force or at least not revoked; none when somebody else was first. */
const revoke = sql<ApiKeyRow>(
  'access.revoke',
  `update api_key set revoked_at = $3, revoked_reason = $4
   where organization_id = $1 and id = $2 and revoked_at is null returning ${columns.apiKey}`,
)

/** The old key ends with its grace, and never later than it would have ended. */
const rotate = sql<ApiKeyRow>(
  'access.rotate',
  `update api_key
   set successor_id = $3, rotated_at = $4::timestamptz,
       expires_at = least(expires_at, $4::timestamptz + $5::int * interval '1 second'),
       expiry_noted = greatest(expiry_noted, $6::smallint)
   where organization_id = $1 and id = $2 and successor_id is null and revoked_at is null
     and (expires_at is null or expires_at > $4::timestamptz)
   returning ${columns.apiKey}`,
)

/** One row for whoever is the first to announce this; none for everyone after. */
const announce = sql<ApiKeyRow>(
  'access.announce',
  `update api_key set expiry_noted = $3
   where organization_id = $1 and id = $2 and expiry_noted < $3 and revoked_at is null returning ${columns.apiKey}`,
)

/** One row when nothing was said of the canary's use for a minute. */
const noteCanary = sql<ApiKeyRow>(
  'access.noteCanary',
  `update api_key set canary_used_at = $3::timestamptz
   where organization_id = $1 and id = $2 and (canary_used_at is null or canary_used_at <= $3::timestamptz - interval '1 minute')
   returning ${columns.apiKey}`,
)

/** Locks every admin key in force, so that two revocations cannot each leave the other's key as the last. */
const lockAdmins = sql<{ id: string }>(
  'access.lockAdmins',
  `select id from api_key
   where organization_id = $1 and kind = 'SK' and role = 'ADMIN' and revoked_at is null
     and successor_id is null and (expires_at is null or expires_at > $2)
   order by id for update`,
)

const hasAdmin = sql<{ isSo: boolean }>(
  'access.hasAdmin',
  `select exists (select from api_key where organization_id = $1 and kind = 'SK' and role = 'ADMIN'
                    and revoked_at is null and (expires_at is null or expires_at > $2)) as "isSo"`,
)

/** What a key is made with; the rest comes later, or never. */
export type NewKeyRow = Omit<
  ApiKeyRow,
  'organizationId' | 'createdAt' | 'revokedAt' | 'revokedReason' | 'successorId' | 'rotatedAt' | 'canaryUsedAt'
>

const one = <T>(rows: T[]): T | undefined => rows[0]

export const accessStore = {
  findByKeyId: async (database: Database, keyId: string) => database.platform(findByKeyId, [keyId]),

  async insert(tx: Tx, row: NewKeyRow): Promise<ApiKeyRow> {
    const { id, kind, name, role, agentId, keyId, displayPrefix, secretHash, pepperVersion, createdBy, expiresAt } = row
    const [made] = await tx.query(insert, [
      ...[tx.organizationId, id, kind, name, role, agentId, keyId, displayPrefix, secretHash],
      ...[pepperVersion, createdBy, expiresAt, tx.now],
      ...[row.familyId, row.binding, row.isCanary, row.expiryNoted],
    ])
    return made as ApiKeyRow
  },

  lock: async (tx: Tx, id: string) => one(await tx.query(lock, [tx.organizationId, id])),
  lockFamily: (tx: Tx, familyId: string) => tx.query(lockFamily, [tx.organizationId, familyId]),
  revoke: async (tx: Tx, id: string, reason: string | null) =>
    one(await tx.query(revoke, [tx.organizationId, id, tx.now, reason])),
  rotate: async (tx: Tx, id: string, to: { successorId: string; graceSeconds: number; noted: number }) =>
    one(await tx.query(rotate, [tx.organizationId, id, to.successorId, tx.now, to.graceSeconds, to.noted])),
  announce: async (tx: Tx, id: string, noted: number) => one(await tx.query(announce, [tx.organizationId, id, noted])),
  noteCanary: async (tx: Tx, id: string) => one(await tx.query(noteCanary, [tx.organizationId, id, tx.now])),
  hasAdmin: async (tx: Tx) => one(await tx.query(hasAdmin, [tx.organizationId, tx.now]))?.isSo === true,
  lockAdmins: (tx: Tx) => tx.query(lockAdmins, [tx.organizationId, tx.now]),

  list(
    database: Database,
    organizationId: string,
    page: PageRequest,
    { kinds, agentId }: { kinds: readonly KeyKind[]; agentId?: string | undefined },
  ) {
    return database.read(organizationId, (prisma) =>
      prisma.apiKey.findMany({
        where: {
          organizationId,
          kind: { in: [...kinds] },
          ...(agentId !== undefined && { agentId }),
          ...(page.before && { id: { lt: page.before } }),
        },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      }),
    )
  },

  read: (database: Database, organizationId: string, id: string, kinds: readonly KeyKind[]) =>
    database.read(organizationId, (prisma) =>
      prisma.apiKey.findFirst({ where: { organizationId, id, kind: { in: [...kinds] } } }),
    ),

  readPredecessor: (database: Database, organizationId: string, successorId: string) =>
    database.read(organizationId, (prisma) => prisma.apiKey.findFirst({ where: { organizationId, successorId } })),
}
