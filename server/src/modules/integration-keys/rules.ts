import type { AgentStatus, OrganizationStatus } from '@wedi/database'
import { names } from '#modules/capabilities'
import type { Reason } from '#modules/decisions'
import { PAYOUT_KEYS } from '#modules/runtime'
import { parseAsset } from '#platform/caip'
import type { KeyBinding } from '#platform/caller'
import type { FieldError } from '#platform/problem'

/** What an agent's capability says about collecting: the part of a revision that matters here. */
export interface Scope {
  readonly chains: readonly string[]
  readonly assets: readonly string[]
  readonly expiresAt: Date | null
  /** `TRANSACTION` caps a link, `DAY` what is asked for in a day. */
  readonly limits: readonly ScopeLimit[]
}

export interface ScopeLimit {
  readonly window: string
  readonly asset: string
  readonly maxAmount?: string
  readonly perPayee?: boolean
}

interface AssetAmount {
  readonly asset: string
  readonly amount: string
}

export interface BindingInput {
  readonly assets?: readonly string[]
  readonly chains?: readonly string[]
  readonly maxAmountPerLink?: readonly AssetAmount[]
  readonly maxAmountPerDay?: readonly AssetAmount[]
  readonly allowedOrigins?: readonly string[]
  readonly allowedMetadataKeys?: readonly string[]
}

const CAPPED_BY = { maxAmountPerLink: 'TRANSACTION', maxAmountPerDay: 'DAY' } as const
type CapField = keyof typeof CAPPED_BY

const chainOf = (asset: string): string => asset.split('/', 1)[0] ?? ''
const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/** Assets in the form everything else here names them in. */
export function bindingOf(input: BindingInput): KeyBinding {
  const named = (asset: string) => parseAsset(asset)?.id ?? asset
  const caps = (list: readonly AssetAmount[] = []) => list.map(({ asset, amount }) => ({ asset: named(asset), amount }))
  return {
    assets: input.assets?.map(named) ?? null,
    chains: input.chains ?? null,
    maxAmountPerLink: caps(input.maxAmountPerLink),
    maxAmountPerDay: caps(input.maxAmountPerDay),
    allowedOrigins: input.allowedOrigins ?? null,
    allowedMetadataKeys: input.allowedMetadataKeys ?? null,
  }
}

/** Where a binding is wider than the capability, or says two things at once. */
export function faultsOfBinding(input: BindingInput, scope: Scope): FieldError[] {
  const fields: CapField[] = ['maxAmountPerLink', 'maxAmountPerDay']
  return [
    ...(input.chains ?? []).flatMap((chain, i) =>
      names(scope.chains, chain) ? [] : [{ path: `/chains/${i}`, message: "is not in the agent's capability" }],
    ),
    ...faultsOfAssets(input.assets ?? [], input, scope, (i) => `/assets/${i}`),
    ...faultsOfOrigins(input.allowedOrigins ?? []),
    ...fields.flatMap((field) => faultsOfCaps(input[field] ?? [], { field, input, scope })),
  ]
}

function faultsOfAssets(
  assets: readonly string[],
  { chains }: BindingInput,
  scope: Scope,
  at: (index: number) => string,
): FieldError[] {
  return assets.flatMap((asset, i) => {
    const id = parseAsset(asset)?.id
    const fault = (message: string) => [{ path: at(i), message }]
    if (id === undefined) return fault('has a contract whose checksum is wrong')
    if (assets.findIndex((each) => isSame(each, asset)) < i) return fault('is named twice')
    if (chains && !names(chains, chainOf(asset))) return fault('is on none of these chains')
    if (!names(scope.chains, chainOf(asset)) || !names(scope.assets, asset)) {
      return fault("is not in the agent's capability")
    }
    return []
  })
}

function faultsOfCaps(
  caps: readonly AssetAmount[],
  { field, input, scope }: { field: CapField; input: BindingInput; scope: Scope },
): FieldError[] {
  const assets = caps.map(({ asset }) => asset)
  const named = faultsOfAssets(assets, input, scope, (i) => `/${field}/${i}/asset`)
  const wider = caps.flatMap(({ asset, amount }, i) => {
    if (input.assets && !names(input.assets, asset)) {
      return [{ path: `/${field}/${i}/asset`, message: 'is none of the assets of the key' }]
    }
    const limit = limitOf(scope, CAPPED_BY[field], asset)
    if (limit === undefined || BigInt(amount) <= limit) return []
    return [{ path: `/${field}/${i}/amount`, message: `is above the ${limit} of the agent's capability` }]
  })
  return [...named, ...wider]
}

const faultsOfOrigins = (origins: readonly string[]): FieldError[] =>
  origins.flatMap((origin, i) =>
    URL.canParse(origin) && new URL(origin).origin === origin
      ? []
      : [{ path: `/allowedOrigins/${i}`, message: 'must be an origin as browsers send it, like https://shop.example' }],
  )

/** The narrowest cap of the capability in a window; a limit per payee caps whom the agent pays, not who pays it. */
function limitOf({ limits }: Scope, window: string, asset: string): bigint | undefined {
  const caps = limits.flatMap((limit) =>
    limit.window === window && isSame(limit.asset, asset) && !limit.perPayee && limit.maxAmount !== undefined
      ? [BigInt(limit.maxAmount)]
      : [],
  )
  return caps.reduce<bigint | undefined>((least, cap) => (least === undefined || cap < least ? cap : least), undefined)
}

/** What somebody wants to ask for with a key. */
export interface Collecting {
  readonly asset: string
  /** The most that may be paid at once. */
  readonly amount: bigint
  readonly metadataKeys: readonly string[]
  /** Of the request's `Origin`. */
  readonly origin: string | undefined
}

export interface CollectQuestion {
  readonly now: Date
  readonly organization: OrganizationStatus
  readonly agent: AgentStatus
  readonly binding: KeyBinding
  readonly scope: Scope
  readonly collecting: Collecting
  /** Asked for already on this day with keys of the same line. */
  readonly askedToday: bigint
}

/** Why this may not be asked for; empty when it may. The capability counts as it is now, whatever the key was made with. */
export const refusalsOf = (question: CollectQuestion): Reason[] => [...ofAgent(question), ...ofKey(question)]

function* ofAgent({ now, organization, agent, scope, collecting, askedToday }: CollectQuestion): Iterable<Reason> {
  const { asset, amount } = collecting
  const chain = chainOf(asset)
  if (organization !== 'ACTIVE') yield { code: 'organization.frozen' }
  if (agent !== 'ACTIVE') yield { code: 'agent.notActive', status: agent }
  if (scope.expiresAt !== null && scope.expiresAt <= now) {
    yield { code: 'capability.expired', expiresAt: scope.expiresAt.toISOString() }
  }
  if (!names(scope.chains, chain)) yield { code: 'capability.chainNotAllowed', chain }
  if (!names(scope.assets, asset)) yield { code: 'capability.assetNotAllowed', asset }
  const perLink = limitOf(scope, CAPPED_BY.maxAmountPerLink, asset)
  if (perLink !== undefined && amount > perLink) {
    yield { code: 'capability.amountAboveLimit', window: CAPPED_BY.maxAmountPerLink, allowed: String(perLink) }
  }
  const perDay = limitOf(scope, CAPPED_BY.maxAmountPerDay, asset)
  if (perDay !== undefined && askedToday + amount > perDay) {
    yield { code: 'capability.amountAboveLimit', window: CAPPED_BY.maxAmountPerDay, allowed: left(perDay, askedToday) }
  }
}

function* ofKey({ binding, collecting, askedToday }: CollectQuestion): Iterable<Reason> {
  const { asset, amount, metadataKeys, origin } = collecting
  const chain = chainOf(asset)
  if (binding.chains && !names(binding.chains, chain)) yield { code: 'key.chainNotBound', chain }
  if (binding.assets && !names(binding.assets, asset)) yield { code: 'key.assetNotBound', asset }
  const perLink = capOf(binding.maxAmountPerLink, asset)
  if (perLink !== undefined && amount > perLink) yield { code: 'key.amountPerLink', allowed: String(perLink) }
  const perDay = capOf(binding.maxAmountPerDay, asset)
  if (perDay !== undefined && askedToday + amount > perDay) {
    yield { code: 'key.amountPerDay', allowed: left(perDay, askedToday) }
  }
  if (origin !== undefined && binding.allowedOrigins && !binding.allowedOrigins.includes(origin)) {
    yield { code: 'key.originNotAllowed', origin }
  }
  // Where money goes is not for a third party to say, unless its key was made for that.
  const { allowedMetadataKeys } = binding
  const foreign = metadataKeys.filter((key) =>
    allowedMetadataKeys ? !allowedMetadataKeys.includes(key) : PAYOUT_KEYS.includes(key),
  )
  if (foreign.length > 0) yield { code: 'key.metadataNotAllowed', keys: foreign }
}

const left = (cap: bigint, taken: bigint): string => String(taken < cap ? cap - taken : 0n)

function capOf(caps: readonly AssetAmount[], asset: string): bigint | undefined {
  const cap = caps.find((each) => isSame(each.asset, asset))
  return cap && BigInt(cap.amount)
}

/** What was seen of a key's use. */
export interface Seen {
  readonly lastUsedAt: Date
  readonly longestGapMs: number
}

export interface RevocationQuestion {
  readonly now: Date
  readonly isInForce: boolean
  readonly createdAt: Date
  /** When it was rotated; null when nothing took its place. */
  readonly rotatedAt: Date | null
  /** Undefined when it was never used. */
  readonly seen: Seen | undefined
  readonly successorSeen: Seen | undefined
}

export type RevocationReason = 'ENDED' | 'QUIET' | 'IN_USE' | 'SUCCESSOR_UNUSED'

export interface RevocationAnswer {
  readonly safeToRevoke: boolean
  readonly reason: RevocationReason
  /** When it turns true if nothing is seen until then; null where more than time is needed. */
  readonly at: Date | null
}

/** Whoever calls once an hour, seen twice, is told from somebody who is gone. */
const MIN_QUIET_MS = 3_600_000
/** What another process has seen may not be written down yet. */
const LAG_MS = 60_000

/**
 * May the key be revoked without anybody noticing? When it was quiet for as long as it ever was between two uses; and
 * after a rotation only when its successor was seen, for callers that nobody told are quiet too until their next turn.
 */
export function safetyOf(question: RevocationQuestion): RevocationAnswer {
  const { now, isInForce, createdAt, rotatedAt, seen, successorSeen } = question
  if (!isInForce) return { safeToRevoke: true, reason: 'ENDED', at: null }
  if (rotatedAt && seen && !successorSeen) return { safeToRevoke: false, reason: 'SUCCESSOR_UNUSED', at: null }
  const quietSince = seen?.lastUsedAt ?? rotatedAt ?? createdAt
  const at = new Date(quietSince.getTime() + Math.max(seen?.longestGapMs ?? 0, MIN_QUIET_MS) + LAG_MS)
  return now >= at ? { safeToRevoke: true, reason: 'QUIET', at } : { safeToRevoke: false, reason: 'IN_USE', at }
}
