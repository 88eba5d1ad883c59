import type { Entry } from './decisions.ts'
import { checkpointOf, hashOfLeaf, type Signer, Tree } from './log.ts'

/** An archive's files by name. */
export type Files = Map<string, Buffer>

export interface Making {
  readonly organizationId: string
  readonly entries: readonly Entry[]
  readonly signers: readonly Signer[]
  readonly origin?: string
  /** Where there are stored checkpoints; the latest is one too. */
  readonly sizes?: readonly number[]
}

export const treeOf = (entries: readonly Entry[]): Tree => new Tree(entries.map(({ leaf }) => hashOfLeaf(leaf)))

export const checkpointName = (size: number): string => `checkpoints/${String(size).padStart(20, '0')}`

export const linesOf = (entries: readonly object[]): Buffer =>
  Buffer.from(entries.map((entry, index) => `${JSON.stringify({ index, ...entry })}\n`).join(''))

export function archiveOf({ organizationId, entries, signers, origin = signers[0]?.name, sizes = [] }: Making): Files {
  const tree = treeOf(entries)
  const size = entries.length
  const files: Files = new Map()
  const add = (name: string, content: string | Buffer) => files.set(name, Buffer.from(content))
  const createdAt = '2026-11-23T13:00:00.000Z'
  const manifest = { format: 'wedi-log-archive@v1', origin, organizationId, size, rules: '1', createdAt }
  add('manifest.json', JSON.stringify(manifest))
  add('checkpoint', checkpointOf(tree, size, signers, origin))
  for (const at of [...sizes, size]) add(checkpointName(at), checkpointOf(tree, at, signers, origin))
  for (const [at, { vkey }] of signers.entries()) add(`keys/${at}.vkey`, `${vkey}\n`)
  add('entries.ndjson', linesOf(entries))
  for (const [name, hashes] of tilesOf(tree)) add(name, hashes)
  return files
}

export function* tilesOf(tree: Tree): Iterable<[name: string, hashes: Buffer]> {
  const size = tree.leaves.length
  for (let level = 0, span = 1; span <= size; level++, span *= 256) {
    const count = Math.floor(size / span)
    for (let number = 0; number * 256 < count; number++) {
      const width = Math.min(256, count - number * 256)
      const hashes = Array.from({ length: width }, (_, at) => {
        const from = (number * 256 + at) * span
        return tree.over(from, from + span)
      })
      yield [`tile/${level}/${numberPath(number)}${width < 256 ? `.p/${width}` : ''}`, Buffer.concat(hashes)]
    }
  }
}

function numberPath(number: number): string {
  const digits = String(number)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.../g) ?? []
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
}

export function tarOf(files: Files): Buffer {
  const blocks = [...files].flatMap(([name, content]) => [
    header(name, content.length),
    content,
    Buffer.alloc((512 - (content.length % 512)) % 512),
  ])
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

function header(name: string, length: number): Buffer {
  const block = Buffer.alloc(512)
  const octal = (value: number, at: number, digits: number) =>
    block.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1')
  block.write(name, 0)
  for (const [value, at] of [
    [0o644, 100],
    [0, 108],
    [0, 116],
  ] as const)
    octal(value, at, 7)
  octal(length, 124, 11)
  octal(0, 136, 11)
  block.write('        0', 148)
  block.write('ustar\x0000', 257, 'latin1')
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  )
  return block
}
