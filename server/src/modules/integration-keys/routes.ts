import { keyProblems } from '#modules/access'
import { agentProblems } from '#modules/agents'
import { created, type Effects, ok } from '#platform/http/idempotency'
import { requestProblems, serverProblems } from '#platform/problem'
import { pageRequest, type Routes } from '#platform/routes'
import {
  Exposure,
  ExposureBody,
  IntegrationKey,
  IntegrationKeyBody,
  IntegrationKeyPage,
  IntegrationKeyParams,
  IntegrationKeyQuery,
  NewIntegrationKey,
  RevokeBody,
  RotateBody,
} from './contract.ts'
import type { IntegrationKeyService } from './service.ts'

const tags = ['integration keys']
const { notFound, revoked, rotated, expired } = keyProblems

interface Options {
  effect: Effects
  /** Of one address. */
  exposuresPerMinute: number
}

export const integrationKeyRoutes =
  (keys: IntegrationKeyService, { effect, exposuresPerMinute }: Options): Routes =>
  async (app) => {
    app.post(
      '/integration-keys',
      {
        schema: {
          ...{ operationId: 'createIntegrationKey', tags, body: IntegrationKeyBody },
          response: { 201: NewIntegrationKey },
        },
        config: {
          ...{ needs: 'integration-keys:write', idempotency: 'optional' },
          problems: [agentProblems.notFound, agentProblems.wrongStatus],
        },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => created(await keys.issue(tx, request.caller, request.body))),
    )

    app.get(
      '/integration-keys',
      {
        schema: {
          ...{ operationId: 'listIntegrationKeys', tags, querystring: IntegrationKeyQuery },
          response: { 200: IntegrationKeyPage },
        },
        config: { needs: 'integration-keys:read' },
      },
      async ({ caller, query }) => keys.list(caller, pageRequest(query), query),
    )

    app.get(
      '/integration-keys/:integrationKeyId',
      {
        schema: {
          ...{ operationId: 'getIntegrationKey', tags, params: IntegrationKeyParams },
          response: { 200: IntegrationKey },
        },
        config: { needs: 'integration-keys:read', problems: [notFound] },
      },
      async ({ caller, params }) => keys.get(caller, params.integrationKeyId),
    )

    app.post(
      '/integration-keys/:integrationKeyId/rotate',
      {
        schema: {
          ...{ operationId: 'rotateIntegrationKey', tags, params: IntegrationKeyParams, body: RotateBody },
          response: { 201: NewIntegrationKey },
        },
        config: {
          ...{ needs: 'integration-keys:write', idempotency: 'optional' },
          problems: [notFound, revoked, rotated, expired],
        },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { caller, params, body } = request
          return created(await keys.rotate(tx, caller, params.integrationKeyId, body.graceSeconds))
        }),
    )

    app.post(
      '/integration-keys/:integrationKeyId/revoke',
      {
        schema: {
          ...{ operationId: 'revokeIntegrationKey', tags, params: IntegrationKeyParams, body: RevokeBody },
          response: { 200: IntegrationKey },
        },
        config: { needs: 'integration-keys:write', problems: [notFound, revoked] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { caller, params, body } = request
          return ok(await keys.revoke(tx, caller, params.integrationKeyId, body))
        }),
    )

    app.post(
      '/key-exposures',
      {
        schema: {
          ...{ operationId: 'reportKeyExposure', tags, body: ExposureBody, response: { 202: Exposure } },
          description:
            'For whoever found a key of any kind: if it is one of ours, it is revoked when this is answered. The answer is always the same, and no key is needed.',
        },
        config: {
          needs: 'nothing',
          rateLimit: { max: exposuresPerMinute, timeWindow: 60_000 },
          problems: [requestProblems.tooMany, serverProblems.bug, serverProblems.unavailable],
        },
      },
      async ({ body }, reply) => {
        await keys.expose(body.secret)
        return reply.code(202).send({ status: 'RECEIVED' })
      },
    )
  }
