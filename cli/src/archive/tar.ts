import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { Misuse, Untrue } from '../failures.ts'

const BLOCK = 512
/** Small files are read whole; a checkpoint or a manifest is a few hundred bytes, a tile 8 KiB. */
const WHOLE_FILE_BYTES = 1024 * 1024
const CHUNK_BYTES = 1024 * 1024
const FILE_TYPES = new Set(['0', '\0'])
const FOLDER_TYPE = '5'

interface Extent {
  readonly at: number
  readonly length: number
}

/**
 * An uncompressed ustar file, opened for reading here and there. Only its headers are held in memory. Written here
 * because the libraries for tar read from front to back, and the entries are judged against tiles that come after them.
 */
export class Tar {
  readonly #file: number
  readonly #extents = new Map<string, Extent>()

  constructor(path: string) {
    this.#file = open(path)
    try {
      this.#index(fstatSync(this.#file).size)
    } catch (error) {
      this.close()
      throw error
    }
  }

  names(): string[] {
    return [...this.#extents.keys()]
  }

  has(name: string): boolean {
    return this.#extents.has(name)
  }

  lengthOf(name: string): number | undefined {
    return this.#extents.get(name)?.length
  }

  read(name: string): Buffer {
    const { at, length } = this.#extent(name)
    if (length > WHOLE_FILE_BYTES) throw new Untrue(`${name} is larger than it can be`)
    return this.#bytes(at, length)
  }

  /** In chunks, each a buffer of its own. */
  *stream(name: string): Iterable<Buffer> {
    const { at, length } = this.#extent(name)
    for (let done = 0; done < length; done += CHUNK_BYTES) {
      yield this.#bytes(at + done, Math.min(CHUNK_BYTES, length - done))
    }
  }

  close(): void {
    closeSync(this.#file)
  }

  #extent(name: string): Extent {
    const extent = this.#extents.get(name)
    if (!extent) throw new Untrue(`the archive has no ${name}`)
    return extent
  }

  #bytes(at: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length)
    for (let done = 0; done < length; ) {
      const read = readSync(this.#file, bytes, done, length - done, at + done)
      if (read === 0) throw new Untrue('the archive ends within a file')
      done += read
    }
    return bytes
  }

  #index(total: number): void {
    for (let at = 0; ; ) {
      if (at + BLOCK > total) throw new Untrue('the archive is cut off: it is not a whole tar file')
      const header = this.#bytes(at, BLOCK)
      at += BLOCK
      if (header.every((byte) => byte === 0)) return
      const { name, length, type } = readHeader(header)
      if (!Number.isSafeInteger(length)) throw new Untrue(`the archive says no length of ${name}`)
      if (FILE_TYPES.has(type)) this.#add(name, { at, length })
      else if (type !== FOLDER_TYPE) throw new Untrue(`the archive holds something that is not a plain file: ${name}`)
      at += Math.ceil(length / BLOCK) * BLOCK
      if (at > total) throw new Untrue(`the archive is cut off within ${name}`)
    }
  }

  #add(name: string, extent: Extent): void {
    if (this.#extents.has(name)) throw new Untrue(`the archive holds ${name} twice`)
    this.#extents.set(name, extent)
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new Misuse(`cannot open ${path}: ${(error as Error).message}`)
  }
}

function readHeader(header: Buffer): { name: string; length: number; type: string } {
  const text = (start: number, length: number) => header.toString('utf8', start, start + length).replace(/\0.*$/s, '')
  const number = (start: number, length: number) => readNumber(header.subarray(start, start + length))
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0)
  if (number(148, 8) !== sum) throw new Untrue('the archive is not an uncompressed tar file, or is damaged')
  const prefix = text(345, 155)
  const path = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`
  return { name: path.replace(/^\.\//, ''), length: number(124, 12), type: header.toString('latin1', 156, 157) }
}

/** Octal digits; what does not fit in them is big-endian binary behind a set first bit. */
function readNumber(field: Buffer): number {
  const [first = 0, ...rest] = field
  if (first === 0x80) return rest.reduce((total, byte) => total * 256 + byte, 0)
  const digits = field.toString('latin1').replaceAll(/[\0 ]/g, '')
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN
}
