import type { PaymentRow } from '@wedi/database'
import type { Tx } from '#platform/database/database'
import { type PaymentNeeds, SYSTEM } from './needs.ts'

/** Goes on from the chain's nonce, which others used up to there. False when it was not ahead (any more). */
export async function adoptNonce(
  tx: Tx,
  { wallets, decisions }: Pick<PaymentNeeds, 'wallets' | 'decisions'>,
  { agentId, walletId, chain }: Pick<PaymentRow, 'agentId' | 'walletId' | 'chain'>,
  minedNonce: number,
): Promise<boolean> {
  if (!(await wallets.adoptNonce(tx, walletId, chain, minedNonce))) return false
  const whose = { subject: `wallet:${walletId}`, walletId, agentId }
  await decisions.record(tx, SYSTEM, { type: 'wallet.nonceAdopted', ...whose, inputs: { chain, nonce: minedNonce } })
  return true
}
