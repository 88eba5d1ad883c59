import { AgentParams, agentProblems, instanceProblems } from '#modules/agents'
import type { Routes } from '#platform/routes'
import {
  ClaimBody,
  Claimed,
  CompleteBody,
  DEFAULT_LEASE_SECONDS,
  FailBody,
  Heartbeat,
  HeartbeatBody,
  NO_REASON,
  Task,
  TaskParams,
} from './contract.ts'
import { taskProblems } from './problems.ts'
import type { AssignmentService } from './service.ts'

const tags = ['agent runtime']
const { notFound, stale } = taskProblems

/**
 * For an agent's own credential alone: it asks for work and says how it goes. No idempotency keys here: the fencing token
 * of the assignment makes a repeated word the same word.
 */
export const workRoutes =
  (tasks: AssignmentService): Routes =>
  async (app) => {
    app.post(
      '/agents/:agentId/claims',
      {
        schema: {
          ...{ operationId: 'claimTasks', tags, params: AgentParams, body: ClaimBody, response: { 200: Claimed } },
          description: 'Waits until there is work, at most `waitMs`; empty when there was none.',
        },
        config: {
          needs: 'tasks:work',
          problems: [
            agentProblems.notFound,
            taskProblems.notRemote,
            instanceProblems.notFound,
            instanceProblems.stopped,
            instanceProblems.draining,
          ],
        },
      },
      async ({ caller, params, body }, reply) => {
        const gone = new AbortController()
        reply.raw.once('close', () => gone.abort())
        const { leaseSeconds = DEFAULT_LEASE_SECONDS } = body
        const [agentId, instanceId] = [params.agentId.toLowerCase(), body.instanceId.toLowerCase()]
        return tasks.claim(caller, { ...body, agentId, instanceId, leaseSeconds, signal: gone.signal })
      },
    )

    app.post(
      '/tasks/:taskId/heartbeat',
      {
        schema: {
          ...{
            operationId: 'heartbeatTask',
            tags,
            params: TaskParams,
            body: HeartbeatBody,
            response: { 200: Heartbeat },
          },
        },
        config: { needs: 'tasks:work', problems: [notFound, stale] },
      },
      async ({ caller, params: { taskId }, body }) =>
        tasks.heartbeat({ caller, taskId, token: BigInt(body.fencingToken) }),
    )

    app.post(
      '/tasks/:taskId/complete',
      {
        schema: { operationId: 'completeTask', tags, params: TaskParams, body: CompleteBody, response: { 200: Task } },
        config: { needs: 'tasks:work', problems: [notFound, stale] },
      },
      async ({ caller, params: { taskId }, body: { fencingToken, result = null } }) =>
        tasks.finish({ caller, taskId, token: BigInt(fencingToken), end: { result } }),
    )

    app.post(
      '/tasks/:taskId/fail',
      {
        schema: { operationId: 'failTask', tags, params: TaskParams, body: FailBody, response: { 200: Task } },
        config: { needs: 'tasks:work', problems: [notFound, stale] },
      },
      async ({ caller, params: { taskId }, body: { fencingToken, error = NO_REASON, retryable = true } }) =>
        tasks.finish({ caller, taskId, token: BigInt(fencingToken), end: { error, isRetryable: retryable } }),
    )
  }
