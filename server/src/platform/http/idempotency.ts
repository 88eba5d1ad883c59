import type { FastifyReply, FastifyRequest } from 'fastify'
import { principalOf } from '../caller.ts'
import { canonicalJson } from '../canonical.ts'
import { type KeyRing, seal, sha256, unseal } from '../crypto.ts'
import type { Database, Tx } from '../database/database.ts'
import { sql } from '../database/statement.ts'
import { Problem } from '../problem.ts'
import { idempotencyProblems } from './idempotency-problems.ts'
import { problemBody } from './problems.ts'

/** What a use case answers: a success, or a refusal that is committed all the same (a denial is a record too). */
export type Outcome =
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
  | { readonly refusal: Problem }

const MAX_KEY_LENGTH = 255

interface StoredReply {
  fingerprint: Buffer | null
  statusCode: number | null
  headers: Record<string, string> | null
  body: string | null
  acquired: boolean
}

/** One caller at a time per key, and the reply of an earlier one. The lock ends with the transaction, also by a crash. */
const claim = sql<StoredReply>(
  'idempotency.claim',
  `with mine as materialized (
     select pg_try_advisory_xact_lock(hashtextextended($1::text || '/' || $2 || '/' || $3, 0)) as acquired
   )
   select mine.acquired, r.fingerprint, r.status_code as "statusCode", r.headers, r.body
   from mine
   left join idempotency_record r
     on r.organization_id = $1::uuid and r.principal = $2 and r.key = $3 and r.expires_at > now()`,
)

/** Writes nothing when another call stored its reply after our claim looked: that call's effect is the one. */
const store = sql<{ key: string }>(
  'idempotency.store',
  `insert into idempotency_record as r
     (organization_id, principal, key, fingerprint, status_code, headers, body, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, now() + interval '30 days')
   on conflict (organization_id, principal, key) do update
     set fingerprint = excluded.fingerprint, status_code = excluded.status_code, headers = excluded.headers,
         body = excluded.body, expires_at = excluded.expires_at
     where r.expires_at <= now()
   returning r.key`,
)

/** As the row of a reply, under a principal that no caller has. */
const note = sql<{ key: string }>(
  'idempotency.note',
  `insert into idempotency_record as r
     (organization_id, principal, key, fingerprint, status_code, headers, body, expires_at)
   values ($1, $2, $3, $4, 200, '{}', '', now() + $5::int * interval '1 minute')
   on conflict (organization_id, principal, key) do update set expires_at = excluded.expires_at
     where r.expires_at <= now()
   returning r.key`,
)

const purge = sql('idempotency.purge', 'delete from idempotency_record where expires_at < now()')

/** Replies that nobody may ask for again are forgotten. */
export async function forgetExpiredReplies(database: Database): Promise<void> {
  await database.platform(purge, [])
}

/**
 * True for the first transaction that commits with this digest, until it is forgotten: what others deliver more than
 * once is done once. A second at the same time waits for the first.
 */
export async function isFirst(
  tx: Tx,
  { by, digest, rememberedMinutes }: { by: string; digest: Buffer; rememberedMinutes: number },
): Promise<boolean> {
  const row = [tx.organizationId, `delivery:${by}`, digest.toString('hex'), digest, rememberedMinutes]
  return (await tx.query(note, row)).length === 1
}

/**
 * Runs a handler in one transaction that also holds the stored reply, so that effect and reply are committed together
 * or not at all: after a crash a retry either finds the reply or finds nothing done.
 */
export function effects(database: Database, keys: KeyRing) {
  const sealing = keys.derive('idempotency')
  return async (typed: AnyRequest, typedReply: AnyReply, act: (tx: Tx) => Promise<Outcome>): Promise<void> => {
    const request = typed as FastifyRequest
    const reply = typedReply as FastifyReply
    const key = idempotencyKey(request)
    const rendered = await database.inOrganization(request.caller, async (tx) =>
      key === undefined ? render(await act(tx), request, reply) : once(tx, { request, reply, key, sealing }, act),
    )
    await reply.code(rendered.status).headers(rendered.headers).serializer(String).send(rendered.body)
  }
}

/**
 * What must be asked before the transaction is opened (of a chain, say). A failure to answer only counts when it is
 * needed: a call whose reply is stored already is answered with that reply, also while the chain is silent.
 */
export async function askedBefore<T>(question: Promise<T>): Promise<() => T> {
  try {
    const answer = await question
    return () => answer
  } catch (error) {
    return () => {
      throw error
    }
  }
}

/** Typed by each route's schemas in their own way; here only what all have in common is used. */
type AnyRequest = Pick<FastifyRequest, 'id' | 'caller'>
type AnyReply = Pick<FastifyReply, 'statusCode'>

export type Effects = ReturnType<typeof effects>

interface Rendered {
  status: number
  headers: Record<string, string>
  body: string
}

interface Attempt {
  request: FastifyRequest
  reply: FastifyReply
  key: string
  /** A reply may hold a secret that is shown once, so replies are stored encrypted. */
  sealing: Buffer
}

async function once(tx: Tx, attempt: Attempt, act: (tx: Tx) => Promise<Outcome>): Promise<Rendered> {
  const { request, reply, key, sealing } = attempt
  const principal = principalOf(request.caller)
  const context = `${tx.organizationId}/${principal}/${key}`
  const fingerprint = sha256(`${request.method} ${request.url}\n`, canonicalJson(request.body ?? {}))
  const [found] = await tx.query(claim, [tx.organizationId, principal, key])
  if (!found?.acquired) throw new Problem(idempotencyProblems.inProgress)
  if (found.fingerprint !== null) {
    if (!found.fingerprint.equals(fingerprint)) throw new Problem(idempotencyProblems.mismatch)
    const body = unseal(sealing, JSON.parse(found.body ?? '{}'), context).toString()
    return { status: found.statusCode ?? 200, headers: { ...found.headers, 'idempotency-replayed': 'true' }, body }
  }
  const rendered = render(await act(tx), request, reply)
  const sealed = JSON.stringify(seal(sealing, Buffer.from(rendered.body), context))
  const row = [tx.organizationId, principal, key, fingerprint, rendered.status, rendered.headers, sealed]
  if ((await tx.query(store, row)).length === 0) throw new Problem(idempotencyProblems.inProgress)
  return rendered
}

function render(outcome: Outcome, request: FastifyRequest, reply: FastifyReply): Rendered {
  if ('refusal' in outcome) {
    const { refusal } = outcome
    const headers = { 'content-type': 'application/problem+json; charset=utf-8' }
    return { status: refusal.status, headers, body: JSON.stringify(problemBody(refusal, request.id)) }
  }
  const serialize = reply.code(outcome.status).getSerializationFunction(String(outcome.status))
  const body = serialize ? serialize(outcome.body as Record<string, unknown>) : JSON.stringify(outcome.body)
  const headers = { 'content-type': 'application/json; charset=utf-8', ...outcome.headers }
  return { status: outcome.status, headers, body }
}

function idempotencyKey(request: FastifyRequest): string | undefined {
  const mode = request.routeOptions.config.idempotency
  if (mode === undefined) return undefined
  const header = request.headers['idempotency-key']
  if (header === undefined) {
    if (mode === 'required') throw new Problem(idempotencyProblems.keyRequired)
    return undefined
  }
  const key = String(header)
  if (!/^[\x21-\x7e][\x20-\x7e]*$/.test(key) || key.length > MAX_KEY_LENGTH) {
    const detail = `Idempotency-Key must be 1 to ${MAX_KEY_LENGTH} visible ASCII characters.`
    throw new Problem(idempotencyProblems.keyRequired, { detail })
  }
  return key
}

export const created = (body: unknown, headers?: Record<string, string>): Outcome =>
  headers ? { status: 201, body, headers } : { status: 201, body }
export const ok = (body: unknown, headers?: Record<string, string>): Outcome =>
  headers ? { status: 200, body, headers } : { status: 200, body }
