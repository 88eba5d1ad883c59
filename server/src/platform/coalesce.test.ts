import { describe, expect, it, vi } from 'vitest'
import { coalesce } from './coalesce.ts'

/** An act that waits to be let go, and remembers what it was given. */
function held({ maxBatch = 100, maxWaiting = 100 } = {}) {
  const batches: (readonly number[])[] = []
  const gates: (() => void)[] = []
  const ask = coalesce<number, number>({
    ...{ maxBatch, maxWaiting },
    async act(_key, items) {
      batches.push(items)
      await new Promise<void>((resolve) => gates.push(resolve))
      if (items.some((item) => item < 0)) throw new Error(`cannot do ${items}`)
      if (items.includes(0)) throw Object.assign(new Error('gone'), { code: 'ECONNRESET' })
      return items.map((item) => item * 10)
    },
  })
  /** Lets one batch after the other go until nobody waits. */
  const go = async (asked: Promise<unknown>[]) => {
    let isOver = false
    const over = Promise.allSettled(asked).finally(() => (isOver = true))
    while (!isOver) {
      gates.shift()?.()
      await new Promise(setImmediate)
    }
    return over
  }
  /** The first is under way when the others come. */
  const askInTurn = async (items: readonly number[]) => {
    const asked: Promise<number>[] = []
    for (const item of items) {
      asked.push(ask('a', item))
      if (asked.length === 1) await vi.waitUntil(() => batches.length === 1, { interval: 1 })
    }
    return go(asked)
  }
  return { ask, askInTurn, batches, go }
}

describe('what is asked for in one turn of the event loop', () => {
  it('goes together, and each has its own answer', async () => {
    const { ask, batches, go } = held()
    const answers = await go([1, 2, 3, 4].map((item) => ask('a', item)))
    expect(answers).toEqual([10, 20, 30, 40].map((value) => ({ status: 'fulfilled', value })))
    expect(batches).toEqual([[1, 2, 3, 4]])
  })
})

describe('what is asked for while a batch is under way', () => {
  it('goes together in the next, and each has its own answer', async () => {
    const { askInTurn, batches } = held()
    const answers = await askInTurn([1, 2, 3, 4])
    expect(answers).toEqual([10, 20, 30, 40].map((value) => ({ status: 'fulfilled', value })))
    expect(batches).toEqual([[1], [2, 3, 4]])
  })

  it('does not wait for another key', async () => {
    const { ask, batches, go } = held()
    await go([ask('a', 1), ask('b', 2), ask('a', 3)])
    expect(batches).toEqual([[1, 3], [2]])
  })

  it('goes in batches of a bounded size', async () => {
    const { askInTurn, batches } = held({ maxBatch: 2 })
    await askInTurn([1, 2, 3, 4])
    expect(batches).toEqual([[1], [2, 3], [4]])
  })

  it('is refused when too many wait already', async () => {
    const { askInTurn } = held({ maxWaiting: 2 })
    const answers = await askInTurn([1, 2, 3, 4])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
    expect(answers[3]).toMatchObject({ reason: { code: 'request.tooMany' } })
  })

  it('does not fail for one that cannot be done', async () => {
    const { askInTurn, batches } = held()
    const answers = await askInTurn([1, 2, -3, 4])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(batches).toEqual([[1], [2, -3, 4], [2], [-3], [4]])
  })

  it('fails at once when the database is away, and not one by one', async () => {
    const { askInTurn, batches } = held()
    const answers = await askInTurn([1, 2, 0, 4])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
    expect(batches).toHaveLength(2)
  })

  it('is begun again after a time of rest', async () => {
    const { ask, batches, go } = held()
    await go([ask('a', 1)])
    await go([ask('a', 2)])
    expect(batches).toEqual([[1], [2]])
  })
})
