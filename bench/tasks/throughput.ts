import type pg from 'pg'
import { median } from '../numbers.ts'
import type { Absent, Queue } from './queue.ts'

interface Round {
  readonly perSecond: number
  /** Of the queue's clients and its database together; what else runs on the machine is not in it. */
  readonly cpuMs: number
  /** Why it counts for nothing. */
  readonly failed?: string
}

export interface Throughput {
  readonly name: string
  readonly how: Queue['how']
  readonly does: string
  readonly tasks: number
  readonly perSecond: number
  readonly cpuMsPerTask: number
  readonly rounds: readonly Round[]
}

interface Plan {
  readonly rounds: number
  readonly tasks: Readonly<Record<Queue['how'], number>>
  readonly cpuSeconds: () => number
  readonly say: (line: string) => void
}

/** From a backlog that is committed to the last task that is durably done, in turn; one round before is not counted. */
export async function measureThroughput(queues: readonly Queue[], owner: pg.Pool, plan: Plan): Promise<Throughput[]> {
  const taken = queues.map((queue) => ({ queue, rounds: [] as Round[] }))
  for (let i = 0; i <= plan.rounds; i++) {
    for (const { queue, rounds } of taken) {
      const one = await round(queue, owner, plan)
      if (i === 0) continue
      rounds.push(one)
      const said = one.failed === undefined ? `${one.perSecond.toFixed(0)}/s` : `FAILED: ${one.failed}`
      plan.say(`  ${i}. ${queue.name}, ${queue.how}: ${said}, ${one.cpuMs.toFixed(2)} ms of processor a task`)
    }
  }
  return taken.map(({ queue: { name, how, does }, rounds }) => {
    const good = rounds.filter(({ failed }) => failed === undefined)
    return {
      ...{ name, how, does, tasks: plan.tasks[how], rounds },
      perSecond: median(good.map(({ perSecond }) => perSecond)),
      cpuMsPerTask: median(good.map(({ cpuMs }) => cpuMs)),
    }
  })
}

async function round(queue: Queue, owner: pg.Pool, { tasks, cpuSeconds }: Plan): Promise<Round> {
  const count = tasks[queue.how]
  try {
    await queue.fill(count)
    // Everyone's plans are those of a table that is known.
    await owner.query('analyze')
    const [begun, cpuBegun] = [performance.now(), cpuSeconds()]
    await queue.drain(count)
    const seconds = (performance.now() - begun) / 1000
    return { perSecond: count / seconds, cpuMs: ((cpuSeconds() - cpuBegun) * 1000) / count }
  } catch (error) {
    return { perSecond: Number.NaN, cpuMs: Number.NaN, failed: String(error) }
  }
}

const GOAL_OF_GRAPHILE = 1.2
const GOAL_OF_PG_BOSS = 0.8

export function throughputLines(results: readonly Throughput[], absent: readonly Absent[]) {
  const speed = (name: string, how: Queue['how']): number =>
    results.find((each) => each.name === name && each.how === how)?.perSecond ?? Number.NaN
  const against = (peer: string, how: Queue['how'], goal?: number) => {
    const ratio = speed('wedi', how) / speed(peer, how)
    const shown = { what: `assign + complete, ${how}: wedi ÷ ${peer}`, measured: ratio.toFixed(2) }
    return goal === undefined ? { ...shown, goal: '' } : { ...shown, goal: `≥ ${goal}`, isMet: ratio >= goal }
  }
  return [
    ...results.map(({ name, how, perSecond, cpuMsPerTask }) => ({
      what: `assign + complete, ${how}: ${name}`,
      measured: `${perSecond.toFixed(0)}/s  ${cpuMsPerTask.toFixed(2)} ms of processor a task`,
      goal: '',
    })),
    ...absent.map(({ name, why }) => ({
      what: `assign + complete: ${name}`,
      measured: `not measured: ${why}`,
      goal: '',
    })),
    against('graphile-worker', 'batched', GOAL_OF_GRAPHILE),
    against('pg-boss', 'batched', GOAL_OF_PG_BOSS),
    against('graphile-worker', 'un-batched'),
    against('pg-boss', 'un-batched'),
    ...(absent.length > 0 ? [] : [against('bullmq', 'un-batched')]),
  ]
}
