import { AgentParams, agentProblems } from '#modules/agents'
import { etagOf, expectedRevision } from '#platform/http/etag'
import { type Effects, ok } from '#platform/http/idempotency'
import { invalid } from '#platform/problem'
import type { Routes } from '#platform/routes'
import {
  Capability,
  CapabilityBody,
  CapabilityPage,
  CapabilityQuery,
  LimitStates,
  OrganizationLimits,
  OrganizationLimitsBody,
} from './contract.ts'
import { capabilityProblems } from './problems.ts'
import type { CapabilityService } from './service.ts'

const tags = ['capability']
const ABOVE_ALL_REVISIONS = 2 ** 31 - 1

export const capabilityRoutes =
  (capabilities: CapabilityService, effect: Effects): Routes =>
  async (app) => {
    app.get(
      '/agents/:agentId/capability',
      {
        schema: { operationId: 'getCapability', tags, params: AgentParams, response: { 200: Capability } },
        config: { needs: 'capabilities:read', problems: [capabilityProblems.notFound] },
      },
      async ({ caller, params }, reply) => {
        const capability = await capabilities.get(caller, params.agentId)
        reply.headers(etagOf(capability.revision))
        return capability
      },
    )

    app.put(
      '/agents/:agentId/capability',
      {
        schema: {
          operationId: 'putCapability',
          tags,
          params: AgentParams,
          body: CapabilityBody,
          response: { 200: Capability },
        },
        config: {
          needs: 'capabilities:write',
          honoursIfMatch: true,
          problems: [agentProblems.notFound, capabilityProblems.retired],
        },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { caller, params, body } = request
          const capability = await capabilities.put(tx, caller, params.agentId, body, expectedRevision(request))
          return ok(capability, etagOf(capability.revision))
        }),
    )

    app.get(
      '/agents/:agentId/capability/revisions',
      {
        schema: {
          ...{ operationId: 'listCapabilityRevisions', tags, params: AgentParams, querystring: CapabilityQuery },
          response: { 200: CapabilityPage },
        },
        config: { needs: 'capabilities:read', problems: [capabilityProblems.notFound] },
      },
      async ({ caller, params, query }) =>
        capabilities.revisions(caller, params.agentId, { limit: query.limit ?? 50, below: below(query.cursor) }),
    )

    app.get(
      '/agents/:agentId/limits',
      {
        schema: { operationId: 'getAgentLimits', tags, params: AgentParams, response: { 200: LimitStates } },
        config: { needs: 'capabilities:read', problems: [agentProblems.notFound] },
      },
      async ({ caller, params }) => capabilities.limitStates(caller, params.agentId),
    )

    app.put(
      '/organizations/current/limits',
      {
        schema: {
          ...{ operationId: 'putOrganizationLimits', tags: ['organizations'], body: OrganizationLimitsBody },
          response: { 200: OrganizationLimits },
        },
        config: { needs: 'organizations:write', honoursIfMatch: true },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { caller, body } = request
          const { limits, revision } = await capabilities.putOrganizationLimits(
            tx,
            caller,
            body,
            expectedRevision(request),
          )
          return ok({ limits }, etagOf(revision))
        }),
    )
  }

function below(cursor: string | undefined): number {
  if (cursor === undefined) return ABOVE_ALL_REVISIONS
  if (!/^[1-9][0-9]{0,9}$/.test(cursor))
    throw invalid({ path: '/querystring/cursor', message: 'is not a cursor of ours' })
  return Number(cursor)
}
