import { agentProblems } from '#modules/agents'
import { assetProblems, chainProblems } from '#modules/chains'
import { type Effects, ok } from '#platform/http/idempotency'
import { pageRequest, type Routes } from '#platform/routes'
import {
  Approval,
  ApprovalAnswer,
  ApprovalPage,
  ApprovalParams,
  ApprovalQuery,
  Payment,
  PaymentBody,
  PaymentPage,
  PaymentParams,
  PaymentQuery,
} from './contract.ts'
import { approvalProblems, paymentProblems } from './problems.ts'
import type { PaymentService } from './service/index.ts'

export const paymentRoutes =
  (payments: PaymentService, effect: Effects): Routes =>
  async (app) => {
    const tags = ['payments']
    const { notFound, denied, notYours, taskNotFound, taskTaken, taskNotRunning, contended, notCancelable } =
      paymentProblems

    app.post(
      '/payments',
      {
        schema: { operationId: 'createPayment', tags, body: PaymentBody, response: { 201: Payment } },
        config: {
          ...{ needs: 'payments:create', idempotency: 'required', movesMoney: true },
          problems: [
            ...[denied, notYours, taskNotFound, taskTaken, taskNotRunning, contended, agentProblems.notFound],
            ...[assetProblems.unknown, chainProblems.unknown, chainProblems.unavailable],
          ],
        },
      },
      async (request, reply) => {
        const asset = await payments.asset(request.body)
        return effect(request, reply, async (tx) =>
          payments.outcomeOf(await payments.request(tx, request.caller, asset, request.body)),
        )
      },
    )

    app.get(
      '/payments',
      {
        schema: { operationId: 'listPayments', tags, querystring: PaymentQuery, response: { 200: PaymentPage } },
        config: { needs: 'payments:read' },
      },
      async ({ caller, query }) => payments.list(caller, pageRequest(query), query),
    )

    app.get(
      '/payments/:paymentId',
      {
        schema: { operationId: 'getPayment', tags, params: PaymentParams, response: { 200: Payment } },
        config: { needs: 'payments:read', problems: [notFound] },
      },
      async ({ caller, params }) => payments.get(caller, params.paymentId),
    )

    app.post(
      '/payments/:paymentId/cancel',
      {
        schema: { operationId: 'cancelPayment', tags, params: PaymentParams, response: { 200: Payment } },
        config: { needs: 'payments:write', problems: [notFound, notCancelable] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => ok(await payments.cancel(tx, request.caller, request.params.paymentId))),
    )
  }

export const approvalRoutes =
  (payments: PaymentService, effect: Effects): Routes =>
  async (app) => {
    const tags = ['approvals']
    const { notFound, notPending, requester, stale, frozen } = approvalProblems

    app.get(
      '/approvals',
      {
        schema: { operationId: 'listApprovals', tags, querystring: ApprovalQuery, response: { 200: ApprovalPage } },
        config: { needs: 'approvals:read' },
      },
      async ({ caller, query }) => payments.listApprovals(caller, pageRequest(query), query),
    )

    app.get(
      '/approvals/:approvalId',
      {
        schema: { operationId: 'getApproval', tags, params: ApprovalParams, response: { 200: Approval } },
        config: { needs: 'approvals:read', problems: [notFound] },
      },
      async ({ caller, params }) => payments.getApproval(caller, params.approvalId),
    )

    for (const [act, problems] of [
      ['approve', [notFound, notPending, requester, stale, frozen]],
      ['reject', [notFound, notPending]],
    ] as const) {
      app.post(
        `/approvals/:approvalId/${act}`,
        {
          schema: {
            ...{ operationId: `${act}Payment`, tags, params: ApprovalParams, body: ApprovalAnswer },
            response: { 200: Approval },
          },
          config: { needs: 'approvals:decide', movesMoney: true, idempotency: 'optional', problems: [...problems] },
        },
        async (request, reply) =>
          effect(request, reply, (tx) =>
            payments[act](tx, request.caller, request.params.approvalId, request.body.note),
          ),
      )
    }
  }
