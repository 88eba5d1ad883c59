import { etagOf, expectedRevision } from '#platform/http/etag'
import { type Effects, ok } from '#platform/http/idempotency'
import type { Routes } from '#platform/routes'
import { Fairness, FairnessBody } from './contract.ts'
import type { AssignmentService } from './service.ts'

const tags = ['tasks']

export const fairnessRoutes =
  (tasks: AssignmentService, effect: Effects): Routes =>
  async (app) => {
    app.get(
      '/organizations/current/fairness',
      {
        schema: { operationId: 'getFairness', tags, response: { 200: Fairness } },
        config: { needs: 'tasks:read' },
      },
      async ({ caller }) => tasks.shares(caller),
    )

    app.put(
      '/organizations/current/fairness',
      {
        schema: { operationId: 'putFairness', tags, body: FairnessBody, response: { 200: Fairness } },
        config: { needs: 'organizations:write', honoursIfMatch: true },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { revision, keys } = await tasks.putShares(tx, request.caller, request.body, expectedRevision(request))
          return ok({ keys }, etagOf(revision))
        }),
    )
  }
