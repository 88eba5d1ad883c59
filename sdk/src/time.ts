/** Ends at once when the signal says so, with its reason. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}

/** Hands the act a signal that aborts with the given one or at its time, and leaves no listener behind. */
export async function within<T>(
  { ms, signal, late }: { ms: number; signal?: AbortSignal | undefined; late: () => Error },
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const stop = () => controller.abort(signal?.reason)
  if (signal?.aborted) stop()
  const timer = setTimeout(() => controller.abort(late()), ms)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await act(controller.signal)
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

/** Twice as long each time, between half of it and all of it, so that those who failed together do not come together. */
export function backoffMs(attempt: number): number {
  const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 16))
  return ms * (0.5 + Math.random() / 2)
}
