import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { sha256 } from '#platform/crypto'

/** Signed notes as C2SP signed-note has them: a text, an empty line, and lines `— name base64(key id ‖ signature)`. */

const ED25519 = 0x01
const KEY_ID_BYTES = 4
/** What stands before the 32 bytes in the DER of RFC 8410. */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** Who signed: what a verifier is given. */
export interface Verifier {
  readonly name: string
  readonly keyId: Buffer
  readonly publicKey: KeyObject
  /** `name+key id+base64(0x01 ‖ public key)` */
  readonly vkey: string
}

export interface Signer extends Verifier {
  readonly privateKey: KeyObject
}

/** An Ed25519 signer out of 32 secret bytes. */
export function signerOf(name: string, seed: Buffer): Signer {
  const privateKey = createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey)
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(PUBLIC_PREFIX.length)
  return { ...verifierOf(name, raw), privateKey }
}

function verifierOf(name: string, raw: Buffer): Verifier {
  const typed = Buffer.concat([Buffer.of(ED25519), raw])
  const keyId = sha256(name, '\n', typed).subarray(0, KEY_ID_BYTES)
  const publicKey = createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, raw]), format: 'der', type: 'spki' })
  return { name, keyId, publicKey, vkey: `${name}+${keyId.toString('hex')}+${typed.toString('base64')}` }
}

/** The text must end with a newline; it is signed as it is. */
export function signNote(text: string, signers: readonly Signer[]): string {
  const lines = signers.map(({ name, keyId, privateKey }) => {
    const signature = sign(null, Buffer.from(text), privateKey)
    return `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`
  })
  return `${text}\n${lines.join('')}`
}

/** The text of a note that at least one of these signed. Undefined without one: signatures of others are not looked at. */
export function openNote(note: string, verifiers: readonly Verifier[]): string | undefined {
  const split = note.lastIndexOf('\n\n')
  if (split < 0) return undefined
  const text = note.slice(0, split + 1)
  const lines = note.slice(split + 2).split('\n')
  return lines.some((line) => verifiers.some((verifier) => isSignedBy(text, line, verifier))) ? text : undefined
}

function isSignedBy(text: string, line: string, { name, keyId, publicKey }: Verifier): boolean {
  const [dash, named, encoded = ''] = line.split(' ')
  const bytes = Buffer.from(encoded, 'base64')
  if (dash !== '—' || named !== name || !bytes.subarray(0, KEY_ID_BYTES).equals(keyId)) return false
  return verify(null, Buffer.from(text), publicKey, bytes.subarray(KEY_ID_BYTES))
}
