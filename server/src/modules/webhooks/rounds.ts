import { isUnavailable } from '#platform/database/errors'
import { deliveryStore, type Leased } from './delivery-store.ts'
import type { WebhookNeeds } from './needs.ts'
import { LEASE_SECONDS, turning } from './turn.ts'

/** What becomes due by time, or was left by another process. */
const POLL_MS = 250
/** At once in a process. Not as jobs: a slow address would take the place of a payment. */
const MAX_TURNS = 32
/** How long what is being sent may take when the process ends. */
const DRAIN_MS = 3000

/** Gives every webhook that is due its turn, again and again, from any number of processes. */
export function rounds(needs: WebhookNeeds) {
  const { database, log } = needs
  const turn = turning(needs)
  const running = new Set<Promise<void>>()
  const ending = new AbortController()
  let isStopped = true
  let isWoken = false
  let wakeUp = () => {}
  let round: Promise<void> = Promise.resolve()

  async function take(leased: Leased): Promise<void> {
    const { organizationId, webhookId } = leased
    try {
      await turn(leased, ending.signal)
    } catch (err) {
      const facts = { err, organizationId, webhookId, isUnavailable: isUnavailable(err) }
      log.warn(facts, 'a webhook had no whole turn: it is due again when its lease ends')
    }
  }

  function begin(leased: Leased): void {
    const work = take(leased).finally(() => {
      running.delete(work)
      wake()
    })
    running.add(work)
  }

  async function takeDue(): Promise<number> {
    const room = MAX_TURNS - running.size
    if (room === 0) return 0
    try {
      const taken = await deliveryStore.lease(database, room, LEASE_SECONDS)
      for (const leased of taken) begin(leased)
      return taken.length
    } catch (err) {
      log.warn({ err, isUnavailable: isUnavailable(err) }, 'cannot look which webhooks are due')
      return 0
    }
  }

  async function goRound(): Promise<void> {
    while (!isStopped) {
      isWoken = false
      if ((await takeDue()) === 0) await rest()
    }
  }

  function rest(): Promise<void> {
    if (isWoken || isStopped) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(done, POLL_MS)
      wakeUp = done
      function done(): void {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  function wake(): void {
    isWoken = true
    wakeUp()
  }

  return {
    wake,

    start(): void {
      isStopped = false
      round = goRound()
    },

    /** Takes nothing more; what is not answered in a moment is cut off and sent again by the next process. */
    async stop(): Promise<void> {
      isStopped = true
      wake()
      await round
      const cutOff = setTimeout(() => ending.abort(), DRAIN_MS)
      await Promise.all(running)
      clearTimeout(cutOff)
    },
  }
}
