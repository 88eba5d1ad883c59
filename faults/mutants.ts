/** A bug planted on purpose: one guard less. `find` stands once in the file. */
export interface Mutant {
  readonly name: string
  /** What the guard keeps. */
  readonly guard: string
  readonly patches: readonly Patch[]
  readonly foundBy: Finder
}

interface Patch {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** A test of a file (all of it without a name), or the simulator. */
export type Finder = { readonly test: string; readonly name?: string } | { readonly faults: readonly string[] }

const modules = 'server/src/modules'
const database = 'server/src/platform/database'
const migration = 'database/migrations/20261123000000_first_house/migration.sql'

const chainEffect = { test: `${modules}/chains/effect.test.ts` }
const signatures = { test: `${modules}/wallets/rules.test.ts` }
const signing = (name: string): Finder => ({ test: `${modules}/payments/signing.test.ts`, name })
const approving = (name: string): Finder => ({ test: `${modules}/payments/approvals.test.ts`, name })
const paying = (name: string): Finder => ({ test: `${modules}/payments/payments.test.ts`, name })

/** The committed list: each is found by the test beside it, or the run fails. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'confirms whoever sent it',
    guard: 'CONFIRMED compares the sender',
    patches: [cut(`${modules}/chains/rules.ts`, "if (!isAddressEqual(receipt.from, intent.from)) return 'mismatch'")],
    foundBy: chainEffect,
  },
  {
    name: 'confirms any amount',
    guard: 'CONFIRMED compares the amount',
    patches: [swap(`${modules}/chains/rules.ts`, ' && value === intent.amount', '')],
    foundBy: chainEffect,
  },
  {
    name: 'confirms any recipient',
    guard: 'CONFIRMED compares the recipient',
    patches: [swap(`${modules}/chains/rules.ts`, ' && isAddressEqual(to, intent.payee)', '')],
    foundBy: chainEffect,
  },
  {
    name: 'confirms what was reverted',
    guard: 'CONFIRMED needs a receipt that succeeded',
    patches: [cut(`${modules}/chains/rules.ts`, "if (!receipt.isSuccess) return 'reverted'")],
    foundBy: chainEffect,
  },
  {
    name: 'confirms one transfer among others',
    guard: 'a token that moves something else as well is no confirmation',
    patches: [swap(`${modules}/chains/rules.ts`, 'transfers.length === 1 && transfers.every(', 'transfers.some(')],
    foundBy: chainEffect,
  },
  {
    name: 'believes any bytes a signer gives',
    guard: 'signed bytes are compared with what was asked',
    patches: [
      cut(
        `${modules}/wallets/rules.ts`,
        'if (serializeTransaction(asked, { r, s, yParity }) !== raw.toLowerCase()) return false',
      ),
    ],
    foundBy: signatures,
  },
  {
    name: 'believes any key that signed',
    guard: 'the signature is of the wallet',
    patches: [
      swap(
        `${modules}/wallets/rules.ts`,
        'return isAddressEqual(await recoverAddress(',
        'return !!(await recoverAddress(',
      ),
    ],
    foundBy: signatures,
  },
  {
    name: 'broadcasts what the provider signed unseen',
    guard: 'the wallets module checks each signature',
    patches: [
      swap(`${modules}/wallets/service.ts`, 'if (!(await isSignatureOf(', 'if (false && !(await isSignatureOf('),
    ],
    foundBy: signing('broadcasts nothing that says something else'),
  },
  {
    name: 'opens any keystore anywhere',
    guard: 'a keystore opens as the key of its own wallet only',
    patches: [
      swap(
        `${modules}/wallets/providers/local.ts`,
        'const contextOf = ({ organizationId, id }: ProviderWallet): string =>',
        "const contextOf = ({ organizationId, id }: ProviderWallet): string => 'any' ||",
      ),
    ],
    foundBy: { test: `${modules}/wallets/wallets.test.ts`, name: 'opens with the master key only' },
  },
  {
    name: 'takes nonces from the chain alone',
    guard: 'each nonce is given out once',
    patches: [swap(`${modules}/wallets/store.ts`, 'greatest(n.next_nonce, $4::bigint) + 1', '$4::bigint + 1')],
    foundBy: paying('hold under sixty payments at once'),
  },
  {
    name: 'makes an account without looking for one',
    guard: 'an account whose answer was lost is found again',
    patches: [cut(`${modules}/wallets/providers/thirdweb-engine.ts`, 'if (found.length > 0) return lowest(found)')],
    foundBy: { test: `${modules}/wallets/providers.test.ts`, name: 'finds again' },
  },
  {
    name: 'takes any 4xx for a refusal',
    guard: "only Engine's own words prove that it did nothing",
    patches: [
      swap(
        `${modules}/wallets/providers/thirdweb-engine-client.ts`,
        'if (isClientError && Check(Refusal, body)) {',
        "if (isClientError) return new ProviderError('refused', String(status))\n    if (Check(Refusal, body)) {",
      ),
    ],
    foundBy: { test: `${modules}/wallets/providers/thirdweb-engine.test.ts` },
  },
  {
    name: 'reserves nothing',
    guard: 'a payment takes its part of every limit',
    patches: [
      swap(
        `${modules}/payments/service/request.ts`,
        "answer.verdict === 'DENY' || (await capabilities.limits.reserve(tx, payment, limits))",
        'answer !== undefined',
      ),
    ],
    foundBy: paying('hold under sixty payments at once'),
  },
  {
    name: 'holds without reserving',
    guard: 'a held payment waits with its reservation',
    patches: [
      swap(
        `${modules}/payments/service/request.ts`,
        "answer.verdict === 'DENY' || (await capabilities.limits.reserve",
        "answer.verdict !== 'ALLOW' || (await capabilities.limits.reserve",
      ),
    ],
    foundBy: { test: `${modules}/payments/model.test.ts` },
  },
  {
    name: 'reserves over the cap',
    guard: 'the conditional update, and the check behind it',
    patches: [
      swap(
        `${modules}/capabilities/store.ts`,
        'or c.reserved_amount + c.spent_amount + excluded.reserved_amount <= excluded.cap_amount)',
        'or true)',
      ),
      swap(migration, 'CHECK (reserved_amount + spent_amount <= cap_amount)', 'CHECK (true)'),
    ],
    foundBy: paying('hold under sixty payments at once'),
  },
  {
    name: 'keeps half a reservation',
    guard: 'a payment takes all its limits or none',
    patches: [cut(`${modules}/capabilities/limits.ts`, 'await capabilityStore.giveBack(tx, payment.amount, taken)')],
    foundBy: { faults: ['--seeds', '0', '--reservations', '4000'] },
  },
  {
    name: 'ends a reservation twice',
    guard: 'only an open reservation is spent or given back',
    patches: [
      swap(
        `${modules}/capabilities/store.ts`,
        "where organization_id = $1 and payment_id = $2 and status = 'RESERVED'\n     returning",
        'where organization_id = $1 and payment_id = $2\n     returning',
      ),
    ],
    foundBy: { faults: ['--seeds', '0', '--reservations', '4000'] },
  },
  {
    name: 'gives back what was paid',
    guard: 'a confirmed payment spends its reservation',
    patches: [swap(`${modules}/payments/service/settle.ts`, "end.to === 'CONFIRMED' ?", "end.to !== 'CONFIRMED' ?")],
    foundBy: { test: `${modules}/capabilities/limits.test.ts`, name: 'keeps what was spent when its cap changes' },
  },
  {
    name: 'pays a forbidden payee',
    guard: 'deny wins over allow',
    patches: [
      swap(
        `${modules}/capabilities/rules.ts`,
        "if (namesPayee(authority.payeesDeny, payment)) yield { code: 'payee.denied', payee: payment.payee }\n  else if",
        'if',
      ),
    ],
    foundBy: { test: `${modules}/capabilities/rules.test.ts` },
  },
  {
    name: 'pays for a frozen organisation',
    guard: 'the verdict looks at the organisation',
    patches: [
      cut(`${modules}/capabilities/rules.ts`, "if (organization !== 'ACTIVE') yield { code: 'organization.frozen' }"),
    ],
    foundBy: {
      test: `${modules}/organizations/organizations.test.ts`,
      name: 'denies every payment of the organisation',
    },
  },
  {
    name: 'answers a freeze at once',
    guard: 'a freeze waits for signatures that were begun',
    patches: [cut(`${modules}/agents/service.ts`, 'await needs.signaturesEnded(caller.organizationId, id)')],
    foundBy: signing('of the agent answers after a signature'),
  },
  {
    name: 'stores a signature after a freeze',
    guard: 'a signature that comes back after a freeze is thrown away',
    patches: [
      swap(`${modules}/payments/service/execute.ts`, 'if (isFrozen(standing) || !isInTime) {', 'if (!isInTime) {'),
    ],
    foundBy: signing('of the agent answers after a signature'),
  },
  {
    name: 'does not judge again',
    guard: 'everything is evaluated again at execution',
    patches: [
      swap(
        `${modules}/payments/service/execute.ts`,
        'const refused = await reevaluate(tx, locked, standing)',
        'const refused = reevaluate.length > 9 ? await reevaluate(tx, locked, standing) : undefined',
      ),
    ],
    foundBy: signing('holds back what was reserved before it'),
  },
  {
    name: 'lets the requester approve',
    guard: 'who asked cannot approve',
    patches: [
      cut(
        `${modules}/payments/service/approvals.ts`,
        'if (caller.actor === approval.requestedBy) throw new Problem(approvalProblems.requester)',
      ),
    ],
    foundBy: approving('lets nobody approve what they asked for'),
  },
  {
    name: 'takes two answers to one approval',
    guard: 'an approval is answered while it is pending',
    patches: [
      swap(
        `${modules}/payments/service/approvals.ts`,
        "if (status !== 'PENDING' || payment.status !== 'HELD' || expiresAt <= now)",
        'if (expiresAt <= now)',
      ),
      swap(
        `${modules}/payments/store.ts`,
        "where organization_id = $1 and id = $2 and status = 'PENDING' returning",
        'where organization_id = $1 and id = $2 returning',
      ),
    ],
    foundBy: approving('counts one answer'),
  },
  {
    name: 'approves what was changed meanwhile',
    guard: 'an approval is bound to the hash of what was asked',
    patches: [
      swap(
        `${modules}/payments/service/approvals.ts`,
        'const isAsAsked = intentHashOf(intentOf(payment)).equals(approval.intentHash)',
        'const isAsAsked = intentHashOf(intentOf(payment)).length > 0',
      ),
    ],
    foundBy: approving('voids an approval of another intent'),
  },
  {
    name: 'cancels what is settled',
    guard: 'a payment moves only from the statuses it may come from',
    patches: [
      swap(
        `${modules}/payments/store.ts`,
        ' and status = any($4::payment_status[]) returning',
        ' and $4::payment_status[] is not null returning',
      ),
    ],
    foundBy: paying('cancel nothing that is settled'),
  },
  {
    name: 'takes silence for a no',
    guard: 'a lost answer of a queue is unknown, never refused',
    patches: [
      cut(
        `${modules}/payments/service/execute.ts`,
        "if (error.outcome === 'unknown') return unknown(payment, error.message)",
      ),
    ],
    foundBy: { test: 'server/test/journeys/trouble.test.ts', name: 'an answer spoiled by lose-reply-after-effect' },
  },
  {
    name: 'forgets what it answered',
    guard: 'a key is answered as it was the first time',
    patches: [
      swap(
        'server/src/platform/http/idempotency.ts',
        'if (found.fingerprint !== null) {',
        'if (found.fingerprint?.length === 1) {',
      ),
    ],
    foundBy: paying('gives one payment to twenty calls at once'),
  },
  {
    name: 'answers another body with the old reply',
    guard: 'a key belongs to one body',
    patches: [
      cut(
        'server/src/platform/http/idempotency.ts',
        'if (!found.fingerprint.equals(fingerprint)) throw new Problem(idempotencyProblems.mismatch)',
      ),
    ],
    foundBy: { test: `${modules}/agents/agents.test.ts`, name: 'answers the same again, and refuses another body' },
  },
  {
    name: 'lets a revoked key in',
    guard: 'a revoked key is refused',
    patches: [cut(`${modules}/access/authenticate.ts`, 'row.revokedAt === null &&')],
    foundBy: { test: `${modules}/access/access.test.ts`, name: 'is refused at once when it is revoked' },
  },
  {
    name: 'looks at the id of a key alone',
    guard: 'the secret of a key is compared',
    patches: [cut(`${modules}/access/authenticate.ts`, 'timingSafeEqual(row.secretHash, secretHash) &&')],
    foundBy: { test: `${modules}/access/access.test.ts`, name: 'with the right id and another secret' },
  },
  {
    name: 'leaves its organisation on the connection',
    guard: 'the tenant dies with its transaction',
    patches: [swap(`${database}/tenant-pool.ts`, "', true)`", "', false)`")],
    foundBy: { test: `${database}/tenancy.test.ts` },
  },
  {
    name: 'binds everyone but the owner',
    guard: 'row-level security is forced',
    patches: [swap(migration, 'FORCE ROW LEVEL SECURITY', 'NO FORCE ROW LEVEL SECURITY')],
    foundBy: { test: 'server/test/guards/database.test.ts', name: 'is on and forced for every table' },
  },
  {
    name: 'lets the log be changed',
    guard: 'decisions are written once',
    patches: [
      swap(
        migration,
        'CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON agent_decision',
        'CREATE TRIGGER written_once BEFORE DELETE ON agent_decision',
      ),
    ],
    foundBy: { test: 'server/test/guards/database.test.ts', name: 'stays as it is, also for the owner' },
  },
]

function swap(file: string, find: string, replace: string): Patch {
  return { file, find, replace }
}

function cut(file: string, find: string): Patch {
  return { file, find, replace: '' }
}
