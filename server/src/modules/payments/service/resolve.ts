import type { PaymentRow } from '@wedi/database'
import type { Hex } from 'viem'
import { ChainUnavailable, chainProblems, type Receipt } from '#modules/chains'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { sqlState, UNIQUE_VIOLATION } from '#platform/database/errors'
import { invalid, Problem } from '#platform/problem'
import { toWire } from '#platform/wire'
import { paymentProblems } from '../problems.ts'
import { moveOf } from '../rules.ts'
import { paymentStore } from '../store/payments.ts'
import { transactionStore } from '../store/transactions.ts'
import { about, holdStill, type PaymentNeeds } from './needs.ts'
import { settle, wakeNext } from './settle.ts'

export interface Resolution {
  outcome: 'CONFIRMED' | 'SET_ASIDE'
  transactionHash?: string
  note?: string
}

const MADE_ANOTHER = 'It made another payment.'

/** What a person knows of a payment whose outcome is unknown: where it is on chain, or that nobody can say. */
export function resolving(needs: PaymentNeeds) {
  const { database, chains, wallets, decisions, events } = needs
  const notProven = (detail: string) => new Problem(paymentProblems.notProven, { detail })

  /** The receipt, when the chain shows that this transaction made this payment and no other. */
  async function prove(payment: PaymentRow, hash: Hex): Promise<Receipt> {
    const wallet = await wallets.find(payment.organizationId, payment.walletId)
    const seen = await chains.effect(hash, moveOf(wallet?.address ?? null, payment))
    if (seen === 'absent') throw notProven('The chain does not know this transaction, or has not mined it.')
    if (seen === 'shallow') throw notProven('It is mined, but not enough blocks stand on it.')
    if (seen.effect !== 'moved') throw notProven('Sender, recipient, asset or amount are not those of the payment.')
    const [first] = await transactionStore.of(database, payment)
    if (!first || seen.receipt.blockNumber <= (first.sinceBlock ?? 0n))
      throw notProven('It was mined before the payment was sent.')
    if (await transactionStore.isClaimed(database, payment, hash)) throw notProven(MADE_ANOTHER)
    return seen.receipt
  }

  return {
    /** Asked of the chain before the transaction is opened. */
    async proofOf({ organizationId }: Caller, id: string, { outcome, transactionHash }: Resolution) {
      if (outcome === 'SET_ASIDE') return undefined
      if (transactionHash === undefined)
        throw invalid({ path: '/transactionHash', message: 'is needed: it is what proves the outcome' })
      const payment = await paymentStore.find(database, organizationId, id)
      if (!payment) throw new Problem(paymentProblems.notFound)
      if (payment.status !== 'UNKNOWN') throw new Problem(paymentProblems.notUnknown)
      try {
        return await prove(payment, transactionHash as Hex)
      } catch (error) {
        if (error instanceof ChainUnavailable) throw new Problem(chainProblems.unavailable, { cause: error })
        throw error
      }
    },

    async resolve(tx: Tx, caller: Caller, id: string, { note }: Resolution, proof: Receipt | undefined) {
      const seen = await paymentStore.read(tx, id)
      if (!seen) throw new Problem(paymentProblems.notFound)
      await holdStill(tx, needs, seen)
      const row = proof ? await confirm(tx, caller, id, proof) : await setAside(tx, caller, id, note)
      if (!row) throw new Problem(paymentProblems.notUnknown)
      await wakeNext(tx, needs, row)
      return toWire(row)
    },
  }

  async function confirm(tx: Tx, { actor }: Caller, id: string, { hash: transactionHash, blockNumber }: Receipt) {
    try {
      return await settle(tx, needs, id, { to: 'CONFIRMED', from: ['UNKNOWN'], actor, transactionHash, blockNumber })
    } catch (error) {
      // Another payment claimed it since it was looked at.
      if (sqlState(error) === UNIQUE_VIOLATION) throw notProven(MADE_ANOTHER)
      throw error
    }
  }

  /** It stays unknown and its reservation stays taken; it is still looked for, slowly. Only its wallet goes on. */
  async function setAside(tx: Tx, { actor }: Caller, id: string, note: string | undefined) {
    if (note === undefined) throw invalid({ path: '/note', message: 'is needed: it says why nobody can know' })
    const row = await paymentStore.setAside(tx, id)
    if (!row) return undefined
    await decisions.record(tx, actor, { type: 'payment.setAside', ...about(row), inputs: { note } })
    await events.publish(tx, 'payment.changed', id, row)
    return row
  }
}
