import { AgentParams, agentProblems } from '#modules/agents'
import { etagOf, expectedRevision } from '#platform/http/etag'
import { type Effects, ok } from '#platform/http/idempotency'
import { pageRequest, type Routes } from '#platform/routes'
import { AgentHealth, FleetPage, FleetQuery, HealthQuery, Thresholds, ThresholdsBody } from './contract.ts'
import type { HealthService } from './service.ts'

const tags = ['health']

export const healthRoutes =
  (health: HealthService, effect: Effects): Routes =>
  async (app) => {
    app.get(
      '/health',
      {
        schema: { operationId: 'listHealth', tags, querystring: FleetQuery, response: { 200: FleetPage } },
        config: { needs: 'health:read' },
      },
      async ({ caller, query }) => health.fleet(caller, pageRequest(query), query),
    )

    app.get(
      '/agents/:agentId/health',
      {
        schema: {
          ...{ operationId: 'getAgentHealth', tags, params: AgentParams, querystring: HealthQuery },
          response: { 200: AgentHealth },
        },
        config: { needs: 'health:read', problems: [agentProblems.notFound] },
      },
      async ({ caller, params, query }) => health.get(caller, params.agentId, query),
    )

    app.get(
      '/agents/:agentId/health/thresholds',
      {
        schema: { operationId: 'getHealthThresholds', tags, params: AgentParams, response: { 200: Thresholds } },
        config: { needs: 'health:read', problems: [agentProblems.notFound] },
      },
      async ({ caller, params }, reply) => {
        const { revision, thresholds } = await health.thresholds(caller, params.agentId)
        reply.headers(etagOf(revision))
        return thresholds
      },
    )

    app.put(
      '/agents/:agentId/health/thresholds',
      {
        schema: {
          ...{ operationId: 'putHealthThresholds', tags, params: AgentParams, body: ThresholdsBody },
          response: { 200: Thresholds },
        },
        config: {
          ...{ needs: 'health:write', honoursIfMatch: true },
          problems: [agentProblems.notFound, agentProblems.wrongStatus],
        },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const given = { thresholds: request.body, revision: expectedRevision(request) }
          const { revision, thresholds } = await health.putThresholds(tx, request.caller, request.params.agentId, given)
          return ok(thresholds, etagOf(revision))
        }),
    )
  }
