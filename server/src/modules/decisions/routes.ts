import type { Routes } from '#platform/routes'
import { pageRequest } from '#platform/routes'
import { AgentDecision, DecisionPage, DecisionParams, DecisionQuery } from './contract.ts'
import { decisionProblems } from './problems.ts'
import type { DecisionService } from './service.ts'

export const decisionRoutes =
  (decisions: DecisionService): Routes =>
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
        config: { needs: 'decisions:read' },
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
        config: { needs: 'decisions:read', problems: [decisionProblems.notFound] },
      },
      async ({ caller, params }) => decisions.get(caller, params.decisionId),
    )
  }
