import { afterAll, beforeAll, expect, it } from 'vitest'
import { planOf, type WalletMode } from './plan.ts'
import { runSeed } from './seed.ts'
import { startWorld, type World } from './world.ts'

/** A few seeds of the simulator, small enough for every run; `npm run faults` tries as many as there is time for. */

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

it.each<[WalletMode, string]>([
  ['local', '1'],
  ['engine signer', '2'],
  ['engine queue', '3'],
])(
  'nothing is paid twice, lost or over a limit while %s wallets pay and everything breaks (seed %s)',
  {
    timeout: 180_000,
  },
  async (mode, seed) => {
    const { kills, violations, injected } = await runSeed(world, seed, { mode, kills: 2 })
    expect(violations).toEqual([])
    expect(kills).toBe(2)
    expect(Object.keys(injected).length).toBeGreaterThan(2)
  },
)

it('a seed has one plan', () => {
  expect(planOf('7', { kills: 20 })).toEqual(planOf('7', { kills: 20 }))
  expect(planOf('7', { kills: 20 })).not.toEqual(planOf('8', { kills: 20 }))
})
