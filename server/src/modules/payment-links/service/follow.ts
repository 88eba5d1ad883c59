import type { PaymentLinkPaymentRow } from '@wedi/database'
import type { Address, Hex } from 'viem'
import { ChainUnavailable } from '#modules/chains'
import { isOpen } from '#modules/payments'
import type { JobResult } from '#platform/jobs'
import { accountStore } from '../store/accounts.ts'
import { receivedStore } from '../store/received.ts'
import { accountName, closedAfter, type LinkNeeds, MAX_AT_ONCE, tokenOf } from './needs.ts'
import type { Receiving } from './receive.ts'

const LOOK_AGAIN_MS = 2000

interface End {
  readonly code: string
  readonly detail: string
}

/**
 * What became of an authorisation that was taken for a link. Only the chain says: used by whoever carried it, it is found
 * where it moved the money; what is neither used nor can come from us any more is given up. Nothing is sent anew.
 */
export function following(needs: LinkNeeds, { fail }: Receiving): void {
  const { chains, clock, database, events, jobs, payments } = needs

  async function giveUp(row: PaymentLinkPaymentRow, code: string, detail: string): Promise<JobResult> {
    await database.inOrganization(row.organizationId, (tx) => fail(tx, row, { code, detail }))
    return 'done'
  }

  /** The chain has shown once that it moved: one node that knows nothing of it does not end it, a deep block does. */
  async function endOfConfirmed(row: PaymentLinkPaymentRow, block: bigint | null): Promise<End | undefined> {
    const token = tokenOf(row.asset)
    const { number } = await chains.deepBlock(token.chain)
    const used = { authorizer: row.payer as Address, nonce: row.nonce as Hex }
    if (block === null || number < block || (await chains.isAuthorizationUsed(token, used, number))) {
      await watchAgain(row)
      return undefined
    }
    return { code: 'payment-link.notSettled', detail: 'The chain took its settlement back.' }
  }

  const watchAgain = ({ organizationId, payTo, asset }: PaymentLinkPaymentRow): Promise<void> =>
    database.inOrganization(organizationId, (tx) =>
      jobs.request(tx, 'payment-links.watch', accountName({ address: payTo, asset })),
    )

  /** Why nobody of ours will carry it any more; undefined while somebody may. */
  async function endOf(row: PaymentLinkPaymentRow): Promise<End | undefined> {
    if (row.paymentId !== null) {
      const payment = await payments.find(row.organizationId, row.paymentId)
      if (!payment || isOpen(payment.status)) return undefined
      if (payment.status === 'CONFIRMED') return endOfConfirmed(row, payment.blockNumber)
      const failure = payment.failure as { code: string } | null
      return { code: failure?.code ?? 'payment.failed', detail: `Its settlement is ${payment.status}.` }
    }
    const { chain } = tokenOf(row.asset)
    const { number } = await chains.deepBlock(chain)
    const isOver = row.validBefore !== null && (await chains.timeOf(chain, number)) * 1000n > row.validBefore.getTime()
    return isOver
      ? { code: 'payment-link.notSettled', detail: 'The authorisation ran out and was not used.' }
      : undefined
  }

  async function look(row: PaymentLinkPaymentRow): Promise<JobResult> {
    const token = tokenOf(row.asset)
    const used = { authorizer: row.payer as Address, nonce: row.nonce as Hex }
    // In this order: what ended before the chain was asked can change nothing after.
    const end = await endOf(row)
    if (!end) return { againInMs: LOOK_AGAIN_MS }
    if (!(await chains.isAuthorizationUsed(token, used))) return giveUp(row, end.code, end.detail)
    const key = { address: row.payTo, asset: row.asset }
    const account = await accountStore.find(database, row.organizationId, key, closedAfter(clock()))
    await watchAgain(row)
    // Up to the block that was looked through, money that came by it would be written down: then its owner took it back.
    const isBefore = account && (await chains.isAuthorizationUsed(token, used, account.blockNumber))
    if (!isBefore) return { againInMs: LOOK_AGAIN_MS }
    return giveUp(row, 'payment-link.authorizationCanceled', 'The payer took the authorisation back.')
  }

  jobs.handle(
    'payment-links.follow',
    async ({ organizationId, subject }) => {
      const row = await receivedStore.find(database, organizationId, subject)
      if (row?.state !== 'PENDING') return 'done'
      try {
        return await look(row)
      } catch (error) {
        if (error instanceof ChainUnavailable) return { againInMs: LOOK_AGAIN_MS }
        throw error
      }
    },
    { atMost: MAX_AT_ONCE },
  )

  events.subscribe(
    'payment.changed',
    'payment-links',
    async ({ organizationId, subject }) => {
      const row = await receivedStore.ofSettlement(database, organizationId, subject)
      if (row?.state !== 'PENDING') return
      await database.inOrganization(organizationId, async (tx) => {
        await jobs.request(tx, 'payment-links.watch', accountName({ address: row.payTo, asset: row.asset }))
        await jobs.request(tx, 'payment-links.follow', row.id)
      })
    },
    ({ authorization, status }) => authorization !== null && !isOpen(status as Parameters<typeof isOpen>[0]),
  )
}
