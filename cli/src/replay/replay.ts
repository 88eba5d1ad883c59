import { canonicalJson } from '../canonical.ts'
import { Untrue } from '../failures.ts'
import type { Envelope, Line } from '../verify/entry.ts'
import { type Question, questionOf } from './question.ts'
import type { Rules } from './rules.ts'

export interface Replayed {
  readonly replayed: number
  /** By reason, how many verdicts could not be made again. */
  readonly skipped: Readonly<Record<string, number>>
}

/** What the rules judge. Agents record verdicts of their own too, under types that are not ours, on whatever inputs. */
const JUDGED = /^(payment|approval)[.]/

/** Makes recorded verdicts again. */
export class Replay {
  readonly #rules: ReadonlyMap<string, Rules>
  readonly #skipped = new Map<string, number>()
  #replayed = 0

  constructor(rules: ReadonlyMap<string, Rules>) {
    this.#rules = rules
  }

  result(): Replayed {
    return { replayed: this.#replayed, skipped: Object.fromEntries(this.#skipped) }
  }

  /** Throws `Untrue` when the rules say something else than what was recorded. */
  judge(envelope: Envelope, line: Line): void {
    if (envelope.verdict === null) return
    const obstacle = this.#obstacle(envelope, line)
    if (obstacle === undefined) this.#replayed++
    else this.#skipped.set(obstacle, (this.#skipped.get(obstacle) ?? 0) + 1)
  }

  /** Why there is nothing to make again; undefined when it was. A verdict of ours is skipped only when it is redacted. */
  #obstacle(envelope: Envelope, { inputs, redacted }: Line): string | undefined {
    if (!JUDGED.test(envelope.type)) return 'not a verdict of the rules'
    if (redacted.length > 0) return 'redacted inputs'
    // Only what the leaf commits to says by which rules: the manifest is nobody's word.
    const rules = this.#rules.get(String(inputs.rules))
    if (!rules) throw new Untrue(`was judged by rules that are not known here: ${String(inputs.rules)}`)
    const question = readable(() => questionOf(envelope, inputs))
    if (isIncomplete(question)) throw new Untrue(`lacks what its verdict was made on: ${question.missing.join(', ')}`)
    const answer = readable(() => rules(question))
    compare(envelope, inputs.authority as Authority, answer)
    return undefined
  }
}

const isIncomplete = (question: Question | { missing: string[] }): question is { missing: string[] } =>
  Array.isArray(question.missing)

function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new Untrue(`records inputs that the rules cannot read: ${(error as Error).message}`)
  }
}

interface Authority {
  readonly revision: unknown
  readonly authorityLevel: unknown
}

function compare(
  envelope: Envelope,
  { revision, authorityLevel }: Authority,
  { verdict, reasons }: ReturnType<Rules>,
): void {
  const { capabilityRevision } = envelope
  if (capabilityRevision !== revision || envelope.authorityLevel !== authorityLevel) {
    throw new Untrue('was judged under another capability revision or authority level than it says')
  }
  // Through JSON, for a reason's figures were recorded so.
  const said = canonicalJson(JSON.parse(JSON.stringify(reasons)))
  const isSame = verdict === envelope.verdict && said === canonicalJson(envelope.reasons)
  if (isSame) return
  throw new Untrue(
    `says ${envelope.verdict} ${canonicalJson(envelope.reasons)}; its inputs give ${verdict} ${said}: ` +
      'the verdict is not the rules’',
  )
}
