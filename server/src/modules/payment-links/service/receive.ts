import type { PaymentLinkPaymentRow, PaymentLinkRow } from '@wedi/database'
import type { Incoming } from '#modules/chains'
import { LINK_PAID_TASK } from '#modules/runtime'
import type { Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import { counts, match } from '../rules.ts'
import type { AccountKey } from '../store/accounts.ts'
import { linkStore } from '../store/links.ts'
import { type NewReceived, receivedStore } from '../store/received.ts'
import { aboutLink, changed, closedAfter, type LinkNeeds, SYSTEM, wordsOf } from './needs.ts'

/** A transfer, and when its block was made. */
export type Arrival = Incoming & { readonly at: Date }

/**
 * Money that is on the chain, deep enough, is written down once: with the authorisation it was paid by, or matched to a
 * link by what it is. Whoever calls this again with the same transfer changes nothing.
 */
export function receiving(needs: LinkNeeds) {
  const { agents, decisions, jobs, tasks } = needs

  /** What the agent has to know of a payment that counts; told once, also when the chain takes it back and gives it again. */
  async function tell(tx: Tx, link: PaymentLinkRow, row: PaymentLinkPaymentRow): Promise<void> {
    if (row.taskId !== null) return
    const { metadata } = await agents.requireIn(tx, link.agentId)
    const payload = {
      ...{ linkId: link.id, paymentId: row.id, asset: row.asset, amount: String(row.amount), payer: row.payer },
      isOwn: link.isOwn,
      // What the agent's owner says goes before what a third party says.
      metadata: { ...(link.metadata as object), ...(metadata as object) },
    }
    const caller = { organizationId: tx.organizationId, actor: SYSTEM }
    const requires = { chain: link.chain, asset: link.asset }
    const task = { type: LINK_PAID_TASK, payload, agentId: link.agentId, dedupeKey: `payment-link/${row.id}` }
    const { id } = await tasks.submit(tx, caller, task, requires)
    await receivedStore.setTask(tx, row.id, id)
  }

  /** Written down: counted when it counts, recorded in any case. */
  async function settle(
    tx: Tx,
    row: PaymentLinkPaymentRow,
    hadRoom: 0 | 1,
    type = 'payment-link.received',
  ): Promise<void> {
    const counted = counts(row.kind) && row.linkId !== null ? await linkStore.count(tx, row.linkId, hadRoom) : undefined
    const link = counted ?? (row.linkId === null ? undefined : await linkStore.lock(tx, row.linkId))
    const about = link ? aboutLink(link) : { subject: `payment-link-payment:${row.id}` }
    await decisions.record(tx, SYSTEM, {
      ...{ ...about, type, paymentId: row.paymentId },
      inputs: wordsOf(row),
    })
    if (!link) return
    if (counted) await tell(tx, counted, row)
    if (counted?.status === 'PAID')
      await decisions.record(tx, SYSTEM, { ...about, type: 'payment-link.paid', inputs: wordsOf(row) })
    await changed(tx, needs, link)
  }

  /** A link, held by us, has room again: money that came before and found none takes it. */
  async function promote(tx: Tx, link: PaymentLinkRow): Promise<void> {
    const hasRoom = link.paidCount + link.settlingCount < link.maxPayments
    if (!hasRoom || (link.status !== 'OPEN' && link.status !== 'EXPIRED')) return
    const row = await receivedStore.promote(tx, link)
    if (row) await settle(tx, row, 0, 'payment-link.promoted')
  }

  /** One that was written down before: it was on its way, was given up, or had vanished. */
  async function landKnown(tx: Tx, { id, linkId }: PaymentLinkPaymentRow, arrival: Arrival): Promise<void> {
    const link = linkId === null ? undefined : await linkStore.lock(tx, linkId)
    // As it is now that nobody else changes it: its room may have been given back a moment ago.
    const row = (await receivedStore.read(tx, id)) as PaymentLinkPaymentRow
    if (row.state === 'CONFIRMED') {
      await receivedStore.moveBlock(tx, row.id, arrival.blockNumber)
      return
    }
    const hadRoom = row.state === 'PENDING' ? 1 : 0
    // Its room was given back, so it is judged as if it came only now.
    const kind = hadRoom === 0 && link ? match(arrival.amount, arrival.at, [link]).kind : row.kind
    const confirmed = await receivedStore.confirm(tx, row.id, kind, arrival)
    if (confirmed) await settle(tx, confirmed, hadRoom)
  }

  async function knownOf(tx: Tx, asset: string, arrival: Arrival): Promise<PaymentLinkPaymentRow | undefined> {
    for (const { authorizer, nonce } of arrival.authorizations) {
      const row = await receivedStore.readOfAuthorization(tx, { asset, payer: authorizer, nonce: nonce.toLowerCase() })
      if (!row || row.payer !== arrival.from || row.amount !== arrival.amount) continue
      // A second transfer of one transaction is not the one that its authorisation moved.
      if (row.state !== 'CONFIRMED' || row.logIndex === arrival.logIndex) return row
    }
    return receivedStore.readOfTransfer(tx, { asset, ...arrival })
  }

  return {
    async land(tx: Tx, { address, asset }: AccountKey, arrival: Arrival): Promise<void> {
      const known = await knownOf(tx, asset, arrival)
      if (known) return landKnown(tx, known, arrival)
      const links = await linkStore.lockOfAccount(tx, address, asset, closedAfter(tx.now))
      const { from: payer, amount, hash: transactionHash, logIndex, blockNumber } = arrival
      const { linkId, kind } = match(amount, arrival.at, links)
      const row: NewReceived = {
        ...{ id: newId(), linkId: linkId ?? null, state: 'CONFIRMED', kind, asset, payTo: address, payer, amount },
        ...{ transactionHash, logIndex, blockNumber },
      }
      const inserted = await receivedStore.insert(tx, row)
      if (inserted) await settle(tx, inserted, 0)
    },

    /** It is proven that a payment that was on its way did not come and will not come this way. */
    async fail(
      tx: Tx,
      { id, linkId }: PaymentLinkPaymentRow,
      failure: { code: string; detail: string },
    ): Promise<void> {
      const link = linkId === null ? undefined : await linkStore.lock(tx, linkId)
      const row = await receivedStore.fail(tx, id, failure)
      if (!row || !link) return
      const released = await linkStore.release(tx, link.id)
      await decisions.record(tx, SYSTEM, {
        ...{ ...aboutLink(link), type: 'payment-link.failed', paymentId: row.paymentId },
        inputs: { ...wordsOf(row), failure },
      })
      await changed(tx, needs, link)
      if (released) await promote(tx, released)
    },

    /** The chain took it back: recorded, and the link is open again for somebody to pay it. */
    async vanish(tx: Tx, { id, linkId }: PaymentLinkPaymentRow): Promise<void> {
      const locked = linkId === null ? undefined : await linkStore.lock(tx, linkId)
      const row = await receivedStore.vanish(tx, id)
      if (!row) return
      const link = locked && counts(row.kind) ? await linkStore.uncount(tx, locked.id) : locked
      await decisions.record(tx, SYSTEM, {
        ...(link ? aboutLink(link) : { subject: `payment-link-payment:${row.id}` }),
        ...{ type: 'payment-link.vanished', paymentId: row.paymentId },
        inputs: { ...wordsOf(row), status: link?.status },
      })
      if (!link) return
      if (link.status === 'OPEN' && link.expiresAt !== null) await jobs.request(tx, 'payment-links.expire', link.id)
      await changed(tx, needs, link)
      await promote(tx, link)
    },
  }
}

export type Receiving = ReturnType<typeof receiving>
