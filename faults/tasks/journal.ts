import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/** What an agent's process did and heard. Each line is written before the next thing is done, so SIGKILL takes none back. */
export type Entry = { readonly at: number } & (
  | { readonly what: 'begun'; readonly task: string; readonly token: string; readonly expiresAt: string }
  | { readonly what: 'asked'; readonly act: Act; readonly task: string; readonly token: string; readonly mark: string }
  | {
      readonly what: 'answered'
      readonly act: Act
      readonly task: string
      readonly token: string
      readonly mark: string
      readonly status: number
      readonly code: string
    }
  | { readonly what: 'odd'; readonly text: string }
)
export type Act = 'complete' | 'fail' | 'give up' | 'heartbeat'
/** `Omit` of each of a union. */
type Said<T> = T extends unknown ? Omit<T, 'at'> : never

export type Journal = (entry: Said<Entry>) => void

export const openJournal =
  (file: string): Journal =>
  (entry) =>
    appendFileSync(file, `${JSON.stringify({ at: Date.now(), ...entry })}\n`)

/** A process that was killed while it wrote may leave half a line at the end. */
export function readJournal(file: string): Entry[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  lines.pop()
  return lines.map((line) => JSON.parse(line) as Entry)
}
