/** Exponential pause with full jitter between half and the whole of it. `attempt` counts from 1. */
export function backoffMs(attempt: number, options: { baseMs: number; maxMs: number }, random = Math.random): number {
  const ceiling = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(attempt - 1, 30))
  return Math.round(ceiling / 2 + random() * (ceiling / 2))
}
