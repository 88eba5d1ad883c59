import { ChainUnavailable } from '#modules/chains'
import type { ChainId } from '#platform/caip'
import type { ReconciliationNeeds } from './needs.ts'
import { overseeing } from './overdue.ts'
import { type BookKey, reconciliationStore } from './store.ts'
import { type Turn, turning } from './turn.ts'

/** How often a wallet is looked at: the embedded chain is ours and near, others are asked over a network. */
const EMBEDDED_EVERY_MS = 5000
const EVERY_MS = 30_000
/** How often a process asks what is due. */
const POLL_MS = 1000
/** At once in a process: few, so that payments keep the chain's node and the database to themselves. */
const MAX_TURNS = 8
/** A book that a killed process had taken is due again after this; a turn that takes longer writes nothing twice. */
const LEASE_MS = 60_000

/** Looks at every book, again and again, from any number of processes. */
export function rounds(needs: ReconciliationNeeds) {
  const { database, chains, wallets, clock, log } = needs
  const known = [...chains.known]
  const turn = turning(needs)
  const overseer = overseeing(needs)
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> = Promise.resolve()
  const running = new Set<Promise<void>>()
  let isStopped = true

  const pauseMs = (chain: string): number =>
    needs.everyMs ?? (chains.isEmbedded(chain as ChainId) ? EMBEDDED_EVERY_MS : EVERY_MS)

  /** Undefined when there is nothing to look at any more. */
  async function visit(key: BookKey): Promise<Turn | undefined> {
    const wallet = await wallets.find(key.organizationId, key.walletId)
    const book = await reconciliationStore.findBook(database, key)
    if (!wallet || !book || wallet.status === 'RETIRED') return undefined
    await overseer.pickUp(key, wallet)
    const seen = await turn(book, wallet)
    await overseer.prove(key, wallet)
    return seen
  }

  async function take(key: BookKey): Promise<void> {
    const { organizationId, walletId, chain } = key
    let pause: number | null = pauseMs(chain)
    let reconciledAt: Date | null = null
    try {
      const seen = await visit(key)
      if (seen === undefined) pause = null
      else if (seen === 'more') pause = 0
      else if (seen !== 'behind') reconciledAt = seen.reconciledAt
    } catch (error) {
      // What is not known is not wrong: it is looked at again, and `reconciledUntil` shows how long ago it was known.
      const level = error instanceof ChainUnavailable ? 'debug' : 'warn'
      log[level]({ err: error, organizationId, walletId, chain }, 'a wallet could not be reconciled, will retry')
    }
    await reconciliationStore
      .rest(database, key, pause, reconciledAt)
      .catch((err) => log.warn({ err, organizationId, walletId, chain }, 'a book is due again when its lease ends'))
  }

  function begin(key: BookKey): void {
    const turn = take(key).finally(() => running.delete(turn))
    running.add(turn)
  }

  async function takeDue(): Promise<void> {
    let room: number
    let taken: BookKey[]
    do {
      // Whoever is slow keeps one place, and none of the others waiting.
      if (running.size === MAX_TURNS) await Promise.race(running)
      room = MAX_TURNS - running.size
      taken = await reconciliationStore.lease(database, known, { limit: room, ms: LEASE_MS })
      for (const key of taken) begin(key)
    } while (taken.length === room && !isStopped)
  }

  function next(): void {
    if (isStopped) return
    round = takeDue()
      .catch((err) => log.warn({ err }, 'cannot reconcile'))
      .finally(() => {
        if (!isStopped) timer = setTimeout(next, Math.min(POLL_MS, needs.everyMs ?? POLL_MS))
      })
  }

  return {
    start(): void {
      if (known.length === 0) return
      isStopped = false
      round = reconciliationStore
        .addChains(database, known, clock())
        .catch((err) => log.warn({ err }, 'cannot add books of new chains'))
        .then(next)
    },

    /** Takes nothing more and waits for the turns that run. */
    async stop(): Promise<void> {
      isStopped = true
      clearTimeout(timer)
      await round
      await Promise.all(running)
    },
  }
}
