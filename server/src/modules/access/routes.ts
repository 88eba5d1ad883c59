import { created, type Effects, ok } from '#platform/http/idempotency'
import { pageRequest, type Routes } from '#platform/routes'
import { ApiKey, ApiKeyBody, ApiKeyPage, ApiKeyParams, ApiKeyQuery, NewApiKey } from './contract.ts'
import { keyProblems } from './problems.ts'
import type { AccessService } from './service.ts'

const tags = ['API keys']

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
      async ({ caller, query }) => access.list(caller, pageRequest(query)),
    )

    app.post(
      '/api-keys/:apiKeyId/revoke',
      {
        schema: { operationId: 'revokeApiKey', tags, params: ApiKeyParams, response: { 200: ApiKey } },
        config: { needs: 'keys:write', problems: Object.values(keyProblems) },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => ok(await access.revoke(tx, request.caller, request.params.apiKeyId))),
    )
  }
