import { AgentParams, agentProblems } from '#modules/agents'
import { etagOf } from '#platform/http/etag'
import { created, type Effects, ok } from '#platform/http/idempotency'
import { pageRequest, type Routes } from '#platform/routes'
import {
  Balances,
  FrozenWallet,
  Wallet,
  WalletBody,
  WalletPage,
  WalletParams,
  WalletQuery,
  WalletReason,
} from './contract.ts'
import { walletProblems } from './problems.ts'
import type { WalletService } from './service.ts'

const tags = ['wallets']
const { notFound, wrongStatus, moneyInFlight, agentRetired, providerNotConfigured } = walletProblems

export const walletRoutes =
  (wallets: WalletService, effect: Effects): Routes =>
  async (app) => {
    app.post(
      '/agents/:agentId/wallets',
      {
        schema: { operationId: 'createWallet', tags, params: AgentParams, body: WalletBody, response: { 201: Wallet } },
        config: {
          ...{ needs: 'wallets:write', idempotency: 'optional' },
          problems: [agentProblems.notFound, agentRetired, providerNotConfigured],
        },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { caller, params, body } = request
          const agent = await wallets.lockAgent(tx, params.agentId)
          return created(await wallets.open(tx, caller, agent, body.walletProvider))
        }),
    )

    app.get(
      '/agents/:agentId/wallets',
      {
        schema: {
          operationId: 'listWallets',
          tags,
          params: AgentParams,
          querystring: WalletQuery,
          response: { 200: WalletPage },
        },
        config: { needs: 'wallets:read', problems: [agentProblems.notFound] },
      },
      async ({ caller, params, query }) => wallets.list(caller, params.agentId, pageRequest(query)),
    )

    app.get(
      '/wallets/:walletId',
      {
        schema: { operationId: 'getWallet', tags, params: WalletParams, response: { 200: Wallet } },
        config: { needs: 'wallets:read', problems: [notFound] },
      },
      async ({ caller, params }, reply) => {
        const wallet = await wallets.get(caller, params.walletId)
        reply.headers(etagOf(wallet.revision))
        return wallet
      },
    )

    app.get(
      '/wallets/:walletId/balances',
      {
        schema: { operationId: 'getWalletBalances', tags, params: WalletParams, response: { 200: Balances } },
        config: { needs: 'wallets:read', problems: [notFound] },
      },
      async ({ caller, params }) => wallets.balances(caller, params.walletId),
    )

    app.post(
      '/wallets/:walletId/freeze',
      {
        schema: {
          operationId: 'freezeWallet',
          tags,
          params: WalletParams,
          body: WalletReason,
          response: { 200: FrozenWallet },
        },
        config: { needs: 'wallets:write', problems: [notFound, wrongStatus] },
      },
      async ({ caller, params, body }, reply) => {
        const wallet = await wallets.freeze(caller, params.walletId, body.reason)
        reply.headers(etagOf(wallet.revision))
        return wallet
      },
    )

    app.post(
      '/wallets/:walletId/unfreeze',
      {
        schema: {
          operationId: 'unfreezeWallet',
          tags,
          params: WalletParams,
          body: WalletReason,
          response: { 200: Wallet },
        },
        config: { needs: 'wallets:write', problems: [notFound, wrongStatus] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) =>
          ok(await wallets.unfreeze(tx, request.caller, request.params.walletId, request.body.reason)),
        ),
    )

    app.post(
      '/wallets/:walletId/retire',
      {
        schema: {
          operationId: 'retireWallet',
          tags,
          params: WalletParams,
          body: WalletReason,
          response: { 200: Wallet },
        },
        config: { needs: 'wallets:write', problems: [notFound, wrongStatus, moneyInFlight] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) =>
          ok(await wallets.retire(tx, request.caller, request.params.walletId, request.body.reason)),
        ),
    )
  }
