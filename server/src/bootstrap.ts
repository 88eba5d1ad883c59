import type { AccessService } from '#modules/access'
import type { OrganizationService } from '#modules/organizations'
import type { Database } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import { newId } from '#platform/ids'

export interface AdminKey {
  readonly key: string
  /** Nobody named it: it was made for a first start. */
  readonly isMade: boolean
}

interface Needs {
  database: Database
  organizations: Pick<OrganizationService, 'findOperator' | 'createOperator'>
  access: Pick<AccessService, 'ensureAdminKey'>
  adminKey: AdminKey
}

/** Several processes may start at once on an empty database: one makes the first organisation. */
const lockStart = sql('bootstrap.lock', `select pg_advisory_xact_lock(hashtextextended('wedi/bootstrap', 0))`)

/** Sees to the first organisation and its admin key; answers the organisation's id. */
export async function bootstrap({ database, organizations, access, adminKey }: Needs): Promise<string> {
  const candidate = newId()
  const found = await database.inOrganization(candidate, async (tx) => {
    await tx.query(lockStart, [])
    const present = await organizations.findOperator()
    if (!present) await organizations.createOperator(tx, 'system:start', 'First organisation')
    return present?.id
  })
  const id = found ?? candidate
  await database.inOrganization(id, async (tx) => {
    await tx.query(lockStart, [])
    await access.ensureAdminKey(tx, adminKey.key, adminKey)
  })
  return id
}
