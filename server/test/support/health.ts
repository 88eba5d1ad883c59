import { agentService, instanceService } from '#modules/agents'
import { decisionService } from '#modules/decisions'
import { healthService } from '#modules/health'
import type { Clock } from '#platform/clock'
import { Database } from '#platform/database/database'
import { Events } from '#platform/events'
import { newId } from '#platform/ids'
import { Jobs } from '#platform/jobs'
import { createLog } from '#platform/log'

const ACTOR = 'system:test'

export interface HealthOptions {
  readonly databaseUrl: string
  /** Stands in the place of the database's clock. */
  readonly clock?: Clock
  readonly heartbeatMs?: number
}

/** The modules that know how agents are, without a server around them: for tests that feed them what happened when. */
export function openHealth({ databaseUrl, clock, heartbeatMs }: HealthOptions) {
  const log = createLog('silent')
  const database = new Database({ connectionString: databaseUrl, clock: clock ?? (() => new Date()), log })
  const jobs = new Jobs(database, log)
  const events = new Events(jobs)
  const decisions = decisionService({ database, onRecorded: () => {} })
  const agents = agentService<object>({
    ...{ database, decisions, events },
    furnish: async (tx, _caller, agent) => health.begin(tx, agent.id),
    retired: async (tx, agentId) => health.end(tx, agentId),
    hasMoneyInFlight: async () => false,
    signaturesEnded: async () => ({ payments: [], total: 0 }) as never,
    resumePayments: async () => {},
  })
  const time = clock ? { clock } : {}
  const instances = instanceService({
    ...{ database, decisions, events, log, agents, heartbeatMs, ...time },
    toleranceOf: (tx, agentId) => health.toleranceOf(tx, agentId),
    extendLeases: async () => [],
    holdsTasks: async () => false,
    lost: (tx, rows) => health.lost(tx, rows),
  })
  const health = healthService({
    ...{ database, jobs, events, log, decisions, agents, instances, ...time },
    inUse: async () => 0,
  })

  return {
    ...{ database, health, instances },
    close: () => database.close(),
    /** An agent of this organisation that only these modules know. */
    async agentOf(organizationId: string): Promise<string> {
      const caller = { organizationId, actor: ACTOR }
      const made = await database.inOrganization(organizationId, (tx) =>
        agents.register(tx, caller, { name: `agent ${newId()}`, runtime: 'REMOTE' }, {}),
      )
      return made.id
    },
  }
}
