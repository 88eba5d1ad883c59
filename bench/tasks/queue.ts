/** What a task of the bench carries, the same for everyone. */
export const PAYLOAD = { invoice: 'INV-2048', note: 'pays one invoice of the bench' }

/** Something that gives durable tasks to workers and writes down that they are done. */
export interface Queue {
  readonly name: string
  /** `un-batched`: a commit for each start and each end. `batched`: as many in one as its makers recommend. */
  readonly how: 'batched' | 'un-batched'
  /** What it does and does not do, in a line. */
  readonly does: string
  /** Durable tasks, committed when it answers; none of them begun before. */
  fill(count: number): Promise<void>
  /** Returns when every one of them is durably done. */
  drain(count: number): Promise<void>
  stop(): Promise<void>
}

/** A queue that cannot be measured here, and why. */
export interface Absent {
  readonly name: string
  readonly why: string
}

/** Several loops at once, each until it says that there is nothing left. */
export async function loops(count: number, act: () => Promise<boolean>): Promise<void> {
  const loop = async () => {
    while (await act());
  }
  await Promise.all(Array.from({ length: count }, loop))
}
