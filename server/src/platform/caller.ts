/** Who asks, in which organisation. Every use case that opens its own transaction takes one. */
export interface Caller {
  readonly organizationId: string
  /** As recorded in decisions: `api-key:<id>`, `agent:<id>`, `integration-key:<id>` or `system:<part>`. */
  readonly actor: string
  /** Set when the caller is one agent with its own credential: it may then act for that agent only. */
  readonly agentId?: string
  /** Set when the caller holds an integration key: a third party, never the agent itself. */
  readonly integrationKey?: IntegrationKeyHeld
  /** What the key may do; absent for the system itself. */
  readonly permissions?: ReadonlySet<string>
}

interface IntegrationKeyHeld {
  readonly id: string
  /** The same for a key and all that it was rotated to. */
  readonly familyId: string
  /** Whom it collects for. */
  readonly agentId: string
  readonly binding: KeyBinding
}

interface AssetAmount {
  readonly asset: string
  readonly amount: string
}

/** What of its agent's capability an integration key may use; null stands for all of it. */
export interface KeyBinding {
  readonly assets: readonly string[] | null
  readonly chains: readonly string[] | null
  /** An asset that is not named has no cap of the key's. */
  readonly maxAmountPerLink: readonly AssetAmount[]
  readonly maxAmountPerDay: readonly AssetAmount[]
  /** Of browsers; a caller that sends no `Origin` is a server. */
  readonly allowedOrigins: readonly string[] | null
  readonly allowedMetadataKeys: readonly string[] | null
}

/**
 * Whose idempotency keys the caller shares: an organisation's keys share them, and so do an integration key and those it
 * was rotated to, so that a retry survives a rotation.
 */
export function principalOf({ agentId, integrationKey }: Caller): string {
  if (integrationKey !== undefined) return `integration-key:${integrationKey.familyId}`
  return agentId === undefined ? 'organization' : `agent:${agentId}`
}
