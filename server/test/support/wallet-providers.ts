import { inspect } from 'node:util'
import type { Address, Hex } from 'viem'
import { expect } from 'vitest'
import { newId } from '#platform/ids'
import {
  ProviderError,
  type ProviderWallet,
  type SigningWallet,
  type WalletProvider,
} from '../../src/modules/wallets/provider.ts'
import type { EngineWallet } from './fake-engine-queue.ts'

/** What a test of a wallet provider says again and again. */

/** Of a caller that never gives up. */
export const signal = (): AbortSignal => new AbortController().signal
export const newWallet = (): ProviderWallet => ({ organizationId: newId(), id: newId() })

/** A new wallet as its row would have it. */
export async function opened(provider: WalletProvider): Promise<SigningWallet> {
  const wallet = newWallet()
  const { address, keystore = null } = await provider.open(wallet, signal())
  return { ...wallet, address, keystore }
}

/** The error a call must end with. */
export async function failureOf(call: Promise<unknown>): Promise<ProviderError> {
  const error = await call.then(
    () => expect.unreachable('the call succeeded'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ProviderError)
  return error as ProviderError
}

/** Everything a logger could print of it: message, stack, causes, own fields. */
export const printed = (error: Error): string => `${inspect(error, { depth: 10, showHidden: true })} ${error.stack}`

/** Accounts of other people on the same Engine, without usable keys: making real ones by the thousand is slow. */
export const strangers = (count: number): EngineWallet[] =>
  Array.from({ length: count }, () => {
    const address = `0x${newId().replaceAll('-', '')}${Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')}` as Address
    return { address, label: newId(), type: 'local', privateKey: '0x' as Hex }
  })
