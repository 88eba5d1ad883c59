/** Who asks, in which organisation. Every use case that opens its own transaction takes one. */
export interface Caller {
  readonly organizationId: string
  /** As recorded in decisions: `api-key:<id>`, `agent:<id>` or `system:<part>`. */
  readonly actor: string
  /** Set when the caller is one agent with its own credential: it may then act for that agent only. */
  readonly agentId?: string
  /** What the key may do; absent for the system itself. */
  readonly permissions?: ReadonlySet<string>
}

/** Whose idempotency keys the caller shares: an organisation's keys share them, so that a retry survives a rotation. */
export function principalOf(caller: Caller): string {
  return caller.agentId === undefined ? 'organization' : `agent:${caller.agentId}`
}
