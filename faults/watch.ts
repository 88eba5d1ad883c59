import { setTimeout as pause } from 'node:timers/promises'
import type { Findings } from './invariants.ts'
import type { CounterSeen, Ledger } from './ledger.ts'

const SAMPLE_MS = 200
const LOOKS_PER_RECONCILIATION = 10

export interface Watch {
  end(): Promise<void>
  readonly samples: () => number
}

/** Looks at the limits again and again while everything goes on: they hold at every instant, not only in the end. */
export const watchLimits = (ledger: Ledger, findings: Findings, signal?: AbortSignal): Watch => {
  let looks = 0
  return watching(async () => {
    for (const counter of await ledger.counters()) judgeCounter(counter, findings)
    // Books are compared with the chain every half minute: here as well while everything breaks.
    if (looks++ % LOOKS_PER_RECONCILIATION === 0) await ledger.hurryReconciliation()
  }, signal)
}

/** The same without adding up the reservations, of which there may be millions. */
export const watchCaps = (ledger: Ledger, findings: Findings): Watch =>
  watching(async () => {
    for (const what of await ledger.overLimits()) findings.add('over a limit', what)
  })

function watching(look: () => Promise<void>, signal?: AbortSignal): Watch {
  let isOver = false
  let samples = 0
  const running = (async () => {
    while (!isOver && !signal?.aborted) {
      try {
        await look()
        samples += 1
      } catch {
        // The database is away: there is nothing to look at.
      }
      await pause(SAMPLE_MS)
    }
  })()
  return {
    samples: () => samples,
    async end() {
      isOver = true
      await running
    },
  }
}

export function judgeCounter(counter: CounterSeen, findings: Findings): void {
  const { place, maxAmount, maxCount, reserved, spent, reservedCount, spentCount } = counter
  if (maxAmount !== null && reserved + spent > maxAmount)
    findings.add('over a limit', `${place}: ${reserved} reserved and ${spent} spent of ${maxAmount}`)
  if (maxCount !== null && reservedCount + spentCount > maxCount)
    findings.add('over a limit', `${place}: ${reservedCount} and ${spentCount} times of ${maxCount}`)
  const isSame =
    reserved === counter.reservedSum &&
    spent === counter.spentSum &&
    reservedCount === counter.reservedRows &&
    spentCount === counter.spentRows
  if (!isSame) {
    const rows = `${counter.reservedSum} (${counter.reservedRows}) and ${counter.spentSum} (${counter.spentRows})`
    findings.add(
      'books differ',
      `${place}: the counter says ${reserved} (${reservedCount}) and ${spent} (${spentCount}), the reservations ${rows}`,
    )
  }
}
