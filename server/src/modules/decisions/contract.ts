import { AuthorityLevel, Verdict } from '@wedi/database'
import { Type } from 'typebox'
import { Json, nullable, oneOf, PageQuery, pageOf, stored, Time, Uuid } from '#platform/schemas'

export const Reason = Type.Object(
  { code: Type.String({ description: 'Stable, `area.reason`' }) },
  { additionalProperties: true, description: 'What a rule said, with the figures it looked at' },
)

export const AgentDecision = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  type: Type.String(),
  verdict: nullable(oneOf(Verdict)),
  reasons: stored(Type.Array(Reason)),
  actor: Type.String(),
  subject: Type.String(),
  agentId: nullable(Uuid),
  taskId: nullable(Uuid),
  paymentId: nullable(Uuid),
  approvalId: nullable(Uuid),
  walletId: nullable(Uuid),
  versionId: nullable(Uuid),
  capabilityRevision: nullable(Type.Integer()),
  authorityLevel: nullable(Type.String({ enum: [...AuthorityLevel] })),
  inputs: stored(Json),
  leaf: Type.String({ description: 'RFC 8785 text; SHA-256(0x00 ‖ leaf) is its RFC 6962 leaf hash' }),
  leafHash: Type.String({ description: 'Base64' }),
  leafIndex: nullable(Type.String()),
  occurredAt: Time,
})

export const DecisionPage = pageOf(AgentDecision)

export const DecisionQuery = Type.Object(
  {
    ...PageQuery,
    agentId: Type.Optional(Uuid),
    taskId: Type.Optional(Uuid),
    paymentId: Type.Optional(Uuid),
    verdict: Type.Optional(oneOf(Verdict)),
    type: Type.Optional(Type.String({ maxLength: 100 })),
    actor: Type.Optional(Type.String({ maxLength: 100 })),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
  },
  { additionalProperties: false },
)

export const DecisionParams = Type.Object({ decisionId: Uuid })
