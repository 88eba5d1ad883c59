import type { Effects } from '#platform/http/idempotency'
import type { Routes } from '#platform/routes'
import { pageRequest } from '#platform/routes'
import { AgentDecision, DecisionPage, DecisionParams, DecisionQuery, Redaction } from './contract.ts'
import { decisionProblems, logProblems } from './problems.ts'
import type { DecisionService } from './service.ts'

export const decisionRoutes =
  (decisions: DecisionService, effect: Effects): Routes =>
  async (app) => {
    app.get(
      '/decisions',
      {
        schema: {
          operationId: 'listDecisions',
          tags: ['decisions'],
          querystring: DecisionQuery,
          response: { 200: DecisionPage },
        },
        config: { needs: 'decisions:read', problems: [logProblems.inconsistent] },
      },
      async ({ caller, query }) => decisions.list(caller, pageRequest(query), query),
    )

    app.get(
      '/decisions/:decisionId',
      {
        schema: {
          operationId: 'getDecision',
          tags: ['decisions'],
          params: DecisionParams,
          response: { 200: AgentDecision },
        },
        config: { needs: 'decisions:read', problems: [decisionProblems.notFound, logProblems.inconsistent] },
      },
      async ({ caller, params }) => decisions.get(caller, params.decisionId),
    )

    app.post(
      '/decisions/:decisionId/redact',
      {
        schema: {
          ...{ operationId: 'redactDecision', tags: ['decisions'], params: DecisionParams, body: Redaction },
          response: { 200: AgentDecision },
        },
        config: {
          ...{ needs: 'decisions:redact', idempotency: 'optional' },
          problems: [decisionProblems.notFound, decisionProblems.alreadyRedacted, logProblems.inconsistent],
        },
      },
      async (request, reply) =>
        effect(request, reply, (tx) => decisions.redact(tx, request.caller, request.params.decisionId, request.body)),
    )
  }
