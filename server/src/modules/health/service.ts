import type { AgentHealthRow, HealthStatus } from '@wedi/database'
import type { Static } from 'typebox'
import { agentProblems, type Tolerance } from '#modules/agents'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { invalid, Problem, requestProblems } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import { ASSESS, assessing, thresholdsOf } from './assess.ts'
import { bucketStore } from './bucket-store.ts'
import { type FleetQuery, type HealthQuery, MAX_POINTS, MAX_SHOWN_INSTANCES, type ThresholdsBody } from './contract.ts'
import { counter } from './count.ts'
import { figuresOf, pointsOf, type Range, rangeOf } from './figures.ts'
import { type HealthNeeds, momentOf } from './needs.ts'
import { NOTHING_KNOWN, type Sample } from './rules.ts'
import { sampleStore } from './sample-store.ts'
import { healthStore } from './store.ts'

export type HealthService = ReturnType<typeof healthService>

/** For assignment. Probing: at most one task at once. */
export interface AgentStanding {
  readonly isOut: boolean
  readonly probing: boolean
  readonly recentFailures: number
}

export function healthService(needs: HealthNeeds) {
  const { database, jobs, decisions, agents, instances } = needs
  const counting = counter(needs, assessing(needs))

  async function requireVisible(caller: Caller, agentId: string) {
    if (caller.agentId !== undefined && caller.agentId !== agentId) throw new Problem(agentProblems.notFound)
    return agents.require(caller, agentId)
  }

  /** A retired agent has none any more. */
  const rowOf = async (organizationId: string, agentId: string, since: Date): Promise<AgentHealthRow> =>
    (await healthStore.find(database, organizationId, agentId)) ?? {
      ...{ organizationId, agentId, status: 'UNKNOWN', reason: 'It is retired.', since },
      ...{ breaker: 'CLOSED', breakerSince: since, openUntil: null, openings: 0, recentErrors: 0 },
      ...{ revision: 1, thresholds: {}, thresholdsRevision: 1 },
    }

  return {
    /** A new agent, of whom nothing is known. */
    begin: (tx: Tx, agentId: string): void => healthStore.begin(tx, agentId, NOTHING_KNOWN),
    /** It is retired: nobody asks any more. What it did stays as long as anyone's. */
    end: (tx: Tx, agentId: string): void => healthStore.end(tx, agentId),

    /** Raw facts, in the caller's transaction: one statement that waits for nobody. Judged and counted a moment later. */
    observe: (tx: Tx, samples: readonly Sample[]): void => sampleStore.observe(tx, samples, momentOf(needs)),

    /** Instances that are not heard of any more. */
    lost: (tx: Tx, gone: readonly { id: string; agentId: string }[]): void =>
      sampleStore.observe(
        tx,
        gone.map(({ id, agentId }) => ({
          ...{ agentId, instanceId: id, kind: 'HEARTBEAT', errorClass: 'HEARTBEAT_LOST', durationMs: null },
        })),
        momentOf(needs),
      ),

    /** How those agents stand that are known, for who gives out tasks. */
    async standings(tx: Tx, agentIds: readonly string[]): Promise<ReadonlyMap<string, AgentStanding>> {
      const rows = await healthStore.standings(tx, agentIds, momentOf(needs))
      return new Map(
        rows.map(({ agentId, isOut, probing, recentErrors }) => [
          agentId,
          { isOut, probing, recentFailures: recentErrors },
        ]),
      )
    },

    /** How many heartbeats the agent's instances may miss. */
    async toleranceOf(tx: Tx, agentId: string): Promise<Tolerance> {
      const { suspectAfter, downAfter } = thresholdsOf((await healthStore.read(tx, agentId))?.thresholds)
      return { suspectAfter, downAfter }
    },

    async get(caller: Caller, agentId: string, query: Static<typeof HealthQuery>) {
      const agent = await requireVisible(caller, agentId)
      const { organizationId, id } = agent
      const range = rangeOf(query, momentOf(needs) ?? new Date())
      requireBounded(range)
      const [row, buckets, presence, shown, held, endedAt] = await Promise.all([
        rowOf(organizationId, id, agent.retiredAt ?? agent.createdAt),
        bucketStore.between(database, { organizationId, agentId: id }, range, MAX_POINTS),
        instances.presence(organizationId, id),
        instances.list(caller, id, { limit: MAX_SHOWN_INSTANCES }, {}),
        needs.inUse(organizationId, id),
        sampleStore.lastAt(database, organizationId, id),
      ])
      const { lastSeenAt, uptime, restarts } = presence
      const seen = [lastSeenAt, endedAt].filter((each) => each !== null).sort((a, b) => b.getTime() - a.getTime())
      return {
        ...standingView(row),
        ...{ uptime, from: range.from.toISOString(), to: range.to.toISOString() },
        ...figuresOf(buckets),
        ...{ lastSeenAt: toWire(seen[0] ?? null), restarts },
        load: { inUse: held, max: agent.maxConcurrency },
        instances: shown.data,
        ...(query.resolution && {
          series: buckets.map((bucket) => ({ at: bucket.beganAt.toISOString(), ...figuresOf([bucket]) })),
        }),
      }
    },

    async fleet(caller: Caller, page: PageRequest, { status }: Static<typeof FleetQuery>) {
      const [rows, counts] = await Promise.all([
        healthStore.fleet(database, caller, page, status),
        healthStore.totals(database, caller),
      ])
      const totals: Record<HealthStatus, number> = { HEALTHY: 0, DEGRADED: 0, DOWN: 0, UNKNOWN: 0 }
      for (const each of counts) totals[each.status] = each.count
      const { data, nextCursor } = pageFrom(
        rows.map((row) => ({ ...row, id: row.agentId })),
        page,
      )
      return { data: data.map(standingView), nextCursor, totals }
    },

    async thresholds(caller: Caller, agentId: string) {
      const { organizationId, id, createdAt } = await requireVisible(caller, agentId)
      const row = await rowOf(organizationId, id, createdAt)
      return { revision: row.thresholdsRevision, thresholds: thresholdsOf(row.thresholds) }
    },

    /** What is left out has its default. Counts from now on, for instances that run as well. */
    async putThresholds(
      tx: Tx,
      caller: Caller,
      agentId: string,
      { thresholds: given, revision }: { thresholds: Static<typeof ThresholdsBody>; revision: number | undefined },
    ) {
      const { id } = await agents.requireInService(tx, agentId)
      const thresholds = thresholdsOf(given)
      const { suspectAfter, downAfter } = thresholds
      if (downAfter <= suspectAfter) throw invalid({ path: '/downAfter', message: 'is not above suspectAfter' })
      const row = await healthStore.putThresholds(tx, id, given, revision)
      if (!row) throw new Problem(requestProblems.stale)
      await instances.tolerate(tx, id, { suspectAfter, downAfter })
      await decisions.record(tx, caller.actor, {
        ...{ type: 'health.thresholdsChanged', subject: `agent:${id}`, agentId: id },
        inputs: { ...thresholds },
      })
      await jobs.request(tx, ASSESS, id)
      return { revision: row.thresholdsRevision, thresholds }
    },

    counting,
    forgetPast: () => bucketStore.forget(database),
  }
}

function requireBounded(range: Range): void {
  const points = pointsOf(range)
  if (!(points > 0)) throw invalid({ path: '/querystring/from', message: 'is not before `to`' })
  if (points > MAX_POINTS) {
    const message = `leads to more than ${MAX_POINTS} points: take a coarser resolution`
    throw invalid({ path: '/querystring/resolution', message })
  }
}

function standingView(row: AgentHealthRow) {
  const { organizationId, agentId, status, reason, since, breaker, breakerSince, openUntil, openings } = row
  return toWire({
    ...{ organizationId, agentId, status, reason, since },
    breaker: { state: breaker, since: breakerSince, until: openUntil, openings },
  })
}
