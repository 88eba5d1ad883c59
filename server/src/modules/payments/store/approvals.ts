import { type ApprovalRow, columns } from '@wedi/database'
import type { Static } from 'typebox'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { PageRequest } from '#platform/schemas'
import type { ApprovalQuery } from '../contract.ts'

const insert = sql<ApprovalRow>(
  'payments.insertApproval',
  `insert into approval (organization_id, id, payment_id, agent_id, intent, intent_hash, reasons, requested_by, expires_at, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${columns.approval}`,
)

const find = sql<ApprovalRow>(
  'payments.findApproval',
  `select ${columns.approval} from approval where organization_id = $1 and id = $2`,
)

/** One row when nobody had answered it; none otherwise. */
const answer = sql<ApprovalRow>(
  'payments.answerApproval',
  `update approval set status = $3, decided_by = $4, note = $5, decided_at = $6
   where organization_id = $1 and id = $2 and status = 'PENDING' returning ${columns.approval}`,
)

const one = <T>(rows: T[]): T | undefined => rows[0]

export const approvalStore = {
  async insert(tx: Tx, row: Omit<ApprovalRow, 'status' | 'decidedBy' | 'note' | 'decidedAt' | 'createdAt'>) {
    const { id, paymentId, agentId, intent, intentHash, reasons, requestedBy, expiresAt } = row
    const values = [id, paymentId, agentId, intent, intentHash, JSON.stringify(reasons), requestedBy, expiresAt, tx.now]
    return one(await tx.query(insert, [tx.organizationId, ...values])) as ApprovalRow
  },
  find: async (tx: Tx, id: string) => one(await tx.query(find, [tx.organizationId, id])),
  read: async (database: Database, organizationId: string, id: string) =>
    one(await database.query(organizationId, find, [organizationId, id])),
  answer: async (
    tx: Tx,
    id: string,
    { status, by, note }: { status: ApprovalRow['status']; by: string; note?: string | undefined },
  ) => one(await tx.query(answer, [tx.organizationId, id, status, by, note ?? null, tx.now])),

  list(database: Database, organizationId: string, page: PageRequest, query: Static<typeof ApprovalQuery>) {
    const { status, agentId } = query
    return database.read(organizationId, (prisma) =>
      prisma.approval.findMany({
        where: {
          organizationId,
          ...(status && { status }),
          ...(agentId && { agentId }),
          ...(page.before && { id: { lt: page.before } }),
        },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      }),
    )
  },
}
