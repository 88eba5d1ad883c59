import type { DeliveryStatus, WebhookRow } from '@wedi/database'
import type { Static } from 'typebox'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { faultOfUrl } from '#platform/http/addresses'
import { newId } from '#platform/ids'
import { invalid, Problem, requestProblems } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import type { ReplayBody, WebhookBody, WebhookPatch } from './contract.ts'
import { deliveryStore } from './delivery-store.ts'
import type { WebhookNeeds } from './needs.ts'
import { webhookProblems } from './problems.ts'
import { rounds } from './rounds.ts'
import { webhookSecrets } from './secrets.ts'
import { webhookStore } from './store.ts'

const MAX_WEBHOOKS = 50
const TEST = 'webhook.test'

export type WebhookService = ReturnType<typeof webhookService>

/** Addresses that are told of events: who they are, and what was sent to them. */
export function webhookService(needs: WebhookNeeds) {
  const { database, decisions, feed } = needs
  const secrets = webhookSecrets(needs.keys)
  const { wake, start, stop } = rounds(needs)

  function requireAllowed(url: string | undefined): void {
    const fault = url === undefined ? undefined : faultOfUrl(url, needs.outgoing)
    if (fault !== undefined) throw invalid({ path: '/url', message: fault })
  }

  async function record(
    tx: Tx,
    { actor }: Caller,
    type: string,
    row: WebhookRow,
    inputs: Record<string, unknown> = {},
  ) {
    const { id, agentId } = row
    await decisions.record(tx, actor, { type: `webhook.${type}`, subject: `webhook:${id}`, agentId, inputs })
  }

  async function found(looked: Promise<WebhookRow | undefined>): Promise<WebhookRow> {
    const row = await looked
    if (!row) throw new Problem(webhookProblems.notFound)
    return row
  }

  /** One that is told of events now: nothing is sent to another. */
  async function enabled(tx: Tx, id: string): Promise<WebhookRow> {
    const row = await found(webhookStore.findIn(tx, id))
    if (row.status !== 'ENABLED') throw new Problem(webhookProblems.disabled)
    return row
  }

  /** Tells apart why a conditional change found no row. */
  async function refuse(tx: Tx, id: string): Promise<never> {
    await found(webhookStore.findIn(tx, id))
    throw new Problem(requestProblems.stale)
  }

  return {
    wake,
    start,
    stop,

    /** In the transaction that brings something new into an organisation's log. */
    onHead(tx: Tx): void {
      deliveryStore.wake(tx)
      tx.afterCommit(wake)
    },

    /** Where a new webhook begins: with what happens from now on. */
    end: ({ organizationId }: Caller): Promise<number> => feed.size(organizationId),

    async create(tx: Tx, caller: Caller, input: Static<typeof WebhookBody>, nextLeafIndex: number) {
      requireAllowed(input.url)
      if ((await webhookStore.countAlone(tx)) >= MAX_WEBHOOKS) throw new Problem(webhookProblems.tooMany)
      const id = newId()
      const { secret, sealed } = secrets.make({ organizationId: tx.organizationId, id })
      const { url, types, description = null } = input
      const agentId = input.agentId?.toLowerCase() ?? null
      const made = { id, url, types, agentId, description, secret: sealed, createdBy: caller.actor, nextLeafIndex }
      const row = await webhookStore.insert(tx, made)
      await record(tx, caller, 'created', row, { url: row.url, types: row.types })
      return { webhook: view(row), secret }
    },

    get: async ({ organizationId }: Caller, id: string) =>
      view(await found(webhookStore.find(database, organizationId, id))),

    async list({ organizationId }: Caller, page: PageRequest) {
      return pageFrom((await webhookStore.list(database, organizationId, page)).map(view), page)
    },

    async change(tx: Tx, caller: Caller, id: string, input: Static<typeof WebhookPatch>, revision?: number) {
      requireAllowed(input.url)
      const changed = await webhookStore.change(tx, id, { ...input, statusReason: null }, revision)
      if (!changed) return refuse(tx, id)
      if (input.status === 'ENABLED') webhookStore.resume(tx, id)
      if (input.status === 'DISABLED') webhookStore.pause(tx, id)
      await record(tx, caller, 'changed', changed, { ...input })
      tx.afterCommit(wake)
      return view(changed)
    },

    async remove(tx: Tx, caller: Caller, id: string, revision?: number) {
      const row = await webhookStore.remove(tx, id, revision)
      // What is gone is at no revision (RFC 9110, 13.1.1).
      if (!row) throw new Problem(revision === undefined ? webhookProblems.notFound : requestProblems.stale)
      await record(tx, caller, 'deleted', row, { url: row.url })
      return view(row)
    },

    async rotateSecret(tx: Tx, caller: Caller, id: string) {
      const { secret, sealed } = secrets.make({ organizationId: tx.organizationId, id: id.toLowerCase() })
      const row = await found(webhookStore.rotate(tx, id, sealed))
      await record(tx, caller, 'secretRotated', row)
      return { webhook: view(row), secret }
    },

    /** An event of no log, to see whether anyone listens. */
    async test(tx: Tx, id: string) {
      const { id: webhookId } = await enabled(tx, id)
      const delivery = await webhookStore.addTest(tx, webhookId, { id: newId(), type: TEST })
      webhookStore.hasten(tx, webhookId)
      tx.afterCommit(wake)
      return toWire(delivery)
    },

    async deliveries({ organizationId }: Caller, id: string, page: PageRequest, status?: DeliveryStatus) {
      const { id: webhookId } = await found(webhookStore.find(database, organizationId, id))
      const about = { webhookId, ...(status && { status }) }
      const rows = await webhookStore.deliveries(database, organizationId, page, about)
      const progress = await webhookStore.progress(database, organizationId, webhookId)
      return { ...pageFrom(toWire(rows), page), ...toWire(progress ?? { nextLeafIndex: 0n, failingSince: null }) }
    },

    /** One event again, under the same `webhook-id`. */
    async replayOne(tx: Tx, caller: Caller, id: string, deliveryId: string) {
      const row = await enabled(tx, id)
      const delivery = await webhookStore.tryAgain(tx, row.id, deliveryId)
      if (!delivery) {
        const isThere = await webhookStore.hasDelivery(tx, row.id, deliveryId)
        throw new Problem(isThere ? webhookProblems.deliveryPending : webhookProblems.deliveryNotFound)
      }
      webhookStore.hasten(tx, row.id)
      await record(tx, caller, 'replayed', row, { deliveryId: delivery.id })
      tx.afterCommit(wake)
      return toWire(delivery)
    },

    /** Where a replay begins, looked up before its transaction. */
    async placeOf({ organizationId }: Caller, { leafIndex, since }: Static<typeof ReplayBody>): Promise<number> {
      if ((leafIndex === undefined) === (since === undefined))
        throw invalid({ path: '/leafIndex', message: 'or `since`: give one of both' })
      if (since !== undefined) return feed.placeAt(organizationId, new Date(since))
      const place = Number(leafIndex)
      if (place > (await feed.size(organizationId)))
        throw invalid({ path: '/leafIndex', message: 'is not in the log yet' })
      return place
    },

    /** Everything from a place on again: the webhook goes back to it. */
    async replayFrom(tx: Tx, caller: Caller, id: string, place: number) {
      const row = await enabled(tx, id)
      webhookStore.rewind(tx, row.id, place)
      await record(tx, caller, 'replayed', row, { leafIndex: String(place) })
      tx.afterCommit(wake)
      return view(row)
    },
  }
}

/** Without its secrets. */
function view({ secret: _sealed, previousSecret: _before, ...shown }: WebhookRow) {
  return toWire(shown)
}
