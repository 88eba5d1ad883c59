import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto'
import { base64 } from '../base64.ts'
import { Misuse, Untrue } from '../failures.ts'

const ED25519 = 0x01
const ID_BYTES = 4
const KEY_BYTES = 32
const SIGNATURE_BYTES = 64
const MAX_SIGNATURES = 100
const VERIFIER_KEY = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/
const SIGNATURE_LINE = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/

/** A key that signs notes, as https://c2sp.org/signed-note writes it. */
export interface VerifierKey {
  readonly name: string
  /** 8 hex digits. */
  readonly id: string
  readonly publicKey: KeyObject
}

export function parseVerifierKey(text: string): VerifierKey {
  const [, name, id, encoded] = VERIFIER_KEY.exec(text.trim()) ?? []
  const bytes = encoded === undefined ? undefined : base64(encoded)
  if (name === undefined || !bytes) throw new Misuse(`not a verifier key (<name>+<id>+<base64>): ${text}`)
  if (bytes[0] !== ED25519 || bytes.length !== 1 + KEY_BYTES) throw new Misuse(`not an Ed25519 verifier key: ${text}`)
  if (keyId(name, bytes) !== id) throw new Misuse(`the id of this verifier key does not fit its name and key: ${text}`)
  const x = bytes.subarray(1).toString('base64url')
  return { name, id, publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }) }
}

function keyId(name: string, typeAndKey: Buffer): string {
  const digest = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typeAndKey]), 'buffer')
  return digest.toString('hex', 0, ID_BYTES)
}

export interface Note {
  /** With the newline it ends in. */
  readonly text: string
  readonly signedBy: readonly VerifierKey[]
}

/**
 * Reads a note and says which of these keys signed it. Signatures of others are passed over, for keys rotate and
 * witnesses sign too; a false one under a given key is never passed over.
 */
export function openNote(note: string, keys: readonly VerifierKey[]): Note {
  const end = note.lastIndexOf('\n\n')
  if (end < 0 || !note.endsWith('\n')) throw new Untrue('is not a signed note')
  const text = note.slice(0, end + 1)
  const lines = note.slice(end + 2, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) throw new Untrue(`carries more than ${MAX_SIGNATURES} signatures`)
  const signedBy = lines.flatMap((line) => signerOf(line, text, keys) ?? [])
  return { text, signedBy: [...new Set(signedBy)] }
}

function signerOf(line: string, text: string, keys: readonly VerifierKey[]): VerifierKey | undefined {
  const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? []
  const bytes = encoded === undefined ? undefined : base64(encoded)
  if (name === undefined || !bytes || bytes.length <= ID_BYTES) throw new Untrue('has a malformed signature line')
  const id = bytes.toString('hex', 0, ID_BYTES)
  const key = keys.find((known) => known.name === name && known.id === id)
  if (!key) return undefined
  const signature = bytes.subarray(ID_BYTES)
  const isGood = signature.length === SIGNATURE_BYTES && verify(null, Buffer.from(text), key.publicKey, signature)
  if (!isGood) throw new Untrue(`carries a false signature in the name of ${name}+${id}`)
  return key
}
