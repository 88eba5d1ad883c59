import type { PaymentLinkRow } from '@wedi/database'
import type { Static } from 'typebox'
import { ChainUnavailable, chainProblems, type Unit } from '#modules/chains'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { created, type Outcome } from '#platform/http/idempotency'
import { Problem } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import type { LinkPaymentQuery, LinkQuery } from '../contract.ts'
import { linkProblems } from '../problems.ts'
import { linkStore } from '../store/links.ts'
import { receivedStore } from '../store/received.ts'
import { type Requirements, requirementsOf } from '../x402/wire.ts'
import { closing } from './close.ts'
import { type Created, creating } from './create.ts'
import { following } from './follow.ts'
import { type LinkNeeds, tokenOf } from './needs.ts'
import { paying } from './pay.ts'
import { receiving } from './receive.ts'
import { watching } from './watch.ts'

export type LinkService = ReturnType<typeof linkService>
/** Where this server is, as its users reach it. */
export type Origin = string

export function linkService(needs: LinkNeeds) {
  const { chains, database } = needs
  const { payable, create } = creating(needs)
  const { cancel, payeeGone } = closing(needs)
  const received = receiving(needs)
  watching(needs, received)
  following(needs, received)

  /** A key sees the links made with it; whoever works for the organisation sees all. */
  async function find({ organizationId, integrationKey }: Caller, id: string): Promise<PaymentLinkRow> {
    const row = await linkStore.find(database, organizationId, id)
    const isTheirs = integrationKey === undefined || row?.keyFamilyId === integrationKey.familyId
    if (!row || !isTheirs) throw new Problem(linkProblems.notFound)
    return row
  }

  async function bySlug(slug: string): Promise<PaymentLinkRow> {
    const row = await linkStore.findBySlug(database, slug)
    if (!row) throw new Problem(linkProblems.notFound)
    return row
  }

  /** For a payer, who waits: a chain that does not answer is an answer. */
  async function answering<T>(ask: Promise<T>): Promise<T> {
    try {
      return await ask
    } catch (error) {
      if (error instanceof ChainUnavailable) throw new Problem(chainProblems.unavailable, { cause: error })
      throw error
    }
  }

  return {
    payable: (input: Parameters<typeof payable>[0]) => answering(payable(input)),
    create,
    outcomeOf: (made: Created, origin: Origin): Outcome =>
      'link' in made
        ? created(viewOf(made.link, origin))
        : { refusal: new Problem(linkProblems.denied, { members: made.denied }) },

    async get(caller: Caller, id: string, origin: Origin) {
      const row = await find(caller, id)
      const payments = await receivedStore.ofLink(database, caller.organizationId, id)
      return { ...viewOf(row, origin), payments: toWire(payments) }
    },

    async list(caller: Caller, page: PageRequest, query: Static<typeof LinkQuery>, origin: Origin) {
      const own = caller.integrationKey && { keyFamilyId: caller.integrationKey.familyId }
      const rows = toWire(await linkStore.list(database, caller.organizationId, page, { ...query, ...own }))
      const { data, nextCursor } = pageFrom(rows, page)
      return { data: data.map((row) => shown(row, origin)), nextCursor }
    },

    async received(caller: Caller, page: PageRequest, query: Static<typeof LinkPaymentQuery>) {
      const own = caller.integrationKey && { keyFamilyId: caller.integrationKey.familyId }
      const rows = await receivedStore.list(database, caller.organizationId, page, { ...query, ...own })
      return pageFrom(toWire(rows), page)
    },

    async cancel(tx: Tx, caller: Caller, id: string, origin: Origin) {
      const { integrationKey } = caller
      return viewOf(
        await cancel(tx, caller, { id, ...(integrationKey && { familyId: integrationKey.familyId }) }),
        origin,
      )
    },

    payeeGone,
    bySlug,
    pay: paying(needs),
    networkOf: ({ chain }: PaymentLinkRow): string => chains.list().find((each) => each.chain === chain)?.name ?? chain,
    unitOf: (row: PaymentLinkRow): Promise<Unit> => answering(chains.unitOf(tokenOf(row.asset))),

    async requirements(row: PaymentLinkRow, amount: bigint): Promise<Requirements> {
      const token = tokenOf(row.asset)
      const domain = await answering(chains.signingDomain(token))
      if (!domain) throw new Error(`${row.asset} has a link and no way to sign for it`)
      return requirementsOf(row, { token, amount, domain })
    },
  }
}

const viewOf = (row: PaymentLinkRow, origin: Origin) => shown(toWire(row), origin)

const shown = <Row extends { slug: string; minAmount: string; maxAmount: string }>(row: Row, origin: Origin) => ({
  ...row,
  url: `${origin}/pay/${row.slug}`,
  amount: row.minAmount === row.maxAmount ? row.minAmount : { min: row.minAmount, max: row.maxAmount },
})
