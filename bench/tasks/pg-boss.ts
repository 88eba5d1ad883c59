import { PgBoss } from 'pg-boss'
import { loops, PAYLOAD, type Queue } from './queue.ts'

const SINGLE = { loops: 32, batchSize: 1 }
const BATCHED = { loops: 4, batchSize: 1000 }
const POOL_SIZE = 32
const INSERT_AT_ONCE = 5000
const NAME = 'bench'

/** Fetched and completed by hand, as its own `work` polls no faster than twice a second. */
export async function pgBoss(databaseUrl: string, how: Queue['how']): Promise<Queue> {
  const plan = how === 'batched' ? BATCHED : SINGLE
  const boss = new PgBoss({
    ...{ connectionString: databaseUrl, max: POOL_SIZE, schema: `boss_${how.replace('-', '_')}` },
    ...{ supervise: false, schedule: false },
  })
  boss.on('error', (error) => process.stderr.write(`pg-boss: ${error.message}\n`))
  await boss.start()
  await boss.createQueue(NAME)
  return {
    ...{ name: 'pg-boss', how },
    does: `durable; no capabilities, slots, fences or records; expires what takes 15 min; ${plan.loops} loops of fetch(${plan.batchSize}) and complete, its supervisor off`,
    async fill(count) {
      for (let left = count; left > 0; left -= INSERT_AT_ONCE) {
        const jobs = Array.from({ length: Math.min(left, INSERT_AT_ONCE) }, () => ({ data: PAYLOAD }))
        await boss.insert(NAME, jobs)
      }
    },
    drain: () =>
      loops(plan.loops, async () => {
        const jobs = await boss.fetch(NAME, { batchSize: plan.batchSize })
        if (jobs.length === 0) return false
        await boss.complete(
          NAME,
          jobs.map(({ id }) => id),
        )
        return true
      }),
    stop: () => boss.stop({ graceful: false }),
  }
}
