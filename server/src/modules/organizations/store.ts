import { columns, type OrganizationRow } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import { alone, shared } from '#platform/database/turnstile'
import type { PageRequest } from '#platform/schemas'

const insert = sql<OrganizationRow>(
  'organizations.insert',
  `insert into organization (id, name, is_operator, created_at, updated_at)
   values ($1, $2, $3, $4, $4) returning ${columns.organization}`,
)

const find = sql<OrganizationRow>(
  'organizations.find',
  `select ${columns.organization} from organization where id = $1`,
)

/** Held by whoever is about to move money: a freeze waits for it, and is seen by whoever comes after. */
const lockShared = sql<OrganizationRow>(
  'organizations.lockShared',
  `select ${columns.organization} from organization, ${shared('$1')} where id = $1 for share of organization`,
)

const read = sql<OrganizationRow>(
  'organizations.read',
  `select ${columns.organization} from organization where id = $1`,
)

/** Held by whoever changes the organisation's limits, so that no payment reserves in between. */
const lockForChange = sql<OrganizationRow>(
  'organizations.lockForChange',
  `update organization set revision = revision + 1, updated_at = $2
   from ${alone('$1')} where id = $1 and revision = coalesce($3, revision) returning ${columns.organization}`,
)

/** Held while its next admin key is made: of several who do, one does. */
const lockAlone = sql<OrganizationRow>(
  'organizations.lockAlone',
  `select ${columns.organization} from organization, ${alone('$1')} where id = $1 for update of organization`,
)

const change = sql<OrganizationRow>(
  'organizations.change',
  `update organization
   set name = coalesce($2, name), max_key_lifetime_days = case when $5 then $6::int else max_key_lifetime_days end,
       revision = revision + 1, updated_at = $3
   where id = $1 and revision = coalesce($4, revision) returning ${columns.organization}`,
)

/** One row when it was active; none when it is frozen already. */
const freeze = sql<OrganizationRow>(
  'organizations.freeze',
  `update organization set status = 'FROZEN', frozen_reason = $2, revision = revision + 1, updated_at = $3
   from ${alone('$1')} where id = $1 and status = 'ACTIVE' returning ${columns.organization}`,
)

const unfreeze = sql<OrganizationRow>(
  'organizations.unfreeze',
  `update organization set status = 'ACTIVE', frozen_reason = null, revision = revision + 1, updated_at = $2
   where id = $1 and status = 'FROZEN' returning ${columns.organization}`,
)

/** The platform's own look over all organisations, newest first. */
const listAll = sql<OrganizationRow>(
  'organizations.listAll',
  `select ${columns.organization} from organization where id < coalesce($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
   order by id desc limit $2`,
)

const findOperator = sql<OrganizationRow>(
  'organizations.findOperator',
  `select ${columns.organization} from organization where is_operator`,
)

const one = <T>(rows: T[]): T | undefined => rows[0]

export const organizationStore = {
  insert: async (tx: Tx, row: { name: string; isOperator: boolean }) =>
    one(await tx.query(insert, [tx.organizationId, row.name, row.isOperator, tx.now])),
  find: async (database: Database, id: string) => one(await database.query(id, find, [id])),
  read: async (tx: Tx) => one(await tx.query(read, [tx.organizationId])),
  lockShared: async (tx: Tx) => one(await tx.query(lockShared, [tx.organizationId])),
  lockAlone: async (tx: Tx) => one(await tx.query(lockAlone, [tx.organizationId])),
  lockForChange: async (tx: Tx, revision?: number) =>
    one(await tx.query(lockForChange, [tx.organizationId, tx.now, revision ?? null])),
  async change(
    tx: Tx,
    { name, maxKeyLifetimeDays: days }: { name?: string; maxKeyLifetimeDays?: number | null },
    revision: number | undefined,
  ) {
    const said = [name ?? null, tx.now, revision ?? null, days !== undefined, days ?? null]
    return one(await tx.query(change, [tx.organizationId, ...said]))
  },
  freeze: async (tx: Tx, reason: string) => one(await tx.query(freeze, [tx.organizationId, reason, tx.now])),
  unfreeze: async (tx: Tx) => one(await tx.query(unfreeze, [tx.organizationId, tx.now])),
  listAll: (database: Database, page: PageRequest) => database.platform(listAll, [page.before ?? null, page.limit + 1]),
  findOperator: async (database: Database) => one(await database.platform(findOperator, [])),
}
