import {
  type Address,
  decodeEventLog,
  encodeFunctionData,
  type Hex,
  isAddressEqual,
  parseAbi,
  parseSignature,
  size,
} from 'viem'
import type { Asset } from '#platform/caip'
import type { Call, Receipt } from './rpc.ts'

/** Somebody's signed permission that anyone may carry to the chain, once: EIP-3009 `transferWithAuthorization`. */
export interface Authorization {
  readonly from: Address
  /** Seconds since 1970, as decimal strings. */
  readonly validAfter: string
  readonly validBefore: string
  readonly nonce: Hex
  readonly signature: Hex
}

/** What a wallet shows of such a token, and a signature of it is made over: its EIP-712 domain. */
export interface SigningDomain {
  readonly name: string
  readonly version: string
}

export const authorizationAbi = parseAbi([
  'function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s)',
  'function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, bytes signature)',
  'function authorizationState(address authorizer, bytes32 nonce) view returns (bool)',
  'function name() view returns (string)',
  'function version() view returns (string)',
  'event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)',
])

/** `r`, `s` and `v` of a key. */
const ECDSA_BYTES = 65

/** What carries the permission to the chain. Accounts with code sign in ways of their own: their bytes go as they are. */
export function authorizedCall(asset: Asset, authorization: Authorization, to: Address, amount: bigint): Call {
  if (asset.kind !== 'erc20') throw new Error(`${asset.id} knows no authorisations`)
  const { from, validAfter, validBefore, nonce, signature } = authorization
  const fields = [from, to, amount, BigInt(validAfter), BigInt(validBefore), nonce] as const
  const call = { abi: authorizationAbi, functionName: 'transferWithAuthorization' } as const
  const data =
    size(signature) === ECDSA_BYTES
      ? encodeFunctionData({ ...call, args: [...fields, ...partsOf(signature)] })
      : encodeFunctionData({ ...call, args: [...fields, signature] })
  return { to: asset.contract, value: 0n, data }
}

function partsOf(signature: Hex): [number, Hex, Hex] {
  const { r, s, yParity } = parseSignature(signature)
  return [27 + yParity, r, s]
}

export interface UsedAuthorization {
  readonly authorizer: Address
  readonly nonce: Hex
}

/** The permissions that a mined transaction used. */
export function authorizationsIn({ logs }: Pick<Receipt, 'logs'>, token: Address): UsedAuthorization[] {
  return logs.flatMap((log) => {
    if (!isAddressEqual(log.address, token)) return []
    try {
      const topics = log.topics as [signature: Hex, ...args: Hex[]]
      return [decodeEventLog({ abi: authorizationAbi, eventName: 'AuthorizationUsed', data: log.data, topics }).args]
    } catch {
      // Another event of the token's own.
      return []
    }
  })
}

export const usesAuthorization = (
  receipt: Pick<Receipt, 'logs'>,
  token: Address,
  { from, nonce }: Pick<Authorization, 'from' | 'nonce'>,
): boolean =>
  authorizationsIn(receipt, token).some(
    (used) => isAddressEqual(used.authorizer, from) && used.nonce.toLowerCase() === nonce.toLowerCase(),
  )
