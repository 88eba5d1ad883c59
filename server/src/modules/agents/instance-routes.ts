import { created, type Effects, ok } from '#platform/http/idempotency'
import { pageRequest, type Routes } from '#platform/routes'
import { AgentParams } from './contract.ts'
import {
  Heartbeat,
  HeartbeatBody,
  Instance,
  InstanceBody,
  InstancePage,
  InstanceParams,
  InstanceQuery,
} from './instance-contract.ts'
import type { InstanceService } from './instances.ts'
import { agentProblems, instanceProblems } from './problems.ts'

const tags = ['agent runtime']

/** For an agent's own credential alone: nobody else can say that its process lives. */
export const instanceRoutes =
  (instances: InstanceService, effect: Effects): Routes =>
  async (app) => {
    app.post(
      '/agents/:agentId/instances',
      {
        schema: {
          ...{ operationId: 'createInstance', tags, params: AgentParams, body: InstanceBody },
          response: { 201: Instance },
        },
        config: {
          ...{ needs: 'instances:write', idempotency: 'optional' },
          problems: [agentProblems.notFound, agentProblems.wrongStatus, instanceProblems.tooMany],
        },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) =>
          created(await instances.register(tx, request.caller, request.params.agentId, request.body)),
        ),
    )

    app.get(
      '/agents/:agentId/instances',
      {
        schema: {
          ...{ operationId: 'listInstances', tags, params: AgentParams, querystring: InstanceQuery },
          response: { 200: InstancePage },
        },
        config: { needs: 'agents:read', problems: [agentProblems.notFound] },
      },
      async ({ caller, params, query }) => instances.list(caller, params.agentId, pageRequest(query), query),
    )

    app.post(
      '/instances/:instanceId/heartbeat',
      {
        schema: {
          ...{ operationId: 'heartbeatInstance', tags, params: InstanceParams, body: HeartbeatBody },
          response: { 200: Heartbeat },
        },
        config: { needs: 'instances:write', problems: [instanceProblems.notFound, instanceProblems.stopped] },
      },
      async ({ caller, params, body }) => instances.heartbeat(caller, params.instanceId, body),
    )

    app.post(
      '/instances/:instanceId/stop',
      {
        schema: { operationId: 'stopInstance', tags, params: InstanceParams, response: { 200: Instance } },
        config: { needs: 'instances:write', problems: [instanceProblems.notFound] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => ok(await instances.stop(tx, request.caller, request.params.instanceId))),
    )
  }
