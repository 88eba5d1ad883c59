import type { TaskRow } from '@wedi/database'
import type { AgentService } from '#modules/agents'
import type { CapabilityService } from '#modules/capabilities'
import type { ChainService } from '#modules/chains'
import type { DecisionService } from '#modules/decisions'
import type { PaymentService } from '#modules/payments'
import type { Database } from '#platform/database/database'
import type { Events } from '#platform/events'
import type { Jobs } from '#platform/jobs'

export interface AssignmentNeeds {
  database: Database
  jobs: Jobs
  events: Events
  decisions: Pick<DecisionService, 'record'>
  agents: Pick<AgentService, 'requireIn' | 'candidates'>
  capabilities: Pick<CapabilityService, 'ofAgents'>
  chains: Pick<ChainService, 'asset'>
  payments: Pick<PaymentService, 'find' | 'cancel'>
}

/** What every record about a task names. */
export const aboutTask = (task: TaskRow) => ({
  subject: `task:${task.id}`,
  taskId: task.id,
  agentId: task.assignedAgentId,
})
