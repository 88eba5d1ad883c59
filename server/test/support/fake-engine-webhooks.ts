import { createHmac } from 'node:crypto'
import type { EngineState, EngineTransaction } from './fake-engine-queue.ts'

/** What the Engine sends along with a body, now. */
export function signedHeaders(secret: string, body: string, at = new Date()) {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return { 'x-engine-timestamp': timestamp, 'x-engine-signature': signature, 'content-type': 'application/json' }
}

/** The bare transaction as it is now, signed; a receiver that fails is told no second time (the real one retries 5xx). */
export function notifier({ webhooks, misbehaviours }: EngineState): (transaction: EngineTransaction) => void {
  let held: (() => Promise<void>) | undefined

  return (transaction) => {
    const events = ['all_transactions', `${transaction.status}_transaction`]
    const body = JSON.stringify(transaction)
    const deliver = async () => {
      for (const { url, secret } of webhooks.filter(({ eventType }) => events.includes(eventType))) {
        const request = { method: 'POST', body, headers: signedHeaders(secret, body) }
        await fetch(url, request).catch(() => {})
        if (misbehaviours.has('duplicatesWebhooks')) await fetch(url, request).catch(() => {})
      }
    }
    if (!misbehaviours.has('reordersWebhooks')) return void deliver()
    // Each waits for the one after it, so that they arrive in pairs turned around.
    const earlier = held
    held = earlier === undefined ? deliver : undefined
    if (earlier !== undefined) void deliver().then(earlier)
  }
}
