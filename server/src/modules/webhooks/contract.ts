import { DeliveryStatus, WebhookStatus } from '@wedi/database'
import { Type } from 'typebox'
import { TypePattern } from '#modules/events'
import { body, nullable, oneOf, PageQuery, pageOf, Time, Uuid } from '#platform/schemas'

const MAX_TYPES = 50

const Url = Type.String({
  ...{ minLength: 1, maxLength: 2000 },
  description: '`https://…`, leading to a public address; it is looked up and checked for every delivery',
})
const Types = Type.Array(TypePattern, { minItems: 1, maxItems: MAX_TYPES, uniqueItems: true })
const Description = Type.String({ maxLength: 500 })

export const Webhook = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  url: Type.String(),
  types: Type.Array(Type.String()),
  agentId: nullable(Uuid),
  description: nullable(Type.String()),
  status: oneOf(WebhookStatus),
  statusReason: nullable(Type.String()),
  previousSecretUntil: nullable(
    Type.String({ description: 'Until then the secret before the last rotation signs too' }),
  ),
  createdBy: Type.String(),
  revision: Type.Integer(),
  createdAt: Time,
  updatedAt: Time,
})
export const WebhookPage = pageOf(Webhook)
export const WebhookWithSecret = Type.Object({
  webhook: Webhook,
  secret: Type.String({ description: '`whsec_…`, shown this once. Verify with it as Standard Webhooks says' }),
})

export const WebhookBody = body({
  url: Url,
  types: Types,
  agentId: Type.Optional({ ...Uuid, description: 'Only events of this agent' }),
  description: Type.Optional(Description),
})
export const WebhookPatch = body({
  url: Type.Optional(Url),
  types: Type.Optional(Types),
  description: Type.Optional(Description),
  status: Type.Optional(oneOf(WebhookStatus)),
})
export const WebhookQuery = Type.Object(PageQuery, { additionalProperties: false })
export const WebhookParams = Type.Object({ webhookId: Uuid })

export const WebhookDelivery = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  webhookId: Uuid,
  leafIndex: nullable(Type.String()),
  eventId: Type.String({ description: '`webhook-id` of every attempt: the decision, or the test' }),
  type: Type.String(),
  status: oneOf(DeliveryStatus),
  attempts: Type.Integer(),
  nextAttemptAt: nullable(Time),
  expiresAt: Time,
  responseStatus: nullable(Type.Integer()),
  lastError: nullable(Type.String()),
  createdAt: Time,
  deliveredAt: nullable(Time),
})
/** With how far the webhook is: that changes all the time, so it is no part of the webhook itself. */
export const DeliveryPage = Type.Object({
  ...pageOf(WebhookDelivery).properties,
  nextLeafIndex: Type.String({ description: 'Its place in the log: what comes from there on is still to be told' }),
  failingSince: nullable(Type.String({ description: 'Since when nothing it was told was taken' })),
})
export const DeliveryQuery = Type.Object(
  { ...PageQuery, status: Type.Optional(oneOf(DeliveryStatus)) },
  { additionalProperties: false },
)
export const DeliveryParams = Type.Object({ webhookId: Uuid, deliveryId: Uuid })

/** One of both. */
export const ReplayBody = body({
  leafIndex: Type.Optional(
    Type.String({ pattern: '^(0|[1-9][0-9]{0,14})$', description: 'The first event that is told again' }),
  ),
  since: Type.Optional({ ...Time, description: 'What happened since then is told again' }),
})
