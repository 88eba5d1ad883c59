import type { TaskRow } from '@wedi/database'
import type { AgentService, InstanceService } from '#modules/agents'
import type { CapabilityService } from '#modules/capabilities'
import type { ChainService } from '#modules/chains'
import type { DecisionService } from '#modules/decisions'
import type { HealthService } from '#modules/health'
import type { OrganizationService } from '#modules/organizations'
import type { PaymentService, ReconciliationService } from '#modules/payments'
import type { WalletService } from '#modules/wallets'
import type { Database } from '#platform/database/database'
import type { Events } from '#platform/events'
import type { Jobs } from '#platform/jobs'
import type { Logger } from '#platform/log'

export const SYSTEM = 'system:assignment'

/**
 * The order of locks here, so that nobody waits in a circle: an organisation's queue (one at a time), instances that claim
 * (shared), the hour of the queue and lanes (advisory, shared by who puts tasks in), tasks by id, seats by agent, rows of lanes by id, fairness shares, the row of the queue.
 * Each transaction takes seats in one statement, and the rows of lanes either in one, sorted, or passing over those that
 * are taken. A task's own transaction (payments, cancel, requeue) and a batch of answers hold their tasks before lanes: who
 * holds a lane or the hour alone waits for no task after it.
 */
export interface AssignmentNeeds {
  database: Database
  jobs: Jobs
  events: Events
  log: Logger
  decisions: Pick<DecisionService, 'record' | 'recordAll'>
  organizations: Pick<OrganizationService, 'read' | 'lockForChange'>
  agents: Pick<AgentService, 'requireIn' | 'readMany'>
  instances: Pick<InstanceService, 'standing' | 'openOf'>
  capabilities: Pick<CapabilityService, 'authoritiesOf' | 'limits'>
  chains: Pick<ChainService, 'asset'>
  wallets: Pick<WalletService, 'payingOf'>
  health: Pick<HealthService, 'observe' | 'standings'>
  payments: Pick<PaymentService, 'find' | 'cancel' | 'read'>
  reconciliation: Pick<ReconciliationService, 'balancesSeen'>
}

/** What every record about a task names. */
export const aboutTask = (task: Pick<TaskRow, 'id' | 'assignedAgentId'>) => ({
  subject: `task:${task.id}`,
  taskId: task.id,
  agentId: task.assignedAgentId,
})
