import { toWire } from '#platform/wire'
import { type Question, RULES_VERSION } from './rules.ts'

/** A question as the log keeps it: whoever has it, and the rules of that version, can give the answer again. */
export function recordOf({ now, stage, organization, agent, wallet, authority, limits, payment }: Question) {
  const { revision, authorityLevel, taskTypes, providers, chains, assets } = authority
  const { payeesAllow, payeesDeny, approvalThreshold, expiresAt } = authority
  const { payee, amount, asset, chain } = payment
  return toWire({
    ...{ rules: RULES_VERSION, now, stage },
    standing: { organization, agent, wallet: wallet ? { status: wallet.status, provider: wallet.provider } : null },
    authority: {
      ...{ revision, authorityLevel, taskTypes, providers, chains, assets },
      ...{ payeesAllow, payeesDeny, approvalThreshold, expiresAt },
    },
    limits: limits.map(({ span, ...limit }) => ({ ...limit, windowStart: span.start, windowEnd: span.end ?? null })),
    payment: { payee, amount, asset, chain },
  })
}
