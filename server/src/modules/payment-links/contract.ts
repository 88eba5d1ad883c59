import { LinkPaymentKind, LinkPaymentState, PaymentLinkStatus } from '@wedi/database'
import { Type } from 'typebox'
import {
  Amount,
  AssetId,
  body,
  Chain,
  Json,
  nullable,
  oneOf,
  PageQuery,
  PositiveAmount,
  pageOf,
  stored,
  Time,
  Uuid,
} from '#platform/schemas'

const MAX_PAYMENTS = 10_000

const Bounds = Type.Object({ min: PositiveAmount, max: PositiveAmount }, { additionalProperties: false })
const Asked = Type.Union([PositiveAmount, Bounds], {
  description: 'An amount, or the least and the most that the payer may choose',
})

export const LinkBody = body({
  amount: Asked,
  asset: AssetId,
  description: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'Shown to the payer' })),
  expiresAt: Type.Optional(Time),
  maxPayments: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAYMENTS, default: 1 })),
  payTo: Type.Optional(
    Type.String({
      pattern: '^(eip155:[1-9][0-9]{0,15}:)?0x[0-9a-fA-F]{40}$',
      description: "An account that the agent's capability names among its payees; without it the agent's own wallet",
    }),
  ),
  metadata: Type.Optional(Json),
})

export const LinkPayment = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  linkId: nullable(Uuid),
  state: oneOf(LinkPaymentState),
  kind: oneOf(LinkPaymentKind),
  asset: AssetId,
  payTo: Type.String(),
  payer: Type.String(),
  amount: Amount,
  nonce: nullable(Type.String()),
  validBefore: nullable(Time),
  paymentId: nullable(Uuid),
  transactionHash: nullable(Type.String()),
  logIndex: nullable(Type.Integer()),
  blockNumber: nullable(Type.String()),
  taskId: nullable(Uuid),
  failure: stored(nullable(Type.Object({ code: Type.String(), detail: Type.String() }))),
  createdAt: Time,
  updatedAt: Time,
  settledAt: nullable(Time),
})

const link = {
  organizationId: Uuid,
  id: Uuid,
  agentId: Uuid,
  integrationKeyId: Uuid,
  url: Type.String(),
  slug: Type.String(),
  status: oneOf(PaymentLinkStatus),
  chain: Chain,
  asset: AssetId,
  amount: stored(Asked),
  minAmount: Amount,
  maxAmount: Amount,
  description: nullable(Type.String()),
  payTo: Type.String(),
  isOwn: Type.Boolean({ description: 'Whether `payTo` is the wallet that its agent pays from' }),
  maxPayments: Type.Integer(),
  paidCount: Type.Integer(),
  settlingCount: Type.Integer({ description: 'Payments on their way' }),
  metadata: stored(Json),
  decisionId: Uuid,
  createdBy: Type.String(),
  revision: Type.Integer(),
  expiresAt: nullable(Time),
  createdAt: Time,
  updatedAt: Time,
  closedAt: nullable(Time),
}
export const Link = Type.Object(link)
export const LinkWithPayments = Type.Object({
  ...link,
  payments: Type.Array(LinkPayment, { description: 'The newest first, at most 100' }),
})
export const LinkPage = pageOf(Link)
export const LinkParams = Type.Object({ linkId: Uuid })
export const LinkQuery = Type.Object(
  { ...PageQuery, status: Type.Optional(oneOf(PaymentLinkStatus)), agentId: Type.Optional(Uuid) },
  { additionalProperties: false },
)
export const LinkPaymentPage = pageOf(LinkPayment)
export const LinkPaymentQuery = Type.Object(
  {
    ...PageQuery,
    linkId: Type.Optional(Uuid),
    state: Type.Optional(oneOf(LinkPaymentState)),
    kind: Type.Optional(oneOf(LinkPaymentKind)),
  },
  { additionalProperties: false },
)

/** 128 bits in base62. */
export const Slug = Type.Object({ slug: Type.String({ pattern: '^[0-9A-Za-z]{22}$' }) })
export const PayQuery = Type.Object(
  {
    amount: Type.Optional({ ...PositiveAmount, description: "Where the payer chooses: in the asset's smallest unit" }),
    sum: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,40}([.,][0-9]{1,36})?$', description: 'The same for people, as 12.50' }),
    ),
  },
  { additionalProperties: false },
)

export const LinkStatusView = Type.Object({
  status: oneOf(PaymentLinkStatus),
  paidCount: Type.Integer(),
  maxPayments: Type.Integer(),
  isSettling: Type.Boolean({ description: 'A payment is on its way' }),
})

export const Paid = Type.Object({
  status: oneOf(PaymentLinkStatus),
  payment: Type.Object({
    ...{ id: Uuid, state: oneOf(LinkPaymentState), kind: oneOf(LinkPaymentKind), asset: AssetId, amount: Amount },
    ...{ payer: Type.String(), payTo: Type.String(), transactionHash: nullable(Type.String()) },
  }),
})

/** x402 version 2, as it is also in the header `PAYMENT-REQUIRED`. */
export const PaymentRequired = Type.Object({
  x402Version: Type.Literal(2),
  error: Type.Optional(Type.String()),
  resource: Type.Object({ url: Type.String(), description: Type.String(), mimeType: Type.String() }),
  accepts: Type.Array(
    Type.Object({
      scheme: Type.Literal('exact'),
      network: Chain,
      amount: Amount,
      asset: Type.String(),
      payTo: Type.String(),
      maxTimeoutSeconds: Type.Integer(),
      extra: Type.Object({ name: Type.String(), version: Type.String() }),
    }),
  ),
})
