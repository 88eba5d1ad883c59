import { Queue as BullQueue, Worker } from 'bullmq'
import { PAYLOAD, type Queue } from './queue.ts'

/** It has no batches; but what many workers write in one turn of Redis's loop is flushed to the disk once. */
const CONCURRENCY = { 'un-batched': 32, batched: 512 }
const INSERT_AT_ONCE = 1000

export function bullmq(port: number, how: Queue['how']): Queue {
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null }
  const concurrency = CONCURRENCY[how]
  const name = `bench-${how}`
  const queue = new BullQueue(name, { connection, defaultJobOptions: { removeOnComplete: true } })
  return {
    ...{ name: 'bullmq', how },
    does: `Redis, appendfsync always; no capabilities, slots, fences or records; a lock of 30 s; what is done is deleted; one worker, concurrency ${concurrency}${
      how === 'batched' ? ' (it has no batches: more at once share a flush)' : ''
    }`,
    async fill(count) {
      for (let left = count; left > 0; left -= INSERT_AT_ONCE) {
        await queue.addBulk(
          Array.from({ length: Math.min(left, INSERT_AT_ONCE) }, () => ({ name: 'pay', data: PAYLOAD })),
        )
      }
    },
    async drain(count) {
      const worker = new Worker(name, async () => undefined, { connection, concurrency, autorun: false })
      await worker.waitUntilReady()
      let done = 0
      const all = new Promise<void>((resolve) => {
        worker.on('completed', () => {
          if (++done === count) resolve()
        })
      })
      void worker.run()
      await all
      void worker.close()
    },
    stop: () => queue.close(),
  }
}
