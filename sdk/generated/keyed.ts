// Made by scripts/sdk-types.mjs from openapi.json.

/** Operations that answer a second call with the same Idempotency-Key as they answered the first. */
export const keyed: ReadonlySet<string> = new Set([
  "POST /v1/organizations",
  "POST /v1/organizations/{organizationId}/admin-keys",
  "POST /v1/api-keys",
  "POST /v1/api-keys/{apiKeyId}/rotate",
  "POST /v1/agents",
  "POST /v1/agents/{agentId}/credentials",
  "POST /v1/agents/{agentId}/decisions",
  "POST /v1/agents/{agentId}/instances",
  "POST /v1/agents/{agentId}/wallets",
  "POST /v1/tasks",
  "POST /v1/payments",
  "POST /v1/payments/{paymentId}/resolve",
  "POST /v1/approvals/{approvalId}/approve",
  "POST /v1/approvals/{approvalId}/reject",
  "POST /v1/integration-keys",
  "POST /v1/integration-keys/{integrationKeyId}/rotate",
  "POST /v1/payment-links",
  "POST /v1/decisions/{decisionId}/redact",
  "POST /v1/webhooks"
])
