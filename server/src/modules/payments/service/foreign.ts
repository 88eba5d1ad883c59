import type { PaymentRow } from '@wedi/database'
import type { Intent } from '#modules/chains'
import type { ChainId } from '#platform/caip'
import type { Tx } from '#platform/database/database'
import type { JobResult } from '#platform/jobs'
import { OVERLAP_BLOCKS } from '../rules.ts'
import { paymentStore } from '../store/payments.ts'
import { transactionStore } from '../store/transactions.ts'
import { AGAIN, type ForeignNonce, type PaymentNeeds, SYSTEM } from './needs.ts'
import { adoptNonce } from './nonce.ts'
import { becomeUnknown, settle } from './settle.ts'
import { isSigned, lastOf, type Transactions } from './transaction.ts'

const LOOK_ON_MS = 5000
const WAIT_FOR_A_PERSON_MS = 60_000

/** Money that left a wallet without us: somebody else signs for its account. */
export function foreignNonces(needs: PaymentNeeds) {
  const { database, chains, wallets, organizations } = needs

  const of = ({ id, agentId, walletId, chain }: PaymentRow, nonce: bigint): ForeignNonce => ({
    agentId,
    walletId,
    chain,
    nonce: String(nonce),
    paymentId: id,
  })

  /**
   * In the order of locks: the organisation, then the agent (alone, which the freeze takes), then what is below. False
   * when the payment went on since it was looked at, or when what was found turns out to be its own: nobody is frozen for
   * what another process signed while this one stood still.
   */
  const freezing = (payment: PaymentRow, found: Found, then: (tx: Tx) => Promise<unknown>): Promise<boolean> =>
    database.inOrganization(payment.organizationId, async (tx) => {
      await organizations.lockShared(tx)
      await needs.agents.lockForChange(tx, payment.agentId)
      await wallets.lockShared(tx, payment.walletId)
      const locked = await paymentStore.lock(tx, payment.id)
      const own = await transactionStore.readOf(tx, payment.id)
      const isOurs = own.some(({ transactionHash }) => transactionHash === found.transactionHash)
      if (locked?.status !== payment.status || isOurs) return false
      await needs.foreignNonce(tx, found)
      await then(tx)
      return true
    })

  /** Up to here it is proven that our bytes can never be mined: another transaction has their nonce, deep enough. */
  async function fail(payment: PaymentRow, nonce: bigint, transactionHash: string): Promise<JobResult> {
    const isFrozen = await freezing(payment, { ...of(payment, nonce), transactionHash }, (tx) =>
      settle(tx, needs, payment.id, {
        to: 'FAILED',
        from: ['SUBMITTED', 'UNKNOWN'],
        actor: SYSTEM,
        failure: {
          code: 'payment.nonceTaken',
          detail: `${transactionHash}, which is not ours, used nonce ${nonce} of the wallet.`,
        },
      }),
    )
    return isFrozen ? 'done' : AGAIN
  }

  /** A stranger did exactly what was meant, so this may be the payment: no proof of anything. A person must look. */
  async function ask(payment: PaymentRow, nonce: bigint, transactionHash: string): Promise<JobResult> {
    // Once: whoever unfreezes the agent has looked at it.
    if (payment.status === 'UNKNOWN') return { againInMs: WAIT_FOR_A_PERSON_MS }
    const isFrozen = await freezing(payment, { ...of(payment, nonce), transactionHash }, async (tx) => {
      const failure = {
        code: 'payment.nonceTaken',
        detail: `${transactionHash}, which is not ours, did what was meant: somebody has to look at it.`,
      }
      await becomeUnknown(tx, needs, { id: payment.id, from: 'SUBMITTED', failure })
    })
    return isFrozen ? { againInMs: WAIT_FOR_A_PERSON_MS } : AGAIN
  }

  return {
    /**
     * The chain has mined more nonces of a wallet than were given out. The agent is frozen, nothing is signed, and the
     * book goes on from the chain, so that whoever unfreezes the agent has looked at it.
     */
    async ahead(payment: PaymentRow, minedNonce: number): Promise<JobResult> {
      const { organizationId, agentId, walletId, chain } = payment
      await database.inOrganization(organizationId, async (tx) => {
        await organizations.lockShared(tx)
        await needs.agents.lockForChange(tx, agentId)
        // Another payment may have seen the same: it is said once.
        if (!(await adoptNonce(tx, needs, payment, minedNonce))) return
        await needs.foreignNonce(tx, { agentId, walletId, chain, nonce: String(minedNonce - 1) })
      })
      return AGAIN
    },

    /**
     * The chain is past our nonce and has none of our bytes. The transaction that used it is looked for in the blocks
     * since, some at a time; until it is found in one that counts, nothing is concluded.
     */
    async taken(payment: PaymentRow, transactions: Transactions, intent: Intent): Promise<JobResult> {
      const last = lastOf(transactions)
      const from = transactions[0]
      const page = await chains.pageAfter(
        payment.chain as ChainId,
        from.searchedTo ?? justBefore(from.sinceBlock ?? 0n),
      )
      if (!page) return { againInMs: LOOK_ON_MS }
      const user = await chains.findNonce(payment.chain as ChainId, { from: intent.from, nonce: last.nonce }, page)
      const isOurs = transactions.some((each) => isSigned(each) && each.transactionHash === user)
      // Seen in a block, its receipt will be there as well at the next look.
      if (isOurs) return { againInMs: LOOK_ON_MS }
      for (const hash of await chains.findTransfers(intent, page))
        if (!(await transactionStore.isClaimed(database, payment, hash))) return ask(payment, last.nonce, hash)
      if (user) return fail(payment, last.nonce, user)
      await transactionStore.searched(database, from, page.to)
      return AGAIN
    },
  }
}

/** The transaction that was taken for a stranger's. */
type Found = ForeignNonce & { readonly transactionHash: string }

export type Foreign = ReturnType<typeof foreignNonces>

/** The block was asked for beside the nonce, not at the same moment: what used it may be in one just before. */
const justBefore = (block: bigint): bigint => (block > OVERLAP_BLOCKS ? block - OVERLAP_BLOCKS : 0n)
