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
