import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a run leaves behind for whoever looks into it later. Answers where. */
export function keep(content: object): string {
  const folder = fileURLToPath(new URL('results', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.json`)
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`)
  return path
}

/** Into a Markdown file, between the two marks of this name. */
export function write(file: string, name: string, lines: readonly string[]): void {
  const text = readFileSync(file, 'utf8')
  const marks = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`] as const
  const [begin, end] = marks.map((mark) => text.indexOf(mark)) as [number, number]
  if (begin < 0 || end < begin) throw new Error(`${file} has no ${marks.join(' … ')}`)
  writeFileSync(file, `${text.slice(0, begin + marks[0].length)}\n${lines.join('\n')}\n${text.slice(end)}`)
}

export function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined
    ? (error.stack ?? error.message)
    : `${error.message}\nbecause of ${detailOf(error.cause)}`
}
