import { type Effects, ok } from '#platform/http/idempotency'
import { pageRequest, type Routes } from '#platform/routes'
import { Break, BreakPage, BreakParams, BreakQuery, Resolution } from './contract.ts'
import { reconciliationProblems } from './problems.ts'
import type { ReconciliationService } from './service.ts'

export const reconciliationRoutes =
  (reconciliation: ReconciliationService, effect: Effects): Routes =>
  async (app) => {
    const tags = ['reconciliation']
    const { notFound, alreadyResolved } = reconciliationProblems

    app.get(
      '/reconciliation',
      {
        schema: { operationId: 'listBreaks', tags, querystring: BreakQuery, response: { 200: BreakPage } },
        config: { needs: 'reconciliation:read' },
      },
      async ({ caller, query }) => reconciliation.list(caller, pageRequest(query), query),
    )

    app.get(
      '/reconciliation/:breakId',
      {
        schema: { operationId: 'getBreak', tags, params: BreakParams, response: { 200: Break } },
        config: { needs: 'reconciliation:read', problems: [notFound] },
      },
      async ({ caller, params }) => reconciliation.get(caller, params.breakId),
    )

    app.post(
      '/reconciliation/:breakId/resolve',
      {
        schema: { operationId: 'resolveBreak', tags, params: BreakParams, body: Resolution, response: { 200: Break } },
        config: { needs: 'reconciliation:resolve', problems: [notFound, alreadyResolved] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) =>
          ok(await reconciliation.resolve(tx, request.caller, request.params.breakId, request.body.note)),
        ),
    )
  }
