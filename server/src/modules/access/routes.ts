import { created, type Effects, ok } from '#platform/http/idempotency'
import { pageRequest, type Routes } from '#platform/routes'
import {
  ApiKey,
  ApiKeyBody,
  ApiKeyPage,
  ApiKeyParams,
  ApiKeyQuery,
  NewApiKey,
  OWN_KINDS,
  RotateBody,
} from './contract.ts'
import { keyProblems } from './problems.ts'
import type { AccessService } from './service.ts'

const tags = ['API keys']
const { notFound, revoked, lastAdmin, rotated, expired } = keyProblems

export const accessRoutes =
  (access: AccessService, effect: Effects): Routes =>
  async (app) => {
    app.post(
      '/api-keys',
      {
        schema: { operationId: 'createApiKey', tags, body: ApiKeyBody, response: { 201: NewApiKey } },
        config: { needs: 'keys:write', idempotency: 'optional' },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => created(await access.issue(tx, request.caller.actor, request.body))),
    )

    app.get(
      '/api-keys',
      {
        schema: { operationId: 'listApiKeys', tags, querystring: ApiKeyQuery, response: { 200: ApiKeyPage } },
        config: { needs: 'keys:read' },
      },
      async ({ caller, query }) =>
        access.list(caller, pageRequest(query), {
          kinds: query.kind ? [query.kind] : OWN_KINDS,
          agentId: query.agentId,
        }),
    )

    app.post(
      '/api-keys/:apiKeyId/revoke',
      {
        schema: { operationId: 'revokeApiKey', tags, params: ApiKeyParams, response: { 200: ApiKey } },
        config: { needs: 'keys:write', problems: [notFound, revoked, lastAdmin] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) =>
          ok(await access.revoke(tx, request.caller, request.params.apiKeyId, { kinds: OWN_KINDS })),
        ),
    )

    app.post(
      '/api-keys/:apiKeyId/rotate',
      {
        schema: {
          ...{ operationId: 'rotateApiKey', tags, params: ApiKeyParams, body: RotateBody },
          response: { 201: NewApiKey },
        },
        config: { needs: 'keys:write', idempotency: 'optional', problems: [notFound, revoked, rotated, expired] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { caller, params, body } = request
          return created(await access.rotate(tx, caller, params.apiKeyId, { kinds: OWN_KINDS, ...body }))
        }),
    )
  }
