import fc from 'fast-check'
import { expect, it } from 'vitest'
import { wordsOf } from './words.ts'

const NUL = String.fromCharCode(0)

it('leaves nothing of whatever words that cannot be stored', () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom('😀', NUL, '\uD83D', '\uDE00'), fc.string({ maxLength: 1 })),
  })
  fc.assert(
    fc.property(text, fc.nat({ max: 20 }), (words, maxLength) => {
      const kept = wordsOf(words, maxLength)
      expect([kept.length <= maxLength, kept.isWellFormed(), kept.includes(NUL)]).toEqual([true, true, false])
    }),
  )
  expect(wordsOf('a plain no', 7)).toBe('a plain')
})
