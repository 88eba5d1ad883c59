import { Untrue } from '../failures.ts'

const NEWLINE = 0x0a
/** A request body is at most 1 MiB; what becomes of it in an entry is a small multiple. */
const MAX_LINE_BYTES = 32 * 1024 * 1024
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The lines of a file, each ended by a newline, the last too. */
export function* linesOf(chunks: Iterable<Buffer>, what: string): Iterable<string> {
  let begun: Buffer[] = []
  let length = 0
  for (const chunk of chunks) {
    let from = 0
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      begun.push(chunk.subarray(from, to))
      yield decode(begun, what)
      begun = []
      length = 0
      from = to + 1
    }
    begun.push(chunk.subarray(from))
    length += chunk.length - from
    if (length > MAX_LINE_BYTES) throw new Untrue(`${what} has a line longer than ${MAX_LINE_BYTES} bytes`)
  }
  if (length > 0) throw new Untrue(`${what} does not end with a newline`)
}

function decode(parts: Buffer[], what: string): string {
  try {
    return utf8.decode(parts.length === 1 ? parts[0] : Buffer.concat(parts))
  } catch {
    throw new Untrue(`${what} is not UTF-8`)
  }
}
