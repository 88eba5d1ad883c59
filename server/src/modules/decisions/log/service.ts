import type { Caller } from '#platform/caller'
import type { Database } from '#platform/database/database'
import { invalid, Problem } from '#platform/problem'
import { readingOf } from '../log-store.ts'
import { decisionProblems } from '../problems.ts'
import { decisionStore } from '../store.ts'
import { archives } from './archive.ts'
import { type LogKeys, OPERATOR_LOG } from './keys.ts'
import { logReader } from './reader.ts'

export type LogService = ReturnType<typeof logService>

/** What anyone may know of an organisation's log, as C2SP's formats have it. */
export function logService(needs: { database: Database; keys: LogKeys; rulesVersion: string }) {
  const { database, keys } = needs
  const reader = logReader({ database, keys })
  const archiveOf = archives(needs)
  return {
    checkpoint: ({ organizationId }: Caller) => reader.head(organizationId),
    keys: ({ organizationId }: Caller) => reader.keys(organizationId),
    operatorCheckpoint: () => reader.head(OPERATOR_LOG),
    operatorKeys: () => reader.keys(OPERATOR_LOG),
    tile: ({ organizationId }: Caller, path: string) => reader.tile(organizationId, path),
    archive: ({ organizationId }: Caller) => archiveOf(organizationId),

    async receipt({ organizationId }: Caller, decisionId: string): Promise<string> {
      const decision = await decisionStore.find(readingOf(database, organizationId), organizationId, decisionId)
      if (!decision) throw new Problem(decisionProblems.notFound)
      return reader.receipt(organizationId, decision)
    },

    async consistency(caller: Caller, { from = 0, to: asked }: { from?: number; to?: number }) {
      const { organizationId } = caller
      const to = asked ?? (await reader.head(organizationId)).size
      if (from > to) throw invalid({ path: '/querystring/from', message: 'is larger than `to`' })
      const proof = await reader.consistency(organizationId, from, to)
      if (!proof) throw invalid({ path: '/querystring/to', message: 'is larger than the log' })
      return { from, to, proof: proof.map((each) => each.toString('base64')) }
    },
  }
}
