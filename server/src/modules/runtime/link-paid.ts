import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { AssetId, Json, PositiveAmount, Uuid } from '#platform/schemas'
import type { ProgramDecision } from './program.ts'

/** The task that tells an agent of money it was paid by a link. */
export const LINK_PAID_TASK = 'payment-link.paid'

/** Its payload. `metadata` is the agent's own, over the link's; `isOwn`: the money came to the agent's own wallet. */
const LinkPaid = Type.Object({
  ...{ linkId: Uuid, paymentId: Uuid, asset: AssetId, amount: PositiveAmount, payer: Type.String() },
  isOwn: Type.Boolean(),
  metadata: Json,
})

/** What of the metadata says where money goes. */
export const PAYOUT_KEYS: readonly string[] = ['payoutAddress', 'shareBasisPoints']

/** What a merchant says once: where their money goes, and how many hundredths of a percent stay with the agent. */
const Payout = Type.Object({
  payoutAddress: Type.String(),
  shareBasisPoints: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
})

const BASIS_POINTS = 10_000n

/** Forwards what came, less the agent's share, to whom it was collected for; keeps it when nobody is named. */
export function forward(payload: unknown): ProgramDecision {
  if (!Value.Check(LinkPaid, payload)) {
    return { act: 'reject', code: 'task.malformed', why: 'The payload is not a payment of a link.' }
  }
  const { metadata, asset, paymentId, isOwn } = payload
  if (!isOwn) return { act: 'keep', why: 'The money did not come to the wallet the agent pays from.' }
  if (metadata.payoutAddress === undefined) return { act: 'keep', why: 'Nobody is named to forward it to.' }
  if (!Value.Check(Payout, metadata)) {
    return { act: 'reject', code: 'task.malformed', why: 'Where it is to be forwarded to cannot be read.' }
  }
  const amount = forwarded(BigInt(payload.amount), metadata)
  if (amount === 0n) return { act: 'keep', why: 'All of it is the agent’s share.' }
  return {
    act: 'pay',
    payment: { payee: metadata.payoutAddress, amount: String(amount), asset, reference: `payment-link/${paymentId}` },
    onlyOnce: true,
    why: 'A link was paid: the merchant gets what is not the agent’s share.',
  }
}

/** The share is rounded down: a fraction of the smallest unit is the merchant's. */
const forwarded = (amount: bigint, { shareBasisPoints = 0 }: Static<typeof Payout>): bigint =>
  amount - (amount * BigInt(shareBasisPoints)) / BASIS_POINTS
