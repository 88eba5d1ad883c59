import type { LimitWindow } from '@wedi/database'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** 1970-01-01 was a Thursday: the first Monday came four days later. */
const FIRST_MONDAY_MS = 4 * DAY_MS

export interface Window {
  readonly start: Date
  /** The first instant after it; undefined when it never ends. */
  readonly end?: Date
}

const span = (start: number, length: number): Window => ({ start: new Date(start), end: new Date(start + length) })

/** The calendar window of a kind that holds an instant: UTC, weeks from Monday. A transaction is a window of its own. */
export function windowAt(kind: LimitWindow, instant: Date): Window {
  const time = instant.getTime()
  switch (kind) {
    case 'TRANSACTION':
    case 'LIFETIME':
      return { start: new Date(0) }
    case 'HOUR':
      return span(time - (time % HOUR_MS), HOUR_MS)
    case 'DAY':
      return span(time - (time % DAY_MS), DAY_MS)
    case 'WEEK':
      return span(time - ((time - FIRST_MONDAY_MS) % (7 * DAY_MS)), 7 * DAY_MS)
    case 'MONTH': {
      const start = Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth(), 1)
      return span(start, Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth() + 1, 1) - start)
    }
  }
}
