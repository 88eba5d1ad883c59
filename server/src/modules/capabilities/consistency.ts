import type { Static } from 'typebox'
import { parseAccount, parseAsset } from '#platform/caip'
import type { FieldError } from '#platform/problem'
import type { CapabilityBody, LimitInput } from './contract.ts'

type LimitLike = Static<typeof LimitInput> & { perPayee?: boolean }

/** What contradicts itself in a list of limits. */
export function faultsOfLimits(limits: readonly LimitLike[]): FieldError[] {
  const seen = new Set<string>()
  return limits.flatMap((limit, i) => {
    const path = `/limits/${i}`
    const faults: FieldError[] = []
    const identity = [limit.window, limit.asset.toLowerCase(), limit.perPayee === true].join(' ')
    if (seen.has(identity))
      faults.push({ path, message: 'repeats another limit of the same window, asset and perPayee' })
    seen.add(identity)
    if (limit.maxAmount === undefined && limit.maxCount === undefined) {
      faults.push({ path, message: 'limits nothing: give maxAmount, maxCount or both' })
    }
    if (limit.window === 'TRANSACTION' && limit.maxCount !== undefined) {
      faults.push({ path: `${path}/maxCount`, message: 'has no meaning for a single transaction' })
    }
    if (!parseAsset(limit.asset)) faults.push({ path: `${path}/asset`, message: 'has a wrongly checksummed address' })
    return faults
  })
}

/** What contradicts itself in a capability: refused rather than stored and never effective. */
export function faultsOfCapability(input: Static<typeof CapabilityBody>, now: Date): FieldError[] {
  const { chains = [], assets = [], limits = [], approvalThreshold = [], payees = {}, expiresAt } = input
  const faults = faultsOfLimits(limits)
  if (expiresAt && new Date(expiresAt) <= now) faults.push({ path: '/expiresAt', message: 'is in the past' })
  assets.forEach((asset, i) => {
    if (asset === '*') return
    const parsed = parseAsset(asset)
    if (!parsed) faults.push({ path: `/assets/${i}`, message: 'has a wrongly checksummed address' })
    else if (!chains.includes('*') && !chains.includes(parsed.chain)) {
      faults.push({ path: `/assets/${i}`, message: `is on ${parsed.chain}, which is not among the chains` })
    }
  })
  const named = new Set(assets.map((asset) => asset.toLowerCase()))
  const isNamed = (asset: string) => named.has('*') || named.has(asset.toLowerCase())
  limits.forEach(({ asset }, i) => {
    if (!isNamed(asset)) faults.push({ path: `/limits/${i}/asset`, message: 'is not among the assets' })
  })
  approvalThreshold.forEach(({ asset }, i) => {
    const path = `/approvalThreshold/${i}/asset`
    if (!parseAsset(asset)) faults.push({ path, message: 'has a wrongly checksummed address' })
    else if (!isNamed(asset)) faults.push({ path, message: 'is not among the assets' })
    const first = approvalThreshold.findIndex((other) => other.asset.toLowerCase() === asset.toLowerCase())
    if (first !== i) faults.push({ path, message: 'has a threshold already' })
  })
  for (const side of ['allow', 'deny'] as const) {
    payees[side]?.forEach((payee, i) => {
      if (payee !== '*' && !parseAccount(payee))
        faults.push({ path: `/payees/${side}/${i}`, message: 'has a wrong EIP-55 checksum' })
    })
  }
  return faults
}
