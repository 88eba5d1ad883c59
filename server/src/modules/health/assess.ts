import type { Tx } from '#platform/database/database'
import { type HealthNeeds, type Judging, momentOf } from './needs.ts'
import {
  type Breaker,
  DEFAULT_THRESHOLDS,
  type Liveness,
  NO_INSTANCES,
  nextBreaker,
  RECENT_MINUTES,
  type Recent,
  statusOf,
  type Thresholds,
} from './rules.ts'
import { type FactsRow, sampleStore } from './sample-store.ts'
import { healthStore, type Judged } from './store.ts'

/** An agent with failures in its recent past is looked at again so often, until it has none. */
const UNSETTLED_MS = 15_000
/** Somebody else judged at the same moment: their facts may be older. */
const OVERTAKEN_MS = 100
export const ASSESS = 'health.assess'

export const thresholdsOf = (stored: unknown): Thresholds => ({
  ...DEFAULT_THRESHOLDS,
  ...(stored as Partial<Thresholds>),
})

interface Judgement {
  readonly before: FactsRow
  readonly after: Judged
}

/** Judges agents by what they did lately. What changes is recorded and told in the caller's transaction. */
export function assessing({ jobs, events, decisions, instances, database, ...needs }: HealthNeeds): Judging {
  const assess: Judging = async (tx, agentIds) => {
    const rows = await sampleStore.facts(tx, agentIds, momentOf(needs))
    const liveness = await instances.liveness(tx, agentIds)
    const judged = rows.map((before) => ({ before, after: judge(before, liveness.get(before.agentId)) }))
    const changed = judged.filter(isDifferent)
    const written = await healthStore.move(
      tx,
      changed.map(({ after }) => after),
    )
    for (const judgement of changed) {
      if (written.has(judgement.after.agentId) && isNews(judgement)) await tell(tx, judgement)
    }
    for (const { before, after } of changed) {
      const inMs = written.has(after.agentId) ? lookAgainInMs(after, before.now) : OVERTAKEN_MS
      if (inMs !== undefined) await jobs.request(tx, ASSESS, after.agentId, { inMs })
    }
    return new Map(judged.map(({ before, after }) => [after.agentId, lookAgainInMs(after, before.now)]))
  }

  async function tell(tx: Tx, { before, after }: Judgement): Promise<void> {
    const { agentId, status, reason, breaker } = after
    await decisions.record(tx, 'system:health', {
      ...{ type: 'health.changed', subject: `agent:${agentId}`, agentId },
      inputs: {
        from: before.status,
        to: status,
        reason,
        ...(breaker !== before.breaker && { breakerFrom: before.breaker, breakerTo: breaker }),
      },
    })
    await events.publish(tx, 'health.changed', agentId)
    // Assignment looks again: whoever is out gets nothing, and whoever is back may have what waits.
    if (breaker !== before.breaker) await events.publish(tx, 'agent.changed', agentId)
  }

  jobs.handle(ASSESS, async ({ organizationId, subject }) => {
    const againInMs = (await database.inOrganization(organizationId, (tx) => assess(tx, [subject]))).get(subject)
    return againInMs === undefined ? 'done' : { againInMs }
  })
  events.subscribe('instance.changed', 'health', async ({ organizationId, subject }) => {
    await database.inOrganization(organizationId, (tx) => assess(tx, [subject]))
  })
  return assess
}

function judge(before: FactsRow, liveness: Liveness = NO_INSTANCES): Judged {
  const thresholds = thresholdsOf(before.thresholds)
  const tasks: Recent[] = before.endedAt.map((endedAt, i) => ({
    ...{ endedAt, isError: before.isError[i] === true, durationMs: before.durationMs[i] ?? null },
  }))
  const breaker: Breaker = nextBreaker(before, tasks, thresholds, before.now)
  const recent = tasks.filter(({ endedAt }) => before.now.getTime() - endedAt.getTime() < RECENT_MINUTES * 60_000)
  const facts = { breaker, recent, liveness, isKnown: before.status !== 'UNKNOWN' }
  const { status, reason } = statusOf(facts, thresholds)
  return {
    ...{ agentId: before.agentId, revision: before.revision, status, reason },
    ...{ breaker: breaker.breaker, breakerSince: breaker.breakerSince },
    ...{ openUntil: breaker.openUntil, openings: breaker.openings },
    since: status === before.status ? before.since : before.now,
    recentErrors: recent.filter(({ isError }) => isError).length,
  }
}

/** One that was let in and opened again between two looks is news, too. */
const isNews = ({ before, after }: Judgement): boolean =>
  before.status !== after.status || before.breaker !== after.breaker || before.openings !== after.openings

const isDifferent = (judgement: Judgement): boolean =>
  isNews(judgement) ||
  judgement.before.reason !== judgement.after.reason ||
  judgement.before.recentErrors !== judgement.after.recentErrors ||
  judgement.before.openUntil?.getTime() !== judgement.after.openUntil?.getTime()

/** When the passing of time alone may change how it stands; undefined when it cannot. */
function lookAgainInMs({ breaker, openUntil, recentErrors, status }: Judged, now: Date): number | undefined {
  if (breaker === 'OPEN' && openUntil) return Math.max(0, openUntil.getTime() - now.getTime())
  return breaker === 'HALF_OPEN' || recentErrors > 0 || status === 'DEGRADED' ? UNSETTLED_MS : undefined
}
