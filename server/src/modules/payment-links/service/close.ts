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
  const { agents, database, decisions, events, jobs, wallets } = needs

  async function record(tx: Tx, actor: string, type: string, link: PaymentLinkRow): Promise<void> {
    await decisions.record(tx, actor, { type, ...aboutLink(link), inputs: { paidCount: link.paidCount } })
    await changed(tx, needs, link)
  }

  async function cancelAll(tx: Tx, open: readonly string[]): Promise<JobResult> {
    let left = 0
    for (const id of open) {
      const canceled = await linkStore.cancel(tx, id)
      if (canceled) await record(tx, SYSTEM, 'payment-link.canceled', canceled)
      else left += 1
    }
    if (left > 0) return { againInMs: WAIT_FOR_PAYMENT_MS }
    return open.length < MANY ? 'done' : { againInMs: 0 }
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
      return cancelAll(tx, await linkStore.openOfKey(tx, subject, MANY))
    }),
  )

  /** What nobody is there for any more: of an agent that is retired, or of a wallet that is not the one it has now. */
  jobs.handle('payment-links.cancelOfAgent', ({ organizationId, subject }) =>
    database.inOrganization(organizationId, async (tx): Promise<JobResult> => {
      const { status } = await agents.requireIn(tx, subject)
      const wallet = await wallets.lockPaying(tx, subject)
      const present = wallet?.status === 'RETIRED' ? undefined : wallet?.address
      const beside = status === 'RETIRED' ? null : (present ?? '')
      return cancelAll(tx, await linkStore.openOfAgent(tx, subject, MANY, beside))
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
    /** Its agent or a wallet of that is retired: what was to be paid to it ends. */
    payeeGone: (tx: Tx, agentId: string): Promise<void> => jobs.request(tx, 'payment-links.cancelOfAgent', agentId),

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
