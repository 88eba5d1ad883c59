import type { Run } from './run.ts'

/** What is in work: each lease once. */
export class Board {
  readonly #runs = new Map<string, Run>()
  #woken: () => void = () => undefined

  get size(): number {
    return this.#runs.size
  }

  runs = (): Run[] => [...this.#runs.values()]

  /** Starts the run unless this very lease is in work. */
  add(taskId: string, fencingToken: string, start: () => Run): void {
    const name = `${taskId} ${fencingToken}`
    if (this.#runs.has(name)) return
    const run = start()
    this.#runs.set(name, run)
    void run.ended.then(() => {
      this.#runs.delete(name)
      this.wake()
    })
  }

  /** Until a run has ended, or somebody wakes it. One waits at a time. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#woken = resolve
    })
  }

  wake = (): void => this.#woken()

  async empty(): Promise<void> {
    while (this.size > 0) await this.changed()
  }
}
