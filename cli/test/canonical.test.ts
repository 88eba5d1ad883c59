import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson } from '../src/canonical.ts'
import { parseTilePath, tilePath, tilesOf } from '../src/tlog/tiles.ts'
import { tilesOf as tilesOfTree } from './support/archive.ts'
import { Tree } from './support/log.ts'

it('writes every JSON value as another implementation of RFC 8785 does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(value)).toBe(canonicalize(value))
    }),
  )
})

it('refuses what RFC 8785 cannot write, and depth without end', () => {
  expect(() => canonicalJson({ a: '\ud800' })).toThrow('lone surrogate')
  expect(() => canonicalJson(JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`))).toThrow('nested deeper')
})

it('names tiles as tlog-tiles does', () => {
  expect(tilePath({ level: 3, number: 1_234_067, width: 256 })).toBe('tile/3/x001/x234/067')
  expect(tilePath({ level: 0, number: 5, width: 7 })).toBe('tile/0/005.p/7')
  for (const path of [
    'tile/00/005',
    'tile/0/5',
    'tile/0/x000/005',
    'tile/0/005.p/256',
    'tile/0/005.p/0',
    'tile/0/005/',
  ]) {
    expect(parseTilePath(path)).toBeUndefined()
  }
})

it('knows the tiles of a tree of any size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1500 }), (size) => {
      const names = [...tilesOfTree(new Tree(Array.from({ length: size }, () => Buffer.alloc(32))))].map(
        ([name]) => name,
      )
      expect([...tilesOf(size)].map(tilePath)).toEqual(names)
    }),
    { numRuns: 20 },
  )
})
