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

/** A link ends without being paid: by somebody's word, or by its time. */
export function closing(needs: LinkNeeds) {
  const { database, decisions, jobs } = needs

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

  return {
    async cancel(tx: Tx, { actor }: Caller, { id, keyId }: { id: string; keyId?: string }): Promise<PaymentLinkRow> {
      const seen = await linkStore.lock(tx, id)
      if (!seen || (keyId !== undefined && seen.integrationKeyId !== keyId)) throw new Problem(linkProblems.notFound)
      const canceled = await linkStore.cancel(tx, id)
      if (!canceled)
        throw new Problem(seen.settlingCount > 0 ? linkProblems.isBeingPaid : linkProblems.notOpen, {
          members: { status: seen.status },
        })
      await record(tx, actor, 'payment-link.canceled', canceled)
      return canceled
    },
  }
}
