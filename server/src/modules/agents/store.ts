import { type AgentRow, type AgentStatus, columns } from '@wedi/database'
import type { Static } from 'typebox'
import type { Caller } from '#platform/caller'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import { alone, shared } from '#platform/database/turnstile'
import type { PageRequest } from '#platform/schemas'
import type { AgentQuery } from './contract.ts'

const insert = sql<AgentRow>(
  'agents.insert',
  `insert into agent (organization_id, id, name, description, runtime, labels, metadata, max_concurrency, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) returning ${columns.agent}`,
)

const find = sql<AgentRow>('agents.find', `select ${columns.agent} from agent where organization_id = $1 and id = $2`)

/** Held by whoever is about to move the agent's money: a freeze waits for it, and is seen by whoever comes after. */
const lockShared = sql<AgentRow>(
  'agents.lockShared',
  `select ${columns.agent} from agent, ${shared('$2')} where organization_id = $1 and id = $2 for share of agent`,
)

/** Held by whoever changes what the agent may do: no payment is decided meanwhile. */
const lockForChange = sql<AgentRow>(
  'agents.lockForChange',
  `select ${columns.agent} from agent, ${alone('$2')} where organization_id = $1 and id = $2 for no key update of agent`,
)

const patch = sql<AgentRow>(
  'agents.patch',
  `update agent set name = coalesce($3, name), description = coalesce($4, description), labels = coalesce($5, labels),
                    metadata = coalesce($6, metadata), max_concurrency = coalesce($7, max_concurrency),
                    revision = revision + 1, updated_at = $8
   where organization_id = $1 and id = $2 and status <> 'RETIRED' and revision = coalesce($9, revision)
   returning ${columns.agent}`,
)

/** One row when the agent was in one of the statuses it may come from; none otherwise. */
const move = sql<AgentRow>(
  'agents.move',
  `update agent set status = $3::agent_status, status_reason = $4, revision = revision + 1, updated_at = $6::timestamptz,
                    retired_at = case when $3::agent_status = 'RETIRED' then $6::timestamptz else retired_at end
   where organization_id = $1 and id = $2 and status = any($5::agent_status[]) and revision = coalesce($7, revision)
   returning ${columns.agent}`,
)

const freeze = sql<AgentRow>(
  'agents.freeze',
  `update agent set status = 'FROZEN', status_before_freeze = status, status_reason = $3, revision = revision + 1,
                    updated_at = $4
   from ${alone('$2')} where organization_id = $1 and id = $2 and status in ('PROVISIONING', 'ACTIVE', 'PAUSED') returning ${columns.agent}`,
)

/** Back to where it was. One that got its wallet while frozen is active now. */
const unfreeze = sql<AgentRow>(
  'agents.unfreeze',
  `update agent set status = status_before_freeze, status_before_freeze = null, status_reason = null,
                    revision = revision + 1, updated_at = $3
   where organization_id = $1 and id = $2 and status = 'FROZEN' returning ${columns.agent}`,
)

/** The first wallet is there. Under a freeze it is remembered for the unfreeze. */
const furnished = sql<AgentRow>(
  'agents.furnished',
  `update agent
   set status = case when status = 'PROVISIONING' then 'ACTIVE' else status end,
       status_before_freeze = case when status_before_freeze = 'PROVISIONING' then 'ACTIVE' else status_before_freeze end,
       status_reason = case when status = 'PROVISIONING' then null else status_reason end,
       revision = revision + 1, updated_at = $3
   where organization_id = $1 and id = $2 and status <> 'RETIRED' and 'PROVISIONING' in (status, status_before_freeze)
   returning ${columns.agent}`,
)

const explain = sql<AgentRow>(
  'agents.explain',
  `update agent set status_reason = $3, revision = revision + 1, updated_at = $4
   where organization_id = $1 and id = $2 and status = 'PROVISIONING' and status_reason is distinct from $3
   returning ${columns.agent}`,
)

const readMany = sql<AgentRow>(
  'agents.readMany',
  `select ${columns.agent} from agent where organization_id = $1 and id = any($2::uuid[])`,
)

type Details = Pick<AgentRow, 'name' | 'description' | 'labels' | 'metadata' | 'maxConcurrency'>

export const agentStore = {
  async insert(tx: Tx, row: Details & Pick<AgentRow, 'id' | 'runtime'>): Promise<AgentRow> {
    const { id, name, description, runtime, labels, metadata, maxConcurrency } = row
    const values = [tx.organizationId, id, name, description, runtime, labels, metadata, maxConcurrency, tx.now]
    return (await tx.query(insert, values))[0] as AgentRow
  },

  find: async (database: Database, organizationId: string, id: string) =>
    (await database.query(organizationId, find, [organizationId, id]))[0],
  read: async (tx: Tx, id: string) => (await tx.query(find, [tx.organizationId, id]))[0],
  lockShared: async (tx: Tx, id: string) => (await tx.query(lockShared, [tx.organizationId, id]))[0],
  lockForChange: async (tx: Tx, id: string) => (await tx.query(lockForChange, [tx.organizationId, id]))[0],

  async patch(tx: Tx, id: string, change: Partial<Details>, revision: number | undefined) {
    const { name, description, labels, metadata, maxConcurrency } = change
    const details = [name ?? null, description ?? null, labels ?? null, metadata ?? null, maxConcurrency ?? null]
    return (await tx.query(patch, [tx.organizationId, id, ...details, tx.now, revision ?? null]))[0]
  },

  async move(
    tx: Tx,
    id: string,
    to: AgentStatus,
    options: { from: AgentStatus[]; reason?: string; revision?: number },
  ) {
    const { from, reason, revision } = options
    return (await tx.query(move, [tx.organizationId, id, to, reason ?? null, from, tx.now, revision ?? null]))[0]
  },

  freeze: async (tx: Tx, id: string, reason: string) =>
    (await tx.query(freeze, [tx.organizationId, id, reason, tx.now]))[0],
  unfreeze: async (tx: Tx, id: string) => (await tx.query(unfreeze, [tx.organizationId, id, tx.now]))[0],
  furnished: async (tx: Tx, id: string) => (await tx.query(furnished, [tx.organizationId, id, tx.now]))[0],
  explain: async (tx: Tx, id: string, reason: string) => tx.query(explain, [tx.organizationId, id, reason, tx.now]),

  readMany: (tx: Tx, ids: readonly string[]) => tx.query(readMany, [tx.organizationId, ids]),

  /** `only`: the one agent the asker may see. */
  list(
    database: Database,
    { organizationId, agentId: only }: Pick<Caller, 'organizationId' | 'agentId'>,
    page: PageRequest,
    query: Static<typeof AgentQuery>,
  ) {
    const { status, label, q } = query
    const contains = { contains: literal(q ?? ''), mode: 'insensitive' as const }
    return database.read(organizationId, (prisma) =>
      prisma.agent.findMany({
        where: {
          organizationId,
          ...(status && { status }),
          ...(label && { labels: { has: label } }),
          ...(q && { OR: [{ name: contains }, { description: contains }] }),
          id: { ...(page.before && { lt: page.before }), ...(only && { equals: only }) },
        },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      }),
    )
  },
}

/** Prisma hands the text to LIKE as it is: without this a percent sign would find everything. */
const literal = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
