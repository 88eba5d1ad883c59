import { agentProblems } from '#modules/agents'
import { assetProblems, chainProblems } from '#modules/chains'
import { etagOf } from '#platform/http/etag'
import { askedBefore, type Effects, ok } from '#platform/http/idempotency'
import { pageRequest, type Routes } from '#platform/routes'
import {
  Approval,
  ApprovalAnswer,
  ApprovalPage,
  ApprovalParams,
  ApprovalQuery,
  FrozenPayment,
  Payment,
  PaymentBody,
  PaymentPage,
  PaymentParams,
  PaymentQuery,
  PaymentReason,
  PaymentResolution,
} from './contract.ts'
import { approvalProblems, paymentProblems } from './problems.ts'
import type { PaymentService } from './service/index.ts'

export const paymentRoutes =
  (payments: PaymentService, effect: Effects): Routes =>
  async (app) => {
    const tags = ['payments']
    const { notFound, denied, notYours, taskNotFound, taskTaken, taskNotRunning, contended } = paymentProblems
    const { notCancelable, frozen, notFrozen, notUnknown, notProven } = paymentProblems
    const refusals = [denied, notYours, taskNotFound, taskTaken, taskNotRunning, contended, agentProblems.notFound]

    app.post(
      '/payments',
      {
        schema: { operationId: 'createPayment', tags, body: PaymentBody, response: { 201: Payment } },
        config: {
          needs: 'payments:create',
          idempotency: 'required',
          movesMoney: true,
          problems: [...refusals, assetProblems.unknown, chainProblems.unknown, chainProblems.unavailable],
        },
      },
      async (request, reply) => {
        const asset = await askedBefore(payments.asset(request.body))
        return effect(request, reply, async (tx) =>
          payments.outcomeOf(await payments.request(tx, request.caller, asset(), request.body)),
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
      async ({ caller, params }, reply) => {
        const payment = await payments.get(caller, params.paymentId)
        reply.headers(etagOf(payment.revision))
        return payment
      },
    )

    app.post(
      '/payments/:paymentId/cancel',
      {
        schema: { operationId: 'cancelPayment', tags, params: PaymentParams, response: { 200: Payment } },
        config: { needs: 'payments:write', problems: [notFound, notCancelable] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const payment = await payments.withdraw(tx, request.caller, request.params.paymentId)
          return ok(payment, etagOf(payment.revision))
        }),
    )

    app.post(
      '/payments/:paymentId/freeze',
      {
        schema: {
          operationId: 'freezePayment',
          tags,
          params: PaymentParams,
          body: PaymentReason,
          response: { 200: FrozenPayment },
        },
        config: { needs: 'payments:write', problems: [notFound, frozen] },
      },
      async ({ caller, params, body }, reply) => {
        const payment = await payments.freeze(caller, params.paymentId, body.reason)
        reply.headers(etagOf(payment.revision))
        return payment
      },
    )

    app.post(
      '/payments/:paymentId/unfreeze',
      {
        schema: {
          operationId: 'unfreezePayment',
          tags,
          params: PaymentParams,
          body: PaymentReason,
          response: { 200: Payment },
        },
        config: { needs: 'payments:write', problems: [notFound, notFrozen] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { caller, params, body } = request
          const payment = await payments.unfreeze(tx, caller, params.paymentId, body.reason)
          return ok(payment, etagOf(payment.revision))
        }),
    )

    app.post(
      '/payments/:paymentId/resolve',
      {
        schema: {
          operationId: 'resolvePayment',
          tags,
          params: PaymentParams,
          body: PaymentResolution,
          response: { 200: Payment },
        },
        config: {
          needs: 'payments:resolve',
          idempotency: 'optional',
          movesMoney: true,
          problems: [notFound, notUnknown, notProven, chainProblems.unavailable],
        },
      },
      async (request, reply) => {
        const { caller, params, body } = request
        const proof = await askedBefore(payments.proofOf(caller, params.paymentId, body))
        return effect(request, reply, async (tx) => {
          const payment = await payments.resolve(tx, caller, params.paymentId, body, proof())
          return ok(payment, etagOf(payment.revision))
        })
      },
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
      ['approve', [notFound, notPending, requester, stale, frozen, paymentProblems.contended]],
      ['reject', [notFound, notPending]],
    ] as const) {
      app.post(
        `/approvals/:approvalId/${act}`,
        {
          schema: {
            operationId: `${act}Payment`,
            tags,
            params: ApprovalParams,
            body: ApprovalAnswer,
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
