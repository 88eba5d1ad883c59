import { Untrue } from '../failures.ts'
import type { GrowingTree, Head } from '../tlog/merkle.ts'

/** A signed statement about the log, with where it was found. */
export interface Claim extends Head {
  readonly what: string
}

/** Every signed head at hand, in order of size, to be compared while the tree grows past them. */
export class History {
  readonly #claims: readonly Claim[]
  #next = 0
  #held = 0

  constructor(claims: readonly Claim[], size: number) {
    const beyond = claims.find((claim) => claim.size > size)
    if (beyond) {
      throw new Untrue(
        `${beyond.what} was signed at size ${beyond.size}, but the archive ends at ${size}: ` +
          'the log was rolled back, or the archive is older',
      )
    }
    this.#claims = claims.toSorted((a, b) => a.size - b.size)
  }

  /** To be called at each size, from zero. */
  check(tree: GrowingTree): void {
    for (let claim = this.#claims[this.#next]; claim?.size === tree.size; claim = this.#claims[++this.#next]) {
      if (!tree.root().equals(claim.root)) throw this.#differs(claim)
    }
    if (this.#claims[this.#next - 1]?.size === tree.size) this.#held = tree.size
  }

  #differs({ what, size }: Claim): Untrue {
    const [from, to] = [this.#held, size - 1]
    const which = from === to ? `entry ${from} is not the one` : `entries ${from} to ${to} are not those`
    const why = `${which} over which ${what} (size ${size}) was signed: they were changed, or two histories were signed`
    return new Untrue(why, from === to ? { index: from } : undefined)
  }
}
