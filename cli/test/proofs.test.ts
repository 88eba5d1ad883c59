import { randomBytes, randomInt } from 'node:crypto'
import { afterAll, expect, it } from 'vitest'
import { isConsistent, rootOfInclusion } from '../src/tlog/merkle.ts'
import { fileOf, isWithoutGo, removeDirectories, verifyGo } from './support/judges.ts'
import { Tree } from './support/log.ts'

/** Of each kind; 100000 of them take a minute, so that is for whoever asks. */
const COUNT = Number(process.env.WEDI_PROOFS ?? 1000)
const LEAVES = 5000
/** One in ten is forged. */
const FORGED = 10
const TIMEOUT_MS = 600_000

interface Proof {
  readonly size: number
  readonly root: Buffer
  readonly proof: readonly Buffer[]
  readonly holds: boolean
}
interface Inclusion extends Proof {
  readonly index: number
  readonly leafHash: Buffer
}
interface Consistency extends Proof {
  readonly from: number
  readonly fromRoot: Buffer
}

const tree = new Tree(Array.from({ length: LEAVES }, () => randomBytes(32)))

function forged(proof: Buffer[]): Buffer[] {
  const at = randomInt(proof.length)
  const changed = Buffer.from(proof[at] as Buffer)
  changed[randomInt(32)] = randomInt(256)
  return proof.with(at, changed)
}

/** A proof that is sometimes changed; whether it still is the right one, its line says. */
function perhapsForged(proof: Buffer[], at: number): { proof: Buffer[]; holds: boolean } {
  if (at % FORGED !== 0) return { proof, holds: true }
  const choices = [
    () => (proof.length > 0 ? forged(proof) : [randomBytes(32)]),
    () => [...proof, randomBytes(32)],
    () => (proof.length > 0 ? proof.slice(1) : [randomBytes(32)]),
  ]
  const changed = (choices[randomInt(choices.length)] as () => Buffer[])()
  const isSame = changed.length === proof.length && changed.every((hash, each) => hash.equals(proof[each] as Buffer))
  return { proof: changed, holds: isSame }
}

function inclusion(at: number): Inclusion {
  const size = randomInt(1, LEAVES + 1)
  const index = randomInt(size)
  const leafHash = tree.leaves[index] as Buffer
  return { size, root: tree.root(size), index, leafHash, ...perhapsForged(tree.inclusion(index, size), at) }
}

function consistency(at: number): Consistency {
  const size = randomInt(1, LEAVES + 1)
  const from = randomInt(1, size + 1)
  const heads = { size, root: tree.root(size), from, fromRoot: tree.root(from) }
  return { ...heads, ...perhapsForged(tree.consistency(from, size), at) }
}

const many = <T>(make: (at: number) => T): T[] => Array.from({ length: COUNT }, (_, at) => make(at))
const inclusions = many(inclusion)
const consistencies = many(consistency)

afterAll(removeDirectories)

it(`believes ${COUNT} random proofs of inclusion exactly when they hold`, () => {
  const wrong = inclusions.filter((one) => {
    const isReached = rootOfInclusion(one.leafHash, one)?.equals(one.root) ?? false
    return isReached !== one.holds
  })
  expect(wrong).toEqual([])
})

it(`believes ${COUNT} random proofs of consistency exactly when they hold`, () => {
  const wrong = consistencies.filter(({ from, fromRoot, size, root, proof, holds }) => {
    return isConsistent({ size: from, root: fromRoot }, { size, root }, proof) !== holds
  })
  expect(wrong).toEqual([])
})

it('believes no proof of another size, index or root', () => {
  for (const { size, root, index, leafHash, proof } of inclusions.filter(({ holds }) => holds).slice(0, 200)) {
    const leads = (changed: Partial<Inclusion>) =>
      rootOfInclusion(changed.leafHash ?? leafHash, { index, size, proof, ...changed })?.equals(root) ?? false
    expect(leads({})).toBe(true)
    expect(leads({ index: size })).toBe(false)
    expect(leads({ leafHash: randomBytes(32) })).toBe(false)
    if (size > 1) expect(leads({ index: (index + 1) % size })).toBe(false)
  }
  for (const { from, fromRoot, size, root, proof } of consistencies.filter(({ holds }) => holds).slice(0, 200)) {
    const other = randomBytes(32)
    expect(isConsistent({ size: from, root: other }, { size, root }, proof)).toBe(false)
    expect(isConsistent({ size: from, root: fromRoot }, { size, root: other }, proof)).toBe(false)
    expect(isConsistent({ size: size + 1, root: fromRoot }, { size, root }, proof)).toBe(false)
  }
})

it('believes no proof that is as long as that of another size', () => {
  const [first, second] = [tree.over(0, 1), tree.over(1, 2)]
  const root = tree.root(2)
  expect(rootOfInclusion(first, { index: 0, size: 2, proof: [second] })).toEqual(root)
  expect(rootOfInclusion(first, { index: 0, size: 3, proof: [second] })).toBeUndefined()
  expect(rootOfInclusion(first, { index: 1, size: 1, proof: [] })).toBeUndefined()
  const older = { size: 1, root: first }
  expect(isConsistent(older, { size: 2, root }, [second])).toBe(true)
  expect(isConsistent(older, { size: 3, root }, [second])).toBe(false)
})

it('begins every tree with the empty one', () => {
  const newer = { size: 3, root: tree.root(3) }
  expect(isConsistent({ size: 0, root: tree.root(0) }, newer, [])).toBe(true)
  expect(isConsistent({ size: 0, root: randomBytes(32) }, newer, [])).toBe(false)
  expect(isConsistent({ size: 0, root: tree.root(0) }, newer, [randomBytes(32)])).toBe(false)
})

it.skipIf(isWithoutGo)(
  `agrees with Go on each of the ${2 * COUNT}`,
  async () => {
    const text = (hash: Buffer) => hash.toString('base64')
    const lines = [...inclusions, ...consistencies].map((one) =>
      JSON.stringify(one, (_, value) => (value?.type === 'Buffer' ? text(Buffer.from(value.data)) : value)),
    )
    const said = await verifyGo(['proofs', fileOf(lines.join('\n'))])
    expect(said).toEqual({ code: 0, output: `ok  ${2 * COUNT} proofs\n` })
  },
  TIMEOUT_MS,
)
