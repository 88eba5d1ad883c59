import type pg from 'pg'
import { median } from '../numbers.ts'
import type { Queue } from './queue.ts'

interface Round {
  readonly seconds: number
  readonly perSecond: number
  /** Why it counts for nothing. */
  readonly failed?: string
}

export interface Throughput {
  readonly name: string
  readonly how: Queue['how']
  readonly does: string
  readonly tasks: number
  readonly perSecond: number
  readonly rounds: readonly Round[]
}

interface Plan {
  readonly rounds: number
  readonly tasks: Readonly<Record<Queue['how'], number>>
  readonly say: (line: string) => void
}

/** From a backlog that is committed to the last task that is durably done, in turn; one round before is not counted. */
export async function measureThroughput(queues: readonly Queue[], owner: pg.Pool, plan: Plan): Promise<Throughput[]> {
  const taken = queues.map((queue) => ({ queue, rounds: [] as Round[] }))
  for (let i = 0; i <= plan.rounds; i++) {
    for (const { queue, rounds } of taken) {
      const one = await round(queue, owner, i === 0 ? Math.ceil(plan.tasks[queue.how] / 4) : plan.tasks[queue.how])
      if (i === 0) continue
      rounds.push(one)
      const said = one.failed === undefined ? `${one.perSecond.toFixed(0)}/s` : `FAILED: ${one.failed}`
      plan.say(`  ${i}. ${queue.name}, ${queue.how}: ${said}`)
    }
  }
  return taken.map(({ queue: { name, how, does }, rounds }) => ({
    ...{ name, how, does, tasks: plan.tasks[how], rounds },
    perSecond: median(rounds.flatMap(({ failed, perSecond }) => (failed === undefined ? [perSecond] : []))),
  }))
}

async function round(queue: Queue, owner: pg.Pool, tasks: number): Promise<Round> {
  try {
    await queue.fill(tasks)
    // Everyone begins with tables as autovacuum would have left them.
    await owner.query('vacuum analyze')
    const begun = performance.now()
    await queue.drain(tasks)
    const seconds = (performance.now() - begun) / 1000
    return { seconds, perSecond: tasks / seconds }
  } catch (error) {
    return { seconds: Number.NaN, perSecond: Number.NaN, failed: String(error) }
  }
}
