import { AgentRuntime, AgentStatus } from '@wedi/database'
import { type TSchema, Type } from 'typebox'
import { InFlight } from '#modules/organizations'
import {
  body,
  Json,
  Label,
  Name,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  Reason,
  stored,
  Time,
  Uuid,
} from '#platform/schemas'

export const MAX_CONCURRENCY = 1000
export const DEFAULT_CONCURRENCY = 10

export const Agent = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  name: Type.String(),
  description: nullable(Type.String()),
  status: oneOf(AgentStatus),
  statusReason: nullable(Type.String({ description: 'For example what keeps it provisioning' })),
  statusBeforeFreeze: nullable(oneOf(AgentStatus)),
  runtime: oneOf(AgentRuntime),
  labels: Type.Array(Type.String()),
  metadata: stored(Json),
  maxConcurrency: Type.Integer(),
  revision: Type.Integer(),
  createdAt: Time,
  updatedAt: Time,
  retiredAt: nullable(Time),
})

export const FrozenAgent = Type.Object({ ...Agent.properties, inFlight: InFlight })
export const AgentPage = pageOf(Agent)
export const AgentParams = Type.Object({ agentId: Uuid })

const described = {
  description: Type.Optional(Type.String({ maxLength: 2000 })),
  labels: Type.Optional(Type.Array(Label, { maxItems: 32, uniqueItems: true })),
  metadata: Type.Optional(Json),
  maxConcurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_CONCURRENCY })),
}

/** `furnishing`: what other modules accept at the birth of an agent (its capability, its wallet's provider). */
export const agentBody = <T extends Record<string, TSchema>>(furnishing: T) =>
  body({ name: Name, ...described, runtime: Type.Optional(oneOf(AgentRuntime)), ...furnishing })

export const AgentPatch = body({ name: Type.Optional(Name), ...described })

export const AgentQuery = Type.Object(
  {
    ...PageQuery,
    status: Type.Optional(oneOf(AgentStatus)),
    label: Type.Optional(Label),
    q: Type.Optional(Type.String({ minLength: 1, maxLength: 120, description: 'Part of the name or description' })),
  },
  { additionalProperties: false },
)

export const AgentReason = body({ reason: Type.Optional(Reason) })
