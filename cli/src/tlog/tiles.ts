import { HASH_BYTES } from './merkle.ts'

export const TILE_LEVELS = 8
export const TILE_WIDTH = 2 ** TILE_LEVELS
const PATH = /^tile\/(0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/

/** Some or all of the 256 hashes that lie beside each other at a level of a tree (https://c2sp.org/tlog-tiles). */
export interface Tile {
  readonly level: number
  readonly number: number
  /** 256 when full. */
  readonly width: number
}

export function tilePath({ level, number, width }: Tile): string {
  const partial = width < TILE_WIDTH ? `.p/${width}` : ''
  return `tile/${level}/${numberPath(number)}${partial}`
}

/** In groups of three digits, all but the last behind an x: 1234067 is x001/x234/067. */
function numberPath(number: number): string {
  const groups = [number % 1000]
  for (let rest = Math.floor(number / 1000); rest > 0; rest = Math.floor(rest / 1000)) groups.unshift(rest % 1000)
  const padded = groups.map((group) => String(group).padStart(3, '0'))
  return padded.map((group, at) => (at < padded.length - 1 ? `x${group}` : group)).join('/')
}

/** Undefined unless it is the one path of a tile. */
export function parseTilePath(path: string): Tile | undefined {
  const [, level, number = '', width] = PATH.exec(path) ?? []
  if (level === undefined) return undefined
  const digits = number.replaceAll(/[x/]/g, '')
  const tile = { level: Number(level), number: Number(digits), width: width === undefined ? TILE_WIDTH : Number(width) }
  return tilePath(tile) === path ? tile : undefined
}

export const tileBytes = ({ width }: Tile): number => width * HASH_BYTES

/** How many hashes a tree has at a level of tiles. */
export const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level)

/** The tiles of a tree, at their widest. */
export function* tilesOf(size: number): Iterable<Tile> {
  for (let level = 0; hashesAt(level, size) > 0; level++) {
    const hashes = hashesAt(level, size)
    for (let number = 0; number * TILE_WIDTH < hashes; number++) {
      yield { level, number, width: Math.min(TILE_WIDTH, hashes - number * TILE_WIDTH) }
    }
  }
}
