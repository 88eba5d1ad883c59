import { type TSchema, Type } from 'typebox'
import { etagOf, expectedRevision } from '#platform/http/etag'
import { created, type Effects, ok } from '#platform/http/idempotency'
import { pageRequest, type Routes } from '#platform/routes'
import {
  FreezeBody,
  FrozenOrganization,
  Organization,
  OrganizationBody,
  OrganizationPage,
  OrganizationParams,
  OrganizationPatch,
  OrganizationQuery,
} from './contract.ts'
import { organizationProblems } from './problems.ts'
import type { OrganizationService } from './service.ts'

const tags = ['organizations']

export const organizationRoutes =
  (organizations: OrganizationService, effect: Effects, apiKey: TSchema): Routes =>
  async (app) => {
    const NewAdminKey = Type.Object({ apiKey, secret: Type.String({ description: 'Shown this once' }) })
    const NewOrganization = Type.Object({ organization: Organization, apiKey, secret: Type.String() })

    app.post(
      '/organizations',
      {
        schema: { operationId: 'createOrganization', tags, body: OrganizationBody, response: { 201: NewOrganization } },
        config: { needs: 'platform:organizations', idempotency: 'optional' },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => created(await organizations.create(tx, request.caller, request.body))),
    )

    app.post(
      '/organizations/:organizationId/admin-keys',
      {
        schema: {
          operationId: 'recoverOrganization',
          tags,
          description: 'A new admin key for an organisation that has none in force. What is frozen stays frozen.',
          params: OrganizationParams,
          body: FreezeBody,
          response: { 201: NewAdminKey },
        },
        config: {
          ...{ needs: 'platform:organizations', idempotency: 'optional' },
          problems: [organizationProblems.notFound, organizationProblems.hasAdmin],
        },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { caller, params, body } = request
          return created(await organizations.recover(tx, caller, { id: params.organizationId, reason: body.reason }))
        }),
    )

    app.get(
      '/organizations',
      {
        schema: {
          operationId: 'listOrganizations',
          tags,
          querystring: OrganizationQuery,
          response: { 200: OrganizationPage },
        },
        config: { needs: 'platform:organizations' },
      },
      async ({ query }) => organizations.list(pageRequest(query)),
    )

    app.get(
      '/organizations/current',
      {
        schema: { operationId: 'getCurrentOrganization', tags, response: { 200: Organization } },
        config: { needs: 'organizations:read' },
      },
      async ({ caller }, reply) => {
        const organization = await organizations.current(caller)
        reply.headers(etagOf(organization.revision))
        return organization
      },
    )

    app.patch(
      '/organizations/current',
      {
        schema: {
          operationId: 'patchCurrentOrganization',
          tags,
          body: OrganizationPatch,
          response: { 200: Organization },
        },
        config: { needs: 'organizations:write', honoursIfMatch: true },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const organization = await organizations.change(tx, request.caller, request.body, expectedRevision(request))
          return ok(organization, etagOf(organization.revision))
        }),
    )

    app.post(
      '/organizations/current/freeze',
      {
        schema: {
          operationId: 'freezeCurrentOrganization',
          tags,
          body: FreezeBody,
          response: { 200: FrozenOrganization },
        },
        config: { needs: 'organizations:freeze', problems: [organizationProblems.frozen] },
      },
      async ({ caller, body }, reply) => {
        const organization = await organizations.freeze(caller, body.reason)
        reply.headers(etagOf(organization.revision))
        return organization
      },
    )

    app.post(
      '/organizations/current/unfreeze',
      {
        schema: { operationId: 'unfreezeCurrentOrganization', tags, body: FreezeBody, response: { 200: Organization } },
        config: { needs: 'organizations:freeze', problems: [organizationProblems.notFrozen] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => ok(await organizations.unfreeze(tx, request.caller, request.body.reason))),
    )
  }
