import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './postgres.ts'

/** One that dies more often in this time is ill, and a person has to look at it. */
const MAX_RESTARTS = 5
const WITHIN_MS = 10 * 60_000

/**
 * An embedded PostgreSQL that is started again, on the same port, when it dies: connections come back by themselves.
 * `exited` resolves only when it is given up.
 */
export async function keepEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
  onRestart: (log: string) => void,
): Promise<EmbeddedPostgres> {
  let current = await startEmbeddedPostgres(options)
  const { url } = current
  const port = Number(new URL(url).port)
  let isStopping = false
  let starting: Promise<unknown> = Promise.resolve()
  const restarts: number[] = []

  async function keep(): Promise<string> {
    for (;;) {
      const log = await current.exited
      const now = performance.now()
      restarts.push(now)
      if (restarts.filter((at) => now - at < WITHIN_MS).length > MAX_RESTARTS) return log
      if (isStopping) return new Promise(() => undefined)
      onRestart(log)
      const next = startEmbeddedPostgres({ ...options, port })
      starting = next.catch(() => undefined)
      try {
        current = await next
      } catch (error) {
        return `${log}\nIt could not be started again: ${error instanceof Error ? error.message : error}`
      }
    }
  }

  return {
    url,
    exited: keep(),
    async stop() {
      isStopping = true
      await starting
      await current.stop()
    },
  }
}
