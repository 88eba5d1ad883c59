import type { WalletRow } from '@wedi/database'
import type { Hex } from 'viem'
import { isOpen, moveOf } from '../rules.ts'
import { breaks, SYSTEM } from './breaks.ts'
import type { ReconciliationNeeds } from './needs.ts'
import type { Finding } from './sight.ts'
import { type BookKey, MAX_PAYMENTS, type Overdue, type Provable, reconciliationStore } from './store.ts'

/** In one state for so long that its job is made anew, should it be lost. */
const PICK_UP_AFTER_MS = 2 * 60_000
/** In one state for so long that people should know. */
const STUCK_AFTER_MS = 60 * 60_000

/** Payments that stand still are picked up, and breaks that are proven to be over are closed. */
export function overseeing(needs: ReconciliationNeeds) {
  const { database, clock, jobs, chains } = needs
  const { open, resolve } = breaks(needs)

  async function close(key: BookKey, id: string, note: string): Promise<void> {
    await database.inOrganization(key.organizationId, (tx) => resolve(tx, id, { by: SYSTEM, note }))
  }

  /** Mined again as meant and deep, or handed to the chain again byte for byte: one nonce has one effect. */
  async function recheck(key: BookKey, wallet: WalletRow, found: Provable): Promise<void> {
    const { transactionHash, rawTransaction } = found
    const intent = moveOf(wallet.address, { ...found, asset: found.asset as string })
    const what = intent.asset
    const deep = await chains.deepBlock(what.chain)
    const mined = await chains.minedBy(transactionHash as Hex, intent, deep.number)
    if (mined?.effect === 'moved') {
      await close(key, found.id, `${transactionHash} is mined as meant in block ${mined.receipt.blockNumber}.`)
    } else if (!mined && rawTransaction !== null) {
      await chains.broadcast(what.chain, rawTransaction as Hex)
    }
  }

  async function pickUpAll(key: BookKey, wallet: WalletRow, { late, now }: { late: Overdue[]; now: number }) {
    const whose = { agentId: wallet.agentId, walletId: wallet.id, chain: key.chain }
    const held = late.flatMap(({ status, approvalId }) =>
      status === 'HELD' && approvalId !== null ? [approvalId] : [],
    )
    const moving = late.flatMap(({ status, id }) => (status === 'HELD' ? [] : [id]))
    await database.inOrganization(key.organizationId, async (tx) => {
      await jobs.ensure(tx, 'payments.expireApproval', held)
      await jobs.ensure(tx, 'payments.advance', moving)
      for (const each of late) if (isStuck(each, now)) await open(tx, whose, stuck(each))
    })
  }

  return {
    async pickUp(key: BookKey, wallet: WalletRow): Promise<void> {
      const now = clock().getTime()
      let after: string | undefined
      do {
        const late = await reconciliationStore.overdue(database, key, new Date(now - PICK_UP_AFTER_MS), after)
        if (late.length > 0) await pickUpAll(key, wallet, { late, now })
        after = late.length === MAX_PAYMENTS ? late.at(-1)?.id : undefined
      } while (after !== undefined)
    },

    /** Closes what is proven to be over. */
    async prove(key: BookKey, wallet: WalletRow): Promise<void> {
      for (const found of await reconciliationStore.provable(database, key)) {
        if (found.kind === 'payment.vanished') await recheck(key, wallet, found)
        else if (!isOpen(found.paymentStatus)) await close(key, found.id, `The payment is ${found.paymentStatus}.`)
      }
    },
  }
}

/** What waits for a person to lift a freeze does not stand still by mistake. */
function isStuck({ since, failure }: Overdue, now: number): boolean {
  return now - since.getTime() >= STUCK_AFTER_MS && failure !== 'payment.frozen'
}

const stuck = ({ id, status, asset, failure, since }: Overdue): Finding => ({
  ...{ kind: 'payment.stuck', subject: `payment/${id}/${status}`, paymentId: id, asset },
  expected: { leaves: status, withinMs: STUCK_AFTER_MS },
  seen: { status, since: since.toISOString(), failure },
})
