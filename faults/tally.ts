/** How often each fault was injected. */
export class Tally {
  readonly #counts = new Map<string, number>()

  add(name: string, times = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times)
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }
}
