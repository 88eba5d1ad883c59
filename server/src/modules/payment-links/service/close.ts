import type { PaymentLinkRow } from '@wedi/database'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import type { JobResult } from '#platform/jobs'
import { Problem } from '#platform/problem'
import { linkProblems } from '../problems.ts'
import { linkStore } from '../store/links.ts'
import { MAX_WAIT_MS } from './create.ts'
import { aboutLink, changed, type LinkNeeds, SYSTEM } from './needs.ts'

/** A payment that is on its way is waited for. */
const WAIT_FOR_PAYMENT_MS = 2000
/** Canceled in one transaction. */
const MANY = 200

/** A link ends without being paid: by somebody's word, or by its time. */
export function closing(needs: LinkNeeds) {
  const { database, decisions, events, jobs } = needs

  async function record(tx: Tx, actor: string, type: string, link: PaymentLinkRow): Promise<void> {
    await decisions.record(tx, actor, { type, ...aboutLink(link), inputs: { paidCount: link.paidCount } })
    await changed(tx, needs, link)
  }

  jobs.handle('payment-links.expire', ({ organizationId, subject }) =>
    database.inOrganization(organizationId, async (tx): Promise<JobResult> => {
      const link = await linkStore.lock(tx, subject)
      if (link?.status !== 'OPEN' || link.expiresAt === null) return 'done'
      const leftMs = link.expiresAt.getTime() - tx.now.getTime()
      if (leftMs > 0) return { againInMs: Math.min(MAX_WAIT_MS, leftMs) }
      const expired = await linkStore.expire(tx, subject)
      if (!expired) return { againInMs: WAIT_FOR_PAYMENT_MS }
      await record(tx, SYSTEM, 'payment-link.expired', expired)
      return 'done'
    }),
  )

  /** What was made with a key that was revoked with its links; those that are being paid, as soon as that is settled. */
  jobs.handle('payment-links.cancelOfKey', ({ organizationId, subject }) =>
    database.inOrganization(organizationId, async (tx): Promise<JobResult> => {
      const open = await linkStore.openOfKey(tx, subject, MANY)
      let isDone = open.length < MANY
      for (const id of open) {
        const canceled = await linkStore.cancel(tx, id)
        if (canceled) await record(tx, SYSTEM, 'payment-link.canceled', canceled)
        else isDone = false
      }
      return isDone ? 'done' : { againInMs: WAIT_FOR_PAYMENT_MS }
    }),
  )
  events.subscribe(
    'integration-key.revoked',
    'payment-links',
    ({ organizationId, subject }) =>
      database.inOrganization(organizationId, (tx) => jobs.request(tx, 'payment-links.cancelOfKey', subject)),
    ({ cancelsLinks }) => cancelsLinks,
  )

  return {
    async cancel(
      tx: Tx,
      { actor }: Caller,
      { id, familyId }: { id: string; familyId?: string },
    ): Promise<PaymentLinkRow> {
      const seen = await linkStore.lock(tx, id)
      if (!seen || (familyId !== undefined && seen.keyFamilyId !== familyId)) throw new Problem(linkProblems.notFound)
      const canceled = await linkStore.cancel(tx, id)
      if (!canceled)
        throw new Problem(seen.settlingCount > 0 ? linkProblems.isBeingPaid : linkProblems.notOpen, {
          members: { linkStatus: seen.status },
        })
      await record(tx, actor, 'payment-link.canceled', canceled)
      return canceled
    },
  }
}
