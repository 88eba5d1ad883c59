import type { Tar } from '../archive/tar.ts'
import { Untrue } from '../failures.ts'
import { GrowingTree, HASH_BYTES, type Head } from '../tlog/merkle.ts'
import {
  hashesAt,
  parseTilePath,
  TILE_LEVELS,
  TILE_WIDTH,
  type Tile,
  tileBytes,
  tilePath,
  tilesOf,
} from '../tlog/tiles.ts'

const ENTRY_BUNDLES = 'tile/entries/'

/** By level and number: the archive may hold a tile at several widths, from when it was not full. */
type Widths = Map<string, number[]>

const place = (level: number, number: number): string => `${level}/${number}`

/** Undefined when it is not there as it should be. */
function readTile(tar: Tar, tile: Tile): Buffer | undefined {
  const path = tilePath(tile)
  return tar.lengthOf(path) === tileBytes(tile) ? tar.read(path) : undefined
}

/**
 * The tiles of the archive, compared with the tree that its entries give while it grows. What is wrong with them is kept
 * until the end, for a wrong entry says more than the tile that it makes wrong.
 */
export class TileCheck {
  readonly #tar: Tar
  readonly #size: number
  readonly #widths: Widths = new Map()
  /** Per level, the hashes of the tile that is growing. */
  readonly #growing: { number: number; hashes: Buffer[] }[] = []
  #fault: string | undefined

  constructor(tar: Tar, size: number) {
    this.#tar = tar
    this.#size = size
    for (const name of tar.names()) {
      if (name.startsWith('tile/') && !name.startsWith(ENTRY_BUNDLES)) this.#expect(name)
    }
  }

  /** Takes each final node of the tree; those of a tile's level become part of it. */
  readonly add = (height: number, node: Buffer): void => {
    if (height % TILE_LEVELS !== 0) return
    const level = height / TILE_LEVELS
    const growing = this.#growing[level] ?? { number: 0, hashes: [] }
    this.#growing[level] = growing
    growing.hashes.push(node)
    const isLast = growing.number * TILE_WIDTH + growing.hashes.length === hashesAt(level, this.#size)
    if (growing.hashes.length < TILE_WIDTH && !isLast) return
    this.#compare({ level, number: growing.number, width: growing.hashes.length }, Buffer.concat(growing.hashes))
    this.#growing[level] = { number: growing.number + 1, hashes: [] }
  }

  /** Once every entry was seen. */
  check(): void {
    if (this.#fault !== undefined) throw new Untrue(this.#fault)
  }

  #expect(name: string): void {
    const tile = parseTilePath(name)
    const last = tile && tile.number * TILE_WIDTH + tile.width
    if (!tile || last === undefined || last > hashesAt(tile.level, this.#size)) {
      this.#fault ??= `${name} is no tile of a tree of ${this.#size} entries`
      return
    }
    const at = place(tile.level, tile.number)
    this.#widths.set(at, [...(this.#widths.get(at) ?? []), tile.width])
  }

  #compare(whole: Tile, hashes: Buffer): void {
    const widths = this.#widths.get(place(whole.level, whole.number)) ?? []
    if (!widths.includes(whole.width)) this.#fault ??= `the archive has no ${tilePath(whole)}`
    for (const width of widths) {
      const tile = { ...whole, width }
      const isSame = readTile(this.#tar, tile)?.equals(hashes.subarray(0, tileBytes(tile)))
      if (!isSame) this.#fault ??= `${tilePath(tile)} is not what the entries give`
    }
  }
}

/**
 * The leaf hashes that a signed head covers, read from the tiles; undefined when the tiles are not its. With them the
 * first wrong entry can be named, where a root alone only says that there is one.
 */
export function signedLeaves(tar: Tar, head: Head): ((index: number) => Buffer) | undefined {
  const tiles = [...tilesOf(head.size)].filter(({ level }) => level === 0)
  const tree = new GrowingTree()
  for (const tile of tiles) {
    const bytes = readTile(tar, tile)
    if (!bytes) return undefined
    for (let at = 0; at < bytes.length; at += HASH_BYTES) tree.append(bytes.subarray(at, at + HASH_BYTES))
  }
  if (!tree.root().equals(head.root)) return undefined
  let open: { number: number; bytes: Buffer } | undefined
  return (index) => {
    const number = Math.floor(index / TILE_WIDTH)
    if (open?.number !== number) open = { number, bytes: tar.read(tilePath(tiles[number] as Tile)) }
    const at = (index % TILE_WIDTH) * HASH_BYTES
    return open.bytes.subarray(at, at + HASH_BYTES)
  }
}
