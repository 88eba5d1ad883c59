import type { Entry } from './board.ts'
import { outcomes } from './scenario.ts'
import type { Actor, Stage } from './stage.ts'
import { eventLine, type Paint, seconds } from './words.ts'

export type Screen = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number }

export interface Board {
  readonly stage: Stage
  readonly actors: readonly Actor[]
  readonly entries: readonly Entry[]
}

export interface View {
  /** These tasks have just come to their outcome. */
  ended(entries: readonly Entry[]): void
  /** Takes the block away. */
  close(): void
}

const FRAME_MS = 80
const EVENTS_SHOWN = 6
const BAR = 30

/** A block that is redrawn in place; where that is not possible, a line for each task. */
export function openView(out: Screen, board: Board, paint: Paint): View {
  const height = board.actors.length + EVENTS_SHOWN + 5
  const isLive = out.isTTY === true && process.env.TERM !== 'dumb' && (out.rows ?? 24) > height
  return isLive ? liveView(out, board, paint) : plainView(out, board)
}

function plainView(out: Screen, { stage, entries }: Board): View {
  let count = 0
  return {
    ended: (ended) => {
      for (const entry of ended)
        out.write(`[${String(++count).padStart(2)}/${entries.length}] ${eventLine(entry, stage)}\n`)
    },
    close: () => {},
  }
}

const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
/** Terminals that know it show a frame as a whole; the others ignore it. */
const FRAME_BEGIN = '\x1b[?2026h'
const FRAME_END = '\x1b[?2026l'

function liveView(out: Screen, board: Board, paint: Paint): View {
  const startedAt = performance.now()
  const events: Entry[] = []
  let drawn = 0
  const back = () => (drawn === 0 ? '\r' : `\r\x1b[${drawn}A`)
  const draw = () => {
    const width = (out.columns ?? 80) - 1
    const lines = block(board, events, { width, paint, elapsed: seconds(performance.now() - startedAt) })
    out.write(`${FRAME_BEGIN}${back()}${lines.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J${FRAME_END}`)
    drawn = lines.length
  }
  const showCursor = () => void out.write(SHOW_CURSOR)
  process.once('exit', showCursor)
  out.write(HIDE_CURSOR)
  draw()
  const frames = setInterval(draw, FRAME_MS)
  return {
    ended: (ended) => void events.push(...ended),
    close: () => {
      clearInterval(frames)
      process.off('exit', showCursor)
      out.write(`${back()}\x1b[J${SHOW_CURSOR}`)
    },
  }
}

interface Drawing {
  readonly width: number
  readonly paint: Paint
  readonly elapsed: string
}

function block(
  { stage, actors, entries }: Board,
  events: readonly Entry[],
  { width, paint, elapsed }: Drawing,
): string[] {
  const done = entries.filter(({ outcome }) => outcome !== undefined).length
  const filled = Math.floor((BAR * done) / entries.length)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}  ${done} of ${entries.length} tasks, ${elapsed}`
  const last = events.slice(-EVENTS_SHOWN)
  return [
    cut(`Demo: ${entries.length} payment tasks for ${actors.length} agents`, width),
    '',
    ...actors.map((actor) => cut(agentLine(actor, entries), width)),
    cut(bar, width),
    '',
    ...last.map((entry) => paintVerb(cut(eventLine(entry, stage), width), entry, paint)),
    ...Array.from({ length: EVENTS_SHOWN - last.length }, () => ''),
  ]
}

function agentLine({ id, name, authorityLevel }: Actor, entries: readonly Entry[]): string {
  const own = entries.filter(({ view }) => view?.assignedAgentId === id)
  const working = own.filter(({ outcome }) => outcome === undefined).length
  const counts = outcomes.map((name) => `${own.filter(({ outcome }) => outcome === name).length} ${name}`.padStart(9))
  return `${name.padEnd(17)} ${authorityLevel.padEnd(11)}${counts.join('')}${working > 0 ? `  ${working} working` : ''}`
}

const cut = (line: string, width: number): string => (line.length > width ? `${line.slice(0, width - 1)}…` : line)

/** The outcome is the first word; colours come after cutting so that they do not count as width. */
export function paintVerb(line: string, { outcome }: Entry, paint: Paint): string {
  if (outcome === undefined) return line
  return paint(line.slice(0, outcome.length), outcome) + line.slice(outcome.length)
}
