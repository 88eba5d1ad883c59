import type { Question } from './question.ts'

export type Rules = (question: Question) => { readonly verdict: string; readonly reasons: readonly unknown[] }

/**
 * The rules as they were in each version, bundled from the server's sources by scripts/bundle-rules.mjs: a verdict is
 * made again by the rules it was made by, also when they have changed since.
 */
export async function loadRules(): Promise<ReadonlyMap<string, Rules>> {
  const first = await import('../../generated/rules-1.mjs')
  return new Map([['1', first.verdict]])
}
