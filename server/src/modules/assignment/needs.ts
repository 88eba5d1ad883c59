import type { TaskRow } from '@wedi/database'
import type { AgentService, InstanceService } from '#modules/agents'
import type { CapabilityService } from '#modules/capabilities'
import type { ChainService } from '#modules/chains'
import type { DecisionService } from '#modules/decisions'
import type { OrganizationService } from '#modules/organizations'
import type { PaymentService, ReconciliationService } from '#modules/payments'
import type { WalletService } from '#modules/wallets'
import type { Database, Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import type { Jobs } from '#platform/jobs'
import type { Logger } from '#platform/log'

export const SYSTEM = 'system:assignment'

export interface AssignmentNeeds {
  database: Database
  jobs: Jobs
  events: Events
  log: Logger
  decisions: Pick<DecisionService, 'record'>
  organizations: Pick<OrganizationService, 'read' | 'lockForChange'>
  agents: Pick<AgentService, 'requireIn' | 'readMany'>
  instances: Pick<InstanceService, 'requireIn'>
  capabilities: Pick<CapabilityService, 'authoritiesOf' | 'limits'>
  chains: Pick<ChainService, 'asset'>
  wallets: Pick<WalletService, 'payingOf'>
  health: HealthOfAgents
  payments: Pick<PaymentService, 'find' | 'cancel' | 'read'>
  reconciliation: Pick<ReconciliationService, 'balancesSeen'>
}

/** How an attempt went, and who should get no new ones. */
export interface HealthOfAgents {
  observe: (tx: Tx, seen: readonly Observation[]) => Promise<unknown>
  standings: (tx: Tx, agentIds: string[]) => Promise<ReadonlyMap<string, Standing>>
}

export interface Observation {
  readonly agentId: string
  readonly instanceId: string | null
  readonly kind: 'TASK'
  readonly outcome: 'OK' | 'ERROR'
  readonly errorClass: string | null
  readonly durationMs: number
}

export interface Standing {
  readonly isOut: boolean
  /** It is tried out again, with one task at a time. */
  readonly probing: boolean
  readonly recentFailures: number
}

/** What every record about a task names. */
export const aboutTask = (task: Pick<TaskRow, 'id' | 'assignedAgentId'>) => ({
  subject: `task:${task.id}`,
  taskId: task.id,
  agentId: task.assignedAgentId,
})
