import { Problem } from '#platform/problem'
import type { Head, Reading } from '../log-store.ts'
import { logStore } from '../log-store.ts'
import { logProblems } from '../problems.ts'
import { checkpointText, parseCheckpoint } from '../tree/checkpoint.ts'
import { HASH_BYTES } from '../tree/merkle.ts'
import { openNote } from '../tree/note.ts'
import { edgeOf, rootOfEdge, tileKey } from '../tree/tiles.ts'
import type { LogKeys } from './keys.ts'

/** What is stored is not what was signed: somebody changed it. Nothing is added to such a log, and nothing handed out. */
export class LogInconsistent extends Problem {
  /** For the log only: which part it is. */
  readonly finding: string

  constructor(finding: string) {
    super(logProblems.inconsistent, { cause: new Error(finding) })
    this.finding = finding
  }
}

/** A head that we signed, with that text. */
export function requireOurs(keys: LogKeys, logId: string, { size, root, note }: Head): void {
  const text = openNote(note, keys.verifiersOf(logId))
  if (text === undefined) throw new LogInconsistent(`the checkpoint of size ${size} is not signed by us`)
  if (text !== checkpointText({ origin: keys.originOf(logId), size, root })) {
    throw new LogInconsistent(`the checkpoint of size ${size} says something else than its row`)
  }
}

/** The head that a checkpoint says, when we signed it for this log. */
export function headOfNote(keys: LogKeys, logId: string, note: string): Head {
  const said = parseCheckpoint(openNote(note, keys.verifiersOf(logId)) ?? '')
  if (said?.origin !== keys.originOf(logId)) throw new LogInconsistent('a covered checkpoint is not signed by us')
  return { size: said.size, root: said.root, note }
}

/** A head that was seen before is still there, word for word: the log was neither set back nor begun anew below it. */
export async function requireKept(read: Reading, logId: string, seen: Head): Promise<void> {
  const [stored] = await logStore.headsAt(read, logId, [seen.size])
  if (stored?.note !== seen.note) {
    throw new LogInconsistent(`the checkpoint of size ${seen.size} was there before and is not now`)
  }
}

/**
 * The tiles at the right edge of the tree under a head, which must give exactly the root that was signed. Unless the
 * log is held they may have grown since its head was read: then it is their beginnings.
 */
export async function trustedEdge(
  read: Reading,
  logId: string,
  head: Head,
  { isHeld = false } = {},
): Promise<Map<string, Buffer>> {
  const wanted = edgeOf(head.size)
  const stored = new Map((await logStore.tiles(read, logId, wanted)).map((tile) => [tileKey(tile), tile.hashes]))
  const edge = new Map<string, Buffer>()
  for (const { width, ...tile } of wanted) {
    const found = stored.get(tileKey(tile))
    const hashes = isHeld ? found : found?.subarray(0, width * HASH_BYTES)
    if (hashes?.length !== width * HASH_BYTES) {
      throw new LogInconsistent(`tile ${tileKey(tile)} does not have the ${width} hashes of size ${head.size}`)
    }
    edge.set(tileKey(tile), hashes)
  }
  if (!rootOfEdge(edge, head.size).equals(head.root)) {
    throw new LogInconsistent(`the tiles do not give the root of the checkpoint of size ${head.size}`)
  }
  return edge
}
