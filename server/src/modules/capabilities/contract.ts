import { AuthorityLevel, LimitScope, LimitWindow } from '@wedi/database'
import { Type } from 'typebox'
import { Amount, AssetId, body, Label, nullable, oneOf, PageQuery, pageOf, stored, Time, Uuid } from '#platform/schemas'

const MAX_NAMED = 200
const MAX_LIMITS = 50
const MAX_COUNT = 1_000_000_000

const list = (pattern: string, description: string) =>
  Type.Array(Type.String({ pattern, maxLength: 200 }), { maxItems: MAX_NAMED, uniqueItems: true, description })

const limit = {
  window: oneOf(LimitWindow),
  asset: AssetId,
  maxAmount: Type.Optional(Amount),
  maxCount: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_COUNT })),
}

export const LimitInput = Type.Object(limit, { additionalProperties: false })
export const AgentLimitInput = Type.Object(
  { ...limit, perPayee: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
)

const Threshold = Type.Object({ asset: AssetId, amount: Amount }, { additionalProperties: false })

const PAYEE = '^(\\*|(eip155:[1-9][0-9]{0,15}:)?0x[0-9a-fA-F]{40})$'

export const CapabilityBody = body({
  authorityLevel: oneOf(AuthorityLevel),
  taskTypes: Type.Optional(list('^(\\*|[a-z0-9][a-z0-9._-]*)$', 'Task types it takes; `*` for all')),
  providers: Type.Optional(list('^(\\*|local|thirdweb-engine|thirdweb)$', 'Wallet providers; `*` for all')),
  chains: Type.Optional(list('^(\\*|eip155:[1-9][0-9]{0,15})$', 'CAIP-2; `*` for all')),
  assets: Type.Optional(
    list('^(\\*|eip155:[1-9][0-9]{0,15}/(slip44:60|erc20:0x[0-9a-fA-F]{40}))$', 'CAIP-19; `*` for all'),
  ),
  payees: Type.Optional(
    Type.Object(
      {
        allow: Type.Optional(list(PAYEE, 'Addresses or CAIP-10; `*` for all')),
        deny: Type.Optional(list(PAYEE, 'Wins over allow')),
      },
      { additionalProperties: false },
    ),
  ),
  tags: Type.Optional(Type.Array(Label, { maxItems: MAX_NAMED, uniqueItems: true })),
  limits: Type.Optional(Type.Array(AgentLimitInput, { maxItems: MAX_LIMITS })),
  approvalThreshold: Type.Optional(Type.Array(Threshold, { maxItems: MAX_LIMITS })),
  expiresAt: Type.Optional(nullable(Time)),
})

export const Limit = Type.Object({
  limitId: Uuid,
  window: oneOf(LimitWindow),
  asset: Type.String(),
  maxAmount: Type.Optional(Amount),
  maxCount: Type.Optional(Type.Integer()),
  perPayee: Type.Boolean(),
})

export const Capability = Type.Object({
  organizationId: Uuid,
  agentId: Uuid,
  revision: Type.Integer(),
  authorityLevel: oneOf(AuthorityLevel),
  taskTypes: Type.Array(Type.String()),
  providers: Type.Array(Type.String()),
  chains: Type.Array(Type.String()),
  assets: Type.Array(Type.String()),
  payees: Type.Object({ allow: Type.Array(Type.String()), deny: Type.Array(Type.String()) }),
  tags: Type.Array(Type.String()),
  limits: stored(Type.Array(Limit)),
  approvalThreshold: stored(Type.Array(Type.Object({ asset: Type.String(), amount: Amount }))),
  expiresAt: nullable(Time),
  createdBy: Type.String(),
  createdAt: Time,
})

export const CapabilityPage = pageOf(Capability)
export const CapabilityQuery = Type.Object(PageQuery, { additionalProperties: false })

export const LimitState = Type.Object({
  limitId: Uuid,
  scope: oneOf(LimitScope),
  window: oneOf(LimitWindow),
  asset: Type.String(),
  perPayee: Type.Boolean(),
  payee: nullable(Type.String({ description: 'Of a limit per payee: whom the figures are for' })),
  cap: nullable(Amount),
  spent: Amount,
  reserved: Amount,
  remaining: nullable(Amount),
  maxCount: nullable(Type.Integer()),
  spentCount: Type.Integer(),
  reservedCount: Type.Integer(),
  remainingCount: nullable(Type.Integer()),
  windowStart: nullable(Time),
  windowEnd: nullable(Time),
})
export const LimitStates = Type.Object({
  data: Type.Array(LimitState),
  hasMore: Type.Boolean({ description: 'More payees have used limits per payee than are shown (1000 figures)' }),
})

export const OrganizationLimitsBody = body({ limits: Type.Array(LimitInput, { maxItems: MAX_LIMITS }) })
export const OrganizationLimits = Type.Object({ limits: Type.Array(Limit) })
