import type { PaymentLinkPaymentRow, PaymentLinkRow, WalletRow } from '@wedi/database'
import { type Address, isAddressEqual } from 'viem'
import type { AgentService } from '#modules/agents'
import type { AssignmentService } from '#modules/assignment'
import type { CapabilityService } from '#modules/capabilities'
import type { ChainService } from '#modules/chains'
import type { DecisionService } from '#modules/decisions'
import type { IntegrationKeyService } from '#modules/integration-keys'
import type { PaymentService } from '#modules/payments'
import type { WalletService } from '#modules/wallets'
import { type Asset, parseAsset } from '#platform/caip'
import type { Clock } from '#platform/clock'
import type { Database, Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import type { Jobs } from '#platform/jobs'
import { WATCHED_AFTER_CLOSE_DAYS } from '../rules.ts'
import type { Facilitator } from '../x402/facilitator.ts'

/** Of the places for jobs: who waits for a chain here holds up nothing else. */
export const MAX_AT_ONCE = 8

export const SYSTEM = 'system:payment-links'

export interface LinkNeeds {
  database: Database
  clock: Clock
  jobs: Jobs
  events: Events
  decisions: Pick<DecisionService, 'record'>
  agents: Pick<AgentService, 'requireIn'>
  capabilities: Pick<CapabilityService, 'ofAgents'>
  chains: ChainService
  wallets: Pick<WalletService, 'lockPaying' | 'ownAddresses'>
  integrationKeys: Pick<IntegrationKeyService, 'judge'>
  payments: Pick<PaymentService, 'carry' | 'mayReceive' | 'find'>
  tasks: Pick<AssignmentService, 'submit'>
  /** Somebody else who checks and settles; undefined: the agent's own wallet carries what payers sign. */
  facilitator?: Facilitator | undefined
  /** Instead of the pauses between two looks at an account that fit its chain. */
  everyMs?: number | undefined
}

export type Token = Asset & { kind: 'erc20' }

export function tokenOf(id: string): Token {
  const asset = parseAsset(id)
  if (asset?.kind !== 'erc20') throw new Error(`a payment link has no token: ${id}`)
  return asset
}

/** Whether this is the account of that wallet. */
export const isWallet = (wallet: Pick<WalletRow, 'address'> | undefined, address: Address): boolean =>
  typeof wallet?.address === 'string' && isAddressEqual(wallet.address as Address, address)

const DAY_MS = 24 * 3_600_000

/** Whatever was closed before this is over. */
export const closedAfter = (now: Date): Date => new Date(now.getTime() - WATCHED_AFTER_CLOSE_DAYS * DAY_MS)

/** What a record about a link names. */
export const aboutLink = ({ id, agentId }: Pick<PaymentLinkRow, 'id' | 'agentId'>) => ({
  subject: `payment-link:${id}`,
  agentId,
})

/** What a record says of money that came. */
export const wordsOf = (row: PaymentLinkPaymentRow) => ({
  linkPaymentId: row.id,
  kind: row.kind,
  asset: row.asset,
  amount: String(row.amount),
  payer: row.payer,
  payTo: row.payTo,
  transactionHash: row.transactionHash,
})

/** The job that watches an account, by name. */
export const accountName = ({ asset, address }: { asset: string; address: string }): string => `${asset} ${address}`

export async function changed(tx: Tx, { events }: Pick<LinkNeeds, 'events'>, link: PaymentLinkRow): Promise<void> {
  await events.publish(tx, 'payment-link.changed', link.id)
}
