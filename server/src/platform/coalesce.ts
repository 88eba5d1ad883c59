import { setImmediate as nextTurn } from 'node:timers/promises'
import { isUnavailable } from './database/errors.ts'
import { Problem, requestProblems } from './problem.ts'

export interface Coalescing<Item, Result> {
  /**
   * Does all of it, or throws. Gives back a result for each item, in their order. After an error it is given items again
   * that may have been done: they must not count twice.
   */
  readonly act: (key: string, items: readonly Item[]) => Promise<readonly Result[]>
  readonly maxBatch: number
  /** Who comes when so many wait already is refused at once: 429. */
  readonly maxWaiting: number
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly settle: PromiseWithResolvers<Result>
}

/**
 * Gathers what is asked for one key in one turn of the event loop, and while a batch of it is under way, and does it in
 * the next: no timer, so alone one waits for nobody, and the more come the less each costs. When a batch fails, each of
 * its items is tried by itself, so that none fails for another; only when the database is away, all of them have failed.
 */
export function coalesce<Item, Result>({ act, maxBatch, maxWaiting }: Coalescing<Item, Result>) {
  const queues = new Map<string, Waiting<Item, Result>[]>()

  async function drain(key: string, queue: Waiting<Item, Result>[]): Promise<void> {
    do {
      // Who comes in the same turn of the event loop goes along: a burst is one batch, not one and the rest.
      await nextTurn()
      await run(key, queue.splice(0, maxBatch))
    } while (queue.length > 0)
    queues.delete(key)
  }

  async function run(key: string, batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await act(
        key,
        batch.map(({ item }) => item),
      )
      if (results.length !== batch.length) throw new Error('a batch gave back another number of results')
      for (const [i, { settle }] of batch.entries()) settle.resolve(results[i] as Result)
    } catch (error) {
      if (batch.length > 1 && !isUnavailable(error)) for (const each of batch) await run(key, [each])
      else for (const { settle } of batch) settle.reject(error)
    }
  }

  return (key: string, item: Item): Promise<Result> => {
    const settle = Promise.withResolvers<Result>()
    const queue = queues.get(key)
    if (queue === undefined) {
      const begun = [{ item, settle }]
      queues.set(key, begun)
      void drain(key, begun)
    } else if (queue.length < maxWaiting) queue.push({ item, settle })
    else settle.reject(new Problem(requestProblems.tooMany, { members: { retryAfterSeconds: 1 } }))
    return settle.promise
  }
}
