import { type TSchema, Type } from 'typebox'
import {
  type AccessService,
  ApiKey,
  ApiKeyPage,
  CredentialBody,
  CredentialParams,
  CredentialQuery,
  keyProblems,
  NewCredential,
} from '#modules/access'
import { AddedDecisions, type DecisionService, decisionProblems, OwnDecisions } from '#modules/decisions'
import { etagOf, expectedRevision } from '#platform/http/etag'
import { created, type Effects, ok } from '#platform/http/idempotency'
import { Problem } from '#platform/problem'
import { pageRequest, type Routes } from '#platform/routes'
import {
  Agent,
  AgentPage,
  AgentParams,
  AgentPatch,
  AgentQuery,
  AgentReason,
  agentBody,
  FrozenAgent,
} from './contract.ts'
import { agentProblems } from './problems.ts'
import type { AgentInput, AgentService } from './service.ts'

const tags = ['agents']
const { notFound, wrongStatus, moneyInFlight } = agentProblems

interface Options {
  effect: Effects
  access: Pick<AccessService, 'issueCredential' | 'list' | 'revoke'>
  decisions: Pick<DecisionService, 'add'>
  /** What the body of a new agent may carry for other modules. */
  furnishing: Record<string, TSchema>
}

export const agentRoutes =
  (agents: AgentService, { effect, access, decisions, furnishing }: Options): Routes =>
  async (app) => {
    app.post(
      '/agents',
      {
        schema: {
          operationId: 'createAgent',
          tags,
          body: Type.Unsafe<AgentInput>(agentBody(furnishing)),
          response: { 201: Agent },
        },
        config: { needs: 'agents:write', idempotency: 'optional' },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const agent = await agents.register(tx, request.caller, request.body, request.body)
          return created(agent, etagOf(agent.revision))
        }),
    )

    app.get(
      '/agents',
      {
        schema: { operationId: 'listAgents', tags, querystring: AgentQuery, response: { 200: AgentPage } },
        config: { needs: 'agents:read' },
      },
      async ({ caller, query }) => agents.list(caller, pageRequest(query), query),
    )

    app.get(
      '/agents/:agentId',
      {
        schema: { operationId: 'getAgent', tags, params: AgentParams, response: { 200: Agent } },
        config: { needs: 'agents:read', problems: [notFound] },
      },
      async ({ caller, params }, reply) => {
        const agent = await agents.get(caller, params.agentId)
        reply.headers(etagOf(agent.revision))
        return agent
      },
    )

    app.patch(
      '/agents/:agentId',
      {
        schema: { operationId: 'patchAgent', tags, params: AgentParams, body: AgentPatch, response: { 200: Agent } },
        config: { needs: 'agents:write', honoursIfMatch: true, problems: [notFound, wrongStatus] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { caller, params, body } = request
          const agent = await agents.describe(tx, caller, params.agentId, body, expectedRevision(request))
          return ok(agent, etagOf(agent.revision))
        }),
    )

    app.delete(
      '/agents/:agentId',
      {
        schema: { operationId: 'retireAgent', tags, params: AgentParams, response: { 200: Agent } },
        config: { needs: 'agents:write', honoursIfMatch: true, problems: [notFound, wrongStatus, moneyInFlight] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const agent = await agents.retire(tx, request.caller, request.params.agentId, expectedRevision(request))
          return ok(agent, etagOf(agent.revision))
        }),
    )

    for (const act of ['pause', 'resume', 'unfreeze'] as const) {
      app.post(
        `/agents/:agentId/${act}`,
        {
          schema: {
            operationId: `${act}Agent`,
            tags,
            params: AgentParams,
            body: AgentReason,
            response: { 200: Agent },
          },
          config: { needs: 'agents:write', problems: [notFound, wrongStatus] },
        },
        async (request, reply) =>
          effect(request, reply, async (tx) => {
            const agent = await agents[act](tx, request.caller, request.params.agentId, request.body.reason)
            return ok(agent, etagOf(agent.revision))
          }),
      )
    }

    app.post(
      '/agents/:agentId/freeze',
      {
        schema: {
          operationId: 'freezeAgent',
          tags,
          params: AgentParams,
          body: AgentReason,
          response: { 200: FrozenAgent },
        },
        config: { needs: 'agents:write', problems: [notFound, wrongStatus] },
      },
      async ({ caller, params, body }, reply) => {
        const agent = await agents.freeze(caller, params.agentId, body.reason ?? 'frozen by hand')
        reply.headers(etagOf(agent.revision))
        return agent
      },
    )

    app.post(
      '/agents/:agentId/credentials',
      {
        schema: {
          operationId: 'createAgentCredential',
          tags,
          params: AgentParams,
          body: CredentialBody,
          response: { 201: NewCredential },
        },
        config: { needs: 'credentials:write', idempotency: 'optional', problems: [notFound, wrongStatus] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { id } = await agents.requireInService(tx, request.params.agentId)
          return created(await access.issueCredential(tx, request.caller, id, request.body))
        }),
    )

    app.get(
      '/agents/:agentId/credentials',
      {
        schema: {
          ...{ operationId: 'listAgentCredentials', tags, params: AgentParams, querystring: CredentialQuery },
          response: { 200: ApiKeyPage },
        },
        config: { needs: 'credentials:read', problems: [notFound] },
      },
      async ({ caller, params, query }) => {
        const { id: agentId } = await agents.require(caller, params.agentId)
        return access.list(caller, pageRequest(query), { kinds: ['AK'], agentId })
      },
    )

    app.post(
      '/agents/:agentId/credentials/:credentialId/revoke',
      {
        schema: {
          ...{ operationId: 'revokeAgentCredential', tags, params: CredentialParams },
          response: { 200: ApiKey },
        },
        config: { needs: 'credentials:write', problems: [keyProblems.notFound, keyProblems.revoked] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { agentId, credentialId } = request.params
          return ok(await access.revoke(tx, request.caller, credentialId, { kinds: ['AK'], agentId }))
        }),
    )

    app.post(
      '/agents/:agentId/decisions',
      {
        schema: {
          ...{ operationId: 'addDecisions', tags: ['decisions'], params: AgentParams, body: OwnDecisions },
          response: { 201: AddedDecisions },
        },
        config: {
          ...{ needs: 'decisions:write', idempotency: 'optional' },
          problems: [notFound, decisionProblems.notYours],
        },
      },
      async (request, reply) => {
        const { id } = await agents.require(request.caller, request.params.agentId)
        const { agentId = id } = request.caller
        if (agentId !== id) throw new Problem(decisionProblems.notYours)
        return effect(request, reply, (tx) => decisions.add(tx, request.caller, id, request.body))
      },
    )
  }
