import type { TaskRow } from '@wedi/database'
import type { Tx } from '#platform/database/database'
import type { AssignmentNeeds } from './needs.ts'
import { REASONS } from './round.ts'
import { missing } from './rules.ts'
import { reasonStore, type Unexplained } from './store/reasons.ts'

const BATCH = 200

/** Why tasks wait: written once for a lane, however many wait in it, and shown with each. */
export function explaining({
  database,
  agents,
  capabilities,
}: Pick<AssignmentNeeds, 'database' | 'agents' | 'capabilities'>) {
  async function explainPinned(tx: Tx): Promise<void> {
    const lanes = await reasonStore.unexplained(tx, BATCH)
    if (lanes.length === 0) return
    const ids = [...new Set(lanes.map(({ agentId }) => agentId))]
    const [found, may] = await Promise.all([agents.readMany(tx, ids), capabilities.authoritiesOf(tx, ids)])
    const statuses = new Map(found.map(({ id, status }) => [id, status]))
    const reasons = lanes.flatMap((lane) => {
      const why = whyNot(lane, statuses.get(lane.agentId), may.get(lane.agentId), tx.now)
      return why === undefined ? [] : [{ id: lane.id, reason: `The agent it is pinned to ${why}.` }]
    })
    reasonStore.explain(tx, reasons)
  }

  return {
    async explain(organizationId: string): Promise<void> {
      await reasonStore.explainBusy(database, organizationId, REASONS)
      await database.inOrganization(organizationId, async (tx) => {
        await explainPinned(tx)
        reasonStore.explainCapped(tx, REASONS.capped)
      })
    },

    /** As they are shown: with the reason of the lane, unless they have one of their own. */
    async withReasons<Row extends Pick<TaskRow, 'status' | 'laneId' | 'unassignableReason'>>(
      organizationId: string,
      rows: readonly Row[],
    ): Promise<Row[]> {
      const isAsking = ({ status, unassignableReason }: Row) => status === 'QUEUED' && unassignableReason === null
      const ids = new Set(rows.filter(isAsking).flatMap(({ laneId }) => laneId ?? []))
      const found = ids.size === 0 ? [] : await reasonStore.ofLanes(database, organizationId, [...ids])
      const reasons = new Map(found.map(({ id, reason }) => [id, reason]))
      return rows.map((row) =>
        isAsking(row) ? { ...row, unassignableReason: reasons.get(row.laneId ?? '') ?? null } : row,
      )
    },
  }
}

type Authority =
  Awaited<ReturnType<AssignmentNeeds['capabilities']['authoritiesOf']>> extends Map<string, infer T> ? T : never

function whyNot(lane: Unexplained, status: string | undefined, authority: Authority | undefined, now: Date) {
  if (status === undefined || authority === undefined) return 'is not there'
  if (status !== 'ACTIVE') return `is ${status}`
  if (authority.expiresAt !== null && authority.expiresAt <= now) return 'has an expired capability'
  const lacking = missing(lane, authority)
  if (lacking !== undefined) return lacking
  if (!lane.isOpen) return 'is out of service until its health is better'
  if (!lane.hasRoom) return 'is busy'
  return lane.isRemote ? 'has to claim it' : undefined
}
