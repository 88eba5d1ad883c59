/** What must hold whatever happens, by the name the table shows. */
export const INVARIANTS = [
  'paid twice',
  'paid without right',
  'confirmed but not paid',
  'over a limit',
  'books differ',
  'acknowledged but lost',
  'signed while frozen',
  'one key, two answers',
  'not recorded',
  'false alarm',
  'theft unseen',
  'stuck',
  'odd answer',
] as const
export type Invariant = (typeof INVARIANTS)[number]

export interface Violation<Name extends string = Invariant> {
  readonly invariant: Name
  readonly what: string
}

/** Collects violations; the same words are kept once. */
export class Findings<Name extends string = Invariant> {
  readonly #seen = new Map<string, Violation<Name>>()

  add(invariant: Name, what: string): void {
    this.#seen.set(`${invariant} ${what}`, { invariant, what })
  }

  get all(): readonly Violation<Name>[] {
    return [...this.#seen.values()]
  }
}
