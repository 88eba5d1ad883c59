import type { PaymentStatus } from '@wedi/database'
import type { Address } from 'viem'

/** What is compared, and what comes of it. */

/** What our book says of a wallet on a chain, up to a block. */
export interface Page {
  readonly nonce: bigint
  /** By asset. */
  readonly balances: Readonly<Record<string, bigint>>
}

/** A transaction of a payment of ours. A payment may have several, of which one is mined. */
export interface OwnTransaction {
  readonly paymentId: string
  readonly status: PaymentStatus
  readonly asset: string
  readonly payee: string
  readonly amount: bigint
  /** The nonce we gave it; of a queue, which gives nonces itself, a lower bound. */
  readonly nonce: bigint
  readonly isQueued: boolean
  readonly hash: string | null
  /** True when the payment is CONFIRMED by this very transaction. */
  readonly isProof: boolean
  /** True when these are bytes of ours that pay; one that only fills the nonce does not. */
  readonly pays: boolean
  /** As the chain shows it, when it is mined at the block we look at or below. */
  readonly mined?: Mined
}

export interface Cost {
  readonly nonce: bigint
  readonly fee: bigint
  readonly value: bigint
  readonly isSuccess: boolean
}

export interface Mined extends Cost {
  /** Sender, payee, asset and amount are those of the payment. */
  readonly isAsMeant: boolean
}

/** A mined transaction of the wallet that is none of ours. */
export interface Stranger extends Cost {
  readonly hash: string
  readonly to: Address | null
  readonly isEmpty: boolean
}

export interface Transfer {
  readonly asset: string
  readonly from: Address
  readonly to: Address
  readonly amount: bigint
  readonly hash: string
  readonly logIndex: number
}

/** What the chain shows of a wallet since the page, up to a block, and what we know of its transactions. */
export interface Sight {
  readonly address: Address
  /** The native coin of the chain, as an asset. */
  readonly coin: string
  readonly block: bigint
  readonly nonce: bigint
  /** Assets that were looked at. */
  readonly balances: Readonly<Record<string, bigint>>
  readonly transfers: readonly Transfer[]
  readonly own: readonly OwnTransaction[]
  readonly strangers: readonly Stranger[]
  /** The provider sends by itself and gives nonces: it may use some for transactions that move nothing. */
  readonly isQueue: boolean
}

export type BreakKind =
  | 'nonce.foreign'
  | 'transfer.unmatched'
  | 'transfer.differs'
  | 'balance.missing'
  | 'balance.differs'
  | 'payment.vanished'
  | 'payment.revived'
  | 'payment.stuck'
  | 'chain.reorganized'

export interface Finding {
  readonly kind: BreakKind
  /** With the kind, the name of the break among those of the wallet and the chain. */
  readonly subject: string
  readonly asset?: string
  readonly paymentId?: string
  readonly hash?: string
  readonly expected: Readonly<Record<string, unknown>>
  readonly seen: Readonly<Record<string, unknown>>
}

/** Since when something is doubted, and how often it was looked at. */
export interface Doubt {
  readonly since: string
  readonly sights: number
}
export type Doubts = Readonly<Record<string, Doubt>>

export interface Comparison {
  readonly findings: readonly Finding[]
  /** What may be ours and is not known yet; the book stands still until it is. */
  readonly doubts: readonly string[]
  /** The page after this one, when there are no doubts. */
  readonly next: Page
}
