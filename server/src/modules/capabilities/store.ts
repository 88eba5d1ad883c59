import { type CapabilityRow, columns } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'

const insert = sql<CapabilityRow>(
  'capabilities.insert',
  `insert into capability (organization_id, agent_id, revision, authority_level, task_types, providers, chains, assets,
                           payees_allow, payees_deny, tags, limits, approval_threshold, expires_at, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) returning ${columns.capability}`,
)

const current = sql<CapabilityRow>(
  'capabilities.current',
  `select ${columns.capability} from capability where organization_id = $1 and agent_id = $2
   order by revision desc limit 1`,
)

const ofAgents = sql<CapabilityRow>(
  'capabilities.ofAgents',
  `select distinct on (agent_id) ${columns.capability} from capability
   where organization_id = $1 and agent_id = any($2::uuid[]) order by agent_id, revision desc`,
)

const revisions = sql<CapabilityRow>(
  'capabilities.revisions',
  `select ${columns.capability} from capability where organization_id = $1 and agent_id = $2 and revision < $3
   order by revision desc limit $4`,
)

export const capabilityStore = {
  async insert(tx: Tx, row: CapabilityRow): Promise<CapabilityRow> {
    const lists = [row.taskTypes, row.providers, row.chains, row.assets, row.payeesAllow, row.payeesDeny, row.tags]
    const [made] = await tx.query(insert, [
      ...[tx.organizationId, row.agentId, row.revision, row.authorityLevel, ...lists],
      ...[JSON.stringify(row.limits), JSON.stringify(row.approvalThreshold), row.expiresAt, row.createdBy, tx.now],
    ])
    return made as CapabilityRow
  },
  current: async (tx: Tx, agentId: string) => (await tx.query(current, [tx.organizationId, agentId]))[0],
  read: async (database: Database, organizationId: string, agentId: string) =>
    (await database.query(organizationId, current, [organizationId, agentId]))[0],
  ofAgents: (tx: Tx, agentIds: string[]) => tx.query(ofAgents, [tx.organizationId, agentIds]),
  revisions: (database: Database, organizationId: string, agentId: string, page: { below: number; limit: number }) =>
    database.query(organizationId, revisions, [organizationId, agentId, page.below, page.limit]),
}
