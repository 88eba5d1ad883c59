import { Untrue } from './failures.ts'

/** Deeper than anything the log takes; a bound, so that a made-up archive cannot exhaust the stack. */
const MAX_DEPTH = 500

/** RFC 8785: members in the order of their names' UTF-16 units, numbers and strings as ECMAScript writes them. */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) throw new Untrue(`is nested deeper than ${MAX_DEPTH} levels`)
  if (typeof value === 'string' && !value.isWellFormed()) throw new Untrue('has a lone surrogate')
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, inner]) => `${canonicalJson(name)}:${canonicalJson(inner, depth + 1)}`).join(',')}}`
}

export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Untrue(`${what} is not JSON`)
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
