import { BreakSeverity, BreakStatus } from '@wedi/database'
import { Type } from 'typebox'
import { AssetId, body, Chain, Json, nullable, oneOf, PageQuery, stored, Time, Uuid } from '#platform/schemas'

export const Break = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  kind: Type.String({ examples: ['nonce.foreign', 'transfer.unmatched', 'balance.missing', 'payment.revived'] }),
  subject: Type.String({ description: 'What exactly; with the kind it names the break' }),
  severity: oneOf(BreakSeverity),
  status: oneOf(BreakStatus),
  agentId: Uuid,
  walletId: Uuid,
  paymentId: nullable(Uuid),
  chain: Chain,
  asset: nullable(AssetId),
  transactionHash: nullable(Type.String()),
  expected: stored(Json),
  seen: stored(Json),
  openedAt: Time,
  lastSeenAt: Time,
  resolvedAt: nullable(Time),
  resolvedBy: nullable(Type.String()),
  note: nullable(Type.String()),
})

export const BreakPage = Type.Object({
  data: Type.Array(Break),
  nextCursor: nullable(Type.String()),
  reconciledUntil: nullable(
    Type.String({
      format: 'date-time',
      description: 'Everything up to then is reconciled, on every chain and in every wallet; null without wallets',
    }),
  ),
})

export const BreakQuery = Type.Object(
  {
    ...PageQuery,
    status: Type.Optional(oneOf(BreakStatus)),
    kind: Type.Optional(Type.String({ maxLength: 100 })),
    agentId: Type.Optional(Uuid),
  },
  { additionalProperties: false },
)

export const BreakParams = Type.Object({ breakId: Uuid })
export const Resolution = body({ note: Type.String({ minLength: 1, maxLength: 1000 }) })
