import type { Static } from 'typebox'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { Problem } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import type { ForeignNonce } from '../service/needs.ts'
import { breaks } from './breaks.ts'
import type { BreakQuery } from './contract.ts'
import type { ReconciliationNeeds } from './needs.ts'
import { reconciliationProblems } from './problems.ts'
import { rounds } from './rounds.ts'
import { foreignNonce } from './rules.ts'
import { reconciliationStore } from './store.ts'

export type ReconciliationService = ReturnType<typeof reconciliationService>

/** Compares our books with the chains, without end, and says where they differ. */
export function reconciliationService(needs: ReconciliationNeeds) {
  const { database, events, log, chains } = needs
  const { start, stop } = rounds(needs)
  const { open, resolve } = breaks(needs)

  events.subscribe('reconciliation.broken', 'reconciliation', async ({ organizationId, subject }) => {
    const found = await reconciliationStore.findBreak(database, organizationId, subject)
    if (!found) return
    const { id, kind, severity, agentId, walletId, chain } = found
    log.warn({ organizationId, breakId: id, kind, severity, agentId, walletId, chain }, 'reconciliation found a break')
  })

  return {
    start,
    stop,

    /** Books for a wallet that has its account now, on every chain. */
    openBooks: async (tx: Tx, walletId: string): Promise<void> => {
      await reconciliationStore.openBooks(tx, walletId, [...chains.known])
    },

    /** A nonce that somebody else used, found before the next turn would. Takes the agent alone. */
    foreignNonce: (tx: Tx, { nonce, paymentId, transactionHash, ...whose }: ForeignNonce): Promise<void> =>
      open(tx, whose, { ...foreignNonce(BigInt(nonce), transactionHash), ...(paymentId && { paymentId }) }),

    /** What these wallets held of each asset when they were looked at last, by wallet and chain (`id chain`). */
    async balancesSeen(tx: Tx, walletIds: readonly string[]): Promise<Map<string, Record<string, string>>> {
      const rows = await reconciliationStore.balancesOf(tx, walletIds)
      return new Map(rows.map(({ walletId, chain, balances }) => [`${walletId} ${chain}`, balances]))
    },

    async list({ organizationId }: Caller, page: PageRequest, query: Static<typeof BreakQuery>) {
      const rows = await reconciliationStore.list(database, organizationId, page, query)
      const reconciledUntil = await reconciliationStore.until(database, organizationId)
      return { ...pageFrom(toWire(rows), page), reconciledUntil: reconciledUntil?.toISOString() ?? null }
    },

    async get({ organizationId }: Caller, id: string) {
      const row = await reconciliationStore.findBreak(database, organizationId, id)
      if (!row) throw new Problem(reconciliationProblems.notFound)
      return toWire(row)
    },

    async resolve(tx: Tx, caller: Caller, id: string, note: string) {
      const row = await resolve(tx, id, { by: caller.actor, note })
      if (row) return toWire(row)
      const present = await reconciliationStore.readBreak(tx, id)
      throw new Problem(present ? reconciliationProblems.alreadyResolved : reconciliationProblems.notFound)
    },
  }
}
