import type { AgentRow, OrganizationRow, PaymentRow, WalletRow } from '@wedi/database'
import type { AgentService } from '#modules/agents'
import type { CapabilityService } from '#modules/capabilities'
import type { ChainService } from '#modules/chains'
import type { DecisionService } from '#modules/decisions'
import type { OrganizationService } from '#modules/organizations'
import type { WalletService } from '#modules/wallets'
import type { Clock } from '#platform/clock'
import type { Database, Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import type { Jobs } from '#platform/jobs'

export interface PaymentNeeds {
  database: Database
  clock: Clock
  jobs: Jobs
  events: Events
  decisions: Pick<DecisionService, 'record'>
  organizations: Pick<OrganizationService, 'lockShared'>
  agents: Pick<AgentService, 'lockShared'>
  capabilities: Pick<CapabilityService, 'authorityOf' | 'limits'>
  chains: ChainService
  wallets: Pick<WalletService, 'find' | 'lockPaying' | 'lockShared' | 'lockAlone' | 'takeNonce' | 'sign' | 'providerOf'>
  /** Whether this agent is working on this task just now; undefined when there is no such task. */
  isWorkingOn: (tx: Tx, agentId: string, taskId: string) => Promise<boolean | undefined>
}

export interface Standing {
  organization: OrganizationRow
  agent: AgentRow
  wallet: WalletRow | undefined
}

/**
 * Everyone whose state decides over a payment, held as they are until the transaction ends. Always in this order
 * (organisation, agent, wallet, then payment, counters, log), so that no two transactions wait for each other.
 */
export async function holdStill(
  tx: Tx,
  { organizations, agents, wallets }: Pick<PaymentNeeds, 'organizations' | 'agents' | 'wallets'>,
  about: { agentId: string; walletId?: string; alone?: boolean },
): Promise<Standing> {
  const organization = await organizations.lockShared(tx)
  const agent = await agents.lockShared(tx, about.agentId)
  if (about.walletId === undefined) return { organization, agent, wallet: await wallets.lockPaying(tx, about.agentId) }
  const wallet = await (about.alone ? wallets.lockAlone(tx, about.walletId) : wallets.lockShared(tx, about.walletId))
  return { organization, agent, wallet }
}

/** What every record about a payment names. */
export const about = (payment: Pick<PaymentRow, 'id' | 'agentId' | 'walletId' | 'taskId' | 'approvalId'>) => ({
  subject: `payment:${payment.id}`,
  paymentId: payment.id,
  agentId: payment.agentId,
  walletId: payment.walletId,
  taskId: payment.taskId,
  approvalId: payment.approvalId,
})
