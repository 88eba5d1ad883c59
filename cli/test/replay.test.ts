import { afterAll, expect, it } from 'vitest'
import { archiveOf, tarOf } from './support/archive.ts'
import { ALLOWED, decision, type Entry, HELD, paymentOf, redact } from './support/decisions.ts'
import { type Exhibit, fileOf, judge, removeDirectories } from './support/judges.ts'
import { newSigner } from './support/log.ts'

const ORGANIZATION = '0192f0c1-0000-7000-8000-000000000001'
const signer = newSigner(`wedi.test/log/${ORGANIZATION}`)

afterAll(removeDirectories)

const another = (): Entry => decision(ORGANIZATION, {})

function exhibitOf(entries: readonly Entry[]): Exhibit {
  const files = archiveOf({ organizationId: ORGANIZATION, entries, signers: [signer] })
  return { archive: fileOf(tarOf(files)), keys: [signer.vkey], isReplayed: true }
}

it('makes every verdict of ours again, unless its inputs are redacted', async () => {
  const payment = () => paymentOf(ORGANIZATION, '5000000', ALLOWED)
  const { erased, redaction } = redact(payment(), ['payment'])
  const entries = [
    ...[payment(), paymentOf(ORGANIZATION, '25000000', HELD), another(), another()],
    ...[erased, redaction],
    // An agent may say what it likes of itself: that is no verdict to make again.
    decision(ORGANIZATION, { ...HELD, type: 'agent.decided' }, payment().inputs ?? {}),
  ]
  const { code, replay } = (await judge(exhibitOf(entries))) as never as {
    code: number
    replay: { replayed: number; skipped: Record<string, number> }
  }
  expect({ code, replayed: replay.replayed }).toEqual({ code: 0, replayed: 2 })
  expect(replay.skipped).toEqual({ 'redacted inputs': 1, 'not a verdict of the rules': 1 })
})

const AUTHORITY = ['providers', 'chains', 'assets', 'payeesAllow', 'payeesDeny', 'approvalThreshold', 'expiresAt']

it.each([
  ['by rules nobody knows', { rules: '999' }, /rules that are not known here: 999/],
  // The manifest says `1`, and nothing covers it.
  ['without saying by which rules', { rules: undefined }, /rules that are not known here: undefined/],
  ['without its limits', { limits: undefined }, /lacks what its verdict was made on: limits/],
  [
    'without most of its authority',
    { authority: { revision: 3, authorityLevel: 'SUPERVISED' } },
    new RegExp(AUTHORITY.map((name) => `authority[.]${name}`).join(', ')),
  ],
])('does not pass over a verdict recorded %s', async (_case, change, what) => {
  const envelope = { ...ALLOWED, type: 'payment.requested', capabilityRevision: 3, authorityLevel: 'SUPERVISED' }
  const given = { ...paymentOf(ORGANIZATION, '5000000', ALLOWED).inputs, ...change }
  const inputs = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const exhibit = exhibitOf([another(), decision(ORGANIZATION, envelope, inputs)])
  expect(await judge(exhibit)).toMatchObject({ code: 1, failure: { index: 1, what: expect.stringMatching(what) } })
})

it.each([
  ['other reasons', {}, { reasons: [{ code: 'authority.withinLimits', why: 'because' }] }, /its inputs give ALLOW/],
  ['another verdict', {}, HELD, /its inputs give ALLOW/],
  ['another verdict for the same reasons', {}, { verdict: 'DENY' }, /its inputs give ALLOW/],
  ['another revision than the judging', {}, { capabilityRevision: 4 }, /another capability revision/],
  [
    'another authority than the judging',
    {},
    { authorityLevel: 'AUTONOMOUS' },
    /another capability revision or authority/,
  ],
  ['inputs no rule can read', { payment: { amount: 5 } }, {}, /the rules cannot read: an amount is not a string/],
])('finds a verdict recorded with %s', async (_case, inputs, said, what) => {
  const envelope = {
    ...ALLOWED,
    type: 'payment.requested',
    capabilityRevision: 3,
    authorityLevel: 'SUPERVISED',
    ...said,
  }
  const recorded = { ...paymentOf(ORGANIZATION, '5000000', ALLOWED).inputs, ...inputs }
  const exhibit = exhibitOf([another(), decision(ORGANIZATION, envelope, recorded)])
  expect(await judge(exhibit)).toMatchObject({ code: 1, failure: { index: 1, what: expect.stringMatching(what) } })
})
