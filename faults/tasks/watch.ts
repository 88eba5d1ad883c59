import { setTimeout as pause } from 'node:timers/promises'
import type { DatabaseServer } from '../database.ts'
import type { Findings } from '../invariants.ts'
import type { TaskInvariant } from './invariants.ts'

/** A time in which nobody could be served: no server was up, the database was away, or there was more to do than hands. */
export interface Outage {
  readonly from: number
  readonly to: number
}

export interface TaskWatch {
  readonly samples: () => number
  readonly outages: () => readonly Outage[]
  /** Tasks that nobody had taken at the last look. */
  readonly waiting: () => number
  end(): Promise<void>
}

export interface WatchOptions {
  readonly database: DatabaseServer
  readonly name: string
  readonly findings: Findings<TaskInvariant>
  readonly ready: () => readonly string[]
  readonly maxConcurrencyOf: ReadonlyMap<string, number>
  readonly maxRunningOf: ReadonlyMap<string, number>
  readonly signal: AbortSignal
}

const SAMPLE_MS = 40
/** Nobody asks for more while so many tasks wait: who is given again late is late because of Wedi, not of a backlog. */
export const MOST_WAITING = 20
/** A look, and each server's word that it lives, take milliseconds: what takes longer says that nobody is served. */
const STALL_MS = 300
/** What Wedi may take to be itself again after it or its database was away. */
const RECOVERY_MS = 5000

const HELD = `
  select 'agent' as kind, assigned_agent_id::text as name, count(*)::int as count from task
  where status in ('ASSIGNED', 'RUNNING') and not is_parked group by 2
  union all
  select 'key', fairness_key, count(*)::int from task
  where status in ('ASSIGNED', 'RUNNING') and not is_parked and fairness_key is not null group by 2
  union all
  select 'queue', '', count(*)::int from task where status = 'QUEUED'`

/** Counts again and again, in one snapshot each time, what every agent and every key holds. */
export function watchTasks({ database, name, findings, ready, signal, ...caps }: WatchOptions): TaskWatch {
  const outages: Outage[] = []
  let isOver = false
  let samples = 0
  let waiting = 0
  /** Since when it is bad, and how long it takes to be good again. */
  let bad: { from: number; recoveryMs: number } | undefined

  function judge({ kind, name: who, count }: Held): void {
    if (kind === 'queue') waiting = count
    const cap = (kind === 'agent' ? caps.maxConcurrencyOf : caps.maxRunningOf).get(who)
    if (cap === undefined || count <= cap) return
    const what = `${kind} ${who} holds more than its ${cap}`
    findings.add(kind === 'agent' ? 'over its slots' : 'over the cap of a key', what)
  }

  async function look(): Promise<void> {
    const begun = Date.now()
    let recoveryMs: number | undefined
    try {
      const [counts] = await Promise.all([database.query<Held>(name, HELD), ...ready().map((url) => says(url, 'live'))])
      const tookMs = Date.now() - begun
      for (const held of counts) judge(held)
      samples += 1
      // This look has a way of its own to the database: only the servers know when theirs is cut off.
      const canServe = await Promise.all(ready().map((url) => says(url, 'ready')))
      if (!canServe.includes(true)) recoveryMs = RECOVERY_MS
      else if (tookMs > STALL_MS || waiting > MOST_WAITING) recoveryMs = 0
    } catch {
      recoveryMs = RECOVERY_MS
    }
    if (recoveryMs !== undefined)
      bad = { from: bad?.from ?? begun, recoveryMs: Math.max(bad?.recoveryMs ?? 0, recoveryMs) }
    else if (bad) {
      outages.push({ from: bad.from, to: Date.now() + bad.recoveryMs })
      bad = undefined
    }
  }

  const running = (async () => {
    while (!isOver && !signal.aborted) {
      await look()
      const begun = Date.now()
      await pause(SAMPLE_MS)
      // This process itself did not get on: the others will not have fared better.
      if (Date.now() - begun > STALL_MS) outages.push({ from: begun, to: Date.now() })
    }
  })()
  return {
    samples: () => samples,
    outages: () => outages,
    waiting: () => waiting,
    async end() {
      isOver = true
      await running
    },
  }
}

/** One that was killed meanwhile is neither. */
const says = (url: string, what: 'live' | 'ready'): Promise<boolean> =>
  fetch(`${url}/health/${what}`, { signal: AbortSignal.timeout(RECOVERY_MS) }).then(
    ({ ok }) => ok,
    () => false,
  )

interface Held {
  readonly kind: 'agent' | 'key' | 'queue'
  readonly name: string
  readonly count: number
}

/** How much of a time was lost to outages, which may overlap each other. */
export function lostIn(outages: readonly Outage[], from: number, to: number): number {
  let lost = 0
  let reached = from
  for (const outage of [...outages].sort((a, b) => a.from - b.from)) {
    const begin = Math.max(reached, outage.from)
    const end = Math.min(to, outage.to)
    if (end <= begin) continue
    lost += end - begin
    reached = end
  }
  return lost
}
