/** A log made without any of the code under test, the way the RFCs and C2SP's texts define it. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'

export const sha256 = (...parts: (Uint8Array | string)[]): Buffer =>
  parts.reduce((digest, part) => digest.update(part), createHash('sha256')).digest()

export const hashOfLeaf = (leaf: string): Buffer => sha256(Buffer.of(0), leaf)
const hashOfNode = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right)

/** RFC 6962 section 2.1, by its recursive definitions. */
export class Tree {
  readonly leaves: readonly Buffer[]
  readonly #perfect = new Map<string, Buffer>()

  constructor(leaves: readonly Buffer[]) {
    this.leaves = leaves
  }

  root(size = this.leaves.length): Buffer {
    return this.over(0, size)
  }

  /** MTH(D[from:to]). */
  over(from: number, to: number): Buffer {
    if (from === to) return sha256()
    if (to - from === 1) return this.leaves[from] as Buffer
    const key = `${from}-${to}`
    const known = this.#perfect.get(key)
    if (known) return known
    const middle = from + split(to - from)
    const node = hashOfNode(this.over(from, middle), this.over(middle, to))
    if (middle - from === to - middle) this.#perfect.set(key, node)
    return node
  }

  /** PATH(index, D[from:to]), section 2.1.1. */
  inclusion(index: number, to = this.leaves.length, from = 0): Buffer[] {
    if (to - from === 1) return []
    const middle = from + split(to - from)
    return index < middle
      ? [...this.inclusion(index, middle, from), this.over(middle, to)]
      : [...this.inclusion(index, to, middle), this.over(from, middle)]
  }

  /** PROOF(older, D[0:size]), section 2.1.2. */
  consistency(older: number, size = this.leaves.length): Buffer[] {
    return this.#subproof(older, { from: 0, to: size, isWhole: true })
  }

  #subproof(older: number, { from, to, isWhole }: { from: number; to: number; isWhole: boolean }): Buffer[] {
    if (older === to) return isWhole ? [] : [this.over(from, to)]
    const middle = from + split(to - from)
    return older <= middle
      ? [...this.#subproof(older, { from, to: middle, isWhole }), this.over(middle, to)]
      : [...this.#subproof(older, { from: middle, to, isWhole: false }), this.over(from, middle)]
  }
}

/** The largest power of two smaller than a number. */
function split(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

export interface Signer {
  readonly name: string
  readonly vkey: string
  /** A signature line. */
  sign(text: string): string
}

export function newSigner(name: string): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x as string, 'base64url')
  const typed = Buffer.concat([Buffer.of(1), raw])
  const id = sha256(`${name}\n`, typed).subarray(0, 4)
  return {
    name,
    vkey: `${name}+${id.toString('hex')}+${typed.toString('base64')}`,
    sign: (text) => `— ${name} ${Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]).toString('base64')}\n`,
  }
}

export function checkpointOf(tree: Tree, size: number, signers: readonly Signer[], origin = signers[0]?.name): string {
  const text = `${origin}\n${size}\n${tree.root(size).toString('base64')}\n`
  return `${text}\n${signers.map((signer) => signer.sign(text)).join('')}`
}

export function receiptOf(tree: Tree, index: number, checkpoint: string): string {
  const proof = tree.inclusion(index).map((hash) => hash.toString('base64'))
  return ['c2sp.org/tlog-proof@v1', `index ${index}`, ...proof, '', checkpoint].join('\n')
}
