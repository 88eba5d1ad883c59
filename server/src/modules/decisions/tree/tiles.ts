import { foldNodes, HASH_BYTES, type Node, nodeHash, nodesOf } from './merkle.ts'

/** The hashes of a tree in pieces of up to 256, as C2SP tlog-tiles cuts and names them. */

const TILE_HEIGHT = 8
export const TILE_WIDTH = 256

/** Which tile, and how many of its hashes: 256, or fewer at the right edge of a tree. */
export interface TileId {
  readonly level: number
  readonly index: number
  readonly width: number
}

export interface Tile extends Omit<TileId, 'width'> {
  readonly hashes: Buffer
}

export const tileKey = ({ level, index }: Pick<TileId, 'level' | 'index'>): string => `${level}/${index}`

/** How many hashes the tiles of a level hold in a tree of this size. */
const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level)

/** `1234067` as `x001/x234/067`. */
export function pathOfIndex(index: number): string {
  const groups = [String(index % 1000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`)
  }
  return groups.join('/')
}

export const tilePath = (kind: number | 'entries', { index, width }: Omit<TileId, 'level'>): string =>
  `tile/${kind}/${pathOfIndex(index)}${width === TILE_WIDTH ? '' : `.p/${width}`}`

/** Reads what follows `tile/`; undefined for anything `tilePath` would not write. */
export function parseTilePath(path: string): { kind: number | 'entries'; index: number; width: number } | undefined {
  const match = /^(entries|[0-7])\/((?:x[0-9]{3}\/){0,4}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path)
  if (!match) return undefined
  const [, name = '', groups = '', partial] = match
  const index = Number(groups.replaceAll(/[x/]/g, ''))
  const width = partial === undefined ? TILE_WIDTH : Number(partial)
  const isUsual = pathOfIndex(index) === groups && (partial === undefined || width < TILE_WIDTH)
  if (!isUsual) return undefined
  return { kind: name === 'entries' ? name : Number(name), index, width }
}

/** The tiles of a level in a tree of this size, the last one partial unless it is full. */
export function* tilesOfLevel(level: number, size: number): Generator<TileId> {
  const hashes = hashesAt(level, size)
  for (let index = 0; index * TILE_WIDTH < hashes; index++) {
    yield { level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) }
  }
}

/** Every tile of a tree of this size. */
export function* tilesOfTree(size: number): Generator<TileId> {
  for (let level = 0; hashesAt(level, size) > 0; level++) yield* tilesOfLevel(level, size)
}

/** The partial tiles of a tree: all that is needed to know its root and to add to it. */
export function edgeOf(size: number): TileId[] {
  const edge: TileId[] = []
  for (let level = 0; hashesAt(level, size) > 0; level++) {
    const hashes = hashesAt(level, size)
    if (hashes % TILE_WIDTH > 0) {
      edge.push({ level, index: Math.floor(hashes / TILE_WIDTH), width: hashes % TILE_WIDTH })
    }
  }
  return edge
}

/** The tile that holds what the hash of a full subtree is made of. */
export function tileOfNode({ level, index }: Node): { tile: TileId; offset: number; count: number } {
  const tileLevel = Math.floor(level / TILE_HEIGHT)
  const count = 2 ** (level % TILE_HEIGHT)
  const first = index * count
  const offset = first % TILE_WIDTH
  return {
    tile: { level: tileLevel, index: Math.floor(first / TILE_WIDTH), width: offset + count },
    ...{ offset, count },
  }
}

/** The hash of a full subtree out of the hashes of a tile. */
export function nodeFromTile(hashes: Buffer, { offset, count }: { offset: number; count: number }): Buffer {
  let row = Array.from({ length: count }, (_, at) =>
    hashes.subarray((offset + at) * HASH_BYTES, (offset + at + 1) * HASH_BYTES),
  )
  if (row.some((each) => each.length < HASH_BYTES)) throw new RangeError('the tile is narrower than that')
  while (row.length > 1) row = pairs(row)
  return Buffer.from(row[0] as Buffer)
}

const pairs = (row: Buffer[]): Buffer[] =>
  Array.from({ length: row.length / 2 }, (_, at) => nodeHash(row[2 * at] as Buffer, row[2 * at + 1] as Buffer))

/** The root of a tree out of the partial tiles at its edge. Throws when one is missing or too narrow. */
export function rootOfEdge(edge: ReadonlyMap<string, Buffer>, size: number): Buffer {
  const hashes = nodesOf({ from: 0, to: size }).map((node) => {
    const { tile, ...place } = tileOfNode(node)
    const found = edge.get(tileKey(tile))
    if (!found) throw new RangeError(`tile ${tileKey(tile)} is missing`)
    return nodeFromTile(found, place)
  })
  return foldNodes(hashes)
}

/** The tiles that change when leaves are added to a tree, each with all its hashes. `edge` becomes that of the new tree. */
export function addToTiles(edge: Map<string, Buffer>, size: number, leaves: readonly Buffer[]): Tile[] {
  const changed: Tile[] = []

  function add(level: number, before: number, hashes: readonly Buffer[]): void {
    if (hashes.length === 0) return
    const above: Buffer[] = []
    let index = Math.floor(before / TILE_WIDTH)
    const key = tileKey({ level, index })
    let open = before % TILE_WIDTH === 0 ? [] : [edge.get(key) as Buffer]
    let width = before % TILE_WIDTH
    edge.delete(key)
    for (const each of hashes) {
      open.push(each)
      if (++width < TILE_WIDTH) continue
      const tile = { level, index, hashes: Buffer.concat(open) }
      changed.push(tile)
      above.push(nodeFromTile(tile.hashes, { offset: 0, count: TILE_WIDTH }))
      ;[open, width, index] = [[], 0, index + 1]
    }
    if (width > 0) {
      const tile = { level, index, hashes: Buffer.concat(open) }
      changed.push(tile)
      edge.set(tileKey(tile), tile.hashes)
    }
    add(level + 1, Math.floor(before / TILE_WIDTH), above)
  }

  add(0, size, leaves)
  return changed
}
