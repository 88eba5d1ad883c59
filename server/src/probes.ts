import { Type } from 'typebox'
import type { Database } from '#platform/database/database'
import { Problem, serverProblems } from '#platform/problem'
import type { Routes } from '#platform/routes'

const tags = ['health']
const Alive = Type.Object({ status: Type.Literal('live') })
const Ready = Type.Object({ status: Type.Literal('ready') })

/** For load balancers and supervisors; no key needed. */
export const healthProbes =
  (database: Database): Routes =>
  async (app) => {
    app.get(
      '/health/live',
      {
        schema: { operationId: 'isLive', tags, response: { 200: Alive } },
        config: { needs: 'nothing', rateLimit: false },
      },
      async () => ({ status: 'live' as const }),
    )

    app.get(
      '/health/ready',
      {
        schema: { operationId: 'isReady', tags, response: { 200: Ready } },
        config: { needs: 'nothing', rateLimit: false, problems: [serverProblems.unavailable] },
      },
      async () => {
        if (!(await database.isReachable())) throw new Problem(serverProblems.unavailable)
        return { status: 'ready' as const }
      },
    )
  }
