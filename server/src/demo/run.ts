import { type Api, apiClient } from './api.ts'
import { newBoard, surprises } from './board.ts'
import { checkChain } from './check.ts'
import { nextLines } from './commands.ts'
import { collect, linkLines } from './links.ts'
import { perform, recall } from './perform.ts'
import { type DemoRecord, readRecord } from './record.ts'
import { castActors, openStage } from './stage.ts'
import { isConfirmed, summaryLines } from './summary.ts'
import type { Screen } from './view.ts'
import { type Paint, painter } from './words.ts'

export interface DemoOptions {
  readonly address: string
  readonly adminKey: string
  /** Somebody asked for it: it runs beside agents that are there already. */
  readonly isAskedFor: boolean
  /** What `remember` was given last, in this or an earlier process. */
  readonly remembered: string | undefined
  /** Holds secrets: to be kept where only the owner reads. */
  readonly remember: (text: string) => void
  readonly out: Screen
}

/**
 * Plays the demo as a client of the API, goes on where an earlier start was cut off, or shows the summary of one that
 * was over. Never throws: what goes wrong is said, and the server goes on.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const ending = new AbortController()
  const end = () => ending.abort()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end)
  const paint = painter(options.out, process.env)
  try {
    await play(options, { paint, signal: ending.signal })
  } catch (error) {
    if (ending.signal.aborted) return
    const reason = error instanceof Error ? error.message : String(error)
    options.out.write(`${paint(`The demo did not come to its end: ${reason}`, 'wrong')}\n`)
    options.out.write('Started again, it goes on from here; WEDI_DEMO=0 starts without it.\n')
  } finally {
    ending.abort()
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, end)
  }
}

async function play(options: DemoOptions, { paint, signal }: { paint: Paint; signal: AbortSignal }): Promise<void> {
  const { address, adminKey, out } = options
  const api = apiClient({ address, key: adminKey, signal })
  const { id: organizationId } = await api.get<{ id: string }>('/v1/organizations/current')
  let record = readRecord(options.remembered, organizationId)
  if (!record && !options.isAskedFor && (await hasAgents(api))) return
  const stage = await openStage(api, organizationId)
  if (!stage) {
    out.write('No demo: no chain here gives money away (the embedded one does; leave WEDI_CHAINS unset for it).\n')
    return
  }
  const remember = (change: Partial<DemoRecord>) => {
    record = { organizationId, state: 'begun', ...record, ...change }
    options.remember(JSON.stringify(record))
    return record
  }
  const isFresh = record?.state !== 'done'
  const current = record ?? remember({ state: 'begun' })
  const actors = await castActors(api, stage, { known: current.agents, signal })
  const performance = { api, stage, actors, entries: newBoard(stage), signal }
  const play = () => perform(performance, { out, paint, current, remember })
  const [{ tookMs, keys }, collected] = isFresh
    ? await Promise.all([play(), collect(api, stage, { address, signal })])
    : [await recall(performance, current), undefined]
  const check = await checkChain(api, performance)
  const lines = summaryLines({ ...performance, check, tookMs, isFresh }, paint)
  const next = keys ? await nextLines(api, { address, ...performance, keys }) : []
  const wrong = isFresh ? surprises(performance.entries) : []
  const links = collected ? linkLines(collected, stage, paint) : []
  out.write([...lines, ...links, ...next, ''].map((line) => `${line}\n`).join(''))
  if (!isFresh) return
  if (wrong.length === 0 && isConfirmed(check)) remember({ state: 'done' })
  else out.write(complaint(wrong, paint))
}

const hasAgents = async (api: Api): Promise<boolean> =>
  (await api.get<{ data: unknown[] }>('/v1/agents?limit=1')).data.length > 0

function complaint(wrong: readonly string[], paint: Paint): string {
  const lines = wrong.map((line) => `  ${line}\n`).join('')
  const found = wrong.length === 0 ? 'the chain does not confirm it' : `${wrong.length} of its tasks came out otherwise`
  return `${paint(`ERROR: the demo did not go as it should: ${found}.`, 'wrong')}\n${lines}`
}
