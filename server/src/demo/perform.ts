import { setTimeout as pause } from 'node:timers/promises'
import type { Api } from './api.ts'
import { type Entry, refresh, submit } from './board.ts'
import { makeKeys } from './commands.ts'
import type { DemoRecord } from './record.ts'
import { type Actor, fund, type Stage } from './stage.ts'
import { openView, type Screen, type View } from './view.ts'
import type { Paint } from './words.ts'

export interface Performance {
  readonly api: Api
  readonly stage: Stage
  readonly actors: readonly Actor[]
  readonly entries: Entry[]
  readonly signal: AbortSignal
}

export interface Telling {
  readonly out: Screen
  readonly paint: Paint
  readonly current: DemoRecord
  readonly remember: (change: Partial<DemoRecord>) => DemoRecord
}

const POLL_MS = 60
const STALLED_AFTER_MS = 60_000

/** The first invoice comes before any money is there; then the wallets are filled, and the rest follows. */
export async function perform(
  performance: Performance,
  { out, paint, current, remember }: Telling,
): Promise<DemoRecord> {
  const { api, stage, actors, entries } = performance
  const part = (starts: Entry['task']['starts']) => entries.filter(({ task }) => task.starts === starts)
  const view = openView(out, performance, paint)
  try {
    await go(performance, part('before any money'), view)
    if (current.state === 'begun') {
      await fund(api, stage, actors)
      remember({ state: 'funded' })
    }
    await go(performance, part('with the money'), view)
    await go(performance, part('after the same invoice'), view)
    const [first] = entries
    return remember({
      keys: current.keys ?? (await makeKeys(api)),
      agents: Object.fromEntries(actors.map(({ slug, id }) => [slug, id])),
      tasks: Object.fromEntries(entries.map(({ task, id }) => [task.key, id as string])),
      tookMs: current.tookMs ?? Date.now() - Date.parse(first?.view?.createdAt ?? ''),
    })
  } finally {
    view.close()
  }
}

/** Submits these tasks and follows them until each has its outcome. */
async function go(
  { api, stage, actors, entries, signal }: Performance,
  part: readonly Entry[],
  view: View,
): Promise<void> {
  const submitAll = async () => {
    for (const entry of part) await submit(api, stage, actors, entry)
  }
  const follow = async () => {
    let heardAt = Date.now()
    while (part.some(({ outcome }) => outcome === undefined)) {
      const ended = await refresh(api, entries)
      view.ended(ended)
      if (ended.length > 0) heardAt = Date.now()
      if (Date.now() - heardAt > STALLED_AFTER_MS) throw new Error(stalled(part))
      await pause(POLL_MS, undefined, { signal })
    }
  }
  await Promise.all([submitAll(), follow()])
}

function stalled(part: readonly Entry[]): string {
  const open = part.filter(({ outcome }) => outcome === undefined)
  const [first] = open
  const why = first?.view?.unassignableReason ?? first?.view?.status ?? 'not submitted'
  return `nothing happened for ${STALLED_AFTER_MS / 1000} s, ${open.length} tasks wait (${first?.task.key}: ${why})`
}

/** The demo was over at an earlier start: its tasks as they are now. */
export async function recall({ api, entries }: Performance, current: DemoRecord): Promise<DemoRecord> {
  for (const entry of entries) {
    const id = current.tasks?.[entry.task.key]
    if (id !== undefined) entry.id = id
  }
  await refresh(api, entries)
  return current
}
