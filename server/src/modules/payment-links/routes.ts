import type { FastifyRequest } from 'fastify'
import { assetProblems, chainProblems } from '#modules/chains'
import { askedBefore, type Effects, ok } from '#platform/http/idempotency'
import { pageRequest, type Routes } from '#platform/routes'
import {
  Link,
  LinkBody,
  LinkPage,
  LinkParams,
  LinkPaymentPage,
  LinkPaymentQuery,
  LinkQuery,
  LinkWithPayments,
} from './contract.ts'
import { linkProblems } from './problems.ts'
import type { LinkService, Origin } from './service/index.ts'

/** Where the caller reaches this server, unless its operator says where everyone does. */
export type OriginOf = (request: Pick<FastifyRequest, 'protocol' | 'host'>) => Origin

export const linkRoutes =
  (links: LinkService, effect: Effects, originOf: OriginOf): Routes =>
  async (app) => {
    const tags = ['payment links']
    const { notFound, denied, assetNotPayable, notOpen, isBeingPaid } = linkProblems

    app.post(
      '/payment-links',
      {
        schema: { operationId: 'createPaymentLink', tags, body: LinkBody, response: { 201: Link } },
        config: {
          needs: 'links:write',
          idempotency: 'optional',
          movesMoney: true,
          problems: [denied, assetNotPayable, assetProblems.unknown, chainProblems.unknown, chainProblems.unavailable],
        },
      },
      async (request, reply) => {
        const payable = await askedBefore(links.payable(request.body))
        return effect(request, reply, async (tx) =>
          links.outcomeOf(
            await links.create(tx, request.caller, payable(), { ...request.body, origin: request.headers.origin }),
            originOf(request),
          ),
        )
      },
    )

    app.get(
      '/payment-links',
      {
        schema: { operationId: 'listPaymentLinks', tags, querystring: LinkQuery, response: { 200: LinkPage } },
        config: { needs: 'links:read' },
      },
      async (request) => links.list(request.caller, pageRequest(request.query), request.query, originOf(request)),
    )

    app.get(
      '/payment-links/:linkId',
      {
        schema: { operationId: 'getPaymentLink', tags, params: LinkParams, response: { 200: LinkWithPayments } },
        config: { needs: 'links:read', problems: [notFound] },
      },
      async (request) => links.get(request.caller, request.params.linkId, originOf(request)),
    )

    app.post(
      '/payment-links/:linkId/cancel',
      {
        schema: { operationId: 'cancelPaymentLink', tags, params: LinkParams, response: { 200: Link } },
        config: { needs: 'links:cancel', problems: [notFound, notOpen, isBeingPaid] },
      },
      async (request, reply) =>
        effect(request, reply, async (tx) =>
          ok(await links.cancel(tx, request.caller, request.params.linkId, originOf(request))),
        ),
    )

    app.get(
      '/payment-link-payments',
      {
        schema: {
          operationId: 'listPaymentLinkPayments',
          tags,
          description:
            'All that came to accounts of links, also what nobody can match (`kind=UNMATCHED`); with an integration key what came for its own links.',
          querystring: LinkPaymentQuery,
          response: { 200: LinkPaymentPage },
        },
        config: { needs: 'links:read' },
      },
      async ({ caller, query }) => links.received(caller, pageRequest(query), query),
    )
  }
