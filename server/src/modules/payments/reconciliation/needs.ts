import type { AgentService } from '#modules/agents'
import type { ChainService } from '#modules/chains'
import type { DecisionService } from '#modules/decisions'
import type { WalletService } from '#modules/wallets'
import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database/database'
import type { Events } from '#platform/events'
import type { Jobs } from '#platform/jobs'
import type { Logger } from '#platform/log'

export interface ReconciliationNeeds {
  database: Database
  clock: Clock
  log: Logger
  jobs: Jobs
  events: Events
  decisions: Pick<DecisionService, 'record'>
  agents: Pick<AgentService, 'freezeIn' | 'lockForChange'>
  chains: ChainService
  wallets: Pick<WalletService, 'find' | 'providerOf'>
  /** Instead of the pauses that fit the chain. */
  everyMs?: number | undefined
}
