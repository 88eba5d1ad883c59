import { Untrue } from '../failures.ts'
import type { Envelope, Line } from './entry.ts'

const TYPE = 'decision.redacted'
const SUBJECT = /^decision:(.*)$/

interface Gone {
  readonly index: number
  readonly fields: ReadonlySet<string>
}

/**
 * That a field was erased is itself an entry of the log, `decision.redacted` about `decision:<id>` with the fields'
 * names. Which of the two comes first in the tree is not given: both orders are accepted.
 */
export class Redactions {
  readonly #gone = new Map<string, Gone>()
  readonly #said = new Map<string, Set<string>>()

  /** Fields that are gone, of all entries. */
  get count(): number {
    return [...this.#gone.values()].reduce((total, { fields }) => total + fields.size, 0)
  }

  add(index: number, { id, type, subject }: Envelope, { inputs, redacted }: Line): void {
    if (redacted.length > 0) this.#gone.set(id, { index, fields: new Set(redacted) })
    const about = type === TYPE ? SUBJECT.exec(subject)?.[1] : undefined
    if (about === undefined || !Array.isArray(inputs.fields)) return
    const said = this.#said.get(about) ?? new Set()
    for (const field of inputs.fields) said.add(String(field))
    this.#said.set(about, said)
  }

  /** Once every entry was seen. */
  check(): void {
    const byIndex = [...this.#gone].sort(([, a], [, b]) => a.index - b.index)
    for (const [decisionId, { index, fields }] of byIndex) {
      const silent = [...fields].find((field) => !this.#said.get(decisionId)?.has(field))
      if (silent === undefined) continue
      throw new Untrue(`lacks ${silent}, and no entry of the log says that it was redacted`, { index, decisionId })
    }
  }
}
