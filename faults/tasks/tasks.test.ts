import { afterAll, beforeAll, expect, it } from 'vitest'
import { startWorld, type World } from '../world.ts'
import { taskPlanOf } from './plan.ts'
import { runTaskSeed } from './seed.ts'

/** One small seed of kills around tasks; `npm run faults:tasks` tries as many as there is time for. */

/** Other tests run on the same machine: this one is not about how fast it is. */
const GRACE_MS = 10_000

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

it('every task ends once while agents and servers are killed (seed 1)', { timeout: 300_000 }, async () => {
  const { violations, kills, tasks } = await runTaskSeed(world, '1', { kills: 6, hasPoison: false, graceMs: GRACE_MS })
  expect(violations).toEqual([])
  expect(kills).toBeGreaterThan(3)
  expect(tasks.SUCCEEDED).toBeGreaterThan(10)
})

it('a seed has one plan', () => {
  expect(taskPlanOf('7', { kills: 20 })).toEqual(taskPlanOf('7', { kills: 20 }))
  expect(taskPlanOf('7', { kills: 20 })).not.toEqual(taskPlanOf('8', { kills: 20 }))
})
