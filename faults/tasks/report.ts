import { quantile } from './reassignment.ts'
import type { TaskSeedResult } from './seed.ts'

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

const ends = (tasks: Readonly<Record<string, number>>): string =>
  Object.entries(tasks)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([status, count]) => `${count} ${status}`)
    .join(', ')

/** What was done in all, in a few lines. */
export function summaryOf(results: readonly TaskSeedResult[]): string[] {
  const sum = (of: (result: TaskSeedResult) => number) => results.reduce((total, result) => total + of(result), 0)
  const tasks: Record<string, number> = {}
  for (const result of results)
    for (const [status, count] of Object.entries(result.tasks)) tasks[status] = (tasks[status] ?? 0) + count
  const afterLease = results.flatMap(({ reassignments }) => reassignments.afterLease)
  const noticed = results.flatMap(({ reassignments }) => reassignments.noticed)
  const afterKill = results.flatMap(({ reassignments }) => reassignments.afterKill)
  return [
    `${results.length} seeds, ${sum(({ kills }) => kills)} kills, ${(sum((each) => each.seconds) / 60).toFixed(1)} minutes`,
    `${sum((each) => Object.values(each.tasks).reduce((total, count) => total + count, 0))} tasks (${ends(tasks)}), ` +
      `${sum(({ assignments }) => assignments)} assignments, ${sum(({ refusedWrites }) => refusedWrites)} late writes refused`,
    `${afterLease.length} leases ran out; noticed after ${spread(noticed)}, given again after ${spread(afterLease)}`,
    `${afterKill.length} of them after SIGKILL of their agent, ${spread(afterKill)} after it (leases of 15 s)`,
    `${Math.round((100 * sum(({ outageShare, seconds: took }) => outageShare * took)) / sum(({ seconds: took }) => took))} % of the time does not count for these: nobody was up, or the machine was busy`,
    `slots and caps counted ${sum(({ samples }) => samples)} times; servers held at most ${Math.max(0, ...results.flatMap(({ memoryMb }) => memoryMb))} MB`,
    `${sum(({ violations }) => violations.length)} violations`,
  ]
}

const spread = (times: readonly number[]): string =>
  `${seconds(quantile(times, 0.5))} (median), ${seconds(quantile(times, 0.99))} (p99), ${seconds(Math.max(0, ...times))} (most)`

/** One line while it runs. */
export function progressOf(result: TaskSeedResult): string {
  const { seed, kills, tasks, reassignments, violations } = result
  const said = violations.length === 0 ? 'holds' : `${violations.length} VIOLATIONS`
  return (
    `seed ${seed}: ${said}; ${kills} kills, ${result.seconds.toFixed(0)} s, ${ends(tasks)}, ${result.assignments} assignments, ` +
    `${reassignments.afterLease.length} leases ran out, most ${seconds(Math.max(0, ...reassignments.afterLease))}`
  )
}
