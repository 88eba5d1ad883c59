import type { PaymentLinkRow } from '@wedi/database'
import { type Static, Type } from 'typebox'
import { Check } from 'typebox/value'
import { getAddress, type Hex, isAddress } from 'viem'
import type { Authorization, SigningDomain } from '#modules/chains'
import { Json } from '#platform/schemas'
import type { PaymentRequired } from '../contract.ts'
import type { Token } from '../service/needs.ts'

/** The words of x402 version 2, scheme `exact`, paid by EIP-3009. */

export type Required = Static<typeof PaymentRequired>
export type Requirements = Required['accepts'][number]

/** What a payer has for signing and sending; the authorisation is valid for so long. */
const MAX_TIMEOUT_SECONDS = 300
const MAX_HEADER_LENGTH = 16_384

export function requirementsOf(
  { payTo }: Pick<PaymentLinkRow, 'payTo'>,
  { token, amount, domain }: { token: Token; amount: bigint; domain: SigningDomain },
): Requirements {
  return {
    ...{ scheme: 'exact', network: token.chain, amount: String(amount), asset: token.contract, payTo },
    maxTimeoutSeconds: MAX_TIMEOUT_SECONDS,
    extra: { name: domain.name, version: domain.version },
  }
}

const Whole = Type.String({ pattern: '^(0|[1-9][0-9]{0,77})$' })
const Account = Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' })
/** The library's type for it: any text with a colon. */
const Network = Type.Unsafe<`${string}:${string}`>(Type.String({ pattern: ':' }))
const Payload = Type.Object({
  x402Version: Type.Literal(2),
  accepted: Type.Object({
    ...{ scheme: Type.String(), network: Network, amount: Type.String(), asset: Type.String() },
    ...{ payTo: Type.String(), maxTimeoutSeconds: Type.Integer(), extra: Json },
  }),
  // Closed: what is not read here could make somebody else verify another payment than the one that is stored.
  payload: Type.Object(
    {
      signature: Type.String({ pattern: '^0x([0-9a-fA-F]{2}){1,4096}$' }),
      authorization: Type.Object(
        {
          ...{ from: Account, to: Account, value: Whole, validAfter: Whole, validBefore: Whole },
          nonce: Type.String({ pattern: '^0x[0-9a-fA-F]{64}$' }),
        },
        { additionalProperties: false },
      ),
    },
    { additionalProperties: false },
  ),
})
export type Payload = Static<typeof Payload>

/** What a `PAYMENT-SIGNATURE` says; undefined when it is none of scheme `exact` with EIP-3009. */
export function payloadOf(header: string): Payload | undefined {
  if (header.length > MAX_HEADER_LENGTH) return undefined
  try {
    const said: unknown = JSON.parse(Buffer.from(header, 'base64').toString('utf8'))
    return Check(Payload, said) ? said : undefined
  } catch {
    return undefined
  }
}

/** Whether it was signed for exactly what is asked; what it is worth is for whoever verifies it. */
export function accepts({ accepted, payload }: Payload, asked: Requirements): boolean {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
  const { authorization } = payload
  return (
    accepted.scheme === asked.scheme &&
    accepted.network === asked.network &&
    accepted.amount === asked.amount &&
    same(accepted.asset, asked.asset) &&
    same(accepted.payTo, asked.payTo) &&
    same(authorization.to, asked.payTo) &&
    authorization.value === asked.amount
  )
}

/** As it goes to the chain. */
export function authorizationOf({ payload: { authorization, signature } }: Payload): Authorization | undefined {
  const { from, validAfter, validBefore, nonce } = authorization
  if (!isAddress(from, { strict: false })) return undefined
  return {
    ...{ from: getAddress(from.toLowerCase()), validAfter, validBefore },
    ...{ nonce: nonce.toLowerCase() as Hex, signature: signature as Hex },
  }
}

export const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64')
