import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { sha256 } from '#platform/crypto'
import { readRawBodies } from '#platform/http/raw-body'
import { Problem, requestProblems, serverProblems } from '#platform/problem'
import type { Routes } from '#platform/routes'
import { walletProblems } from './problems.ts'
import { SubmissionName } from './providers/json-client.ts'
import { isDelivery } from './rules.ts'

/** A transaction is told in about 3 kB. */
const MAX_DELIVERY_BYTES = 64 * 1024

const Told = Type.Object({ queueId: SubmissionName })

export interface EngineWebhookNeeds {
  /** Undefined: there is no Engine that could tell anything. */
  secret: string | undefined
  clock: () => Date
  deliveriesPerMinute: number
  /** Looks at whatever payment this submission belongs to, at most once for each delivery. */
  look: (submission: string, delivery: Buffer) => Promise<void>
}

/**
 * What Engine tells of its queue. It is a hint that something may be seen now, and no more: nothing it says is believed
 * or stored, so whoever has the secret can make Wedi look, never make it believe.
 */
export const engineWebhookRoutes =
  ({ secret, clock, deliveriesPerMinute, look }: EngineWebhookNeeds): Routes =>
  async (app) => {
    readRawBodies(app)
    const { notFound, malformed, tooMany } = requestProblems
    app.post(
      '/wallet-providers/thirdweb-engine/webhook',
      {
        bodyLimit: MAX_DELIVERY_BYTES,
        schema: {
          operationId: 'receiveEngineWebhook',
          tags: ['wallets'],
          description:
            "For a self-hosted Engine's webhooks. Signed with `x-engine-signature`: hex HMAC-SHA-256, under the webhook's secret, of `x-engine-timestamp`, a dot and the raw body, which has at most 64 KiB.",
          body: Told,
          response: { 200: Type.Object({}) },
        },
        config: {
          needs: 'nothing',
          hasRawBody: true,
          rateLimit: { max: deliveriesPerMinute, timeWindow: 60_000 },
          problems: [notFound, walletProblems.deliveryRefused, tooMany, serverProblems.bug, serverProblems.unavailable],
        },
      },
      async ({ headers, body }) => {
        if (secret === undefined) throw new Problem(notFound)
        const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
        const timestamp = String(headers['x-engine-timestamp'])
        const signature = String(headers['x-engine-signature'])
        if (!isDelivery({ timestamp, signature, body: bytes }, secret, clock()))
          throw new Problem(walletProblems.deliveryRefused)
        const told = parsed(bytes)
        if (!Check(Told, told)) throw new Problem(malformed)
        await look(told.queueId, sha256(`${timestamp}.`, bytes))
        return {}
      },
    )
  }

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}
