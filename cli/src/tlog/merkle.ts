import { hash } from 'node:crypto'

export const HASH_BYTES = 32
const LEAF = Buffer.of(0x00)
const NODE = Buffer.of(0x01)

const sha256 = (...parts: Uint8Array[]): Buffer => hash('sha256', Buffer.concat(parts), 'buffer')

/** RFC 6962 section 2.1. */
export const leafHash = (leaf: Uint8Array): Buffer => sha256(LEAF, leaf)
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE, left, right)
export const EMPTY_ROOT = sha256()

/** A tree that grows to the right and remembers only the roots of its perfect subtrees, at most one a level. */
export class GrowingTree {
  size = 0
  readonly #peaks: (Buffer | undefined)[] = []

  /** Hands out each node that is final with this leaf, from the leaf upwards. */
  append(leaf: Buffer, isFinal?: (level: number, node: Buffer) => void): void {
    let node = leaf
    let level = 0
    isFinal?.(level, node)
    for (let left = this.#peaks[level]; left; left = this.#peaks[level]) {
      node = nodeHash(left, node)
      this.#peaks[level++] = undefined
      isFinal?.(level, node)
    }
    this.#peaks[level] = node
    this.size++
  }

  root(): Buffer {
    const peaks = this.#peaks.filter((peak) => peak !== undefined)
    return peaks.length === 0 ? EMPTY_ROOT : peaks.reduce((right, left) => nodeHash(left, right))
  }
}

const half = (position: number): number => Math.floor(position / 2)
const isRight = (position: number): boolean => position % 2 === 1

/** Where a node stands in its level, and where the level's last stands. */
interface Climb {
  at: number
  last: number
}

function climb(place: Climb): void {
  place.at = half(place.at)
  place.last = half(place.last)
}

/** At the right edge of the tree levels without a sibling are stepped over. */
function climbToSibling(place: Climb): void {
  while (!isRight(place.at) && place.at !== 0) climb(place)
}

/** RFC 9162 section 2.1.3.2. The root that a proof leads to; undefined when it cannot belong to such a tree. */
export function rootOfInclusion(
  leaf: Buffer,
  { index, size, proof }: { index: number; size: number; proof: readonly Buffer[] },
): Buffer | undefined {
  if (index >= size) return undefined
  const place = { at: index, last: size - 1 }
  let node = leaf
  for (const sibling of proof) {
    if (place.last === 0) return undefined
    if (isRight(place.at) || place.at === place.last) {
      node = nodeHash(sibling, node)
      climbToSibling(place)
    } else node = nodeHash(node, sibling)
    climb(place)
  }
  return place.last === 0 ? node : undefined
}

export interface Head {
  readonly size: number
  readonly root: Buffer
}

/** RFC 9162 section 2.1.4.2: is the older tree a beginning of the newer? */
export function isConsistent(older: Head, newer: Head, proof: readonly Buffer[]): boolean {
  if (older.size > newer.size) return false
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root)
  if (older.size === 0) return proof.length === 0 && older.root.equals(EMPTY_ROOT)
  const place = { at: older.size - 1, last: newer.size - 1 }
  while (isRight(place.at)) climb(place)
  // A perfect older tree is a node of the newer one: its root begins the way and is not repeated in the proof.
  const [first, ...siblings] = place.at === 0 ? [older.root, ...proof] : proof
  if (!first) return false
  let inOlder = first
  let inNewer = first
  for (const sibling of siblings) {
    if (place.last === 0) return false
    if (isRight(place.at) || place.at === place.last) {
      inOlder = nodeHash(sibling, inOlder)
      inNewer = nodeHash(sibling, inNewer)
      climbToSibling(place)
    } else inNewer = nodeHash(inNewer, sibling)
    climb(place)
  }
  return place.last === 0 && inOlder.equals(older.root) && inNewer.equals(newer.root)
}
