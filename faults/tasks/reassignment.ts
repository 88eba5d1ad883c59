import type { Findings } from '../invariants.ts'
import type { Life } from './crew.ts'
import type { Change } from './history.ts'
import type { TaskInvariant } from './invariants.ts'
import type { Entry } from './journal.ts'
import { lostIn, type Outage } from './watch.ts'

/** Milliseconds; each without what was lost to outages. */
export interface Reassignments {
  /** From the end of a lease until the task is nobody's. */
  readonly noticed: number[]
  /** From the end of a lease to the next assignment. */
  readonly afterLease: number[]
  /** From SIGKILL of the agent that had the task to the next assignment. */
  readonly afterKill: number[]
}

/** «Within the lease and a second» of the promise. */
const PROMISED_MS = 1000
const HELD = ['ASSIGNED', 'RUNNING']

export interface Circumstances {
  readonly history: ReadonlyMap<string, readonly Change[]>
  readonly entries: readonly (Entry & { readonly life: Life })[]
  readonly outages: readonly Outage[]
  /** Tasks that may have to wait for somebody in particular, or for others of their key. */
  readonly mayWait: ReadonlySet<string>
  /** What the machine is granted on top of what is promised: it may have more to do than this. */
  readonly graceMs: number
}

/** Each task whose lease ran out is given again in time: the anchor can take it, is alive, and has room. */
export function measureReassignments(
  { history, entries, outages, mayWait, graceMs }: Circumstances,
  findings: Findings<TaskInvariant>,
): Reassignments {
  const holders = new Map<string, Life>()
  for (const entry of entries) if (entry.what === 'begun') holders.set(`${entry.task} ${entry.token}`, entry.life)
  const measured: Reassignments = { noticed: [], afterLease: [], afterKill: [] }
  for (const [taskId, changes] of history) {
    if (mayWait.has(taskId)) continue
    for (const { lost, given } of reassignmentsOf(changes)) {
      const leaseEnd = lost.leaseWas as number
      const late = given.at - leaseEnd - lostIn(outages, leaseEnd, given.at)
      measured.noticed.push(lost.at - leaseEnd - lostIn(outages, leaseEnd, lost.at))
      measured.afterLease.push(late)
      const about = `task ${taskId}: token ${lost.tokenWas} ran out at ${iso(leaseEnd)}, given away at ${iso(given.at)}`
      if (late > PROMISED_MS + graceMs) findings.add('given late', `${about}, ${Math.round(late)} ms late`)
      const life = holders.get(`${taskId} ${lost.tokenWas}`)
      if (life?.killedAt === undefined || life.killedAt > leaseEnd) continue
      const afterKill = given.at - life.killedAt - lostIn(outages, life.killedAt, given.at)
      measured.afterKill.push(afterKill)
      if (afterKill > life.leaseSeconds * 1000 + PROMISED_MS + graceMs)
        findings.add('given late', `${about}, ${Math.round(afterKill)} ms after its agent was killed`)
    }
  }
  return measured
}

const iso = (at: number) => new Date(at).toISOString()

/** Assignments that ended because their lease ran out, each with the next one of the task, if that came next. */
function reassignmentsOf(changes: readonly Change[]): { lost: Change; given: Change }[] {
  return changes.flatMap((lost, at) => {
    const isExpiry = HELD.includes(lost.was ?? '') && lost.leaseWas !== null && lost.leaseWas <= lost.at
    if (!isExpiry) return []
    if (HELD.includes(lost.now) && lost.token !== lost.tokenWas) return [{ lost, given: lost }]
    const given = changes[at + 1]
    return lost.now === 'QUEUED' && given && HELD.includes(given.now) ? [{ lost, given }] : []
  })
}

export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0
