import type { Database } from '#platform/database/database'
import { Problem } from '#platform/problem'
import { type EntryRow, type Head, logStore, type Reading, readingOf } from '../log-store.ts'
import { decisionProblems, logProblems } from '../problems.ts'
import { proofText } from '../tree/checkpoint.ts'
import {
  consistencyRanges,
  foldNodes,
  HASH_BYTES,
  inclusionRanges,
  leafHash,
  nodesOf,
  type Range,
  rangesBeside,
  rootFromInclusion,
  rootOfParts,
} from '../tree/merkle.ts'
import { nodeFromTile, parseTilePath, TILE_WIDTH, type Tile, tileKey, tileOfNode } from '../tree/tiles.ts'
import type { LogKeys } from './keys.ts'
import { LogInconsistent, requireOurs } from './trust.ts'

/** Reads the log for others. Whatever it hands out was held against the last signed head first. */
export function logReader({ database, keys }: { database: Database; keys: LogKeys }) {
  return {
    head: (organizationId: string) => requireHead(readingOf(database, organizationId), keys, organizationId),

    /** One verifier key a line, the newest first. */
    keys: (organizationId: string): string =>
      keys
        .verifiersOf(organizationId)
        .map(({ vkey }) => `${vkey}\n`)
        .join(''),

    /** The receipt (tlog-proof) of a leaf; undefined when it is not in the tree yet. */
    async receipt(logId: string, { id, leaf }: { id: string; leaf: string }): Promise<string> {
      const read = readingOf(database, logId)
      // The head after the place: it is then as large at least.
      const index = await logStore.indexOf(read, logId, id)
      if (index === undefined) throw new Problem(decisionProblems.notIntegrated, { members: { retryAfterSeconds: 1 } })
      return (await receiptOf(read, keys, { logId, index, leaf })).receipt
    },

    async consistency(logId: string, from: number, to: number): Promise<Buffer[] | undefined> {
      const read = readingOf(database, logId)
      const head = await requireHead(read, keys, logId)
      if (to > head.size) return undefined
      const signed = [...(await logStore.headsAt(read, logId, [from, to])), head]
      const roots = [from, to].map((size) => ({ from: 0, to: size }))
      const proven = from === 0 ? [] : consistencyRanges(from, to)
      const [before, after, ...proof] = await hashesOf(read, logId, [...roots, ...proven])
      for (const { size, root } of signed) {
        if (size <= to && !root.equals((size === from ? before : after) as Buffer)) {
          throw new LogInconsistent(`the tiles do not give the root of the checkpoint of size ${size}`)
        }
      }
      // Also where no checkpoint is, the larger tree is the beginning of the signed one, and the smaller of the larger.
      await requireBeginning(read, logId, to, head)
      if (from > 0) await requireBeginning(read, logId, from, { size: to, root: after as Buffer })
      return proof
    },

    /** What tlog-tiles has at an address below `tile/`. */
    async tile(logId: string, path: string): Promise<Buffer> {
      const wanted = parseTilePath(path)
      const read = readingOf(database, logId)
      const head = wanted && (await headOf(read, keys, logId))
      const level = wanted?.kind === 'entries' ? 0 : wanted?.kind
      if (!wanted || !head || level === undefined) throw new Problem(logProblems.notFound)
      const { index, width } = wanted
      if (index * TILE_WIDTH + width > Math.floor(head.size / TILE_WIDTH ** level))
        throw new Problem(logProblems.notFound)
      const [tile] = await logStore.tiles(read, logId, [{ level, index }])
      const hashes = tile?.hashes.subarray(0, width * HASH_BYTES)
      if (hashes?.length !== width * HASH_BYTES) throw new LogInconsistent(`tile ${path} is missing`)
      await requireTile(read, logId, { level, index, hashes }, head)
      if (wanted.kind !== 'entries') return hashes
      const rows = await logStore.entries(read, logId, index * TILE_WIDTH, index * TILE_WIDTH + width)
      return bundleOf(rows, hashes)
    },
  }
}

async function headOf(read: Reading, keys: LogKeys, logId: string): Promise<Head | undefined> {
  const head = await logStore.head(read, logId)
  if (head) requireOurs(keys, logId, head)
  return head
}

async function requireHead(read: Reading, keys: LogKeys, logId: string): Promise<Head> {
  const head = await headOf(read, keys, logId)
  if (!head) throw new Problem(logProblems.behind, { members: { retryAfterSeconds: 1 } })
  return head
}

/** The receipt of a leaf under the newest head, once it is known to lead there. */
export async function receiptOf(
  read: Reading,
  keys: LogKeys,
  { logId, index, leaf }: { logId: string; index: number; leaf: string },
): Promise<{ head: Head; receipt: string }> {
  const head = await requireHead(read, keys, logId)
  if (index >= head.size) throw new LogInconsistent(`leaf ${index} is beyond the last checkpoint`)
  const proof = await hashesOf(read, logId, inclusionRanges(index, head.size))
  if (!rootFromInclusion(leafHash(leaf), { index, size: head.size, proof }).equals(head.root)) {
    throw new LogInconsistent(`leaf ${index} is not in the tree that was signed`)
  }
  return { head, receipt: proofText(index, proof, head.note) }
}

type Tree = Pick<Head, 'size' | 'root'>

/** The beginning of a tile is worth handing out when the signed root can be made with it. */
async function requireTile(read: Reading, logId: string, { level, index, hashes }: Tile, head: Tree): Promise<void> {
  const span = TILE_WIDTH ** level
  const first = index * TILE_WIDTH
  const parts = Array.from({ length: hashes.length / HASH_BYTES }, (_, at): [Range, Buffer] => [
    { from: (first + at) * span, to: (first + at + 1) * span },
    hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  ])
  await requireRoot(read, logId, { known: { from: first * span, to: (first + parts.length) * span }, parts }, head)
}

/** The tiles give a tree of this size that is the beginning of another. */
async function requireBeginning(read: Reading, logId: string, size: number, whole: Tree): Promise<void> {
  const ranges = nodesOf({ from: 0, to: size }).map(({ level, index }) => ({
    from: index * 2 ** level,
    to: (index + 1) * 2 ** level,
  }))
  const hashes = await hashesOf(read, logId, ranges)
  const parts = ranges.map((range, at): [Range, Buffer] => [range, hashes[at] as Buffer])
  await requireRoot(read, logId, { known: { from: 0, to: size }, parts }, whole)
}

async function requireRoot(
  read: Reading,
  logId: string,
  { known, parts }: { known: Range; parts: readonly [Range, Buffer][] },
  { size, root }: Tree,
): Promise<void> {
  const others = rangesBeside(known, size)
  const hashes = await hashesOf(read, logId, others)
  const all = [...parts, ...others.map((range, at): [Range, Buffer] => [range, hashes[at] as Buffer])]
  if (!rootOfParts(all, size).equals(root)) {
    throw new LogInconsistent(`the tiles over leaves ${known.from} to ${known.to} are not those of size ${size}`)
  }
}

/** The hash of each of these ranges, out of the tiles. */
async function hashesOf(read: Reading, logId: string, ranges: readonly Range[]): Promise<Buffer[]> {
  const places = ranges.map((range) => nodesOf(range).map(tileOfNode))
  const wanted = new Map(places.flat().map(({ tile }) => [tileKey(tile), tile]))
  const stored = await logStore.tiles(read, logId, [...wanted.values()])
  const tiles = new Map(stored.map((tile: Tile) => [tileKey(tile), tile.hashes]))
  return places.map((nodes) =>
    foldNodes(
      nodes.map(({ tile, ...place }) => {
        const hashes = tiles.get(tileKey(tile))
        if (!hashes || hashes.length < tile.width * HASH_BYTES) {
          throw new LogInconsistent(`tile ${tileKey(tile)} has fewer than ${tile.width} hashes`)
        }
        return nodeFromTile(hashes, place)
      }),
    ),
  )
}

/** Entries as tlog-tiles bundles them, each of which must have the hash its tile says. */
function bundleOf(rows: readonly EntryRow[], hashes: Buffer): Buffer {
  const count = hashes.length / HASH_BYTES
  if (rows.length !== count) throw new LogInconsistent(`a bundle of ${count} entries has ${rows.length}`)
  return Buffer.concat(
    rows.flatMap(({ leaf, leafIndex }, at) => {
      const bytes = Buffer.from(leaf ?? '')
      if (!leafHash(bytes).equals(hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))) {
        throw new LogInconsistent(`leaf ${leafIndex} is not the one that was integrated`)
      }
      const length = Buffer.alloc(2)
      length.writeUInt16BE(bytes.length)
      return [length, bytes]
    }),
  )
}
