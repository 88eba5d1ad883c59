import { ApprovalStatus, PaymentStatus } from '@wedi/database'
import { Type } from 'typebox'
import { ReasonSchema } from '#modules/decisions'
import { InFlight } from '#modules/organizations'
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
  Reason,
  stored,
  Time,
  Uuid,
} from '#platform/schemas'

const Payee = Type.String({
  pattern: '^(eip155:[1-9][0-9]{0,15}:)?0x[0-9a-fA-F]{40}$',
  description: 'Address, or CAIP-10 on the chain of the asset',
})

export const paymentFields = {
  payee: Payee,
  amount: PositiveAmount,
  asset: AssetId,
  reference: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  memo: Type.Optional(Type.String({ maxLength: 1000 })),
}

export const PaymentBody = body({ agentId: Uuid, taskId: Type.Optional(Uuid), ...paymentFields })

const Authorization = Type.Object(
  { from: Type.String(), nonce: Type.String(), validAfter: Type.String(), validBefore: Type.String() },
  { description: "Somebody else's signed permission (EIP-3009) that the wallet only carries to the chain" },
)

const Failure = Type.Object({ code: Type.String(), detail: Type.String() }, { additionalProperties: true })

export const Payment = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  agentId: Uuid,
  walletId: Uuid,
  taskId: nullable(Uuid),
  chain: Chain,
  asset: AssetId,
  payee: Type.String(),
  amount: Amount,
  reference: nullable(Type.String()),
  memo: nullable(Type.String()),
  status: oneOf(PaymentStatus),
  decisionId: Uuid,
  approvalId: nullable(Uuid),
  capabilityRevision: Type.Integer(),
  requestedBy: Type.String(),
  intentHash: Type.String({ description: 'Base64 of SHA-256 over the RFC 8785 text of what was asked' }),
  authorization: stored(nullable(Authorization)),
  transactionHash: nullable(Type.String()),
  blockNumber: nullable(Type.String()),
  attempts: Type.Integer(),
  refusals: Type.Integer({ description: 'How many times the provider said no' }),
  failure: stored(nullable(Failure)),
  frozenAt: nullable(Time),
  frozenReason: nullable(Type.String()),
  cancelRequestedAt: nullable(Time),
  cancelReason: stored(nullable(Failure)),
  setAsideAt: nullable(Time),
  revision: Type.Integer(),
  createdAt: Time,
  updatedAt: Time,
  submittedAt: nullable(Time),
  settledAt: nullable(Time),
})

export const FrozenPayment = Type.Object({ ...Payment.properties, inFlight: InFlight })
export const PaymentReason = body({ reason: Reason })
export const PaymentResolution = body({
  outcome: oneOf(['CONFIRMED', 'SET_ASIDE']),
  transactionHash: Type.Optional(
    Type.String({ pattern: '^0x[0-9a-fA-F]{64}$', description: 'With `CONFIRMED`: the transaction that made it' }),
  ),
  note: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1000, description: 'With `SET_ASIDE`: why nobody can know' }),
  ),
})
export const PaymentPage = pageOf(Payment)
export const PaymentParams = Type.Object({ paymentId: Uuid })
export const PaymentQuery = Type.Object(
  {
    ...PageQuery,
    status: Type.Optional(oneOf(PaymentStatus)),
    agentId: Type.Optional(Uuid),
    taskId: Type.Optional(Uuid),
    reference: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
)

export const Approval = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  paymentId: Uuid,
  agentId: Uuid,
  status: oneOf(ApprovalStatus),
  intent: stored(Json),
  intentHash: Type.String(),
  reasons: stored(Type.Array(ReasonSchema)),
  requestedBy: Type.String(),
  decidedBy: nullable(Type.String()),
  note: nullable(Type.String()),
  expiresAt: Time,
  createdAt: Time,
  decidedAt: nullable(Time),
})

export const ApprovalPage = pageOf(Approval)
export const ApprovalParams = Type.Object({ approvalId: Uuid })
export const ApprovalQuery = Type.Object(
  { ...PageQuery, status: Type.Optional(oneOf(ApprovalStatus)), agentId: Type.Optional(Uuid) },
  { additionalProperties: false },
)
export const ApprovalAnswer = body({ note: Type.Optional(Type.String({ maxLength: 1000 })) })
