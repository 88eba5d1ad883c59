import type { Tx } from '#platform/database/database'
import { type Head, logStore } from '../log-store.ts'
import { checkpointText } from '../tree/checkpoint.ts'
import { signNote } from '../tree/note.ts'
import { addToTiles, rootOfEdge } from '../tree/tiles.ts'
import type { LogKeys } from './keys.ts'
import { LogInconsistent, requireOurs, trustedEdge } from './trust.ts'

/** A log that is held, its head believed: leaves may be added. */
export interface OpenLog {
  readonly id: string
  readonly size: number
  /** The partial tiles of its right edge. */
  readonly edge: Map<string, Buffer>
}

/** The heads this process has seen last: the database may not fall behind what was signed in front of our eyes. */
export interface Memory {
  get(logId: string): Head | undefined
  set(logId: string, head: Head): unknown
}

/**
 * Takes a log for this transaction. Undefined when another holds it. Throws when what is stored is not what was signed
 * last, so that nothing is ever signed on top of a changed past.
 */
export async function openLog(tx: Tx, keys: LogKeys, memory: Memory, id: string): Promise<OpenLog | undefined> {
  if (!(await logStore.lock(tx, id))) return undefined
  const head = await logStore.head(tx.query, id)
  const seen = memory.get(id)
  if (
    seen &&
    (head === undefined || head.size < seen.size || (head.size === seen.size && !head.root.equals(seen.root)))
  ) {
    throw new LogInconsistent(`the log is at ${head?.size ?? 0} and was at ${seen.size} before`)
  }
  if (!head) return { id, size: 0, edge: new Map() }
  requireOurs(keys, id, head)
  return { id, size: head.size, edge: await trustedEdge(tx.query, id, head, { isHeld: true }) }
}

/** Adds leaves: tiles and the signed head of the new size, committed with whatever the caller writes about them. */
export function extendLog(tx: Tx, keys: LogKeys, { id, size: before, edge }: OpenLog, leaves: readonly Buffer[]): Head {
  const changed = addToTiles(edge, before, leaves)
  const size = before + leaves.length
  const root = rootOfEdge(edge, size)
  const note = signNote(checkpointText({ origin: keys.originOf(id), size, root }), keys.signersOf(id))
  const head = { size, root, note }
  logStore.putTiles(tx, id, changed)
  logStore.addHead(tx, id, head)
  return head
}
