import { readdirSync, readFileSync } from 'node:fs'

/** Of `getconf CLK_TCK`, which is this on every Linux there is. */
const TICKS_PER_SECOND = 100
const UTIME = 11
const CUTIME_END = 15
const PPID = 1

/** Processor time these processes, their children and this process have had, in seconds. NaN where there is no /proc. */
export function cpuSeconds(pids: readonly number[]): number {
  const { user, system } = process.cpuUsage()
  try {
    const children = childrenByParent()
    const family = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(family)]
    const ticks = pids.flatMap(family).map(ticksOf)
    return (user + system) / 1e6 + ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND
  } catch {
    return Number.NaN
  }
}

/** Its own and that of its children that have ended. */
const ticksOf = (pid: number): number =>
  (fieldsOf(pid) ?? []).slice(UTIME, CUTIME_END).reduce((sum, each) => sum + Number(each), 0)

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? fieldsOf(Number(name))?.[PPID] : undefined
    if (parent === undefined) continue
    children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)])
  }
  return children
}

/** What follows the name, which may hold anything. Undefined of a process that has just ended. */
function fieldsOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
