import { Webhook as StandardWebhook } from 'standardwebhooks'

/** What an attempt means, and how it is signed: pure. */

/** How long an event is tried. */
export const LIFETIME_HOURS = 24
/** How long the secret before a rotation goes on signing. */
export const OVERLAP_HOURS = 24
/** Who took nothing for so long is not told any more until a person says so. */
const GIVEN_UP_MS = 3 * 24 * 3_600_000

/** Between the attempts of one delivery: seconds at first, hours in the end. */
export const RETRY = { baseMs: 5000, maxMs: 4 * 3_600_000 }
/** Between two looks at an address that takes nothing, whatever waits for it. */
export const REST = { baseMs: 1000, maxMs: 5 * 60_000 }

/** The status of an answer, or why there was none. */
export type Attempt = { readonly status: number } | { readonly error: string }

export type Verdict = 'delivered' | 'failed' | 'gone'

const GONE = 410

/** A redirect is none of the answers that count: it could lead anywhere. */
export function verdictOf(attempt: Attempt): Verdict {
  if (!('status' in attempt)) return 'failed'
  if (attempt.status >= 200 && attempt.status < 300) return 'delivered'
  return attempt.status === GONE ? 'gone' : 'failed'
}

/** Why a webhook is disabled after a turn; undefined when it stays. */
export function disabledBecause({
  verdicts,
  failingSince,
  now,
}: {
  verdicts: readonly Verdict[]
  failingSince: Date | null
  now: Date
}): string | undefined {
  if (verdicts.includes('gone')) return 'It answered 410 Gone.'
  const isGivenUp =
    verdicts.length > 0 && failingSince !== null && now.getTime() - failingSince.getTime() >= GIVEN_UP_MS
  return isGivenUp ? `It took nothing since ${failingSince.toISOString()}.` : undefined
}

export interface Signed {
  readonly id: string
  readonly at: Date
  readonly body: string
}

/** Headers as Standard Webhooks has them: one signature for each secret that is in force. */
export function signedHeaders(secrets: readonly string[], { id, at, body }: Signed): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new StandardWebhook(secret).sign(id, at, body)).join(' '),
  }
}
