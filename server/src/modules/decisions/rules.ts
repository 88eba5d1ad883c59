import { randomBytes } from 'node:crypto'
import type { AuthorityLevel, Verdict } from '@wedi/database'
import { canonicalJson } from '#platform/canonical'
import { sha256Base64 } from '#platform/crypto'
import { leafHash } from './tree/merkle.ts'

const VERSION = 1
const SALT_BYTES = 16
/** An entry of a tlog-tiles bundle says its length in 16 bits. */
export const MAX_LEAF_BYTES = 65_535

export interface Reason {
  readonly code: string
  readonly [figure: string]: unknown
}

/** What a module says when it records an act. Absent fields are null in the record. */
export interface Entry {
  readonly id?: string
  readonly type: string
  readonly subject: string
  readonly verdict?: Verdict
  readonly reasons?: Reason[]
  readonly agentId?: string | null
  readonly taskId?: string | null
  readonly paymentId?: string | null
  readonly approvalId?: string | null
  readonly walletId?: string | null
  readonly capabilityRevision?: number
  readonly authorityLevel?: AuthorityLevel
  /** JSON; amounts as decimal strings. */
  readonly inputs?: Record<string, unknown>
}

export interface Sealing {
  readonly inputs: Record<string, unknown>
  readonly salts: Record<string, string>
  /** Per field, base64 of SHA-256(salt ‖ RFC 8785 text): what the leaf carries instead of the value. */
  readonly commitments: Record<string, string>
}

/** Salted commitments, so that one field can be shown or erased later while every proof still holds. */
export function sealInputs(inputs: Record<string, unknown>, random = randomBytes): Sealing {
  const present = Object.entries(inputs).filter(([, value]) => value !== undefined)
  // One draw for all: each costs as much as the bytes of ten fields.
  const salts = random(SALT_BYTES * present.length)
  const sealed = present.map(([name, value], at) => {
    const salt = salts.subarray(at * SALT_BYTES, (at + 1) * SALT_BYTES)
    return { name, value, salt: salt.toString('base64'), commitment: commitmentOf(salt, value) }
  })
  return {
    inputs: Object.fromEntries(sealed.map(({ name, value }) => [name, value])),
    salts: Object.fromEntries(sealed.map(({ name, salt }) => [name, salt])),
    commitments: Object.fromEntries(sealed.map(({ name, commitment }) => [name, commitment])),
  }
}

export function commitmentOf(salt: Uint8Array, value: unknown): string {
  return sha256Base64(salt, canonicalJson(value))
}

/** What the leaf says of a decision, as it is given or as it is stored. */
export interface Envelope
  extends Omit<Entry, 'id' | 'verdict' | 'reasons' | 'capabilityRevision' | 'authorityLevel' | 'inputs'> {
  readonly verdict?: Verdict | null
  readonly reasons?: unknown
  readonly capabilityRevision?: number | null
  readonly authorityLevel?: string | null
  readonly id: string
  readonly organizationId: string
  readonly actor: string
  readonly occurredAt: Date
  readonly versionId?: string | null
}

/**
 * The exact text that enters the log: RFC 8785, whose order of names is written down here once instead of sorted for each
 * record.
 */
export function leafOf(envelope: Envelope, commitments: Record<string, string>): string {
  const { capabilityRevision = null } = envelope
  return (
    `{"actor":${canonicalJson(envelope.actor)},"agentId":${text(envelope.agentId)},` +
    `"approvalId":${text(envelope.approvalId)},"authorityLevel":${text(envelope.authorityLevel)},` +
    `"capabilityRevision":${canonicalJson(capabilityRevision)},"id":${text(envelope.id)},` +
    `"inputs":${canonicalJson(commitments)},"occurredAt":"${envelope.occurredAt.toISOString()}",` +
    `"organizationId":${text(envelope.organizationId)},"paymentId":${text(envelope.paymentId)},` +
    `"reasons":${canonicalJson(envelope.reasons ?? [])},"subject":${canonicalJson(envelope.subject)},` +
    `"taskId":${text(envelope.taskId)},"type":${text(envelope.type)},"v":${VERSION},` +
    `"verdict":${text(envelope.verdict)},"versionId":${text(envelope.versionId)},"walletId":${text(envelope.walletId)}}`
  )
}

const text = (value: string | null | undefined): string => canonicalJson(value ?? null)

/** A decision as it is stored, with what may still be shown of its inputs. */
export interface Kept extends Envelope {
  readonly leaf: string
  readonly leafHash: Uint8Array
  readonly inputs: Readonly<Record<string, unknown>>
  readonly salts: Readonly<Record<string, string>>
}

/**
 * What of a stored decision is not what its leaf says; undefined when all of it is. Only the leaf is in the tree: what is
 * shown beside it is worth as much only when the leaf gives it.
 */
export function faultOf(kept: Kept): string | undefined {
  const commitments = commitmentsOf(kept.leaf)
  if (!commitments || leafOf(kept, commitments) !== kept.leaf) return 'has columns that its leaf does not have'
  if (!leafHash(kept.leaf).equals(kept.leafHash)) return 'has the hash of another leaf'
  const forged = Object.keys(kept.inputs).find((name) => !isCommitted(kept, name, commitments[name]))
  return forged === undefined ? undefined : `does not commit to its ${forged}`
}

function isCommitted({ inputs, salts }: Kept, name: string, commitment: string | undefined): boolean {
  const salt = Buffer.from(salts[name] ?? '', 'base64')
  return salt.length === SALT_BYTES && commitmentOf(salt, inputs[name]) === commitment
}

function commitmentsOf(leaf: string): Record<string, string> | undefined {
  try {
    return (JSON.parse(leaf) as { inputs?: Record<string, string> }).inputs
  } catch {
    return undefined
  }
}

/** The names of the fields that a leaf commits to. */
export const fieldsOf = (leaf: string): string[] => Object.keys((JSON.parse(leaf) as { inputs: object }).inputs)

/** The fields whose values were taken away: the leaf still commits to them. */
export const redactedOf = (leaf: string, inputs: Readonly<Record<string, unknown>>): string[] =>
  fieldsOf(leaf).filter((name) => !Object.hasOwn(inputs, name))
