import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { disabledBecause, signedHeaders, verdictOf } from './rules.ts'

describe('an answer', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [199, 'failed'],
    [301, 'failed'],
    [307, 'failed'],
    [400, 'failed'],
    [410, 'gone'],
    [429, 'failed'],
    [500, 'failed'],
  ])('%i means %s', (status, verdict) => {
    expect(verdictOf({ status })).toBe(verdict)
  })

  it('that never came is a failure', () => {
    expect(verdictOf({ error: 'ECONNREFUSED' })).toBe('failed')
  })
})

describe('a webhook is disabled', () => {
  const now = new Date('2026-11-23T12:00:00Z')
  const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
  it.each([
    ['when it is gone', ['delivered', 'gone'] as const, null, true],
    ['after three days of nothing', ['failed'] as const, hoursAgo(72), true],
    ['not before', ['failed'] as const, hoursAgo(71), false],
    ['not when something was taken', ['delivered', 'failed'] as const, null, false],
    ['not when nothing was tried', [] as const, hoursAgo(100), false],
  ])('%s', (_case, verdicts, failingSince, isDisabled) => {
    expect(disabledBecause({ verdicts, failingSince, now }) !== undefined).toBe(isDisabled)
  })
})

describe('a signature', () => {
  const secret = () =>
    fc.uint8Array({ minLength: 24, maxLength: 64 }).map((key) => `whsec_${Buffer.from(key).toString('base64')}`)

  it('is one that each secret in force verifies, and no other', () => {
    fc.assert(
      fc.property(secret(), secret(), secret(), fc.jsonValue(), (one, before, other, value) => {
        fc.pre(other !== one && other !== before)
        const body = JSON.stringify({ value })
        const headers = signedHeaders([one, before], { id: 'an-id', at: new Date(), body })
        for (const each of [one, before]) expect(new Webhook(each).verify(body, headers)).toEqual(JSON.parse(body))
        expect(() => new Webhook(other).verify(body, headers)).toThrow()
        expect(() => new Webhook(one).verify(`${body} `, headers)).toThrow()
      }),
      { numRuns: 30 },
    )
  })
})
