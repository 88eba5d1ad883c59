import { hash } from 'node:crypto'
import { base64 } from '../base64.ts'
import { canonicalJson, isObject, parseJson } from '../canonical.ts'
import { Untrue } from '../failures.ts'
import { HASH_BYTES, leafHash } from '../tlog/merkle.ts'

const LEAF_VERSION = 1
/** Fixed: with salts of any length, bytes could be moved from the value into its salt. */
const SALT_BYTES = 16
const FIELDS = new Set(['index', 'leaf', 'inputs', 'salts', 'redacted'])
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const VERDICTS = new Set<unknown>(['ALLOW', 'DENY', 'HOLD', null])

/** What a leaf says, as far as it is judged here. */
export interface Envelope {
  readonly organizationId: string
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly occurredAt: string
  readonly verdict: 'ALLOW' | 'DENY' | 'HOLD' | null
  readonly reasons: readonly unknown[]
  readonly capabilityRevision: unknown
  readonly authorityLevel: unknown
  /** Per field, base64 of SHA-256(salt ‖ RFC 8785 text of the value). */
  readonly inputs: Readonly<Record<string, string>>
}

/** One line of entries.ndjson, before anything in it is believed. */
export interface Line {
  readonly leaf: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly salts: Readonly<Record<string, unknown>>
  readonly redacted: readonly string[]
}

export function readLine(text: string, index: number): Line {
  const line = parseJson(text, 'the line')
  if (!isObject(line)) throw new Untrue('the line is not an object')
  // A name that stands there twice would be read in two ways; and only one of them was checked.
  if (JSON.stringify(line) !== text) throw new Untrue('the line is not compact JSON with each name once')
  const unknown = Object.keys(line).find((name) => !FIELDS.has(name))
  if (unknown !== undefined) throw new Untrue(`has a field that nothing covers: ${unknown}`)
  if (String(line.index) !== String(index)) throw new Untrue(`calls itself entry ${String(line.index)}`)
  const { leaf, inputs, salts, redacted = [] } = line
  if (typeof leaf !== 'string') throw new Untrue('has no leaf')
  const areFields = Array.isArray(redacted) && redacted.every((name) => typeof name === 'string')
  if (!areFields) throw new Untrue('names its redacted fields wrongly')
  return { leaf, inputs: fieldsOf(inputs), salts: fieldsOf(salts), redacted }
}

function fieldsOf(fields: unknown): Record<string, unknown> {
  if (fields === null || fields === undefined) return {}
  if (!isObject(fields)) throw new Untrue('has inputs or salts that are not objects')
  return fields
}

export const hashOfLeaf = (leaf: string): Buffer => leafHash(Buffer.from(leaf))

/** The leaf as an envelope of this organisation: the one RFC 8785 text of it, complete. */
export function readLeaf(leaf: string, organizationId: string): Envelope {
  const envelope = parseJson(leaf, 'the leaf')
  if (!isObject(envelope)) throw new Untrue('the leaf is not an object')
  if (canonicalJson(envelope) !== leaf) throw new Untrue('the leaf is not the RFC 8785 text of what it says')
  if (envelope.v !== LEAF_VERSION) throw new Untrue(`the leaf is of version ${String(envelope.v)}, unknown here`)
  if (envelope.organizationId !== organizationId) {
    throw new Untrue(`the leaf belongs to organisation ${String(envelope.organizationId)}`)
  }
  if (!isEnvelope(envelope)) throw new Untrue('the leaf lacks a field of the envelope or has one of a wrong kind')
  return envelope
}

function isEnvelope(envelope: Record<string, unknown>): envelope is Record<string, unknown> & Envelope {
  const { id, type, actor, subject, occurredAt, verdict, reasons, inputs } = envelope
  return (
    [id, type, actor, subject, occurredAt].every((field) => typeof field === 'string') &&
    UUID.test(String(id)) &&
    VERDICTS.has(verdict) &&
    Array.isArray(reasons) &&
    isObject(inputs) &&
    Object.values(inputs).every((commitment) => typeof commitment === 'string' && base64(commitment, HASH_BYTES))
  )
}

/** Each field the leaf commits to is shown with its salt, or redacted and then gone; nothing else is shown. */
export function checkCommitments({ inputs: commitments }: Envelope, { inputs, salts, redacted }: Line): void {
  const named = [...Object.keys(inputs), ...Object.keys(salts), ...redacted]
  const stray = named.find((name) => !Object.hasOwn(commitments, name))
  if (stray !== undefined) throw new Untrue(`shows ${stray}, to which the leaf does not commit`)
  for (const [name, commitment] of Object.entries(commitments)) {
    const isShown = Object.hasOwn(inputs, name) && Object.hasOwn(salts, name)
    const isGone = !Object.hasOwn(inputs, name) && !Object.hasOwn(salts, name)
    if (redacted.includes(name)) {
      if (!isGone) throw new Untrue(`calls ${name} redacted and shows its value or salt`)
    } else if (!isShown) throw new Untrue(`neither shows ${name} with its salt nor calls it redacted`)
    else if (commitmentOf(salts[name], inputs[name]) !== commitment) {
      throw new Untrue(`shows a value or salt of ${name} to which the leaf does not commit`)
    }
  }
}

function commitmentOf(salt: unknown, value: unknown): string | undefined {
  const bytes = typeof salt === 'string' ? base64(salt, SALT_BYTES) : undefined
  return bytes && hash('sha256', Buffer.concat([bytes, Buffer.from(canonicalJson(value))]), 'base64')
}
