import type { Address, Hex } from 'viem'
import type { ChainId } from '#platform/caip'
import type { Sealed } from '#platform/crypto'

export const providerNames = ['local', 'thirdweb-engine', 'thirdweb'] as const
export type ProviderName = (typeof providerNames)[number]

/**
 * How money leaves a wallet of the provider. `signer`: the provider only signs, Wedi owns nonce, bytes and broadcast.
 * `queue`: the provider sends by itself; Wedi hands over once and then believes the chain only.
 */
export type SubmissionMode = 'signer' | 'queue'

/** An EIP-1559 transaction before its signature. Quantities in wei and gas units. */
export interface UnsignedTransaction {
  readonly chain: ChainId
  readonly nonce: number
  readonly to: Address
  readonly value: bigint
  readonly data: Hex
  readonly gas: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/** The wallet a provider is asked about; `id` is also the label it carries there. */
export interface ProviderWallet {
  readonly organizationId: string
  readonly id: string
}

export interface OpenedWallet {
  /** EIP-55 checksummed. */
  readonly address: Address
  /** Only from `local`: the encrypted key, stored with the address in one statement. */
  readonly keystore?: Sealed
  /** Public facts of the provider about the account. */
  readonly metadata: Record<string, unknown>
}

export interface SigningWallet extends ProviderWallet {
  readonly address: Address
  readonly keystore: Sealed | null
}

/** What is handed to a queue. The key is random and was stored before the call. */
export interface Submission {
  readonly chain: ChainId
  readonly to: Address
  readonly value: bigint
  readonly data: Hex
  readonly submissionKey: string
}

/** What a queue says of a submission: a hint for where to look on chain, never a proof. */
export interface QueueStatus {
  readonly state: 'pending' | 'mined' | 'errored' | 'cancelled' | 'unknown'
  readonly transactionHash?: Hex
  readonly detail?: string
}

/** The contract of every wallet provider; providers.test.ts holds each adapter to it. */
export interface WalletProvider {
  readonly name: ProviderName
  readonly mode: SubmissionMode
  /** Signs without asking anyone, so that it may be done while a transaction is open. */
  readonly signsHere?: boolean
  /**
   * Makes the account of a wallet, or finds the one an earlier call made whose answer was lost: called again for the
   * same wallet it answers the same address. Throws a ProviderError when that cannot be known.
   */
  open(wallet: ProviderWallet, signal: AbortSignal): Promise<OpenedWallet>
  /** Of a signer: the signed bytes, which the caller checks before it stores them. */
  sign(wallet: SigningWallet, transaction: UnsignedTransaction, signal: AbortSignal): Promise<Hex>
  /** In queue mode only. Throws `refused` only when the provider surely did not take it; anything else is unknown. */
  submit(wallet: SigningWallet, submission: Submission, signal: AbortSignal): Promise<{ queueId: string }>
  /** Of a queue, also of what it took before the mode was changed. */
  status(queueId: string, signal: AbortSignal): Promise<QueueStatus>
}

/**
 * A provider did not do what it was asked. `refused`: it did nothing, because it said no (a 4xx in its own words) or
 * because it was never reached (`isUnreached`). `unknown`: no answer, a 5xx or garbage; whether it did something is not
 * known.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly outcome: 'refused' | 'unknown'
  /** No connection was made, so nothing of the request was sent. */
  readonly isUnreached: boolean

  constructor(
    outcome: 'refused' | 'unknown',
    message: string,
    { isUnreached = false, ...options }: ErrorOptions & { isUnreached?: boolean } = {},
  ) {
    super(message, options)
    this.outcome = outcome
    this.isUnreached = isUnreached
  }
}

/** For the operation a provider's mode does not have: calling it is a bug of ours. */
export function notInMode(provider: ProviderName, operation: string): never {
  throw new Error(`${provider} does not ${operation} in this mode`)
}
