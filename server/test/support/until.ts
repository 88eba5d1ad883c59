import { setTimeout as pause } from 'node:timers/promises'

const POLL_MS = 20
export const DEADLINE_MS = 15_000

/** Asks until the answer is neither undefined nor false, and gives it back. Fails at the deadline, saying what was seen last. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  { deadlineMs = DEADLINE_MS, last }: { deadlineMs?: number; last?: () => unknown } = {},
): Promise<T> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const answer = await probe()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > deadline) {
      throw new Error(
        `after ${deadlineMs} ms still not so: ${what}${last ? `; last seen: ${JSON.stringify(last())}` : ''}`,
      )
    }
    await pause(POLL_MS)
  }
}
