import fc from 'fast-check'
import { expect, it } from 'vitest'
import { windowAt } from './windows.ts'

it.each([
  ['HOUR', '2026-11-23T12:00:00.000Z', '2026-11-23T13:00:00.000Z'],
  ['DAY', '2026-11-23T00:00:00.000Z', '2026-11-24T00:00:00.000Z'],
  ['WEEK', '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
  ['MONTH', '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
] as const)('puts Monday noon in its calendar %s', (kind, start, end) => {
  expect(windowAt(kind, new Date('2026-11-23T12:34:56.789Z'))).toEqual({ start: new Date(start), end: new Date(end) })
})

it('ends a leap February on the 29th and a year in December', () => {
  expect(windowAt('MONTH', new Date('2028-02-29T23:59:59.999Z')).end).toEqual(new Date('2028-03-01T00:00:00.000Z'))
  expect(windowAt('MONTH', new Date('2026-12-31T23:59:59.999Z')).end).toEqual(new Date('2027-01-01T00:00:00.000Z'))
})

it('never ends a lifetime', () => {
  expect(windowAt('LIFETIME', new Date())).toEqual({ start: new Date(0) })
})

it('covers time without gap or overlap, weeks from Monday', () => {
  const instant = fc.date({
    min: new Date('1970-01-05T00:00:00.000Z'),
    max: new Date('2100-01-01T00:00:00.000Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(
      fc.constantFrom('HOUR' as const, 'DAY' as const, 'WEEK' as const, 'MONTH' as const),
      instant,
      (kind, time) => {
        const { start, end } = windowAt(kind, time)
        expect(start <= time && end !== undefined && time < end).toBe(true)
        expect(windowAt(kind, new Date((end as Date).getTime() - 1)).start).toEqual(start)
        expect(windowAt(kind, end as Date).start).toEqual(end)
        if (kind === 'WEEK') expect(start.getUTCDay()).toBe(1)
      },
    ),
  )
})

/** The name of the calendar window, read off the written time. */
const nameOf = {
  HOUR: (time: Date) => time.toISOString().slice(0, 'yyyy-mm-ddThh'.length),
  DAY: (time: Date) => time.toISOString().slice(0, 'yyyy-mm-dd'.length),
  MONTH: (time: Date) => time.toISOString().slice(0, 'yyyy-mm'.length),
  /** Its Monday, found by going back a day at a time. */
  WEEK(time: Date): string {
    const day = new Date(time)
    while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() - 1)
    return day.toISOString().slice(0, 'yyyy-mm-dd'.length)
  },
}
const kinds = Object.keys(nameOf) as (keyof typeof nameOf)[]

it('puts two times in one window exactly when the calendar does', () => {
  const from = Date.UTC(2024, 0, 1)
  const time = fc.integer({ min: from, max: Date.UTC(2105, 0, 1) })
  // Near one another, and half of them beside midnight: there the edges are.
  const edge = time.map((each) => each - (each % 86_400_000))
  const apart = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -40 * 86_400_000, max: 40 * 86_400_000 }))
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.oneof(time, edge), apart, (kind, at, by) => {
      const [a, b] = [new Date(at), new Date(at + by)]
      const isOne = windowAt(kind, a).start.getTime() === windowAt(kind, b).start.getTime()
      expect(isOne).toBe(nameOf[kind](a) === nameOf[kind](b))
      expect(nameOf[kind](windowAt(kind, a).start)).toBe(nameOf[kind](a))
    }),
    { numRuns: 2000 },
  )
})

it.each([
  ['a day', 'DAY', '2031-01-08'],
  ['a week', 'WEEK', '2031-01-13'],
  ['a month of 31 days', 'MONTH', '2031-02-01'],
  ['a month of 30 days', 'MONTH', '2031-05-01'],
  ['a leap February', 'MONTH', '2028-03-01'],
  ['a February of 28 days', 'MONTH', '2031-03-01'],
  ['the February of 2100, which is no leap year', 'MONTH', '2100-03-01'],
  ['a year', 'MONTH', '2032-01-01'],
  ['the hour in which Europe moves its clocks', 'HOUR', '2031-03-30T01:00:00.000Z'],
  ['the day on which Europe moves its clocks', 'DAY', '2031-03-31'],
] as const)('ends %s at its last millisecond', (_case, kind, next) => {
  const first = new Date(next)
  const last = new Date(first.getTime() - 1)
  expect(windowAt(kind, last).end).toEqual(first)
  expect(windowAt(kind, first).start).toEqual(first)
})
