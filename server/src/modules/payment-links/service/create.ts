import { randomBytes } from 'node:crypto'
import type { CapabilityRow, PaymentLinkRow, WalletRow } from '@wedi/database'
import type { Static } from 'typebox'
import { type Address, isAddressEqual } from 'viem'
import { base62 } from '#modules/access'
import { names } from '#modules/capabilities'
import type { Reason } from '#modules/decisions'
import { parseAccount, parsePayee } from '#platform/caip'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import { invalid, Problem, requestProblems } from '#platform/problem'
import type { LinkBody } from '../contract.ts'
import { linkProblems } from '../problems.ts'
import { accountStore } from '../store/accounts.ts'
import { linkStore } from '../store/links.ts'
import { accountName, changed, closedAfter, type LinkNeeds, type Token } from './needs.ts'

export type LinkInput = Static<typeof LinkBody>

/** The longest a job may be told to wait at once. */
export const MAX_WAIT_MS = 7 * 24 * 3_600_000
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
  const { agents, capabilities, chains, decisions, jobs, wallets } = needs

  return {
    /** Whether the asset can be paid by a signature, asked of its chain. */
    async payable({ asset: id }: LinkInput): Promise<Payable> {
      const asset = await chains.asset(id)
      const domain = await chains.signingDomain(asset)
      if (asset.kind !== 'erc20' || !domain) throw new Problem(linkProblems.assetNotPayable)
      return { asset, block: await chains.deepBlock(asset.chain) }
    },

    async create(tx: Tx, caller: Caller, { asset, block }: Payable, input: LinkInput): Promise<Created> {
      const { integrationKey: key } = caller
      if (!key) throw new Problem(requestProblems.forbidden, { detail: 'Only an integration key makes links.' })
      const asked = termsOf(input, asset, tx.now)
      const agent = await agents.lockShared(tx, key.agentId)
      const wallet = await wallets.lockPaying(tx, agent.id)
      const capability = (await capabilities.ofAgents(tx, [agent.id])).get(agent.id)
      await linkStore.lockKey(tx, key.id)
      const askedToday = await linkStore.askedSince(tx, key.id, asset.id, startOfDay(tx.now))
      const payTo = asked.payTo ?? (wallet?.address as Address | undefined)
      const reasons = [
        ...(agent.status === 'ACTIVE' ? [] : [{ code: 'agent.notActive', status: agent.status }]),
        ...ofCapability(capability, asked, tx.now),
        ...ofPayee(capability, wallet, asked),
        ...ofBinding(key.binding, { ...asked, metadata: input.metadata ?? {} }, askedToday),
      ]
      const id = newId()
      const { minAmount, maxAmount, maxPayments } = asked
      const decisionId = await decisions.record(tx, caller.actor, {
        ...{ type: 'payment-link.requested', subject: `payment-link:${id}`, agentId: agent.id },
        ...{ verdict: reasons.length > 0 ? 'DENY' : 'ALLOW', reasons },
        ...(capability && { capabilityRevision: capability.revision, authorityLevel: capability.authorityLevel }),
        inputs: {
          ...{ integrationKeyId: key.id, asset: asset.id, payTo: payTo ?? null, maxPayments },
          ...{ minAmount: String(minAmount), maxAmount: String(maxAmount), askedToday: String(askedToday) },
          ...{ expiresAt: input.expiresAt ?? null, description: input.description ?? null },
        },
      })
      if (reasons.length > 0 || payTo === undefined) return { denied: { decisionId, reasons } }
      const account = { address: payTo, asset: asset.id }
      // Before the link is there: an account that nobody waits for begins anew, and needs no look at its past.
      await accountStore.watch(tx, account, closedAfter(tx.now), block)
      const link = await linkStore.insert(tx, {
        ...{ id, agentId: agent.id, integrationKeyId: key.id, decisionId, createdBy: caller.actor, payTo },
        ...{ slug: base62(BigInt(`0x${randomBytes(SLUG_BYTES).toString('hex')}`), SLUG_LENGTH) },
        ...{ chain: asset.chain, asset: asset.id, minAmount, maxAmount, maxPayments },
        ...{ description: input.description ?? null, metadata: input.metadata ?? {}, expiresAt: asked.expiresAt },
      })
      await jobs.request(tx, 'payment-links.watch', accountName(account))
      if (asked.expiresAt) {
        const inMs = Math.min(MAX_WAIT_MS, asked.expiresAt.getTime() - tx.now.getTime())
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
  if (minAmount > maxAmount) throw invalid({ path: '/amount/min', message: 'is more than the most' })
  const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt)
  if (expiresAt && expiresAt <= now) throw invalid({ path: '/expiresAt', message: 'is in the past' })
  const payTo = input.payTo === undefined ? undefined : parsePayee(input.payTo, asset, '/payTo')
  if (payTo !== undefined && typeof payTo !== 'string') throw invalid(payTo)
  return { asset, minAmount, maxAmount, maxPayments: input.maxPayments ?? 1, payTo, expiresAt }
}

interface StoredLimit {
  readonly window: string
  readonly asset: string
  readonly maxAmount?: string | null
}

/** What an agent may not handle it may not ask for either: its asset, its chain, and more at once than it may pay at once. */
function* ofCapability(row: CapabilityRow | undefined, { asset, maxAmount }: Terms, now: Date): Iterable<Reason> {
  if (!row || row.authorityLevel === 'OBSERVE') yield { code: 'authority.observeOnly' }
  if (!row) return
  if (row.expiresAt !== null && row.expiresAt <= now)
    yield { code: 'capability.expired', expiresAt: row.expiresAt.toISOString() }
  if (!names(row.chains, asset.chain)) yield { code: 'capability.chainNotAllowed', chain: asset.chain }
  if (!names(row.assets, asset.id)) yield { code: 'capability.assetNotAllowed', asset: asset.id }
  for (const { window, asset: of, maxAmount: most } of row.limits as StoredLimit[]) {
    if (window !== 'TRANSACTION' || of.toLowerCase() !== asset.id.toLowerCase()) continue
    if (most != null && maxAmount > BigInt(most)) yield { code: 'capability.amountExceeded', maxAmount: most }
  }
}

/** The agent's own wallet; or an account that its capability names, which a «*» does not. */
function* ofPayee(
  row: CapabilityRow | undefined,
  wallet: WalletRow | undefined,
  { payTo, asset }: Terms,
): Iterable<Reason> {
  if (!wallet) yield { code: 'wallet.none' }
  else if (wallet.status !== 'ACTIVE') yield { code: 'wallet.notActive', status: wallet.status }
  if (payTo === undefined || (wallet?.address && isAddressEqual(wallet.address as Address, payTo))) return
  const isNamed = (list: readonly string[]) =>
    list.some((entry) => {
      const account = parseAccount(entry)
      const isThere = account?.chain === undefined || account.chain === asset.chain
      return account !== undefined && isThere && isAddressEqual(account.address, payTo)
    })
  if (isNamed(row?.payeesDeny ?? [])) yield { code: 'payee.denied', payee: payTo }
  else if (!isNamed(row?.payeesAllow ?? [])) yield { code: 'payee.notAllowed', payee: payTo }
}

type Binding = NonNullable<Caller['integrationKey']>['binding']

/** What the key itself is bound to: never more than its agent may do, often less. */
function* ofBinding(
  binding: Binding,
  { asset, maxAmount, maxPayments, metadata }: Terms & { metadata: object },
  askedToday: bigint,
): Iterable<Reason> {
  if (!names(binding.chains, asset.chain)) yield { code: 'integration-key.chainNotAllowed', chain: asset.chain }
  if (!names(binding.assets, asset.id)) yield { code: 'integration-key.assetNotAllowed', asset: asset.id }
  const { maxAmountPerLink, maxAmountPerDay, allowedMetadataKeys } = binding
  const asked = maxAmount * BigInt(maxPayments)
  if (maxAmountPerLink !== null && asked > BigInt(maxAmountPerLink))
    yield { code: 'integration-key.amountExceeded', maxAmount: String(maxAmountPerLink) }
  if (maxAmountPerDay !== null && askedToday + asked > BigInt(maxAmountPerDay)) {
    const left = BigInt(maxAmountPerDay) - askedToday
    yield {
      code: 'integration-key.dayExceeded',
      maxAmount: String(maxAmountPerDay),
      remaining: String(left > 0n ? left : 0n),
    }
  }
  for (const name of Object.keys(metadata))
    if (!names(allowedMetadataKeys, name)) yield { code: 'integration-key.metadataNotAllowed', name }
}

const startOfDay = (now: Date): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()))
