import type { FeedEntry } from '#modules/decisions'

/** What an event is to those outside, and who wants which: pure. */

export interface Wanted {
  /** `payment.*`, `task.failed`, `*`. */
  readonly types: readonly string[]
  /** Set: only what is about this agent. */
  readonly agentId?: string | null | undefined
}

/** A pattern stands for itself, or with `.*` for all that is below it. */
const isOf = (type: string, pattern: string): boolean =>
  pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)))

export function isWanted({ type, agentId }: Pick<FeedEntry, 'type' | 'agentId'>, wanted: Wanted): boolean {
  return (wanted.agentId ?? agentId) === agentId && wanted.types.some((pattern) => isOf(type, pattern))
}

/** Without a place, it is of no log: a test. */
export type Told = Omit<FeedEntry, 'leafIndex'> & { readonly leafIndex: number | null }

/** The same bytes each time it is told, so that one told twice is known again. */
export function eventJson({ organizationId, id, type, occurredAt, leafIndex, ...rest }: Told): string {
  const { subject, actor, agentId, taskId, paymentId, verdict, reasons } = rest
  return JSON.stringify({
    ...{ id, type, occurredAt: occurredAt.toISOString(), organizationId, subject, actor, agentId, taskId, paymentId },
    ...{ verdict, reasons, leafIndex: leafIndex === null ? null : String(leafIndex) },
  })
}

/** As the HTML standard has it: JSON is one line, and no type of ours has a line break. */
export const serverSent = (entry: FeedEntry): string =>
  `id: ${entry.leafIndex}\nevent: ${entry.type}\ndata: ${eventJson(entry)}\n\n`

/** No event, but who reconnects goes on from here: what a filter left out is not looked through again. */
export const heartbeat = (position: number): string => (position === 0 ? ': \n\n' : `: \nid: ${position - 1}\n\n`)
