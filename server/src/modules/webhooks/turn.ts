import type { WebhookRow } from '@wedi/database'
import { eventJson, isWanted, type Told } from '#modules/events'
import { backoffMs } from '#platform/backoff'
import { AddressRefused, outgoing } from '#platform/http/outgoing'
import { wordsOf } from '#platform/words'
import { type Due, deliveryStore, type Leased, type TurnEnd } from './delivery-store.ts'
import type { WebhookNeeds } from './needs.ts'
import { type Attempt, disabledBecause, REST, RETRY, signedHeaders, type Verdict, verdictOf } from './rules.ts'
import { webhookSecrets } from './secrets.ts'
import { webhookStore } from './store.ts'

const SYSTEM = 'system:webhooks'
const TIMEOUT_MS = 10_000
/** Of the log, in one turn. */
const PAGE = 500
/** Waiting for one webhook. What comes after waits in the log, where it is anyway. */
const MAX_WAITING = 1000
const MAX_SENT = 64
/** At once to one address. */
const MAX_AT_ONCE = 8
/** After that a turn begins no more, so that it is over well before its lease. */
const TURN_MS = 5000
/** Longer than a turn: its time, one answer, and the writing down. */
export const LEASE_SECONDS = 30
const ERROR_LENGTH = 200

interface Sent {
  readonly verdicts: readonly Verdict[]
  readonly isCut: boolean
}

/** What one process does for one webhook, while it has its lease. */
export function turning({ database, clock, keys, decisions, feed, ...needs }: WebhookNeeds) {
  const secrets = webhookSecrets(keys)
  const { post } = outgoing(needs.outgoing)

  /** New entries of the log become deliveries. True when there may be more. */
  async function fanOut(leased: Leased, webhook: WebhookRow): Promise<boolean> {
    const waiting = await deliveryStore.backlog(database, leased, MAX_WAITING)
    const from = Number(leased.nextLeafIndex)
    if (waiting >= MAX_WAITING) return false
    const page = await feed.page(leased.organizationId, from, PAGE)
    const last = page.at(-1)
    if (!last) return false
    const wanted = page.filter((entry) => isWanted(entry, webhook))
    const hasMoved = await deliveryStore.fanOut(database, leased, wanted, last.leafIndex + 1)
    return page.length === PAGE || !hasMoved
  }

  /** What is told of each, by the delivery's id. One whose decision is nowhere is told of as what is left of it. */
  async function bodiesOf(leased: Leased, due: readonly Due[]): Promise<Map<string, string>> {
    const places = due.flatMap(({ leafIndex }) => leafIndex ?? [])
    const entries = places.length === 0 ? [] : await feed.at(leased.organizationId, places)
    const byId = new Map<string, Told>(entries.map((entry) => [entry.id, entry]))
    return new Map(due.map((each) => [each.id, eventJson(byId.get(each.eventId) ?? testEvent(leased, each))]))
  }

  async function attempt(webhook: WebhookRow, due: Due, body: string, signal: AbortSignal): Promise<Attempt> {
    const at = clock()
    const headers = {
      ...{ 'content-type': 'application/json', 'user-agent': 'Wedi-Webhooks' },
      ...signedHeaders(secrets.inForce(webhook, at), { id: due.eventId, at, body }),
    }
    try {
      return { status: await post({ url: webhook.url, headers, body, timeoutMs: TIMEOUT_MS, signal }) }
    } catch (error) {
      return { error: whyNot(error) }
    }
  }

  async function writeDown(leased: Leased, due: Due, result: Attempt): Promise<Verdict> {
    const verdict = verdictOf(result)
    const status = 'status' in result ? result.status : null
    if (verdict === 'delivered') await deliveryStore.delivered(database, leased, due.id, status ?? 0)
    else {
      const error = 'error' in result ? result.error : `answered ${result.status}`
      const pauseMs = backoffMs(due.attempts + 1, RETRY)
      await deliveryStore.failed(database, leased, due, { status, error, pauseMs, isFinal: verdict === 'gone' })
    }
    return verdict
  }

  /** Several at once, each written down as it is answered. What was cut off by the end of the process counts for nothing. */
  async function send(leased: Leased, webhook: WebhookRow, due: readonly Due[], signal: AbortSignal): Promise<Sent> {
    const bodies = await bodiesOf(leased, due)
    const until = performance.now() + TURN_MS
    const left = [...due]
    const verdicts: Verdict[] = []
    const isOver = () => signal.aborted || performance.now() > until || verdicts.includes('gone')
    const line = async (): Promise<void> => {
      for (let next = left.shift(); next; next = isOver() ? undefined : left.shift()) {
        const result = await attempt(webhook, next, bodies.get(next.id) ?? '', signal)
        if (signal.aborted && !('status' in result)) return
        verdicts.push(await writeDown(leased, next, result))
      }
    }
    await Promise.all(Array.from({ length: Math.min(MAX_AT_ONCE, due.length) }, line))
    return { verdicts, isCut: left.length > 0 }
  }

  async function disable(leased: Leased, statusReason: string): Promise<void> {
    const { organizationId, webhookId } = leased
    await database.inOrganization(organizationId, async (tx) => {
      const row = await webhookStore.findIn(tx, webhookId)
      if (row?.status !== 'ENABLED') return
      if (!(await webhookStore.change(tx, webhookId, { status: 'DISABLED', statusReason }, row.revision))) return
      webhookStore.pause(tx, webhookId)
      const { agentId } = row
      const inputs = { reason: statusReason }
      await decisions.record(tx, SYSTEM, { type: 'webhook.disabled', subject: `webhook:${webhookId}`, agentId, inputs })
    })
  }

  /** Tells what is to be told. Of an address that takes nothing only one is tried, so that it costs nobody anything. */
  return async (leased: Leased, signal: AbortSignal): Promise<void> => {
    const webhook = await webhookStore.find(database, leased.organizationId, leased.webhookId)
    if (webhook?.status !== 'ENABLED') return
    const isFailing = leased.failures > 0
    const hasMore = await fanOut(leased, webhook)
    await deliveryStore.sweep(database, leased)
    const due = await deliveryStore.due(database, leased, isFailing ? 1 : MAX_SENT)
    const { verdicts, isCut } = await send(leased, webhook, due, signal)
    const outcome = outcomeOf(verdicts)
    const isResting = outcome === 'failed' || (isFailing && outcome === 'none')
    const settled = await deliveryStore.settle(database, leased, {
      outcome,
      restMs: isResting ? backoffMs(leased.failures + 1, REST) : 0,
      // One that is failing is not woken by what is new, so it has to look.
      hasMore: hasMore || isCut || isFailing,
    })
    const reason = disabledBecause({ verdicts, failingSince: settled?.failingSince ?? null, now: clock() })
    if (reason !== undefined) await disable(leased, reason)
  }
}

/** One success among failures is a success: something there is awake. */
function outcomeOf(verdicts: readonly Verdict[]): TurnEnd['outcome'] {
  if (verdicts.length === 0) return 'none'
  return verdicts.includes('delivered') ? 'delivered' : 'failed'
}

function testEvent({ organizationId, webhookId }: Leased, { eventId, type, createdAt, leafIndex }: Due): Told {
  return {
    ...{ organizationId, id: eventId, type, occurredAt: createdAt, subject: `webhook:${webhookId}`, actor: SYSTEM },
    ...{ agentId: null, taskId: null, paymentId: null, verdict: null, reasons: [] },
    leafIndex: leafIndex === null ? null : Number(leafIndex),
  }
}

/** In words that say nothing of what stands behind the address. */
function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer'
  if (error instanceof AddressRefused) return error.message
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`
  return wordsOf('code' in error ? String(error.code) : error.message, ERROR_LENGTH)
}
