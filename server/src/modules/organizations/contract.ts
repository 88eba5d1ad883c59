import { OrganizationStatus } from '@wedi/database'
import { Type } from 'typebox'
import { body, Name, nullable, oneOf, PageQuery, pageOf, Reason, Time, Uuid } from '#platform/schemas'

export const Organization = Type.Object({
  id: Uuid,
  name: Type.String(),
  status: oneOf(OrganizationStatus),
  isOperator: Type.Boolean({ description: 'The first organisation: its admins may create others' }),
  frozenReason: nullable(Type.String()),
  revision: Type.Integer(),
  createdAt: Time,
  updatedAt: Time,
})

export const OrganizationPage = pageOf(Organization)
export const OrganizationQuery = Type.Object(PageQuery, { additionalProperties: false })
export const OrganizationBody = body({ name: Name })
export const OrganizationPatch = body({ name: Type.Optional(Name) })
export const FreezeBody = body({ reason: Reason })
