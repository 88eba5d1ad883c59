import { KeyKind, KeyRole } from '@wedi/database'
import { Type } from 'typebox'
import { body, Name, nullable, oneOf, PageQuery, pageOf, Time, Uuid } from '#platform/schemas'

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
  createdAt: Time,
})

export const ApiKeyPage = pageOf(ApiKey)
export const ApiKeyQuery = Type.Object(PageQuery, { additionalProperties: false })
export const ApiKeyParams = Type.Object({ apiKeyId: Uuid })
export const ApiKeyBody = body({ name: Name, role: oneOf(KeyRole), expiresAt: Type.Optional(Time) })
export const NewApiKey = Type.Object({ apiKey: ApiKey, secret: Type.String({ description: 'Shown this once' }) })
export const CredentialBody = body({ name: Type.Optional(Name), expiresAt: Type.Optional(Time) })
export const NewCredential = Type.Object({
  credential: ApiKey,
  secret: Type.String({ description: 'Shown this once' }),
})
