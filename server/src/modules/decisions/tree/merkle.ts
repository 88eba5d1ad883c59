import { hash } from 'node:crypto'

/** The Merkle tree of RFC 6962, section 2.1. Sizes and indexes are whole numbers below 2^53. */

export const HASH_BYTES = 32

const LEAF = Uint8Array.of(0x00)
const NODE = Uint8Array.of(0x01)

/** Leaves `from` up to, not including, `to`. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** A full subtree: the leaves `[index · 2^level, (index + 1) · 2^level)`. */
export interface Node {
  readonly level: number
  readonly index: number
}

const joined = (parts: readonly Uint8Array[]): Buffer => hash('sha256', Buffer.concat(parts), 'buffer')

export const leafHash = (leaf: string | Uint8Array): Buffer =>
  joined([LEAF, typeof leaf === 'string' ? Buffer.from(leaf) : leaf])

export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => joined([NODE, left, right])

/** The root of a tree without leaves. */
export const emptyRoot = (): Buffer => joined([])

/** The largest power of two below `count`: where RFC 6962 splits a tree of that many leaves. */
function splitOf(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

/** The full subtrees a range consists of, from the left. Ranges that RFC 6962 speaks of begin where one can. */
export function nodesOf({ from, to }: Range): Node[] {
  const nodes: Node[] = []
  for (let at = from; at < to; ) {
    let level = 0
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level++
    nodes.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return nodes
}

/** One hash of a range out of those of its full subtrees, from the left. */
export function foldNodes(hashes: readonly Uint8Array[]): Buffer {
  const [last, ...others] = hashes.toReversed()
  if (last === undefined) return emptyRoot()
  return others.reduce<Buffer>((right, left) => nodeHash(left, right), Buffer.from(last))
}

/** What the inclusion proof of a leaf consists of, from the leaf's sibling upwards (RFC 6962, 2.1.1). */
export function inclusionRanges(index: number, size: number): Range[] {
  if (index < 0 || index >= size) throw new RangeError(`a tree of ${size} has no leaf ${index}`)
  const ranges: Range[] = []
  for (let from = 0, to = size; to - from > 1; ) {
    const middle = from + splitOf(to - from)
    if (index < middle) {
      ranges.push({ from: middle, to })
      to = middle
    } else {
      ranges.push({ from, to: middle })
      from = middle
    }
  }
  return ranges.reverse()
}

/** What proves that the tree of `older` leaves is the beginning of that of `newer` (RFC 6962, 2.1.2). */
export function consistencyRanges(older: number, newer: number): Range[] {
  if (older < 1 || older > newer) throw new RangeError(`no proof leads from ${older} to ${newer}`)
  const ranges: Range[] = []
  let [from, to] = [0, newer]
  while (older !== to) {
    const middle = from + splitOf(to - from)
    if (older <= middle) {
      ranges.push({ from: middle, to })
      to = middle
    } else {
      ranges.push({ from, to: middle })
      from = middle
    }
  }
  // The whole older tree, when it is a full subtree, is known to whoever asks.
  if (from > 0) ranges.push({ from, to })
  return ranges.reverse()
}

/** The root that an inclusion proof leads to. */
export function rootFromInclusion(
  leaf: Uint8Array,
  { index, size, proof }: { index: number; size: number; proof: readonly Uint8Array[] },
): Buffer {
  const ranges = inclusionRanges(index, size)
  if (ranges.length !== proof.length) throw new RangeError(`a proof of ${ranges.length} hashes was expected`)
  return ranges.reduce<Buffer>((below, range, at) => {
    const sibling = proof[at] as Uint8Array
    return range.from > index ? nodeHash(below, sibling) : nodeHash(sibling, below)
  }, Buffer.from(leaf))
}

/** The ranges a tree splits into beside a known one, from the left. Full subtrees that lie in the known one are left whole. */
export function rangesBeside(known: Range, size: number): Range[] {
  const beside = (range: Range): Range[] => {
    if (range.to <= known.from || range.from >= known.to) return [range]
    if (range.from >= known.from && range.to <= known.to) return []
    return halvesOf(range).flatMap(beside)
  }
  return size === 0 ? [] : beside({ from: 0, to: size })
}

/** The root of a tree out of hashes of ranges it splits into. Throws when they do not cover it. */
export function rootOfParts(parts: Iterable<readonly [Range, Uint8Array]>, size: number): Buffer {
  const known = new Map([...parts].map(([{ from, to }, hash]) => [`${from}-${to}`, hash]))
  const over = (range: Range): Uint8Array => {
    const hash = known.get(`${range.from}-${range.to}`)
    if (hash) return hash
    if (range.to - range.from === 1) throw new RangeError(`no part covers leaf ${range.from}`)
    const [left, right] = halvesOf(range)
    return nodeHash(over(left), over(right))
  }
  return Buffer.from(over({ from: 0, to: size }))
}

function halvesOf({ from, to }: Range): [Range, Range] {
  const middle = from + splitOf(to - from)
  return [
    { from, to: middle },
    { from: middle, to },
  ]
}

/** A tree that is only ever added to and asked for its root: the full subtrees at its right edge, in bounded memory. */
export class GrowingTree {
  #size = 0
  /** From the left, so the highest first. */
  readonly #edge: { level: number; hash: Buffer }[] = []

  get size(): number {
    return this.#size
  }

  add(leaf: Buffer): void {
    let added = { level: 0, hash: leaf }
    for (let left = this.#edge.at(-1); left?.level === added.level; left = this.#edge.at(-1)) {
      this.#edge.pop()
      added = { level: added.level + 1, hash: nodeHash(left.hash, added.hash) }
    }
    this.#edge.push(added)
    this.#size++
  }

  root(): Buffer {
    return foldNodes(this.#edge.map(({ hash: each }) => each))
  }
}
