import type { FileHandle } from 'node:fs/promises'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Database } from '#platform/database/database'
import { Problem, requestProblems } from '#platform/problem'
import { type EntryRow, type Head, logStore, type Reading, readingOf } from '../log-store.ts'
import { logProblems } from '../problems.ts'
import { faultOf, redactedOf } from '../rules.ts'
import { GrowingTree, HASH_BYTES, leafHash } from '../tree/merkle.ts'
import { type TileId, tileKey, tilePath, tilesOfTree } from '../tree/tiles.ts'
import { coverageOf, lastCovered } from './coverage.ts'
import { type LogKeys, OPERATOR_LOG } from './keys.ts'
import { tarEnd, tarHeader, tarPadding } from './tar.ts'
import { LogInconsistent, requireKept, requireOurs, trustedEdge } from './trust.ts'

/**
 * A whole log as one file that anyone can check without us: see docs/decisions/0007. It is written to a file without a
 * name first, and checked while it is: what is handed out is known to be what was signed, and memory stays bounded.
 */

const PAGE = 1024
/** Of decisions that are only looked for, not read. */
const FORGOTTEN_PAGE = 20_000
/** Half a megabyte of hashes. */
const TILES_AT_ONCE = 64
/** Each reads a whole log, and holds a file of its size until it is sent. */
const MAX_AT_ONCE = 2
const RETRY_SECONDS = 5
const FORMAT = 'wedi-log-archive@v1'

interface Needs {
  readonly database: Database
  readonly keys: LogKeys
  /** Of the rules that verdicts are made by now. */
  readonly rulesVersion: string
}

export interface Archive {
  readonly size: number
  readonly name: string
  readonly etag: string
  readonly bytes: Readable
}

/** One of an organisation at a time, and few of all. */
export function archives(needs: Needs): (organizationId: string) => Promise<Archive> {
  const running = new Set<string>()
  return async (organizationId) => {
    if (running.has(organizationId) || running.size >= MAX_AT_ONCE) {
      throw new Problem(requestProblems.tooMany, { members: { retryAfterSeconds: RETRY_SECONDS } })
    }
    running.add(organizationId)
    try {
      return await archiveOf(needs, organizationId)
    } finally {
      running.delete(organizationId)
    }
  }
}

async function archiveOf(needs: Needs, organizationId: string): Promise<Archive> {
  const file = await namelessFile()
  try {
    const tar = new TarFile(file, new Date())
    const head = await write(needs, organizationId, tar)
    return {
      size: tar.size,
      name: `wedi-log-${organizationId}-${head.size}.tar`,
      etag: `"${head.size}-${tar.createdAt.getTime()}"`,
      bytes: file.createReadStream({ start: 0, end: tar.size - 1 }),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

const behind = (): Problem => new Problem(logProblems.behind, { members: { retryAfterSeconds: 1 } })

async function write({ database, keys, rulesVersion }: Needs, logId: string, tar: TarFile): Promise<Head> {
  const read = readingOf(database, logId)
  const before = (await lastCovered({ database, keys }, [logId])).get(logId)
  if (before) await requireKept(read, logId, before)
  const head = await logStore.head(read, logId)
  if (!head) throw behind()
  requireOurs(keys, logId, head)
  await trustedEdge(read, logId, head)
  const manifest = {
    ...{ format: FORMAT, origin: keys.originOf(logId), organizationId: logId, size: head.size, rules: rulesVersion },
    createdAt: tar.createdAt.toISOString(),
  }
  await tar.add('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`)
  await tar.add('checkpoint', head.note)
  for await (const each of headsUpTo(read, logId, head.size)) {
    requireOurs(keys, logId, each)
    await tar.add(`checkpoints/${String(each.size).padStart(20, '0')}`, each.note)
  }
  for (const { name, keyId, vkey } of keys.verifiersOf(logId)) {
    await tar.add(
      `keys/${name.replaceAll(/[^A-Za-z0-9.-]/g, '_').slice(0, 80)}_${keyId.toString('hex')}.vkey`,
      `${vkey}\n`,
    )
  }
  for (const { keyId, vkey } of keys.verifiersOf(OPERATOR_LOG)) {
    await tar.add(`keys/operator_${keyId.toString('hex')}.vkey`, `${vkey}\n`)
  }
  await tar.addStream('entries.ndjson', checkedEntries(read, logId, head))
  await writeTiles(read, logId, head, tar)
  const coverage = await coverageOf({ database, keys }, logId, head.size)
  if (coverage) {
    await requireKept(read, logId, coverage.covered)
    await tar.add('operator/checkpoint', coverage.checkpoint)
    await tar.add('operator/proof', coverage.proof)
  }
  await tar.end()
  return head
}

async function* headsUpTo(read: Reading, logId: string, size: number): AsyncGenerator<Head> {
  for (let after = 0; after < size; ) {
    const page = await logStore.heads(read, logId, after, PAGE)
    if (page.length === 0) return
    yield* page.filter((each) => each.size <= size)
    after = page.at(-1)?.size ?? size
  }
}

/** The entries, a line each. Ends only if each is what its commitments say, and all give every root that was signed. */
async function* checkedEntries(read: Reading, logId: string, head: Head): AsyncGenerator<string> {
  const tree = new GrowingTree()
  const heads = headsUpTo(read, logId, head.size)
  let next: Head | undefined = (await heads.next()).value
  while (tree.size < head.size) {
    const to = Math.min(head.size, tree.size + PAGE)
    const rows = await logStore.entries(read, logId, tree.size, to)
    if (rows.length !== to - tree.size) throw new LogInconsistent(`entries ${tree.size} to ${to} are not all there`)
    for (const row of rows) {
      const line = lineOf(row)
      tree.add(leafHash(row.leaf as string))
      if (next?.size === tree.size) {
        if (!tree.root().equals(next.root))
          throw new LogInconsistent(`the entries do not give the root of size ${next.size}`)
        next = (await heads.next()).value
      }
      yield line
    }
  }
  if (next) throw new LogInconsistent(`no entry reaches the checkpoint of size ${next.size}`)
  const forgotten = await logStore.forgotten(read, logId, FORGOTTEN_PAGE)
  if (forgotten !== undefined) throw new LogInconsistent(`decision ${forgotten} was taken out of the log`)
  // Values may be gone by a redaction whose own entry comes after this head.
  if (await logStore.isBehindRedactions(read, logId, head.size)) throw behind()
}

function lineOf(row: EntryRow): string {
  const { leafIndex, decisionId, leaf, inputs, salts } = row
  const finding = (what: string) => new LogInconsistent(`entry ${leafIndex} (decision ${decisionId}) ${what}`)
  if (leaf === null) throw finding('has no decision')
  const fault = faultOf({ ...row, leaf, inputs: inputs ?? {}, salts: salts ?? {} })
  if (fault !== undefined) throw finding(fault)
  const redacted = redactedOf(leaf, inputs ?? {})
  const entry = { index: Number(leafIndex), leaf, inputs, salts, ...(redacted.length > 0 && { redacted }) }
  return `${JSON.stringify(entry)}\n`
}

async function writeTiles(read: Reading, logId: string, head: Head, tar: TarFile): Promise<void> {
  let wanted: TileId[] = []
  const flush = async () => {
    const stored = new Map((await logStore.tiles(read, logId, wanted)).map((tile) => [tileKey(tile), tile.hashes]))
    for (const id of wanted) {
      const hashes = stored.get(tileKey(id))?.subarray(0, id.width * HASH_BYTES)
      if (hashes?.length !== id.width * HASH_BYTES) throw new LogInconsistent(`tile ${tileKey(id)} is not whole`)
      await tar.add(tilePath(id.level, id), hashes)
    }
    wanted = []
  }
  for (const id of tilesOfTree(head.size)) if (wanted.push(id) === TILES_AT_ONCE) await flush()
  await flush()
}

/** It has no name any more, so it is gone whatever becomes of us. */
async function namelessFile(): Promise<FileHandle> {
  const directory = await mkdtemp(join(tmpdir(), 'wedi-archive-'))
  try {
    return await open(join(directory, 'archive.tar'), 'wx+', 0o600)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Files one after the other; the size of a stream is written into its header once it is known. */
class TarFile {
  readonly createdAt: Date
  readonly #file: FileHandle
  #at = 0

  constructor(file: FileHandle, createdAt: Date) {
    this.#file = file
    this.createdAt = createdAt
  }

  get size(): number {
    return this.#at
  }

  async add(name: string, content: string | Buffer): Promise<void> {
    const bytes = Buffer.from(content)
    await this.#write(Buffer.concat([tarHeader(name, bytes.length, this.createdAt), bytes, tarPadding(bytes.length)]))
  }

  async addStream(name: string, lines: AsyncIterable<string>): Promise<void> {
    const headerAt = this.#at
    await this.#write(tarHeader(name, 0, this.createdAt))
    const from = this.#at
    let kept: string[] = []
    for await (const line of lines) {
      if (kept.push(line) < PAGE) continue
      await this.#write(Buffer.from(kept.join('')))
      kept = []
    }
    await this.#write(Buffer.from(kept.join('')))
    const size = this.#at - from
    await this.#write(tarPadding(size))
    await this.#file.write(tarHeader(name, size, this.createdAt), 0, undefined, headerAt)
  }

  end(): Promise<void> {
    return this.#write(tarEnd())
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      done += (await this.#file.write(bytes, done, undefined, this.#at + done)).bytesWritten
    }
    this.#at += bytes.length
  }
}
