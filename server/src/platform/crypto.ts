import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto'

export type Purpose = 'key-pepper' | `key-pepper-${number}` | 'local-keystore' | 'idempotency' | `log-signing-${number}`

/** Keys for single purposes out of the master key, so that one cannot be used as another. */
export interface KeyRing {
  /** 32 bytes, the same for the same master key and purpose. */
  derive(purpose: Purpose): Buffer
}

/** HKDF-SHA-256 (RFC 5869) over the master key. */
export function keyRing(masterKey: string): KeyRing {
  return { derive: (purpose) => Buffer.from(hkdfSync('sha256', masterKey, 'wedi', purpose, 32)) }
}

export interface Sealed {
  readonly algorithm: 'aes-256-gcm'
  readonly nonce: string
  readonly ciphertext: string
  readonly tag: string
}

/** Encrypts with AES-256-GCM; `context` must be given again to open, so that a sealed value cannot be moved elsewhere. */
export function seal(key: Buffer, plaintext: Uint8Array, context: string): Sealed {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return {
    algorithm: 'aes-256-gcm',
    nonce: nonce.toString('base64'),
    ciphertext: ciphertext.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
  }
}

/** Throws when key or context are not those it was sealed with. */
export function unseal(key: Buffer, sealed: Sealed, context: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'base64'))
  decipher.setAAD(Buffer.from(context)).setAuthTag(Buffer.from(sealed.tag, 'base64'))
  return Buffer.concat([decipher.update(Buffer.from(sealed.ciphertext, 'base64')), decipher.final()])
}

export const sha256 = (...parts: (string | Uint8Array)[]): Buffer => hash('sha256', joined(parts), 'buffer')

/** In one call: by way of a hash object and a buffer it takes four times as long, and each record holds a dozen. */
export const sha256Base64 = (...parts: (string | Uint8Array)[]): string => hash('sha256', joined(parts), 'base64')

const joined = (parts: (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
