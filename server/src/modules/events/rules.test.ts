import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventJson, heartbeat, isWanted, serverSent } from './rules.ts'

const name = fc.stringMatching(/^[a-z][A-Za-z0-9-]{0,8}$/)
const type = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'))
const agentId = fc.option(fc.uuid({ version: 7 }))

describe('who wants which event', () => {
  it.each([
    ['payment.confirmed', '*', true],
    ['payment.confirmed', 'payment.*', true],
    ['payment.confirmed', 'payment.confirmed', true],
    ['payment.confirmed', 'payment', false],
    ['payment', 'payment.*', false],
    ['payment-link.paid', 'payment.*', false],
    ['payment.confirmedLate', 'payment.confirmed', false],
    ['payment.link.paid', 'payment.*', true],
  ])('%s is among %s: %s', (one, pattern, expected) => {
    expect(isWanted({ type: one, agentId: null }, { types: [pattern] })).toBe(expected)
  })

  it('every type is of itself, of each area above it, and of all; of nothing beside', () => {
    fc.assert(
      fc.property(type, agentId, name, (one, about, other) => {
        const areas = one.split('.').map((_, at, all) => `${all.slice(0, at).join('.')}${at === 0 ? '' : '.'}*`)
        for (const pattern of [one, ...areas])
          expect(isWanted({ type: one, agentId: about }, { types: [pattern] })).toBe(true)
        expect(isWanted({ type: one, agentId: about }, { types: [`x${other}.*`, `${one}x`] })).toBe(
          one.startsWith(`x${other}.`),
        )
      }),
    )
  })

  it('an agent is told of what is about it, and of nothing else', () => {
    fc.assert(
      fc.property(type, agentId, fc.uuid({ version: 7 }), (one, about, asked) => {
        expect(isWanted({ type: one, agentId: about }, { types: ['*'], agentId: asked })).toBe(about === asked)
        expect(isWanted({ type: one, agentId: asked }, { types: ['*'], agentId: asked })).toBe(true)
        expect(isWanted({ type: one, agentId: about }, { types: ['*'] })).toBe(true)
      }),
    )
  })
})

describe('what is sent', () => {
  const entry = (over: object) => ({
    ...{ organizationId: 'o', id: 'i', type: 'a.b', occurredAt: new Date(0), subject: 's', actor: 'x' },
    ...{ agentId: null, taskId: null, paymentId: null, verdict: null, reasons: [], leafIndex: 7 },
    ...over,
  })

  it('an event is three lines, whatever anyone wrote into it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (subject, detail) => {
        const lines = serverSent(entry({ subject, reasons: [{ code: 'c', detail }] })).split(/\r\n|[\r\n]/)
        expect(lines.map((line) => line.split(':', 1)[0])).toEqual(['id', 'event', 'data', '', ''])
        expect(JSON.parse((lines[2] as string).slice('data: '.length))).toMatchObject({
          subject: subject.toWellFormed(),
        })
      }),
      { numRuns: 30 },
    )
  })

  it('a heartbeat says where to go on, and is no event', () => {
    expect(heartbeat(0)).toBe(': \n\n')
    expect(heartbeat(8)).toBe(': \nid: 7\n\n')
  })

  it('a test is of no place', () => {
    expect(JSON.parse(eventJson(entry({ leafIndex: null })))).toMatchObject({ leafIndex: null })
  })
})
