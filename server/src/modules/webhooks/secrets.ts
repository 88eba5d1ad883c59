import { randomBytes } from 'node:crypto'
import type { WebhookRow } from '@wedi/database'
import { type KeyRing, type Sealed, seal, unseal } from '#platform/crypto'

const SECRET_BYTES = 32

type Owner = Pick<WebhookRow, 'organizationId' | 'id'>

/** Secrets of webhooks: in the clear in the answer that makes them and while a delivery is signed, nowhere else. */
export function webhookSecrets(keys: KeyRing) {
  const key = keys.derive('webhook-secrets')
  const contextOf = ({ organizationId, id }: Owner) => `${organizationId}/${id}`
  const open = (sealed: string, owner: Owner): string =>
    unseal(key, JSON.parse(sealed) as Sealed, contextOf(owner)).toString()

  return {
    /** A new secret, and what is stored of it. */
    make(owner: Owner): { secret: string; sealed: string } {
      const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
      return { secret, sealed: JSON.stringify(seal(key, Buffer.from(secret), contextOf(owner))) }
    },

    /** Those that sign at a time, the newest first. */
    inForce(row: WebhookRow, now: Date): string[] {
      const { secret, previousSecret, previousSecretUntil } = row
      const isOverlap = previousSecret !== null && previousSecretUntil !== null && previousSecretUntil > now
      return [secret, ...(isOverlap ? [previousSecret] : [])].map((sealed) => open(sealed, row))
    },
  }
}
