import type { AgentService, InstanceService } from '#modules/agents'
import type { DecisionService } from '#modules/decisions'
import type { Clock } from '#platform/clock'
import type { Database, Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import type { Jobs } from '#platform/jobs'
import type { Logger } from '#platform/log'

export interface HealthNeeds {
  readonly database: Database
  readonly jobs: Jobs
  readonly events: Events
  readonly log: Logger
  readonly decisions: Pick<DecisionService, 'record'>
  readonly agents: Pick<AgentService, 'require' | 'requireInService'>
  readonly instances: Pick<InstanceService, 'liveness' | 'presence' | 'tolerate' | 'list'>
  /** How many tasks the agent has in work. */
  readonly inUse: (organizationId: string, agentId: string) => Promise<number>
  /** Instead of the database's clock: for who replays what was. */
  readonly clock?: Clock
}

/** Null leaves the time to the database. */
export const momentOf = ({ clock }: Pick<HealthNeeds, 'clock'>): Date | null => clock?.() ?? null
export type Judging = (tx: Tx, agentIds: readonly string[]) => Promise<{ wasOvertaken: boolean; againInMs?: number }>
