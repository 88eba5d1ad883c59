import { randomBytes, randomUUID } from 'node:crypto'
import canonicalize from 'canonicalize'
import { sha256 } from './log.ts'

export type Fields = Record<string, unknown>

/** A decision as the archive carries it. */
export interface Entry {
  leaf: string
  inputs: Fields | null
  salts: Record<string, string> | null
  redacted?: string[]
}

export const canonical = (value: unknown): string => canonicalize(value) as string

/** A decision with salted commitments to its inputs; what is not given of the envelope is null. */
export function decision(organizationId: string, envelope: Fields, inputs: Fields = {}): Entry {
  const salts = Object.fromEntries(Object.keys(inputs).map((name) => [name, randomBytes(16).toString('base64')]))
  const commitments = Object.entries(inputs).map(([name, value]) => {
    const salt = Buffer.from(salts[name] as string, 'base64')
    return [name, sha256(salt, canonical(value)).toString('base64')]
  })
  const absent = ['agentId', 'taskId', 'paymentId', 'approvalId', 'walletId', 'versionId', 'verdict']
  const leaf = canonical({
    ...Object.fromEntries(absent.map((name) => [name, null])),
    ...{ v: 1, id: randomUUID(), organizationId, actor: 'system:test', subject: 'test:1', type: 'test.happened' },
    ...{ occurredAt: '2026-11-23T12:00:00.000Z', reasons: [], capabilityRevision: null, authorityLevel: null },
    ...envelope,
    inputs: Object.fromEntries(commitments),
  })
  return { leaf, inputs, salts }
}

export const idOf = ({ leaf }: Entry): string => JSON.parse(leaf).id

/** The decision without some fields, and the one that says so. */
export function redact(entry: Entry, fields: string[]): { erased: Entry; redaction: Entry } {
  const without = <T>(all: Record<string, T> | null) =>
    Object.fromEntries(Object.entries(all ?? {}).filter(([name]) => !fields.includes(name)))
  const { organizationId, id } = JSON.parse(entry.leaf)
  const envelope = { type: 'decision.redacted', subject: `decision:${id}` }
  return {
    erased: { leaf: entry.leaf, inputs: without(entry.inputs), salts: without(entry.salts), redacted: fields },
    redaction: decision(organizationId, envelope, { fields, reason: 'a person asked for it' }),
  }
}

const USD = 'eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3'
const LIMIT_ID = '0192f0c1-0000-7000-8000-00000000000a'

const authority = {
  ...{ revision: 3, authorityLevel: 'SUPERVISED', taskTypes: ['payment'], providers: ['local'], chains: ['*'] },
  ...{ assets: [USD], payeesAllow: ['*'], payeesDeny: [], expiresAt: null },
  approvalThreshold: [{ asset: USD, amount: '20000000' }],
}

/** A payment of an agent that may pay 50 a day, 10 of it spent, alone up to 20. Amounts have 6 decimals. */
export function paymentOf(organizationId: string, amount: string, said: { verdict: string; reasons: Fields[] }): Entry {
  const limit = {
    ...{ limitId: LIMIT_ID, scope: 'AGENT', window: 'DAY', perPayee: false, maxAmount: '50000000', maxCount: null },
    ...{ reserved: '0', spent: '10000000', reservedCount: 0, spentCount: 1 },
    ...{ windowStart: '2026-11-23T00:00:00.000Z', windowEnd: '2026-11-24T00:00:00.000Z' },
  }
  const wallet = { id: randomUUID(), status: 'ACTIVE', provider: 'local' }
  const payee = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
  return decision(
    organizationId,
    { type: 'payment.requested', capabilityRevision: 3, authorityLevel: 'SUPERVISED', ...said },
    {
      ...{ rules: '1', now: '2026-11-23T12:00:00.000Z', stage: 'request', authority, limits: [limit] },
      standing: { organization: 'ACTIVE', agent: 'ACTIVE', wallet },
      payment: { agentId: randomUUID(), payee, amount, asset: USD, chain: 'eip155:31337' },
    },
  )
}

/** What the rules say to 5, 25 and 45 of these dollars, worked out by hand. */
export const ALLOWED = { verdict: 'ALLOW', reasons: [{ code: 'authority.withinLimits' }] }
export const HELD = {
  verdict: 'HOLD',
  reasons: [{ code: 'authority.aboveApprovalThreshold', threshold: '20000000' }],
}
export const DENIED = {
  verdict: 'DENY',
  reasons: [
    {
      ...{ code: 'limit.amountExceeded', limitId: LIMIT_ID, scope: 'AGENT', window: 'DAY', cap: '50000000' },
      remaining: '40000000',
      allowed: { maxAmount: '40000000', later: { maxAmount: '45000000', notBefore: '2026-11-24T00:00:00.000Z' } },
    },
  ],
}
