import type { Random } from '../random.ts'

/** What an agent does with a task it was given. */
export type Habit =
  | 'complete'
  | 'complete twice'
  | 'complete, then fail'
  | 'use an old token first'
  | 'fail'
  | 'give up'
  | 'say nothing'
  | 'come back late'
  | 'take longer than a lease'

type Weighted = readonly (readonly [number, Habit])[]

const WELL_BEHAVED: Weighted = [
  [80, 'complete'],
  [10, 'complete twice'],
  [10, 'use an old token first'],
]
const ANY: Weighted = [
  [58, 'complete'],
  [9, 'complete twice'],
  [5, 'complete, then fail'],
  [8, 'use an old token first'],
  [7, 'fail'],
  [3, 'give up'],
  [4, 'say nothing'],
  [4, 'come back late'],
  [2, 'take longer than a lease'],
]

export function habitOf(random: Random, isWellBehaved: boolean): Habit {
  const habits = isWellBehaved ? WELL_BEHAVED : ANY
  let rest = random.next() * habits.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, habit] of habits) {
    rest -= weight
    if (rest < 0) return habit
  }
  return 'complete'
}
