import { BreakerState, HealthResolution, HealthStatus } from '@wedi/database'
import { Type } from 'typebox'
import { Instance } from '#modules/agents'
import { body, nullable, oneOf, PageQuery, Time, Uuid } from '#platform/schemas'

/** A series is of at most so many points. */
export const MAX_POINTS = 1000
/** Of the agent's instances, the newest. */
export const MAX_SHOWN_INSTANCES = 50

const Share = Type.Number({ minimum: 0, maximum: 1 })
const Count = Type.Integer({ minimum: 0 })
const Milliseconds = Type.Number({ minimum: 0, description: 'At most two percent off' })

const Standing = {
  organizationId: Uuid,
  agentId: Uuid,
  status: oneOf(HealthStatus),
  reason: Type.String(),
  since: Time,
  breaker: Type.Object({
    state: oneOf(BreakerState),
    since: Time,
    until: nullable(Time),
    openings: Type.Integer({ description: 'How often it opened without having closed' }),
  }),
}

const ResponseTime = Type.Object({
  p50Ms: nullable(Milliseconds),
  p95Ms: nullable(Milliseconds),
  p99Ms: nullable(Milliseconds),
})

const Figures = {
  responseTime: ResponseTime,
  errorRate: nullable(Share),
  tasks: Type.Integer({ minimum: 0, description: 'That ended: the error rate and the response times are theirs' }),
  errors: Type.Record(Type.String(), Count, { description: 'Of each class, also of those that are no ill health' }),
}

export const AgentHealth = Type.Object({
  ...Standing,
  uptime: Type.Object(
    { '1h': nullable(Share), '24h': nullable(Share), '7d': nullable(Share), '30d': nullable(Share) },
    { description: 'Share of the time since its first instance in which at least one was there; null without any' },
  ),
  from: Time,
  to: Time,
  ...Figures,
  lastSeenAt: nullable(Time),
  load: Type.Object({ inUse: Count, max: Count }),
  restarts: Type.Integer({ description: 'Starts of the last 24 hours that came after another instance had ended' }),
  instances: Type.Array(Instance),
  series: Type.Optional(Type.Array(Type.Object({ at: Time, ...Figures }))),
})

export const HealthQuery = Type.Object(
  {
    from: Type.Optional(Time),
    to: Type.Optional(Time),
    resolution: Type.Optional(
      Type.Unsafe<HealthResolution>({ ...oneOf(HealthResolution), description: 'Asks for a series as well' }),
    ),
  },
  { additionalProperties: false },
)

export const FleetQuery = Type.Object(
  { ...PageQuery, status: Type.Optional(oneOf(HealthStatus)) },
  { additionalProperties: false },
)
export const FleetPage = Type.Object({
  data: Type.Array(Type.Object(Standing)),
  nextCursor: nullable(Type.String()),
  totals: Type.Object(
    Object.fromEntries(HealthStatus.map((status) => [status, Count])) as Record<HealthStatus, typeof Count>,
  ),
})

export const Thresholds = Type.Object({
  errorRate: Share,
  p95Ms: nullable(Type.Integer()),
  breakerErrorRate: Share,
  breakerConsecutiveErrors: Type.Integer(),
  breakerProbes: Type.Integer(),
  suspectAfter: Type.Integer(),
  downAfter: Type.Integer(),
})

const asked = { exclusiveMinimum: 0, maximum: 1 }
/** What is left out has its default. */
export const ThresholdsBody = body({
  errorRate: Type.Optional(Type.Number({ ...asked, description: 'DEGRADED from this share of failures on' })),
  p95Ms: Type.Optional(
    nullable(Type.Integer({ minimum: 1, maximum: 86_400_000, description: 'DEGRADED from this 95th percentile on' })),
  ),
  breakerErrorRate: Type.Optional(Type.Number({ ...asked, description: 'Out of assignment from this share on' })),
  breakerConsecutiveErrors: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 50, description: 'or from so many failures one after the other' }),
  ),
  breakerProbes: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 20, description: 'In again after so many tasks that were done' }),
  ),
  suspectAfter: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Heartbeats missed' })),
  downAfter: Type.Optional(Type.Integer({ minimum: 2, maximum: 200, description: 'Heartbeats missed' })),
})
