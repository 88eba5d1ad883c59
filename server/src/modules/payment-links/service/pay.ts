import { setTimeout as pause } from 'node:timers/promises'
import type { PaymentLinkPaymentRow, PaymentLinkRow } from '@wedi/database'
import type { Address } from 'viem'
import { type Authorization, ChainUnavailable, chainProblems } from '#modules/chains'
import type { Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import { Problem } from '#platform/problem'
import { linkProblems } from '../problems.ts'
import { linkStore } from '../store/links.ts'
import { receivedStore } from '../store/received.ts'
import { verifyHere } from '../x402/facilitator.ts'
import { accepts, authorizationOf, type Payload, payloadOf, type Requirements } from '../x402/wire.ts'
import { aboutLink, changed, isWallet, type LinkNeeds, SYSTEM, tokenOf, wordsOf } from './needs.ts'

/** Whoever pays waits so long for the chain; what takes longer goes on without them. Less than the time to drain. */
const WAIT_MS = 8000
const POLL_MS = 40
/** When a call to a facilitator was lost with the process, somebody has to look. */
const FOLLOW_AFTER_MS = 15_000

/** Less than this and it may run out before it is mined. */
const MIN_LEFT_MS = 60_000n
/** Room that nobody uses comes back when the permission has run out: nobody may take it for long. */
const MAX_BEYOND_S = 600
/** Each costs the agent's wallet gas, so somebody who lets them fail soon comes to an end. */
const MAX_FAILURES = 5
const FAILURES_WITHIN_MS = 3_600_000

export type Settled =
  | { readonly row: PaymentLinkPaymentRow; readonly refused?: undefined }
  /** With the payment that was made with it before. */
  | { readonly refused: string; readonly row?: PaymentLinkPaymentRow }

/** A payer's signed permission: checked, given the link's room, and carried to the chain. In this order. */
export function paying(needs: LinkNeeds) {
  const { chains, clock, database, decisions, facilitator, jobs, payments, wallets } = needs

  async function faultOf(payload: Payload, requirements: Requirements): Promise<string | undefined> {
    try {
      return await (facilitator ? facilitator.verify(payload, requirements) : verifyHere(chains, payload, requirements))
    } catch (error) {
      if (error instanceof ChainUnavailable) throw new Problem(chainProblems.unavailable, { cause: error })
      // Whoever checks could not: nobody knows whether it is good, and nothing was taken.
      throw new Problem(linkProblems.notPayable, { cause: error })
    }
  }

  /**
   * Our own transaction, room of the link, and the payment's row: all or nothing, before anything is sent. In the order of
   * locks, in which links come last.
   */
  async function take(tx: Tx, { id, ...seen }: PaymentLinkRow, asked: Asked): Promise<PaymentLinkPaymentRow> {
    const { authorization, amount } = asked
    const carried = facilitator
      ? undefined
      : await payments.carry(tx, {
          ...{ agentId: seen.agentId, asset: tokenOf(seen.asset), payTo: seen.payTo as Address, amount },
          ...{ authorization, reference: `payment-link:${id}`, actor: SYSTEM },
        })
    if (carried && 'reasons' in carried) throw new Problem(linkProblems.notPayable)
    if (!carried && (await payments.mayReceive(tx, seen.agentId)).length > 0) throw new Problem(linkProblems.notPayable)
    // The wallet that was to be paid may be gone since; whoever has the agent's wallet now is somebody else.
    if (seen.isOwn && !isWallet(await wallets.lockPaying(tx, seen.agentId), seen.payTo as Address))
      throw new Problem(linkProblems.notPayable)
    const link = await linkStore.reserve(tx, id)
    if (!link) throw new NoRoom()
    const since = new Date(tx.now.getTime() - FAILURES_WITHIN_MS)
    if ((await receivedStore.failedSince(tx, id, since)) >= MAX_FAILURES) throw new Problem(linkProblems.notPayable)
    const row = await receivedStore.insert(tx, {
      ...{ id: newId(), linkId: link.id, state: 'PENDING', kind: 'EXACT', asset: link.asset, payTo: link.payTo },
      ...{ payer: authorization.from, amount, nonce: authorization.nonce, paymentId: carried?.payment.id ?? null },
      validBefore: new Date(Number(authorization.validBefore) * 1000),
    })
    // Written down by another call in the meantime: that one has taken the room.
    if (!row) throw new NoRoom()
    const inMs = FOLLOW_AFTER_MS
    if (facilitator) await jobs.request(tx, 'payment-links.follow', row.id, { inMs })
    await decisions.record(tx, SYSTEM, {
      ...{ ...aboutLink(link), type: 'payment-link.paying', paymentId: row.paymentId },
      inputs: { ...wordsOf(row), nonce: row.nonce },
    })
    await changed(tx, needs, link)
    return row
  }

  async function takeOnce(link: PaymentLinkRow, asked: Asked): Promise<PaymentLinkPaymentRow | undefined> {
    try {
      return await database.inOrganization(link.organizationId, (tx) => take(tx, link, asked))
    } catch (error) {
      if (error instanceof NoRoom) return undefined
      throw error
    }
  }

  const known = ({ organizationId, asset }: PaymentLinkRow, { authorization }: Pick<Asked, 'authorization'>) =>
    receivedStore.ofAuthorization(database, organizationId, {
      ...{ asset, payer: authorization.from, nonce: authorization.nonce },
    })

  /** As it is once it is settled, or when nobody wants to wait any longer. */
  async function outcomeOf({ organizationId, id }: PaymentLinkPaymentRow): Promise<PaymentLinkPaymentRow> {
    const deadline = performance.now() + WAIT_MS
    for (;;) {
      const row = (await receivedStore.find(database, organizationId, id)) as PaymentLinkPaymentRow
      if (row.state !== 'PENDING' || performance.now() > deadline) return row
      await pause(POLL_MS)
    }
  }

  /** Long enough for us to carry it, and no longer than somebody who pays now has to sign for. */
  function isTimely({ validBefore }: Authorization, { maxTimeoutSeconds }: Requirements): boolean {
    const leftMs = BigInt(validBefore) * 1000n - BigInt(clock().getTime())
    const leastMs = facilitator ? 0n : MIN_LEFT_MS
    return leftMs >= leastMs && leftMs <= BigInt(maxTimeoutSeconds + MAX_BEYOND_S) * 1000n
  }

  return async function pay(link: PaymentLinkRow, header: string, requirements: Requirements): Promise<Settled> {
    const payload = payloadOf(header)
    const authorization = payload && authorizationOf(payload)
    if (!payload || !authorization) return { refused: 'invalid_payload' }
    if (!accepts(payload, requirements)) return { refused: 'invalid_payment_requirements' }
    const before = await known(link, { authorization })
    // Sent again while it is on its way, it is the same payment; afterwards it is a replay.
    if (before) {
      const isOurs = before.linkId === link.id
      if (isOurs && before.state === 'PENDING') return { row: await outcomeOf(before) }
      const isPaid = isOurs && before.state === 'CONFIRMED'
      return { refused: 'authorization_already_used', ...(isPaid && { row: before }) }
    }
    if (link.status !== 'OPEN') return { refused: 'payment_link_closed' }
    if (!isTimely(authorization, requirements))
      return { refused: 'invalid_exact_evm_payload_authorization_valid_before' }
    if ((await wallets.ownAddresses(link.organizationId, [authorization.from])).size > 0)
      return { refused: 'payer_is_own_wallet' }
    const fault = await faultOf(payload, requirements)
    if (fault !== undefined) return { refused: fault }
    const asked = { authorization, amount: BigInt(requirements.amount) }
    const taken = await takeOnce(link, asked)
    // The room went to somebody: maybe to the same payment, sent twice at once.
    const row = taken ?? (await known(link, asked))
    if (!row) return { refused: 'payment_link_closed' }
    const isSettled = taken === undefined && row.state !== 'PENDING' && row.state !== 'CONFIRMED'
    if (row.linkId !== link.id || isSettled) return { refused: 'authorization_already_used' }
    // Once. Whether it did is looked for on the chain, also when no answer comes.
    if (facilitator && taken) await facilitator.settle(payload, requirements).catch(() => undefined)
    return { row: await outcomeOf(row) }
  }
}

interface Asked {
  readonly authorization: Authorization
  readonly amount: bigint
}

/** Nothing of the attempt stays. */
class NoRoom extends Error {}
