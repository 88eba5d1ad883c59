import { appendFile } from 'node:fs/promises'
import { LRUCache } from 'lru-cache'
import type { Database, Tx } from '#platform/database/database'
import type { Job, JobResult, Jobs } from '#platform/jobs'
import { logStore, readingOf } from '../log-store.ts'

/** A file that grows, or an address that takes notes by POST. */
export type WitnessTarget = { readonly file: string } | { readonly url: string }

const KIND = 'log.witness'
const TIMEOUT_MS = 10_000
/** Of the places for jobs: a witness that hangs holds up no payment. */
const MAX_SHOWING = 4
/** Of how many logs this process knows what each witness has seen last. */
const REMEMBERED = 10_000

/**
 * Shows every log's new heads to someone outside. What was shown cannot be unsaid, so a history that is rewritten later
 * is caught by whoever compares. A head that a newer one overtakes before it was shown is left out: the newer one says more.
 */
export function witnessing({
  database,
  jobs,
  targets,
}: {
  database: Database
  jobs: Jobs
  targets: readonly WitnessTarget[]
}) {
  const shown = targets.map((target) => ({ target, notes: new LRUCache<string, string>({ max: REMEMBERED }) }))

  jobs.handle(
    KIND,
    async ({ organizationId }: Job): Promise<JobResult> => {
      const head = await logStore.head(readingOf(database, organizationId), organizationId)
      if (!head) return 'done'
      // Who has seen it is not shown it again because another was away.
      const results = await Promise.allSettled(
        shown.map(async ({ target, notes }) => {
          if (notes.get(organizationId) === head.note) return
          await show(target, head.note)
          notes.set(organizationId, head.note)
        }),
      )
      const failed = results.find((each) => each.status === 'rejected')
      if (failed) throw failed.reason
      return 'done'
    },
    { atMost: MAX_SHOWING },
  )

  return {
    /** In the transaction of a new head; nothing waits for it. */
    request: async (tx: Tx): Promise<void> => {
      if (targets.length > 0) await jobs.request(tx, KIND, tx.organizationId)
    },
  }
}

async function show(target: WitnessTarget, note: string): Promise<void> {
  // An empty line ends a note in the file, as one ends its text.
  if ('file' in target) return appendFile(target.file, `${note}\n`, { mode: 0o600 })
  const answer = await fetch(target.url, {
    ...{ method: 'POST', body: note, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) },
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`the witness at ${new URL(target.url).host} answered ${answer.status}`)
}
