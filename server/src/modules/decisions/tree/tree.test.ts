import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkpointText, parseCheckpoint, proofText } from './checkpoint.ts'
import {
  consistencyRanges,
  emptyRoot,
  foldNodes,
  GrowingTree,
  inclusionRanges,
  leafHash,
  nodesOf,
  type Range,
  rangesBeside,
  rootFromInclusion,
  rootOfParts,
} from './merkle.ts'
import { openNote, signerOf, signNote } from './note.ts'
import {
  addToTiles,
  edgeOf,
  nodeFromTile,
  parseTilePath,
  pathOfIndex,
  rootOfEdge,
  type Tile,
  tileKey,
  tileOfNode,
  tilePath,
  tilesOfTree,
} from './tiles.ts'

/** RFC 6962, section 2.1, word for word and slow: what everything else is held against. */
function naive(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest()
  if (leaves.length === 1) return leaves[0] as Buffer
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(naive(leaves.slice(0, k)))
    .update(naive(leaves.slice(k)))
    .digest()
}

function naiveConsistency(m: number, leaves: readonly Buffer[], isKnown: boolean): Buffer[] {
  if (m === leaves.length) return isKnown ? [] : [naive(leaves)]
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return m <= k
    ? [...naiveConsistency(m, leaves.slice(0, k), isKnown), naive(leaves.slice(k))]
    : [...naiveConsistency(m - k, leaves.slice(k), false), naive(leaves.slice(0, k))]
}

const leaf = (n: number): Buffer => leafHash(`leaf ${n}`)
const leavesOf = (size: number): Buffer[] => Array.from({ length: size }, (_, n) => leaf(n))
const hashOf = (leaves: readonly Buffer[], { from, to }: Range): Buffer =>
  foldNodes(
    nodesOf({ from, to }).map(({ level, index }) => naive(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))),
  )

/** Tiles as they are stored, and the batches they came in. */
function tilesOf(batches: readonly number[]): { stored: Map<string, Tile>; edge: Map<string, Buffer>; size: number } {
  const stored = new Map<string, Tile>()
  const edge = new Map<string, Buffer>()
  let size = 0
  for (const count of batches) {
    const leaves = Array.from({ length: count }, (_, n) => leaf(size + n))
    for (const tile of addToTiles(edge, size, leaves)) stored.set(tileKey(tile), tile)
    size += count
  }
  return { stored, edge, size }
}

const aSize = fc.integer({ min: 1, max: 600 })

describe('the tree', () => {
  it('has the roots that RFC 6962 gives, from none to seven leaves', () => {
    // The vectors of the certificate transparency test suite, which others check themselves against as well.
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
    const roots = [
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]
    const tree = new GrowingTree()
    expect(emptyRoot().toString('hex')).toBe(roots[0])
    for (const [at, input] of inputs.entries()) {
      tree.add(leafHash(Buffer.from(input, 'hex')))
      expect(tree.root().toString('hex')).toBe(roots[at + 1])
    }
  })

  it('grows leaf by leaf to the root of all of them', () => {
    fc.assert(
      fc.property(aSize, (size) => {
        const tree = new GrowingTree()
        for (const each of leavesOf(size)) tree.add(each)
        expect([tree.size, tree.root()]).toEqual([size, naive(leavesOf(size))])
      }),
    )
  })

  it('proves that a leaf is in it, and no other leaf, place or size', () => {
    fc.assert(
      fc.property(aSize, fc.nat(), (size, seed) => {
        const leaves = leavesOf(size)
        const index = seed % size
        const proof = inclusionRanges(index, size).map((range) => hashOf(leaves, range))
        expect(rootFromInclusion(leaf(index), { index, size, proof })).toEqual(naive(leaves))
        expect(rootFromInclusion(leaf(size), { index, size, proof })).not.toEqual(naive(leaves))
      }),
    )
  })

  it('proves that it grew out of a smaller one as RFC 6962 says', () => {
    fc.assert(
      fc.property(aSize, fc.nat(), (size, seed) => {
        const older = 1 + (seed % size)
        const leaves = leavesOf(size)
        const proof = consistencyRanges(older, size).map((range) => hashOf(leaves, range))
        expect(proof).toEqual(naiveConsistency(older, leaves, true))
      }),
    )
  })
})

describe('a part of the tree', () => {
  it('gives its root with what lies beside it, and another part does not', () => {
    fc.assert(
      fc.property(aSize, fc.nat(), fc.nat(), (size, a, b) => {
        const leaves = leavesOf(size)
        const from = a % size
        const known = { from, to: from + 1 + (b % (size - from)) }
        const shown = leaves.slice(known.from, known.to)
        const partsOf = (hashes: readonly Buffer[]): [Range, Buffer][] => [
          ...hashes.map((each, at): [Range, Buffer] => [{ from: from + at, to: from + at + 1 }, each]),
          ...rangesBeside(known, size).map((range): [Range, Buffer] => [range, hashOf(leaves, range)]),
        ]
        expect(rootOfParts(partsOf(shown), size)).toEqual(naive(leaves))
        expect(rootOfParts(partsOf([...shown.slice(0, -1), leaf(size)]), size)).not.toEqual(naive(leaves))
        expect(() => rootOfParts(partsOf(shown).slice(1), size)).toThrow(RangeError)
      }),
    )
  })
})

describe('tiles', () => {
  const batches = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 4 })

  it('are the same however the leaves came, and hold the root at their edge', () => {
    fc.assert(
      fc.property(batches, (counts) => {
        const { stored, edge, size } = tilesOf(counts)
        expect([...stored.values()].map(({ hashes }) => hashes.length / 32)).toEqual(
          [...stored.keys()].map((key) => [...tilesOfTree(size)].find((tile) => tileKey(tile) === key)?.width),
        )
        expect([...stored.keys()].sort()).toEqual([...tilesOfTree(size)].map(tileKey).sort())
        expect([...edge.keys()].sort()).toEqual(edgeOf(size).map(tileKey).sort())
        expect(rootOfEdge(edge, size)).toEqual(naive(leavesOf(size)))
        expect(stored).toEqual(tilesOf([size]).stored)
      }),
      { numRuns: 30 },
    )
  })

  it('hold every hash a proof needs, also one of an earlier size', () => {
    fc.assert(
      fc.property(batches, fc.nat(), fc.nat(), (counts, a, b) => {
        const { stored, size } = tilesOf(counts)
        const earlier = 1 + (a % size)
        const index = b % earlier
        const proof = inclusionRanges(index, earlier).map((range) =>
          foldNodes(
            nodesOf(range).map((node) => {
              const { tile, ...place } = tileOfNode(node)
              return nodeFromTile(stored.get(tileKey(tile))?.hashes as Buffer, place)
            }),
          ),
        )
        expect(rootFromInclusion(leaf(index), { index, size: earlier, proof })).toEqual(naive(leavesOf(earlier)))
      }),
      { numRuns: 30 },
    )
  })

  it('reach their second level at 65,536 leaves', () => {
    const { edge, size } = tilesOf([65_536])
    const tree = new GrowingTree()
    for (const each of leavesOf(size)) tree.add(each)
    expect(edgeOf(size)).toEqual([{ level: 2, index: 0, width: 1 }])
    expect(rootOfEdge(edge, size)).toEqual(tree.root())
  })

  it.each([
    [0, '000'],
    [7, '007'],
    [1000, 'x001/000'],
    [1_234_067, 'x001/x234/067'],
  ])('number %i is written %s', (index, path) => {
    expect(pathOfIndex(index)).toBe(path)
    expect(tilePath(3, { index, width: 256 })).toBe(`tile/3/${path}`)
    expect(parseTilePath(`entries/${path}.p/255`)).toEqual({ kind: 'entries', index, width: 255 })
  })

  it.each(['0/0', '8/000', '0/x000/001', '0/000.p/256', '0/000.p/0', '0/000.p/01', '0/001/002', 'entries/', '0/1e3'])(
    'none is called %s',
    (path) => expect(parseTilePath(path)).toBeUndefined(),
  )
})

describe('notes', () => {
  const seed = Buffer.alloc(32, 7)
  const ours = signerOf('wedi.local/log/a', seed)
  const text = checkpointText({ origin: 'wedi.local/log/a', size: 3, root: leaf(1) })

  it('are opened with the key of one who signed, and with no other', () => {
    const other = signerOf('wedi.local/log/a', Buffer.alloc(32, 8))
    const note = signNote(text, [other, ours])
    expect(openNote(note, [ours])).toBe(text)
    expect(openNote(note, [other])).toBe(text)
    expect(openNote(signNote(text, [other]), [ours])).toBeUndefined()
    expect(openNote(signNote(text, [ours]), [signerOf('wedi.local/log/b', seed)])).toBeUndefined()
    expect(openNote(note.replace('\n3\n', '\n4\n'), [ours])).toBeUndefined()
    expect(openNote(text, [ours])).toBeUndefined()
  })

  it('carry the key id that the name and the key give', () => {
    const [name, id, key = ''] = ours.vkey.split('+')
    const digest = createHash('sha256')
      .update(`${name}\n`)
      .update(Buffer.from(ours.vkey.slice(`${name}+${id}+`.length), 'base64'))
      .digest('hex')
    expect([name, id]).toEqual(['wedi.local/log/a', digest.slice(0, 8)])
    expect(key).toMatch(/^A/)
    expect(signNote(text, [ours])).toMatch(/^wedi\.local\/log\/a\n3\n\S{44}\n\n— wedi\.local\/log\/a \S+\n$/)
  })

  it('hold a checkpoint that reads as it was written', () => {
    expect(parseCheckpoint(text)).toEqual({ origin: 'wedi.local/log/a', size: 3, root: leaf(1) })
    for (const wrong of ['a b\n1\n', 'a\n01\n', 'a\n1\nshort\n', 'a\n-1\n', `a\n1\n${leaf(1).toString('base64')}`]) {
      expect(parseCheckpoint(wrong)).toBeUndefined()
    }
  })

  it('end a receipt, below the proof', () => {
    expect(proofText(2, [leaf(5)], 'head\n')).toBe(
      `c2sp.org/tlog-proof@v1\nindex 2\n${leaf(5).toString('base64')}\n\nhead\n`,
    )
  })
})
