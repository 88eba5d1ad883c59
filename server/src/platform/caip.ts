import { type Address, getAddress, isAddress, zeroAddress } from 'viem'
import type { FieldError } from './problem.ts'

/** CAIP-2 of an EVM chain, `eip155:8453`. */
export type ChainId = `eip155:${number}`

export type Asset =
  | { readonly id: string; readonly chain: ChainId; readonly kind: 'native' }
  | { readonly id: string; readonly chain: ChainId; readonly kind: 'erc20'; readonly contract: Address }

const ASSET = /^(eip155:[1-9][0-9]{0,15})\/(?:slip44:60|erc20:(0x[0-9a-fA-F]{40}))$/
const ACCOUNT = /^(?:(eip155:[1-9][0-9]{0,15}):)?(0x[0-9a-fA-F]{40})$/

export const chainNumber = (chain: ChainId): number => Number(chain.slice('eip155:'.length))

/** A CAIP-19 asset, its contract in EIP-55 form so that one asset has one name; undefined when it is not one. */
export function parseAsset(text: string): Asset | undefined {
  const match = ASSET.exec(text)
  if (!match) return undefined
  const chain = match[1] as ChainId
  const contract = match[2]
  if (contract === undefined) return { id: text, chain, kind: 'native' }
  if (!isAddress(contract)) return undefined
  const address = getAddress(contract)
  return { id: `${chain}/erc20:${address}`, chain, kind: 'erc20', contract: address }
}

/** Reads a bare address or a CAIP-10 account; undefined when malformed or wrongly checksummed. */
export function parseAccount(text: string): { chain?: ChainId; address: Address } | undefined {
  const match = ACCOUNT.exec(text)
  const address = match?.[2]
  if (!match || address === undefined || !isAddress(address)) return undefined
  return match[1] === undefined
    ? { address: getAddress(address) }
    : { chain: match[1] as ChainId, address: getAddress(address) }
}

/** A payee that can receive an asset: an account on its chain that is not the zero address. */
export function parsePayee(text: string, asset: Asset, path: string): Address | FieldError {
  const account = parseAccount(text)
  if (!account) return { path, message: 'must be an address (0x and 40 hex digits, EIP-55 if mixed case) or CAIP-10' }
  if (account.chain !== undefined && account.chain !== asset.chain) {
    return { path, message: `is on ${account.chain}, but the asset is on ${asset.chain}` }
  }
  if (account.address === zeroAddress) return { path, message: 'must not be the zero address' }
  return account.address
}
