import { Type } from 'typebox'
import { ApiKey, GraceSeconds } from '#modules/access'
import {
  AssetId,
  body,
  Chain,
  Name,
  nullable,
  PageQuery,
  PositiveAmount,
  pageOf,
  Reason,
  stored,
  Time,
  Uuid,
} from '#platform/schemas'

const MAX_NAMED = 100
const MAX_SECRET_LENGTH = 1000

const Cap = Type.Object({ asset: AssetId, amount: PositiveAmount }, { additionalProperties: false })
const some = <T extends ReturnType<typeof Type.String>>(item: T, description: string) =>
  Type.Array(item, { minItems: 1, maxItems: MAX_NAMED, uniqueItems: true, description })
const Origin = Type.String({ pattern: '^https?://[^/?#\\s]+$', maxLength: 300, examples: ['https://shop.example'] })
const MetadataKey = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' })

const binding = {
  assets: Type.Optional(some(AssetId, 'Without it, all that the capability names')),
  chains: Type.Optional(some(Chain, 'Without it, all that the capability names')),
  maxAmountPerLink: Type.Optional(
    Type.Array(Cap, { maxItems: MAX_NAMED, description: 'Of one link, each asset once' }),
  ),
  maxAmountPerDay: Type.Optional(
    Type.Array(Cap, {
      maxItems: MAX_NAMED,
      description: 'Of all links that were made on a day of UTC with the key, or with one it was rotated from or to',
    }),
  ),
  allowedOrigins: Type.Optional(some(Origin, 'Of browsers; a caller that sends no `Origin` is a server')),
  allowedMetadataKeys: Type.Optional(some(MetadataKey, 'Names a link may carry in its metadata; without it, all')),
}

export const IntegrationKeyBody = body({
  agentId: Uuid,
  name: Name,
  ...binding,
  expiresAt: Type.Optional(Time),
  canary: Type.Optional(Type.Boolean({ description: 'Looks real and opens nothing: its use is an alarm' })),
})

const Caps = Type.Array(Type.Object({ asset: Type.String(), amount: Type.String() }))
const Names = nullable(Type.Array(Type.String()))
const { role: _, ...shared } = ApiKey.properties

export const IntegrationKey = Type.Object({
  ...shared,
  binding: stored(
    Type.Object(
      {
        ...{ assets: Names, chains: Names, maxAmountPerLink: Caps, maxAmountPerDay: Caps },
        ...{ allowedOrigins: Names, allowedMetadataKeys: Names },
      },
      { description: 'What of its agent’s capability it may use; null stands for all of it' },
    ),
  ),
  isCanary: Type.Boolean(),
  canaryUsedAt: nullable(Time),
  lastUsedAt: nullable(Time),
})

export const NewIntegrationKey = Type.Object({
  integrationKey: IntegrationKey,
  secret: Type.String({ description: 'Shown this once' }),
})
export const IntegrationKeyPage = pageOf(IntegrationKey)
export const IntegrationKeyQuery = Type.Object(
  { ...PageQuery, agentId: Type.Optional(Uuid) },
  { additionalProperties: false },
)
export const IntegrationKeyParams = Type.Object({ integrationKeyId: Uuid })
export const RotateBody = body({ graceSeconds: GraceSeconds })
export const RevokeBody = body({
  reason: Type.Optional(Reason),
  cancelLinks: Type.Optional(Type.Boolean({ description: 'Whether open links that it made are canceled too' })),
})

export const ExposureBody = body({ secret: Type.String({ minLength: 1, maxLength: MAX_SECRET_LENGTH }) })
export const Exposure = Type.Object({ status: Type.Unsafe<'RECEIVED'>(Type.String({ enum: ['RECEIVED'] })) })
