import fc from 'fast-check'
import { expect, it } from 'vitest'
import { base62, checksum, makeKey, parseKey } from './rules.ts'

it('makes keys of the form wedi_<kind>_<12><43><6> that it reads again', () => {
  for (const prefix of ['sk', 'ak', 'ik'] as const) {
    const key = makeKey(prefix)
    expect(key).toMatch(new RegExp(`^wedi_${prefix}_[0-9A-Za-z]{61}$`))
    expect(parseKey(key)).toEqual({ prefix, keyId: key.slice(8, 20) })
  }
})

it('computes the checksum that others compute', () => {
  // CRC-32 (IEEE) of the check string of the CRC catalogues is cbf43926.
  expect(checksum('123456789')).toBe(base62(0xcbf43926n, 6))
  expect(base62(0n, 6)).toBe('000000')
  expect(base62(61n, 6)).toBe('00000z')
  expect(base62(62n, 6)).toBe('000010')
})

it('refuses a key with one character changed, cut off, or added', () => {
  const key = makeKey('sk')
  fc.assert(
    fc.property(fc.nat(key.length - 1), fc.constantFrom(...'0aZ_é '), (at, character) => {
      fc.pre(key[at] !== character)
      expect(parseKey(key.slice(0, at) + character + key.slice(at + 1))).toBeUndefined()
      expect(parseKey(key.slice(0, at))).toBeUndefined()
      expect(parseKey(key + character)).toBeUndefined()
    }),
  )
})

it('makes no key twice', () => {
  expect(new Set(Array.from({ length: 1000 }, () => makeKey('sk'))).size).toBe(1000)
})
