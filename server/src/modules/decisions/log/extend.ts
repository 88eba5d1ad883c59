import type { Tx } from '#platform/database/database'
import { type Head, logStore } from '../log-store.ts'
import { checkpointText } from '../tree/checkpoint.ts'
import { signNote } from '../tree/note.ts'
import { addToTiles, rootOfEdge } from '../tree/tiles.ts'
import type { LogKeys } from './keys.ts'
import { requireKept, requireOurs, trustedEdge } from './trust.ts'

/** A log that is held, its head believed: leaves may be added. */
export interface OpenLog {
  readonly id: string
  readonly size: number
  /** The partial tiles of its right edge. */
  readonly edge: Map<string, Buffer>
}

/** The heads that are known to have been signed last: the database may not fall behind them. */
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
  if (seen && !isSame(head, seen)) await requireKept(tx.query, id, seen)
  if (!head) return { id, size: 0, edge: new Map() }
  if (!isSame(seen, head)) requireOurs(keys, id, head)
  const edge = await trustedEdge(tx.query, id, head, { isHeld: true })
  memory.set(id, head)
  return { id, size: head.size, edge }
}

const isSame = (a: Head | undefined, b: Head): boolean =>
  a?.size === b.size && a.root.equals(b.root) && a.note === b.note

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
