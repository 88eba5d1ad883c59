import { OrganizationStatus, PaymentStatus } from '@wedi/database'
import { Type } from 'typebox'
import { body, Name, nullable, oneOf, PageQuery, pageOf, Reason, Time, Uuid } from '#platform/schemas'

const MAX_KEY_LIFETIME_DAYS = 3650

export const Organization = Type.Object({
  id: Uuid,
  name: Type.String(),
  status: oneOf(OrganizationStatus),
  isOperator: Type.Boolean({ description: 'The first organisation: its admins may create others' }),
  frozenReason: nullable(Type.String()),
  maxKeyLifetimeDays: nullable(
    Type.Integer({ description: 'For how many days at most an integration key is made or rotated' }),
  ),
  revision: Type.Integer(),
  createdAt: Time,
  updatedAt: Time,
})

export const OrganizationPage = pageOf(Organization)
export const OrganizationQuery = Type.Object(PageQuery, { additionalProperties: false })
export const OrganizationBody = body({ name: Name })
export const OrganizationPatch = body({
  name: Type.Optional(Name),
  maxKeyLifetimeDays: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: MAX_KEY_LIFETIME_DAYS }))),
})
export const OrganizationParams = Type.Object({ organizationId: Uuid })
export const FreezeBody = body({ reason: Reason })

/** What every freeze answers beside the thing it froze. */
export const InFlight = Type.Array(
  Type.Object({
    paymentId: Uuid,
    status: oneOf(PaymentStatus),
    disposition: Type.Unsafe<string>(
      Type.String({
        enum: ['HELD_BACK', 'BROADCAST', 'HANDED_OVER'],
        description: 'Nothing signed, it waits; signed, it may still be mined; a queue has it and may still send it',
      }),
    ),
    transactionHash: nullable(Type.String()),
  }),
  { description: 'Payments that were on their way, oldest first, at most 200' },
)
export const FrozenOrganization = Type.Object({ ...Organization.properties, inFlight: InFlight })
