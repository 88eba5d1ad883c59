/** What the demo keeps between starts, in a file only its owner may read. */
export interface DemoRecord {
  readonly organizationId: string
  /** `funded`: the wallets hold all they get, so nothing may be added any more. */
  readonly state: 'begun' | 'funded' | 'done'
  /** Shown in the commands to try next; a key can be had from the server only once. */
  readonly keys?: DemoKeys
  /** Agent ids by their slug, and task ids by their key in the scenario, once all are there. */
  readonly agents?: Readonly<Record<string, string>>
  readonly tasks?: Readonly<Record<string, string>>
  readonly tookMs?: number
}

export interface DemoKeys {
  readonly approver: string
  readonly operator: string
}

/** Undefined when there is none, or when it is about another database than this one. */
export function readRecord(text: string | undefined, organizationId: string): DemoRecord | undefined {
  if (text === undefined) return undefined
  try {
    const record = JSON.parse(text) as DemoRecord
    return record.organizationId === organizationId ? record : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
