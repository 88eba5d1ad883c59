import { randomBytes } from 'node:crypto'
import type { CapabilityRow, PaymentLinkRow, WalletRow } from '@wedi/database'
import type { Static } from 'typebox'
import { type Address, isAddressEqual } from 'viem'
import { base62 } from '#modules/access'
import type { Reason } from '#modules/decisions'
import { parseAccount, parsePayee } from '#platform/caip'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import { invalid, Problem } from '#platform/problem'
import type { LinkBody } from '../contract.ts'
import { linkProblems } from '../problems.ts'
import { accountStore } from '../store/accounts.ts'
import { linkStore } from '../store/links.ts'
import { accountName, changed, closedAfter, isWallet, type LinkNeeds, type Token } from './needs.ts'

export type LinkInput = Static<typeof LinkBody>
/** With the `Origin` of a browser that asks. */
type Asked = LinkInput & { readonly origin: string | undefined }

/** The longest a job may be told to wait at once. */
export const MAX_WAIT_MS = 7 * 24 * 3_600_000
/** What an amount may be: 78 digits, more than any token has. */
const MOST = 10n ** 78n - 1n
const SLUG_BYTES = 16
const SLUG_LENGTH = 22

/** What was asked of the chain before the transaction was opened. */
export interface Payable {
  readonly asset: Token
  /** From where on money is looked for. */
  readonly block: { readonly number: bigint; readonly hash: string }
}

/** A denial is committed with its record; nothing else of the link exists then. */
export type Created = { link: PaymentLinkRow } | { denied: { decisionId: string; reasons: Reason[] } }

/** A new link, for which key and agent must have the authority; its verdict is a record either way. */
export function creating(needs: LinkNeeds) {
  const { capabilities, chains, decisions, integrationKeys, jobs, wallets } = needs

  return {
    /** Whether the asset can be paid by a signature, asked of its chain. */
    async payable({ asset: id }: LinkInput): Promise<Payable> {
      const asset = await chains.asset(id)
      const domain = await chains.signingDomain(asset)
      if (asset.kind !== 'erc20' || !domain) throw new Problem(linkProblems.assetNotPayable)
      return { asset, block: await chains.deepBlock(asset.chain) }
    },

    async create(tx: Tx, caller: Caller, { asset, block }: Payable, input: Asked): Promise<Created> {
      const terms = termsOf(input, asset, tx.now)
      const { minAmount, maxAmount, maxPayments } = terms
      const collecting = {
        ...{ asset: asset.id, amount: maxAmount * BigInt(maxPayments), origin: input.origin },
        metadataKeys: Object.keys(input.metadata ?? {}),
      }
      const judged = await integrationKeys.judge(tx, caller, collecting, (inTx, { familyId, asset: of }) =>
        linkStore.askedSince(inTx, familyId, of, startOfDay(inTx.now)),
      )
      const { agentId } = judged
      const wallet = await wallets.lockPaying(tx, agentId)
      const capability = (await capabilities.ofAgents(tx, [agentId])).get(agentId)
      const reasons = [...judged.reasons, ...ofPayee(capability, wallet, terms)]
      const payTo = terms.payTo ?? (wallet?.address as Address | undefined)
      const key = caller.integrationKey as NonNullable<Caller['integrationKey']>
      const id = newId()
      const decisionId = await decisions.record(tx, caller.actor, {
        ...{ type: 'payment-link.requested', subject: `payment-link:${id}`, agentId },
        ...{ verdict: reasons.length > 0 ? 'DENY' : 'ALLOW', reasons },
        ...(capability && { capabilityRevision: capability.revision, authorityLevel: capability.authorityLevel }),
        inputs: {
          ...{ integrationKeyId: key.id, asset: asset.id, payTo: payTo ?? null, maxPayments },
          ...{ minAmount: String(minAmount), maxAmount: String(maxAmount) },
          ...{ expiresAt: input.expiresAt ?? null, description: input.description ?? null },
        },
      })
      if (reasons.length > 0 || payTo === undefined) return { denied: { decisionId, reasons } }
      const account = { address: payTo, asset: asset.id }
      // Before the link is there: an account that nobody waits for begins anew, and needs no look at its past.
      await accountStore.watch(tx, account, closedAfter(tx.now), block)
      const link = await linkStore.insert(tx, {
        ...{
          id,
          agentId,
          integrationKeyId: key.id,
          keyFamilyId: key.familyId,
          decisionId,
          createdBy: caller.actor,
          payTo,
          isOwn: isWallet(wallet, payTo),
        },
        ...{ slug: base62(BigInt(`0x${randomBytes(SLUG_BYTES).toString('hex')}`), SLUG_LENGTH) },
        ...{ chain: asset.chain, asset: asset.id, minAmount, maxAmount, maxPayments },
        ...{ description: input.description ?? null, metadata: input.metadata ?? {}, expiresAt: terms.expiresAt },
      })
      await jobs.request(tx, 'payment-links.watch', accountName(account))
      if (terms.expiresAt) {
        const inMs = Math.min(MAX_WAIT_MS, terms.expiresAt.getTime() - tx.now.getTime())
        await jobs.request(tx, 'payment-links.expire', id, { inMs })
      }
      await changed(tx, needs, link)
      return { link }
    },
  }
}

interface Terms {
  readonly asset: Token
  readonly minAmount: bigint
  readonly maxAmount: bigint
  readonly maxPayments: number
  /** As it was named; undefined: the agent's own wallet. */
  readonly payTo: Address | undefined
  readonly expiresAt: Date | null
}

function termsOf(input: LinkInput, asset: Token, now: Date): Terms {
  const { min, max } = typeof input.amount === 'string' ? { min: input.amount, max: input.amount } : input.amount
  const [minAmount, maxAmount] = [BigInt(min), BigInt(max)]
  const maxPayments = input.maxPayments ?? 1
  if (maxAmount * BigInt(maxPayments) > MOST)
    throw invalid({ path: '/maxPayments', message: 'times the amount is too much' })
  if (minAmount > maxAmount) throw invalid({ path: '/amount/min', message: 'is more than the most' })
  const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt)
  if (expiresAt && expiresAt <= now) throw invalid({ path: '/expiresAt', message: 'is in the past' })
  const payTo = input.payTo === undefined ? undefined : parsePayee(input.payTo, asset, '/payTo')
  if (payTo !== undefined && typeof payTo !== 'string') throw invalid(payTo)
  return { asset, minAmount, maxAmount, maxPayments, payTo, expiresAt }
}

/** The agent's own wallet; or an account that its capability names, which a «*» does not. */
function* ofPayee(
  row: CapabilityRow | undefined,
  wallet: WalletRow | undefined,
  { payTo, asset }: Terms,
): Iterable<Reason> {
  if (!wallet) yield { code: 'wallet.none' }
  else if (wallet.status !== 'ACTIVE') yield { code: 'wallet.notActive', status: wallet.status }
  if (payTo === undefined || isWallet(wallet, payTo)) return
  const isNamed = (list: readonly string[]) =>
    list.some((entry) => {
      const account = parseAccount(entry)
      const isThere = account?.chain === undefined || account.chain === asset.chain
      return account !== undefined && isThere && isAddressEqual(account.address, payTo)
    })
  if (isNamed(row?.payeesDeny ?? [])) yield { code: 'payee.denied', payee: payTo }
  else if (!isNamed(row?.payeesAllow ?? [])) yield { code: 'payee.notAllowed', payee: payTo }
}

const startOfDay = (now: Date): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()))
