import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson } from '#platform/canonical'
import { commitmentOf, leafOf, sealInputs } from './rules.ts'

const ENVELOPE = {
  organizationId: '0192f0c1-0000-7000-8000-000000000001',
  id: '0192f0c1-0000-7000-8000-000000000002',
  type: 'payment.requested',
  actor: 'agent:0192f0c1-0000-7000-8000-000000000003',
  subject: 'payment:0192f0c1-0000-7000-8000-000000000004',
  occurredAt: new Date('2026-11-23T12:00:00.000Z'),
  verdict: 'ALLOW',
} as const

it('writes the leaf as RFC 8785 text with every field of the envelope', () => {
  expect(leafOf(ENVELOPE, { amount: 'abc' })).toBe(
    '{"actor":"agent:0192f0c1-0000-7000-8000-000000000003","agentId":null,"approvalId":null,"authorityLevel":null,' +
      '"capabilityRevision":null,"id":"0192f0c1-0000-7000-8000-000000000002","inputs":{"amount":"abc"},' +
      '"occurredAt":"2026-11-23T12:00:00.000Z","organizationId":"0192f0c1-0000-7000-8000-000000000001","paymentId":null,' +
      '"reasons":[],"subject":"payment:0192f0c1-0000-7000-8000-000000000004","taskId":null,"type":"payment.requested",' +
      '"v":1,"verdict":"ALLOW","versionId":null,"walletId":null}',
  )
})

it('writes RFC 8785 for whatever stands in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 }), fc.nat(), (word, figure, revision) => {
      const reasons = [{ code: 'a.b', [word]: figure }]
      const leaf = leafOf({ ...ENVELOPE, subject: word, reasons, capabilityRevision: revision }, { [word]: 'abc' })
      expect(canonicalJson(JSON.parse(leaf))).toBe(leaf)
    }),
  )
})

it('commits to each value without showing it, and opens only for that value and salt', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), fc.jsonValue({ maxDepth: 2 })), (inputs) => {
      const { inputs: kept, salts, commitments } = sealInputs(inputs)
      for (const [name, value] of Object.entries(kept)) {
        const salt = Buffer.from(salts[name] as string, 'base64')
        expect(commitmentOf(salt, value)).toBe(commitments[name])
        expect(commitmentOf(salt, { other: value })).not.toBe(commitments[name])
      }
    }),
  )
})

it('gives the same value another commitment each time', () => {
  expect(sealInputs({ a: 1 }).commitments.a).not.toBe(sealInputs({ a: 1 }).commitments.a)
})
