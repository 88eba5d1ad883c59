import { agentProblems } from '#modules/agents'
import { assetProblems, chainProblems } from '#modules/chains'
import { askedBefore, created, type Effects, ok } from '#platform/http/idempotency'
import { pageRequest, type Routes } from '#platform/routes'
import { Task, TaskBody, TaskPage, TaskParams, TaskQuery } from './contract.ts'
import { taskProblems } from './problems.ts'
import type { AssignmentService } from './service.ts'

const tags = ['tasks']

export const taskRoutes =
  (tasks: AssignmentService, effect: Effects): Routes =>
  async (app) => {
    app.post(
      '/tasks',
      {
        schema: { operationId: 'createTask', tags, body: TaskBody, response: { 201: Task } },
        config: {
          ...{ needs: 'tasks:write', idempotency: 'optional' },
          problems: [
            taskProblems.duplicate,
            agentProblems.notFound,
            assetProblems.unknown,
            chainProblems.unknown,
            chainProblems.unavailable,
          ],
        },
      },
      async (request, reply) => {
        const requires = await askedBefore(tasks.check(request.body))
        return effect(request, reply, async (tx) =>
          created(await tasks.submit(tx, request.caller, request.body, requires())),
        )
      },
    )

    app.get(
      '/tasks',
      {
        schema: { operationId: 'listTasks', tags, querystring: TaskQuery, response: { 200: TaskPage } },
        config: { needs: 'tasks:read' },
      },
      async ({ caller, query }) => tasks.list(caller, pageRequest(query), query),
    )

    app.get(
      '/tasks/:taskId',
      {
        schema: { operationId: 'getTask', tags, params: TaskParams, response: { 200: Task } },
        config: { needs: 'tasks:read', problems: [taskProblems.notFound] },
      },
      async ({ caller, params }) => tasks.get(caller, params.taskId),
    )

    app.post(
      '/tasks/:taskId/cancel',
      {
        schema: { operationId: 'cancelTask', tags, params: TaskParams, response: { 200: Task } },
        config: { needs: 'tasks:write', problems: [taskProblems.notFound, taskProblems.notCancelable] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => ok(await tasks.cancel(tx, request.caller, request.params.taskId))),
    )

    app.post(
      '/tasks/:taskId/requeue',
      {
        schema: { operationId: 'requeueTask', tags, params: TaskParams, response: { 200: Task } },
        config: { needs: 'tasks:write', problems: [taskProblems.notFound, taskProblems.notRequeueable] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => ok(await tasks.requeue(tx, request.caller, request.params.taskId))),
    )
  }
