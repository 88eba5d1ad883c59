import { etagOf, expectedRevision } from '#platform/http/etag'
import { created, type Effects, ok } from '#platform/http/idempotency'
import { pageRequest, type Routes } from '#platform/routes'
import {
  DeliveryPage,
  DeliveryParams,
  DeliveryQuery,
  ReplayBody,
  Webhook,
  WebhookBody,
  WebhookDelivery,
  WebhookPage,
  WebhookParams,
  WebhookPatch,
  WebhookQuery,
  WebhookWithSecret,
} from './contract.ts'
import { webhookProblems } from './problems.ts'
import type { WebhookService } from './service.ts'

const tags = ['webhooks']
const { notFound, deliveryNotFound, deliveryPending, disabled, tooMany } = webhookProblems

export const webhookRoutes =
  (webhooks: WebhookService, effect: Effects): Routes =>
  async (app) => {
    app.post(
      '/webhooks',
      {
        schema: { operationId: 'createWebhook', tags, body: WebhookBody, response: { 201: WebhookWithSecret } },
        config: { needs: 'webhooks:write', idempotency: 'optional', problems: [tooMany] },
      },
      async (request, reply) => {
        const end = await webhooks.end(request.caller)
        return effect(request, reply, async (tx) => {
          const made = await webhooks.create(tx, request.caller, request.body, end)
          return created(made, etagOf(made.webhook.revision))
        })
      },
    )

    app.get(
      '/webhooks',
      {
        schema: { operationId: 'listWebhooks', tags, querystring: WebhookQuery, response: { 200: WebhookPage } },
        config: { needs: 'webhooks:read' },
      },
      async ({ caller, query }) => webhooks.list(caller, pageRequest(query)),
    )

    app.get(
      '/webhooks/:webhookId',
      {
        schema: { operationId: 'getWebhook', tags, params: WebhookParams, response: { 200: Webhook } },
        config: { needs: 'webhooks:read', problems: [notFound] },
      },
      async ({ caller, params }, reply) => {
        const webhook = await webhooks.get(caller, params.webhookId)
        reply.headers(etagOf(webhook.revision))
        return webhook
      },
    )

    app.patch(
      '/webhooks/:webhookId',
      {
        schema: {
          ...{ operationId: 'patchWebhook', tags, params: WebhookParams, body: WebhookPatch },
          response: { 200: Webhook },
        },
        config: { needs: 'webhooks:write', honoursIfMatch: true, problems: [notFound] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { caller, params, body } = request
          const webhook = await webhooks.change(tx, caller, params.webhookId, body, expectedRevision(request))
          return ok(webhook, etagOf(webhook.revision))
        }),
    )

    app.delete(
      '/webhooks/:webhookId',
      {
        schema: { operationId: 'deleteWebhook', tags, params: WebhookParams, response: { 200: Webhook } },
        config: { needs: 'webhooks:write', honoursIfMatch: true, problems: [notFound] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) =>
          ok(await webhooks.remove(tx, request.caller, request.params.webhookId, expectedRevision(request))),
        ),
    )

    app.post(
      '/webhooks/:webhookId/rotate-secret',
      {
        schema: {
          ...{ operationId: 'rotateWebhookSecret', tags, params: WebhookParams },
          response: { 200: WebhookWithSecret },
        },
        config: { needs: 'webhooks:write', problems: [notFound] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) =>
          ok(await webhooks.rotateSecret(tx, request.caller, request.params.webhookId)),
        ),
    )

    app.post(
      '/webhooks/:webhookId/test',
      {
        schema: { operationId: 'testWebhook', tags, params: WebhookParams, response: { 201: WebhookDelivery } },
        config: { needs: 'webhooks:write', problems: [notFound, disabled] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => created(await webhooks.test(tx, request.params.webhookId))),
    )

    app.get(
      '/webhooks/:webhookId/deliveries',
      {
        schema: {
          ...{ operationId: 'listWebhookDeliveries', tags, params: WebhookParams, querystring: DeliveryQuery },
          response: { 200: DeliveryPage },
        },
        config: { needs: 'webhooks:read', problems: [notFound] },
      },
      async ({ caller, params, query }) =>
        webhooks.deliveries(caller, params.webhookId, pageRequest(query), query.status),
    )

    app.post(
      '/webhooks/:webhookId/deliveries/:deliveryId/replay',
      {
        schema: {
          ...{ operationId: 'replayWebhookDelivery', tags, params: DeliveryParams },
          response: { 200: WebhookDelivery },
        },
        config: { needs: 'webhooks:write', problems: [notFound, deliveryNotFound, deliveryPending, disabled] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) => {
          const { webhookId, deliveryId } = request.params
          return ok(await webhooks.replayOne(tx, request.caller, webhookId, deliveryId))
        }),
    )

    app.post(
      '/webhooks/:webhookId/replay',
      {
        schema: {
          ...{ operationId: 'replayWebhook', tags, params: WebhookParams, body: ReplayBody },
          response: { 200: Webhook },
        },
        config: { needs: 'webhooks:write', problems: [notFound, disabled] },
      },
      async (request, reply) => {
        const place = await webhooks.placeOf(request.caller, request.body)
        return effect(request, reply, async (tx) =>
          ok(await webhooks.replayFrom(tx, request.caller, request.params.webhookId, place)),
        )
      },
    )
  }
