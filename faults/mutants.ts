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

/** A test of a file (all of it without a name), or one of the simulators. */
export type Finder =
  | { readonly test: string; readonly name?: string }
  | { readonly faults: readonly string[] }
  | { readonly tasks: readonly string[] }

const modules = 'server/src/modules'
const database = 'server/src/platform/database'
const migration = 'database/migrations/20261123000000_first_house/migration.sql'
const reserving = 'database/migrations/20261123140000_reserve_limits/migration.sql'
const service = `${modules}/payments/service`
const reconciliation = `${modules}/payments/reconciliation`
const tasks = `${modules}/assignment/store/tasks.ts`

const chainEffect = { test: `${modules}/chains/effect.test.ts` }
const signatures = { test: `${modules}/wallets/rules.test.ts` }
const signing = (name: string): Finder => ({ test: `${modules}/payments/signing.test.ts`, name })
const reservations = (name: string): Finder => ({ test: `${modules}/capabilities/reservations.test.ts`, name })
const replacing = (name: string): Finder => ({ test: `${modules}/payments/replacement.test.ts`, name })
const queueing = (name: string): Finder => ({ test: `${modules}/payments/queue.test.ts`, name })
const webhook = (name: string): Finder => ({ test: `${modules}/wallets/webhook.test.ts`, name })
const reconciling = (name: string): Finder => ({ test: `${reconciliation}/reconciliation.test.ts`, name })
const tenants = (name: string): Finder => ({ test: `${database}/tenancy.test.ts`, name })
const jobs = (name: string): Finder => ({ test: 'server/src/platform/jobs.test.ts', name })
const killing: Finder = { tasks: ['--seed', '1', '--per-seed', '8', '--kills', '1', '--grace-ms', '10000'] }
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
    patches: [swap(`${modules}/wallets/service.ts`, 'if (!provider.signsHere && ', 'if (false && ')],
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
    patches: [
      swap(`${modules}/wallets/store.ts`, 'set next_nonce = n.next_nonce + 1', 'set next_nonce = $4::bigint + 1'),
    ],
    foundBy: reconciling('fifty payments while money comes in'),
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
        'if (isClientError && Check(Refusal, body)) return',
        'if (isClientError) return String(status)\n  if (Check(Refusal, body)) return',
      ),
    ],
    foundBy: { test: `${modules}/wallets/providers/thirdweb-engine.test.ts` },
  },
  {
    name: 'reserves nothing',
    guard: 'a payment takes its part of every limit',
    patches: [
      swap(
        `${service}/request.ts`,
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
        `${service}/request.ts`,
        "answer.verdict === 'DENY' || (await capabilities.limits.reserve",
        "answer.verdict !== 'ALLOW' || (await capabilities.limits.reserve",
      ),
    ],
    foundBy: { test: `${modules}/payments/model.test.ts` },
  },
  {
    name: 'reserves over the cap',
    guard: 'the statement that admits in order, and the check behind it',
    patches: [
      swap(reserving, 'used[place] + amounts[payment] > amount_caps[place] OR', ''),
      swap(migration, 'CHECK (reserved_amount + spent_amount <= cap_amount)', 'CHECK (true)'),
    ],
    foundBy: reservations('passes no cap, in two processes'),
  },
  {
    name: 'keeps half a reservation',
    guard: 'a payment takes all its limits or none',
    patches: [
      swap(
        reserving,
        '        fits := false;\n      END IF;',
        '        fits := false;\n      ELSE\n        fits := true;\n      END IF;',
      ),
    ],
    foundBy: reservations('admits in order'),
  },
  {
    name: 'reserves the same part twice',
    guard: 'what a payment holds it cannot take twice',
    patches: [swap(reserving, "WHERE r.status = 'RELEASED'", '')],
    foundBy: reservations('is refused as a whole'),
  },
  {
    name: 'ends a reservation twice',
    guard: 'only an open reservation is spent or given back',
    patches: [
      swap(
        `${modules}/capabilities/reservation-store.ts`,
        "and payment_id = any($2::uuid[]) and status = 'RESERVED'",
        'and payment_id = any($2::uuid[])',
      ),
    ],
    foundBy: reservations('comes once to each'),
  },
  {
    name: 'keeps what is approved in the windows of before',
    guard: 'a payment is counted in the windows of its approval',
    patches: [
      swap(
        `${modules}/capabilities/limits.ts`,
        'if (places.every(isNow)) return true',
        'if (places.some(isNow) || places) return true',
      ),
    ],
    foundBy: approving('is counted in the windows of the approval'),
  },
  {
    name: 'gives back what was paid',
    guard: 'a confirmed payment spends its reservation',
    patches: [swap(`${service}/settle.ts`, "end.to === 'CONFIRMED' ?", "end.to !== 'CONFIRMED' ?")],
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
      swap(
        `${service}/sign.ts`,
        'const kept = isFrozen(standing, { frozenAt: null })',
        'const kept = !standing.wallet',
      ),
    ],
    foundBy: signing('of the agent answers after a signature'),
  },
  {
    name: 'does not judge again',
    guard: 'everything is evaluated again at execution',
    patches: [
      swap(
        `${service}/begin.ts`,
        'const stop = await obstacle(tx, locked, standing, isQueue)',
        'const stop = locked.attempts > 99 ? await obstacle(tx, locked, standing, isQueue) : undefined',
      ),
    ],
    foundBy: signing('holds back what was reserved before it'),
  },
  {
    name: 'lets the requester approve',
    guard: 'who asked cannot approve',
    patches: [
      cut(
        `${service}/approvals.ts`,
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
        `${service}/approvals.ts`,
        "if (status !== 'PENDING' || payment.status !== 'HELD' || expiresAt <= now)",
        'if (expiresAt <= now)',
      ),
      swap(
        `${modules}/payments/store/approvals.ts`,
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
        `${service}/approvals.ts`,
        'if (!intentHashOf(now).equals(approval.intentHash)) {',
        'if (intentHashOf(now).length === 0) {',
      ),
    ],
    foundBy: approving('voids an approval of another intent'),
  },
  {
    name: 'cancels what is settled',
    guard: 'a payment moves only from the statuses it may come from',
    patches: [
      swap(
        `${modules}/payments/store/payments.ts`,
        ' and status = any($4::payment_status[]) returning',
        ' and $4::payment_status[] is not null returning',
      ),
    ],
    foundBy: paying('cancel nothing that is settled'),
  },
  {
    name: 'takes silence for a no',
    guard: 'a lost answer of a queue is unknown, never refused',
    patches: [cut(`${service}/submit.ts`, "if (error.outcome === 'unknown') return unknown(payment, error.message)")],
    foundBy: { test: 'server/test/journeys/trouble.test.ts', name: 'an answer spoiled by lose-reply-after-effect' },
  },
  {
    name: 'counts a block that may be lost',
    guard: 'a payment counts when enough blocks stand on it',
    patches: [
      swap(`${modules}/chains/service.ts`, 'if (confirmations > 1 && (await', 'if (confirmations > 99 && (await'),
    ],
    foundBy: { test: `${modules}/payments/trouble.test.ts`, name: 'counts a payment only when as many blocks' },
  },
  {
    name: 'gives a question the answer of its neighbour',
    guard: 'a batch that is answered in part is none',
    patches: [swap(`${modules}/chains/rpc.ts`, 'retryCount: 0, fetchFn: fetchAll }', 'retryCount: 0 }')],
    foundBy: { test: `${modules}/chains/batch.test.ts` },
  },
  {
    name: 'takes errored for a proof',
    guard: 'what a queue says of an error proves nothing',
    patches: [
      swap(
        `${service}/look-queue.ts`,
        'return explain(payment, {\n        code: `provider',
        "return end(payment, {\n        ...{ to: 'REVERTED', receipt: { hash: '0x00', blockNumber: 1n } as never },\n        code: `provider",
      ),
    ],
    foundBy: queueing('errored'),
  },
  {
    name: 'believes the hash a queue shows',
    guard: 'a queue says where to look, and the chain what happened',
    patches: [swap(`${service}/look-queue.ts`, "if (effect === 'moved') return", 'if (effect) return')],
    foundBy: { test: `${modules}/payments/misbehaving-queue.test.ts`, name: 'sendsZero' },
  },
  {
    name: 'takes any signature under a webhook',
    guard: 'only who knows the secret makes Wedi look',
    patches: [
      swap(
        `${modules}/wallets/rules.ts`,
        "return timingSafeEqual(expected, Buffer.from(signature, 'hex'))",
        'return expected.length > 0',
      ),
    ],
    foundBy: webhook('what is refused wakes nobody'),
  },
  {
    name: 'takes an old webhook',
    guard: 'what was said long ago is not said now',
    patches: [
      cut(
        `${modules}/wallets/rules.ts`,
        'if (Math.abs(now.getTime() - Number(timestamp) * 1000) > DELIVERY_WINDOW_MS) return false',
      ),
    ],
    foundBy: webhook('what is refused wakes nobody'),
  },
  {
    name: 'looks at every repeat of a webhook',
    guard: 'a delivery counts once',
    patches: [
      swap(
        `${service}/hints.ts`,
        'rememberedMinutes: REMEMBERED_MINUTES })))',
        'rememberedMinutes: REMEMBERED_MINUTES })) && !found)',
      ),
    ],
    foundBy: { test: `${modules}/wallets/webhook.test.ts` },
  },
  {
    name: 'signs after a stranger',
    guard: 'a chain that is ahead of the book freezes the agent',
    patches: [
      swap(
        `${service}/begin.ts`,
        'if (nonce !== undefined || !(await transactionStore.wasQueued(tx, walletId, chain))) return nonce',
        'if (nonce !== undefined) return nonce',
      ),
    ],
    foundBy: replacing('freezes the agent before anything more is signed'),
  },
  {
    name: 'replaces while frozen',
    guard: 'a replacement is a new signature, which a freeze stops',
    patches: [cut(`${service}/replace.ts`, 'if (isFrozen(standing, locked)) return holdBack(tx, locked)')],
    foundBy: replacing('is not replaced while its agent is frozen'),
  },
  {
    name: 'replaces with the next nonce',
    guard: 'all transactions of a payment have one nonce',
    patches: [
      swap(
        `${service}/transaction.ts`,
        'nonce,\n    unsigned: stored(call, gas, fees)',
        'nonce: nonce + 1n,\n    unsigned: stored(call, gas, fees)',
      ),
    ],
    foundBy: replacing('is signed again for a higher fee'),
  },
  {
    name: 'counts a cancel that is not mined',
    guard: 'a payment is canceled when something else with its nonce is mined',
    patches: [
      swap(
        `${service}/look.ts`,
        "if (seen === 'absent') return undefined",
        "if (seen === 'absent')\n      return purpose === 'CANCEL' ? end(payment, { to: 'CANCELED', receipt: { hash: '0x00', blockNumber: 1n } as never }) : undefined",
      ),
    ],
    foundBy: replacing('is canceled when something else with its nonce is mined'),
  },
  {
    name: 'pays what is to be canceled',
    guard: 'nothing that pays is signed after a cancel was asked for',
    patches: [
      swap(
        `${modules}/payments/store/transactions.ts`,
        "and (t.purpose = 'CANCEL' or held.cancel_requested_at is null)",
        '',
      ),
    ],
    foundBy: signing('throws away a signature that comes back after it was to be canceled'),
  },
  {
    name: 'confirms what a person says',
    guard: 'a person names the transaction, the chain proves it',
    patches: [
      cut(
        `${service}/resolve.ts`,
        "if (seen.effect !== 'moved') throw notProven('Sender, recipient, asset or amount are not those of the payment.')",
      ),
    ],
    foundBy: queueing('is confirmed by a person only with a transaction that made it'),
  },
  {
    name: 'does not see a stray nonce',
    guard: 'a nonce that none of our transactions used is found',
    patches: [
      swap(
        `${reconciliation}/rules.ts`,
        'if (!explained.has(each)) strays.push(each)',
        'if (explained.has(-1n)) strays.push(each)',
      ),
    ],
    foundBy: reconciling('sent with the wallet’s own key freezes the agent'),
  },
  {
    name: 'finds a theft and stops nobody',
    guard: 'money that left without a payment freezes the agent',
    patches: [
      swap(`${reconciliation}/breaks.ts`, "if (severity === 'CRITICAL') {", "if (severity === 'CRITICAL' && !row) {"),
    ],
    foundBy: reconciling('sent with the wallet’s own key freezes the agent'),
  },
  {
    name: 'commits what failed',
    guard: 'a transaction with a statement that failed is no success',
    patches: [
      cut(
        `${database}/tenant-pool.ts`,
        "if (command !== 'COMMIT') throw new Error('a statement of the transaction failed and its error was swallowed')",
      ),
    ],
    foundBy: tenants('does not pass for committed when the error of a statement was swallowed'),
  },
  {
    name: 'forgets what it sent without waiting',
    guard: 'what was sent and failed is heard of at the commit',
    patches: [cut(`${database}/tenant-pool.ts`, '      sent.push(answer)\n')],
    foundBy: tenants('something that was sent without waiting failed'),
  },
  {
    name: 'gives one kind of job every place',
    guard: 'jobs that wait for strangers hold up no others',
    patches: [swap('server/src/platform/jobs.ts', 'and kind <> all($4::text[])', 'and $4::text[] is not null')],
    foundBy: jobs('jobs of a kind with a cap'),
  },
  {
    name: 'forgets what was asked for meanwhile',
    guard: 'a job that is asked for again while it runs runs once more',
    patches: [
      swap('server/src/platform/jobs.ts', 'j.generation = s.generation as is_last', 'true as is_last'),
      swap(
        'server/src/platform/jobs.ts',
        'lease_token = $4 and generation = $5 and $6',
        'lease_token = $4 and $5::int > 0 and $6',
      ),
    ],
    foundBy: jobs('runs once more'),
  },
  {
    name: 'ends a job for another process',
    guard: 'a job is ended by who holds it',
    patches: [
      swap(
        'server/src/platform/jobs.ts',
        'using (organization_id, kind, subject, lease_token) for',
        'using (organization_id, kind, subject) for',
      ),
    ],
    foundBy: jobs('who held a job before'),
  },
  {
    name: 'leaves what another process took on',
    guard: 'a payment that is under way keeps its job',
    patches: [
      swap(
        `${service}/begin.ts`,
        "if (locked?.status !== 'RESERVED') return AGAIN",
        "if (locked?.status !== 'RESERVED') return 'done'",
      ),
    ],
    foundBy: signing('goes on when its lease ended'),
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
    patches: [cut(`${modules}/access/authenticate.ts`, 'revokedAt === null && ')],
    foundBy: { test: `${modules}/access/access.test.ts`, name: 'is refused at once when it is revoked' },
  },
  {
    name: 'looks at the id of a key alone',
    guard: 'the secret of a key is compared',
    patches: [cut(`${modules}/access/authenticate.ts`, 'timingSafeEqual(secretHash, wanted) && ')],
    foundBy: { test: `${modules}/access/access.test.ts`, name: 'with the right id and another secret' },
  },
  {
    name: 'leaves its organisation on the connection',
    guard: 'the tenant dies with its transaction',
    patches: [swap(`${database}/tenant-pool.ts`, "{tenant}', true)`", "{tenant}', false)`")],
    foundBy: { test: `${database}/tenancy.test.ts` },
  },
  {
    name: 'binds everyone but the owner',
    guard: 'row-level security is forced',
    patches: [
      swap(
        migration,
        'TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW',
        'TABLE %I ENABLE ROW LEVEL SECURITY, NO FORCE ROW',
      ),
    ],
    foundBy: { test: 'server/test/guards/database.test.ts', name: 'is on and forced for every table' },
  },
  {
    name: 'lets the log be changed',
    guard: 'decisions are written once',
    patches: [
      swap(
        'database/migrations/20261123131030_decision_log/migration.sql',
        'CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON %I',
        'CREATE TRIGGER written_once BEFORE DELETE ON %I',
      ),
    ],
    foundBy: { test: 'server/test/guards/database.test.ts', name: 'stays as it is, also for the owner' },
  },
  {
    name: 'takes the word of whoever had a task once',
    guard: 'a write with an old token is refused',
    patches: [swap(tasks, '(g.token is null or g.token = t.fencing_token)', 'true')],
    foundBy: { test: `${modules}/assignment/claims.test.ts`, name: 'though who had it before speaks' },
  },
  {
    name: 'records what it could not give out',
    guard: 'a round gives out all that it records, or nothing',
    patches: [swap(tasks, '= cardinality($2))::int as is_all', '>= 0)::int as is_all')],
    foundBy: { test: `${modules}/assignment/missed.test.ts` },
  },
  {
    name: 'takes the word of any agent for a task',
    guard: 'only who has a task ends it',
    patches: [swap(tasks, '(g.agent_id = t.assigned_agent_id and not t.is_parked)', 'not t.is_parked')],
    foundBy: { test: `${modules}/assignment/claims.test.ts` },
  },
  {
    name: 'hears an instance through any agent',
    guard: 'an instance is heard of through its own agent only',
    patches: [
      swap(`${modules}/agents/instance-store.ts`, 'distinct on (id, agent_id) id', 'distinct on (id) id'),
      swap(`${modules}/agents/instance-store.ts`, 'order by id, agent_id, place desc', 'order by id, place desc'),
    ],
    foundBy: { test: `${modules}/agents/instances.test.ts` },
  },
  {
    name: 'never looks for leases that ran out',
    guard: "a dead agent's tasks are given to others",
    patches: [swap(`${modules}/assignment/overdue.ts`, 'leaseStore.expired(tx, BATCH)', 'leaseStore.expired(tx, 0)')],
    foundBy: killing,
  },
  {
    name: 'counts a slot twice',
    guard: 'slots are counted by the statements that give and take them',
    patches: [
      swap(tasks, 'set in_use = s.in_use + sat.count', 'set in_use = least(s.max_in_use, s.in_use + 2 * sat.count)'),
    ],
    foundBy: killing,
  },
  {
    name: 'gives a task again with the token it had',
    guard: 'each assignment has a higher token',
    patches: [swap(tasks, 'fencing_token = t.fencing_token + 1,', 'fencing_token = greatest(t.fencing_token, 1),')],
    foundBy: killing,
  },
]

function swap(file: string, find: string, replace: string): Patch {
  return { file, find, replace }
}

function cut(file: string, find: string): Patch {
  return { file, find, replace: '' }
}
