import type { Routes } from '#platform/routes'
import { ChainList, FaucetBody, Funded } from './contract.ts'
import { assetProblems, chainProblems, faucetProblems } from './problems.ts'
import type { ChainService } from './service.ts'

const tags = ['chains']

export const chainRoutes =
  (chains: ChainService): Routes =>
  async (app) => {
    app.get(
      '/chains',
      { schema: { operationId: 'listChains', tags, response: { 200: ChainList } }, config: { needs: 'chains:read' } },
      async () => chains.list().map((each) => ({ ...each, assets: [...each.assets] })),
    )

    app.post(
      '/dev/faucet',
      {
        schema: { operationId: 'fundFromFaucet', tags, body: FaucetBody, response: { 200: Funded } },
        config: {
          needs: 'faucet:use',
          problems: [faucetProblems.notHere, chainProblems.unknown, chainProblems.unavailable, assetProblems.unknown],
        },
      },
      async ({ body }) => chains.fund(body),
    )
  }
