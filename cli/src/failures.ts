/** The command was called wrongly; nothing was checked. */
export class Misuse extends Error {}

export interface WrongEntry {
  readonly index: number
  /** Undefined when the entry cannot be read. */
  readonly decisionId?: string | undefined
}

/** What was given is not true. Anything else that is thrown is a bug of ours. */
export class Untrue extends Error {
  readonly entry: WrongEntry | undefined

  constructor(what: string, entry?: WrongEntry) {
    super(what)
    this.entry = entry
  }
}

/** Puts the name of the thing before what is wrong with it. */
export function about<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof Untrue) throw new Untrue(`${what} ${error.message}`, error.entry)
    throw error
  }
}
