import { KeyKind, KeyRole } from '@wedi/database'
import { Type } from 'typebox'
import { body, Name, nullable, oneOf, PageQuery, pageOf, Time, Uuid } from '#platform/schemas'

/** Keys of the house itself; those for third parties have addresses of their own. */
export const OWN_KINDS = ['SK', 'AK'] as const
const MAX_GRACE_SECONDS = 7 * 24 * 3600

export const ApiKey = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  kind: oneOf(KeyKind),
  name: Type.String(),
  role: nullable(oneOf(KeyRole)),
  agentId: nullable(Uuid),
  keyId: Type.String(),
  displayPrefix: Type.String(),
  pepperVersion: Type.Integer(),
  createdBy: Type.String(),
  expiresAt: nullable(Time),
  revokedAt: nullable(Time),
  revokedReason: nullable(Type.String()),
  createdAt: Time,
  familyId: Type.String({ description: 'The same for a key and all that it was rotated to' }),
  successorId: nullable(Type.String({ description: 'The key it was rotated to' })),
  rotatedAt: nullable(Time),
})

export const ApiKeyPage = pageOf(ApiKey)
export const ApiKeyQuery = Type.Object(
  { ...PageQuery, kind: Type.Optional(oneOf(OWN_KINDS)), agentId: Type.Optional(Uuid) },
  { additionalProperties: false },
)
export const ApiKeyParams = Type.Object({ apiKeyId: Uuid })
export const GraceSeconds = Type.Integer({
  minimum: 0,
  maximum: MAX_GRACE_SECONDS,
  description: 'How long the old key still works; never beyond its own end',
})
export const RotateBody = body({ graceSeconds: GraceSeconds })
export const ApiKeyBody = body({ name: Name, role: oneOf(KeyRole), expiresAt: Type.Optional(Time) })
export const NewApiKey = Type.Object({ apiKey: ApiKey, secret: Type.String({ description: 'Shown this once' }) })
export const CredentialParams = Type.Object({ agentId: Uuid, credentialId: Uuid })
export const CredentialQuery = Type.Object(PageQuery, { additionalProperties: false })
export const CredentialBody = body({ name: Type.Optional(Name), expiresAt: Type.Optional(Time) })
export const NewCredential = Type.Object({
  credential: ApiKey,
  secret: Type.String({ description: 'Shown this once' }),
})
