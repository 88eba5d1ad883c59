import type { PaymentLinkRow } from '@wedi/database'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import { chainProblems } from '#modules/chains'
import { invalid, Problem, requestProblems, serverProblems } from '#platform/problem'
import type { Routes } from '#platform/routes'
import { LinkStatusView, Paid, PaymentRequired, PayQuery, Slug } from './contract.ts'
import { contentSecurityPolicy, payPage } from './page/page.ts'
import { linkProblems } from './problems.ts'
import type { OriginOf } from './routes.ts'
import { askedAmount, parseUnits } from './rules.ts'
import type { LinkService } from './service/index.ts'
import type { Settled } from './service/pay.ts'
import { encoded, type Required } from './x402/wire.ts'

/** Signatures of one address a minute: each may cost looks at the chain, and a link its room. */
const MAX_SIGNATURES = 120

type Chosen = Static<typeof PayQuery>

/** What is open to everyone who knows a link: a page for people, x402 for machines. No key, and no cookie. */
export const payRoutes =
  (links: LinkService, originOf: OriginOf): Routes =>
  async (app) => {
    const tags = ['paying']
    const { notFound, closed, notPayable } = linkProblems
    const { tooMany } = requestProblems
    const problems = [notFound, tooMany, serverProblems.bug, serverProblems.unavailable]

    const countSignature = app.createRateLimit({
      ...{ max: MAX_SIGNATURES, timeWindow: 60_000 },
      keyGenerator: ({ ip }) => ip,
    })

    async function limitSignatures(request: FastifyRequest): Promise<void> {
      const counted = await countSignature(request)
      if (!counted.isAllowed && counted.isExceeded)
        throw new Problem(tooMany, { members: { retryAfterSeconds: counted.ttlInSeconds } })
    }

    /** What is to be paid: as the link says, or as the payer chose within its bounds. */
    async function amountOf(link: PaymentLinkRow, { amount, sum }: Chosen): Promise<bigint> {
      const { decimals } = await links.unitOf(link)
      if (amount === undefined && sum === undefined) return link.minAmount
      const chosen = amount === undefined ? parseUnits(sum ?? '', decimals) : BigInt(amount)
      const asked = chosen === undefined ? undefined : askedAmount(link, chosen)
      if (asked === undefined)
        throw invalid({
          path: `/querystring/${amount === undefined ? 'sum' : 'amount'}`,
          message: `must be from ${link.minAmount} to ${link.maxAmount} of the smallest unit`,
        })
      return asked
    }

    const requiredOf = (link: PaymentLinkRow, url: string, accepts: Required['accepts'], error?: string): Required => ({
      ...{ x402Version: 2, ...(error !== undefined && { error }) },
      resource: { url, description: link.description ?? 'Payment link', mimeType: 'application/json' },
      accepts,
    })

    const require = (reply: FastifyReply, required: Required) =>
      reply.code(402).header('payment-required', encoded(required)).send(required)

    app.get(
      '/pay/:slug',
      {
        schema: {
          operationId: 'payLink',
          tags,
          description:
            'With `Accept: text/html` and nothing that pays a page. Otherwise x402 version 2: 402 with `PAYMENT-REQUIRED`, and 200 with `PAYMENT-RESPONSE` when `PAYMENT-SIGNATURE` pays it.',
          params: Slug,
          querystring: PayQuery,
          response: {
            200: {
              description: 'The page, or the payment that was settled',
              content: {
                'text/html': { schema: Type.Unsafe<string>({ type: 'string' }) },
                'application/json': { schema: Paid },
              },
            },
            402: { description: 'Pay first', content: { 'application/json': { schema: PaymentRequired } } },
          },
        },
        config: {
          needs: 'nothing',
          problems: [...problems, requestProblems.invalid, closed, notPayable, chainProblems.unavailable],
        },
      },
      async (request, reply) => {
        const header = request.headers['payment-signature']
        if (header !== undefined) await limitSignatures(request)
        const link = await links.bySlug(request.params.slug)
        const url = `${originOf(request)}${request.url}`
        void reply.header('cache-control', 'no-store').header('vary', 'accept, payment-signature')
        if (header === undefined && wantsPage(request.headers.accept)) {
          const [unit, amount] = await Promise.all([links.unitOf(link), amountOf(link, request.query)])
          return reply
            .type('text/html; charset=utf-8')
            .headers({ 'content-security-policy': contentSecurityPolicy, 'referrer-policy': 'no-referrer' })
            .headers({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' })
            .serializer(String)
            .send(payPage({ link, unit, network: links.networkOf(link), amount }))
        }
        if (header === undefined && link.status !== 'OPEN')
          throw new Problem(closed, { members: { linkStatus: link.status } })
        const requirements = await links.requirements(link, await amountOf(link, request.query))
        if (header === undefined) return require(reply, requiredOf(link, url, [requirements]))
        const settled = await links.pay(link, String(header), requirements)
        const now = await links.bySlug(request.params.slug)
        const { row } = settled
        if (row) void reply.headers(answerOf({ row }))
        if (row?.state === 'CONFIRMED' && settled.refused === undefined) return reply.send(paidOf(now, row))
        const error = settled.refused === undefined ? reasonOf(settled.row) : settled.refused
        return require(reply, requiredOf(now, url, now.status === 'OPEN' ? [requirements] : [], error))
      },
    )

    app.get(
      '/pay/:slug/status',
      {
        schema: { operationId: 'getPayStatus', tags, params: Slug, response: { 200: LinkStatusView } },
        config: { needs: 'nothing', problems },
      },
      async ({ params }, reply) => {
        const { status, paidCount, maxPayments, settlingCount } = await links.bySlug(params.slug)
        void reply.header('cache-control', 'no-store')
        return { status, paidCount, maxPayments, isSettling: settlingCount > 0 }
      },
    )
  }

type Row = NonNullable<Settled['row']>

const chainOf = ({ asset }: Row): string => asset.split('/', 1)[0] as string

/** What was not settled is not known to have failed while it is on its way. */
const reasonOf = ({ state }: Row): string => (state === 'PENDING' ? 'settlement_pending' : 'settlement_failed')

function answerOf({ row }: { row: Row }): Record<string, string> {
  const isPaid = row.state === 'CONFIRMED'
  const { payer, transactionHash } = row
  const answer = { success: isPaid, transaction: transactionHash ?? '', network: chainOf(row), payer }
  return { 'payment-response': encoded(isPaid ? answer : { ...answer, errorReason: reasonOf(row) }) }
}

const paidOf = (
  { status }: PaymentLinkRow,
  { id, state, kind, asset, amount, payer, payTo, transactionHash }: Row,
) => ({
  status,
  payment: { id, state, kind, asset, amount: String(amount), payer, payTo, transactionHash },
})

/** People's programs name HTML; a machine that takes anything gets what it can pay. */
const wantsPage = (accept: string | undefined): boolean => /\btext\/html\b/i.test(accept ?? '')
