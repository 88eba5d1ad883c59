// Made by scripts/sdk-types.mjs from openapi.json.

export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["isLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["isReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listOrganizations"];
        put?: never;
        post: operations["createOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getCurrentOrganization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["patchCurrentOrganization"];
        trace?: never;
    };
    "/v1/organizations/current/freeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["freezeCurrentOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/current/unfreeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["unfreezeCurrentOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listApiKeys"];
        put?: never;
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{apiKeyId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["revokeApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listAgents"];
        put?: never;
        post: operations["createAgent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getAgent"];
        put?: never;
        post?: never;
        delete: operations["retireAgent"];
        options?: never;
        head?: never;
        patch: operations["patchAgent"];
        trace?: never;
    };
    "/v1/agents/{agentId}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["pauseAgent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["resumeAgent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/unfreeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["unfreezeAgent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/freeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["freezeAgent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["createAgentCredential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["addDecisions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listInstances"];
        put?: never;
        post: operations["createInstance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instances/{instanceId}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["heartbeatInstance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/instances/{instanceId}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["stopInstance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/capability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getCapability"];
        put: operations["putCapability"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/capability/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listCapabilityRevisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getAgentLimits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/current/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["putOrganizationLimits"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chains": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listChains"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dev/faucet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["fundFromFaucet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/wallets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listWallets"];
        put?: never;
        post: operations["createWallet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{walletId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getWallet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{walletId}/balances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getWalletBalances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{walletId}/freeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["freezeWallet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{walletId}/unfreeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["unfreezeWallet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{walletId}/retire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["retireWallet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallet-providers/thirdweb-engine/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description For a self-hosted Engine's webhooks. Signed with `x-engine-signature`: hex HMAC-SHA-256, under the webhook's secret, of `x-engine-timestamp`, a dot and the raw body, which has at most 64 KiB. */
        post: operations["receiveEngineWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getAgentHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/health/thresholds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getHealthThresholds"];
        put: operations["putHealthThresholds"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listTasks"];
        put?: never;
        post: operations["createTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getTask"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["cancelTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}/requeue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["requeueTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Waits until there is work, at most `waitMs`; empty when there was none. */
        post: operations["claimTasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["heartbeatTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["completeTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{taskId}/fail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["failTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/current/fairness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getFairness"];
        put: operations["putFairness"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listPayments"];
        put?: never;
        post: operations["createPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{paymentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getPayment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{paymentId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["cancelPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{paymentId}/freeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["freezePayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{paymentId}/unfreeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["unfreezePayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{paymentId}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["resolvePayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals/{approvalId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getApproval"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals/{approvalId}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["approvePayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals/{approvalId}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rejectPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listBreaks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliation/{breakId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getBreak"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliation/{breakId}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["resolveBreak"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listDecisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/{decisionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getDecision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/{decisionId}/redact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["redactDecision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/{decisionId}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getDecisionProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getLogCheckpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getLogKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/operator/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOperatorCheckpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/operator/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOperatorKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/consistency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getLogConsistency"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["exportLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log/tile/{*}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getLogTile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** Problem */
        Problem: {
            /** @description Where the code is explained */
            type: string;
            title: string;
            status: number;
            /** @description Stable, `area.reason` */
            code: string;
            detail: string;
            requestId: string;
            errors?: {
                path: string;
                message: string;
            }[];
        } & {
            [key: string]: unknown;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    isLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "live";
                    };
                };
            };
        };
    };
    isReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ready";
                    };
                };
            };
        };
    };
    listOrganizations: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            status: "ACTIVE" | "FROZEN";
                            /** @description The first organisation: its admins may create others */
                            isOperator: boolean;
                            frozenReason: string | null;
                            revision: number;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            updatedAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        organization: {
                            /** @description UUIDv7 */
                            id: string;
                            name: string;
                            /** @enum {string} */
                            status: "ACTIVE" | "FROZEN";
                            /** @description The first organisation: its admins may create others */
                            isOperator: boolean;
                            frozenReason: string | null;
                            revision: number;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            updatedAt: string;
                        };
                        apiKey: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            /** @enum {string} */
                            kind: "SK" | "AK" | "IK";
                            name: string;
                            role: ("ADMIN" | "OPERATOR" | "APPROVER" | "AUDITOR" | "VIEWER") | null;
                            agentId: string | null;
                            keyId: string;
                            displayPrefix: string;
                            pepperVersion: number;
                            createdBy: string;
                            expiresAt: string | null;
                            revokedAt: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                        };
                        secret: string;
                    };
                };
            };
        };
    };
    getCurrentOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        id: string;
                        name: string;
                        /** @enum {string} */
                        status: "ACTIVE" | "FROZEN";
                        /** @description The first organisation: its admins may create others */
                        isOperator: boolean;
                        frozenReason: string | null;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                    };
                };
            };
        };
    };
    patchCurrentOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        id: string;
                        name: string;
                        /** @enum {string} */
                        status: "ACTIVE" | "FROZEN";
                        /** @description The first organisation: its admins may create others */
                        isOperator: boolean;
                        frozenReason: string | null;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                    };
                };
            };
        };
    };
    freezeCurrentOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        id: string;
                        name: string;
                        /** @enum {string} */
                        status: "ACTIVE" | "FROZEN";
                        /** @description The first organisation: its admins may create others */
                        isOperator: boolean;
                        frozenReason: string | null;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        /** @description Payments that were on their way, oldest first, at most 200 */
                        inFlight: {
                            /** @description UUIDv7 */
                            paymentId: string;
                            /** @enum {string} */
                            status: "HELD" | "RESERVED" | "SUBMITTING" | "SUBMITTED" | "CONFIRMED" | "REVERTED" | "FAILED" | "CANCELED" | "UNKNOWN";
                            /**
                             * @description Nothing signed, it waits; signed, it may still be mined; a queue has it and may still send it
                             * @enum {string}
                             */
                            disposition: "HELD_BACK" | "BROADCAST" | "HANDED_OVER";
                            transactionHash: string | null;
                        }[];
                    };
                };
            };
        };
    };
    unfreezeCurrentOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        id: string;
                        name: string;
                        /** @enum {string} */
                        status: "ACTIVE" | "FROZEN";
                        /** @description The first organisation: its admins may create others */
                        isOperator: boolean;
                        frozenReason: string | null;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                    };
                };
            };
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            /** @enum {string} */
                            kind: "SK" | "AK" | "IK";
                            name: string;
                            role: ("ADMIN" | "OPERATOR" | "APPROVER" | "AUDITOR" | "VIEWER") | null;
                            agentId: string | null;
                            keyId: string;
                            displayPrefix: string;
                            pepperVersion: number;
                            createdBy: string;
                            expiresAt: string | null;
                            revokedAt: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    role: "ADMIN" | "OPERATOR" | "APPROVER" | "AUDITOR" | "VIEWER";
                    /**
                     * Format: date-time
                     * @description RFC 3339, UTC, milliseconds
                     */
                    expiresAt?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        apiKey: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            /** @enum {string} */
                            kind: "SK" | "AK" | "IK";
                            name: string;
                            role: ("ADMIN" | "OPERATOR" | "APPROVER" | "AUDITOR" | "VIEWER") | null;
                            agentId: string | null;
                            keyId: string;
                            displayPrefix: string;
                            pepperVersion: number;
                            createdBy: string;
                            expiresAt: string | null;
                            revokedAt: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                        };
                        /** @description Shown this once */
                        secret: string;
                    };
                };
            };
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                apiKeyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @enum {string} */
                        kind: "SK" | "AK" | "IK";
                        name: string;
                        role: ("ADMIN" | "OPERATOR" | "APPROVER" | "AUDITOR" | "VIEWER") | null;
                        agentId: string | null;
                        keyId: string;
                        displayPrefix: string;
                        pepperVersion: number;
                        createdBy: string;
                        expiresAt: string | null;
                        revokedAt: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                    };
                };
            };
        };
    };
    listAgents: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
                status?: "PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED";
                label?: string;
                /** @description Part of the name or description */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            name: string;
                            description: string | null;
                            /** @enum {string} */
                            status: "PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED";
                            statusReason: string | null;
                            statusBeforeFreeze: ("PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED") | null;
                            /** @enum {string} */
                            runtime: "HOSTED" | "REMOTE";
                            labels: string[];
                            metadata: {
                                [key: string]: unknown;
                            };
                            maxConcurrency: number;
                            revision: number;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            updatedAt: string;
                            retiredAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createAgent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    description?: string;
                    labels?: string[];
                    metadata?: {
                        [key: string]: unknown;
                    };
                    maxConcurrency?: number;
                    /** @enum {string} */
                    runtime?: "HOSTED" | "REMOTE";
                    capability?: {
                        /** @enum {string} */
                        authorityLevel: "OBSERVE" | "PROPOSE" | "SUPERVISED" | "AUTONOMOUS";
                        /** @description Task types it takes; `*` for all */
                        taskTypes?: string[];
                        /** @description Wallet providers; `*` for all */
                        providers?: string[];
                        /** @description CAIP-2; `*` for all */
                        chains?: string[];
                        /** @description CAIP-19; `*` for all */
                        assets?: string[];
                        payees?: {
                            /** @description Addresses or CAIP-10; `*` for all */
                            allow?: string[];
                            /** @description Wins over allow */
                            deny?: string[];
                        };
                        tags?: string[];
                        limits?: {
                            /** @enum {string} */
                            window: "TRANSACTION" | "HOUR" | "DAY" | "WEEK" | "MONTH" | "LIFETIME";
                            /**
                             * @description CAIP-19; the native coin is `slip44:60`
                             * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                             */
                            asset: string;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            maxAmount?: string;
                            maxCount?: number;
                            perPayee?: boolean;
                        }[];
                        approvalThreshold?: {
                            /**
                             * @description CAIP-19; the native coin is `slip44:60`
                             * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                             */
                            asset: string;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            amount: string;
                        }[];
                        expiresAt?: string | null;
                    };
                    /** @enum {string} */
                    walletProvider?: "local" | "thirdweb-engine" | "thirdweb";
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        name: string;
                        description: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        statusBeforeFreeze: ("PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED") | null;
                        /** @enum {string} */
                        runtime: "HOSTED" | "REMOTE";
                        labels: string[];
                        metadata: {
                            [key: string]: unknown;
                        };
                        maxConcurrency: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        retiredAt: string | null;
                    };
                };
            };
        };
    };
    getAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        name: string;
                        description: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        statusBeforeFreeze: ("PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED") | null;
                        /** @enum {string} */
                        runtime: "HOSTED" | "REMOTE";
                        labels: string[];
                        metadata: {
                            [key: string]: unknown;
                        };
                        maxConcurrency: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        retiredAt: string | null;
                    };
                };
            };
        };
    };
    retireAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        name: string;
                        description: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        statusBeforeFreeze: ("PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED") | null;
                        /** @enum {string} */
                        runtime: "HOSTED" | "REMOTE";
                        labels: string[];
                        metadata: {
                            [key: string]: unknown;
                        };
                        maxConcurrency: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        retiredAt: string | null;
                    };
                };
            };
        };
    };
    patchAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    description?: string;
                    labels?: string[];
                    metadata?: {
                        [key: string]: unknown;
                    };
                    maxConcurrency?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        name: string;
                        description: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        statusBeforeFreeze: ("PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED") | null;
                        /** @enum {string} */
                        runtime: "HOSTED" | "REMOTE";
                        labels: string[];
                        metadata: {
                            [key: string]: unknown;
                        };
                        maxConcurrency: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        retiredAt: string | null;
                    };
                };
            };
        };
    };
    pauseAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        name: string;
                        description: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        statusBeforeFreeze: ("PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED") | null;
                        /** @enum {string} */
                        runtime: "HOSTED" | "REMOTE";
                        labels: string[];
                        metadata: {
                            [key: string]: unknown;
                        };
                        maxConcurrency: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        retiredAt: string | null;
                    };
                };
            };
        };
    };
    resumeAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        name: string;
                        description: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        statusBeforeFreeze: ("PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED") | null;
                        /** @enum {string} */
                        runtime: "HOSTED" | "REMOTE";
                        labels: string[];
                        metadata: {
                            [key: string]: unknown;
                        };
                        maxConcurrency: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        retiredAt: string | null;
                    };
                };
            };
        };
    };
    unfreezeAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        name: string;
                        description: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        statusBeforeFreeze: ("PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED") | null;
                        /** @enum {string} */
                        runtime: "HOSTED" | "REMOTE";
                        labels: string[];
                        metadata: {
                            [key: string]: unknown;
                        };
                        maxConcurrency: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        retiredAt: string | null;
                    };
                };
            };
        };
    };
    freezeAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        name: string;
                        description: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        statusBeforeFreeze: ("PROVISIONING" | "ACTIVE" | "PAUSED" | "FROZEN" | "RETIRED") | null;
                        /** @enum {string} */
                        runtime: "HOSTED" | "REMOTE";
                        labels: string[];
                        metadata: {
                            [key: string]: unknown;
                        };
                        maxConcurrency: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        retiredAt: string | null;
                        /** @description Payments that were on their way, oldest first, at most 200 */
                        inFlight: {
                            /** @description UUIDv7 */
                            paymentId: string;
                            /** @enum {string} */
                            status: "HELD" | "RESERVED" | "SUBMITTING" | "SUBMITTED" | "CONFIRMED" | "REVERTED" | "FAILED" | "CANCELED" | "UNKNOWN";
                            /**
                             * @description Nothing signed, it waits; signed, it may still be mined; a queue has it and may still send it
                             * @enum {string}
                             */
                            disposition: "HELD_BACK" | "BROADCAST" | "HANDED_OVER";
                            transactionHash: string | null;
                        }[];
                    };
                };
            };
        };
    };
    createAgentCredential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    /**
                     * Format: date-time
                     * @description RFC 3339, UTC, milliseconds
                     */
                    expiresAt?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        credential: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            /** @enum {string} */
                            kind: "SK" | "AK" | "IK";
                            name: string;
                            role: ("ADMIN" | "OPERATOR" | "APPROVER" | "AUDITOR" | "VIEWER") | null;
                            agentId: string | null;
                            keyId: string;
                            displayPrefix: string;
                            pepperVersion: number;
                            createdBy: string;
                            expiresAt: string | null;
                            revokedAt: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                        };
                        /** @description Shown this once */
                        secret: string;
                    };
                };
            };
        };
    };
    addDecisions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description `area.act`; the areas Wedi itself speaks of are refused, but for `agent.decided`
                     * @default agent.decided
                     */
                    type?: string;
                    /** @description `<kind>:<id>`; the agent when it is left out */
                    subject?: string;
                    /** @enum {string} */
                    verdict?: "ALLOW" | "DENY" | "HOLD";
                    reasons?: ({
                        code: string;
                    } & {
                        [key: string]: unknown;
                    })[];
                    /** @description UUIDv7 */
                    taskId?: string;
                    /** @description UUIDv7 */
                    paymentId?: string;
                    /** @description What it was decided on. Amounts are decimal strings. Each field may be redacted by itself */
                    inputs?: {
                        [key: string]: unknown;
                    };
                    decisions?: {
                        /**
                         * @description `area.act`; the areas Wedi itself speaks of are refused, but for `agent.decided`
                         * @default agent.decided
                         */
                        type?: string;
                        /** @description `<kind>:<id>`; the agent when it is left out */
                        subject?: string;
                        /** @enum {string} */
                        verdict?: "ALLOW" | "DENY" | "HOLD";
                        reasons?: ({
                            code: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                        /** @description UUIDv7 */
                        taskId?: string;
                        /** @description UUIDv7 */
                        paymentId?: string;
                        /** @description What it was decided on. Amounts are decimal strings. Each field may be redacted by itself */
                        inputs?: {
                            [key: string]: unknown;
                        };
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        type: string;
                        verdict: ("ALLOW" | "DENY" | "HOLD") | null;
                        reasons: ({
                            /** @description Stable, `area.reason` */
                            code: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                        actor: string;
                        subject: string;
                        agentId: string | null;
                        taskId: string | null;
                        paymentId: string | null;
                        approvalId: string | null;
                        walletId: string | null;
                        versionId: string | null;
                        capabilityRevision: number | null;
                        authorityLevel: ("OBSERVE" | "PROPOSE" | "SUPERVISED" | "AUTONOMOUS") | null;
                        /** @description RFC 8785 text; SHA-256(0x00 ‖ leaf) is its RFC 6962 leaf hash */
                        leaf: string;
                        /** @description Base64 */
                        leafHash: string;
                        leafIndex: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        occurredAt: string;
                    } | {
                        data: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            type: string;
                            verdict: ("ALLOW" | "DENY" | "HOLD") | null;
                            reasons: ({
                                /** @description Stable, `area.reason` */
                                code: string;
                            } & {
                                [key: string]: unknown;
                            })[];
                            actor: string;
                            subject: string;
                            agentId: string | null;
                            taskId: string | null;
                            paymentId: string | null;
                            approvalId: string | null;
                            walletId: string | null;
                            versionId: string | null;
                            capabilityRevision: number | null;
                            authorityLevel: ("OBSERVE" | "PROPOSE" | "SUPERVISED" | "AUTONOMOUS") | null;
                            /** @description RFC 8785 text; SHA-256(0x00 ‖ leaf) is its RFC 6962 leaf hash */
                            leaf: string;
                            /** @description Base64 */
                            leafHash: string;
                            leafIndex: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            occurredAt: string;
                        }[];
                    };
                };
            };
        };
    };
    listInstances: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
                status?: "HEALTHY" | "SUSPECT" | "DOWN" | "STOPPED";
            };
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            /** @description UUIDv7 */
                            agentId: string;
                            version: string | null;
                            labels: string[];
                            /** @enum {string} */
                            status: "HEALTHY" | "SUSPECT" | "DOWN" | "STOPPED";
                            /** @description It was asked to stop and still holds tasks: it gets no more */
                            isDraining: boolean;
                            maxConcurrency: number | null;
                            /** @description How many tasks it says it is working on */
                            inUse: number;
                            /** @description How often it has to be heard of */
                            heartbeatMs: number;
                            /** @description So many heartbeats missed make it SUSPECT */
                            suspectAfter: number;
                            /** @description So many heartbeats missed make it DOWN */
                            downAfter: number;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            startedAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            lastSeenAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            statusSince: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    version?: string;
                    labels?: string[];
                    maxConcurrency?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        version: string | null;
                        labels: string[];
                        /** @enum {string} */
                        status: "HEALTHY" | "SUSPECT" | "DOWN" | "STOPPED";
                        /** @description It was asked to stop and still holds tasks: it gets no more */
                        isDraining: boolean;
                        maxConcurrency: number | null;
                        /** @description How many tasks it says it is working on */
                        inUse: number;
                        /** @description How often it has to be heard of */
                        heartbeatMs: number;
                        /** @description So many heartbeats missed make it SUSPECT */
                        suspectAfter: number;
                        /** @description So many heartbeats missed make it DOWN */
                        downAfter: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        startedAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        lastSeenAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        statusSince: string;
                    };
                };
            };
        };
    };
    heartbeatInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                instanceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    load?: {
                        /** @description Tasks in work */
                        inUse?: number;
                    };
                    /** @description Those it works on, whose leases it extends */
                    tasks?: {
                        /** @description UUIDv7 */
                        taskId: string;
                        fencingToken: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "HEALTHY" | "SUSPECT" | "DOWN" | "STOPPED";
                        /** @description It should take no more tasks, finish what it has, and stop */
                        drain: boolean;
                        /** @description When it should be heard of next */
                        nextHeartbeatMs: number;
                        /** @description What became of the tasks it named */
                        tasks: {
                            /** @description UUIDv7 */
                            taskId: string;
                            /** @description False: stop working on it, it was canceled or given to another */
                            isHeld: boolean;
                            expiresAt: string | null;
                        }[];
                    };
                };
            };
        };
    };
    stopInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                instanceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        version: string | null;
                        labels: string[];
                        /** @enum {string} */
                        status: "HEALTHY" | "SUSPECT" | "DOWN" | "STOPPED";
                        /** @description It was asked to stop and still holds tasks: it gets no more */
                        isDraining: boolean;
                        maxConcurrency: number | null;
                        /** @description How many tasks it says it is working on */
                        inUse: number;
                        /** @description How often it has to be heard of */
                        heartbeatMs: number;
                        /** @description So many heartbeats missed make it SUSPECT */
                        suspectAfter: number;
                        /** @description So many heartbeats missed make it DOWN */
                        downAfter: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        startedAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        lastSeenAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        statusSince: string;
                    };
                };
            };
        };
    };
    getCapability: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        revision: number;
                        /** @enum {string} */
                        authorityLevel: "OBSERVE" | "PROPOSE" | "SUPERVISED" | "AUTONOMOUS";
                        taskTypes: string[];
                        providers: string[];
                        chains: string[];
                        assets: string[];
                        payees: {
                            allow: string[];
                            deny: string[];
                        };
                        tags: string[];
                        limits: {
                            /** @description UUIDv7 */
                            limitId: string;
                            /** @enum {string} */
                            window: "TRANSACTION" | "HOUR" | "DAY" | "WEEK" | "MONTH" | "LIFETIME";
                            asset: string;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            maxAmount?: string;
                            maxCount?: number;
                            perPayee: boolean;
                        }[];
                        approvalThreshold: {
                            asset: string;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            amount: string;
                        }[];
                        expiresAt: string | null;
                        createdBy: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                    };
                };
            };
        };
    };
    putCapability: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    authorityLevel: "OBSERVE" | "PROPOSE" | "SUPERVISED" | "AUTONOMOUS";
                    /** @description Task types it takes; `*` for all */
                    taskTypes?: string[];
                    /** @description Wallet providers; `*` for all */
                    providers?: string[];
                    /** @description CAIP-2; `*` for all */
                    chains?: string[];
                    /** @description CAIP-19; `*` for all */
                    assets?: string[];
                    payees?: {
                        /** @description Addresses or CAIP-10; `*` for all */
                        allow?: string[];
                        /** @description Wins over allow */
                        deny?: string[];
                    };
                    tags?: string[];
                    limits?: {
                        /** @enum {string} */
                        window: "TRANSACTION" | "HOUR" | "DAY" | "WEEK" | "MONTH" | "LIFETIME";
                        /**
                         * @description CAIP-19; the native coin is `slip44:60`
                         * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                         */
                        asset: string;
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        maxAmount?: string;
                        maxCount?: number;
                        perPayee?: boolean;
                    }[];
                    approvalThreshold?: {
                        /**
                         * @description CAIP-19; the native coin is `slip44:60`
                         * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                         */
                        asset: string;
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        amount: string;
                    }[];
                    expiresAt?: string | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        revision: number;
                        /** @enum {string} */
                        authorityLevel: "OBSERVE" | "PROPOSE" | "SUPERVISED" | "AUTONOMOUS";
                        taskTypes: string[];
                        providers: string[];
                        chains: string[];
                        assets: string[];
                        payees: {
                            allow: string[];
                            deny: string[];
                        };
                        tags: string[];
                        limits: {
                            /** @description UUIDv7 */
                            limitId: string;
                            /** @enum {string} */
                            window: "TRANSACTION" | "HOUR" | "DAY" | "WEEK" | "MONTH" | "LIFETIME";
                            asset: string;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            maxAmount?: string;
                            maxCount?: number;
                            perPayee: boolean;
                        }[];
                        approvalThreshold: {
                            asset: string;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            amount: string;
                        }[];
                        expiresAt: string | null;
                        createdBy: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                    };
                };
            };
        };
    };
    listCapabilityRevisions: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            agentId: string;
                            revision: number;
                            /** @enum {string} */
                            authorityLevel: "OBSERVE" | "PROPOSE" | "SUPERVISED" | "AUTONOMOUS";
                            taskTypes: string[];
                            providers: string[];
                            chains: string[];
                            assets: string[];
                            payees: {
                                allow: string[];
                                deny: string[];
                            };
                            tags: string[];
                            limits: {
                                /** @description UUIDv7 */
                                limitId: string;
                                /** @enum {string} */
                                window: "TRANSACTION" | "HOUR" | "DAY" | "WEEK" | "MONTH" | "LIFETIME";
                                asset: string;
                                /**
                                 * @description Whole number of the asset's smallest unit
                                 * @example 1500000
                                 */
                                maxAmount?: string;
                                maxCount?: number;
                                perPayee: boolean;
                            }[];
                            approvalThreshold: {
                                asset: string;
                                /**
                                 * @description Whole number of the asset's smallest unit
                                 * @example 1500000
                                 */
                                amount: string;
                            }[];
                            expiresAt: string | null;
                            createdBy: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    getAgentLimits: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            limitId: string;
                            /** @enum {string} */
                            scope: "AGENT" | "ORGANIZATION";
                            /** @enum {string} */
                            window: "TRANSACTION" | "HOUR" | "DAY" | "WEEK" | "MONTH" | "LIFETIME";
                            asset: string;
                            perPayee: boolean;
                            payee: string | null;
                            cap: string | null;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            spent: string;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            reserved: string;
                            remaining: string | null;
                            maxCount: number | null;
                            spentCount: number;
                            reservedCount: number;
                            remainingCount: number | null;
                            windowStart: string | null;
                            windowEnd: string | null;
                        }[];
                        /** @description More payees have used limits per payee than are shown (1000 figures) */
                        hasMore: boolean;
                    };
                };
            };
        };
    };
    putOrganizationLimits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    limits: {
                        /** @enum {string} */
                        window: "TRANSACTION" | "HOUR" | "DAY" | "WEEK" | "MONTH" | "LIFETIME";
                        /**
                         * @description CAIP-19; the native coin is `slip44:60`
                         * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                         */
                        asset: string;
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        maxAmount?: string;
                        maxCount?: number;
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        limits: {
                            /** @description UUIDv7 */
                            limitId: string;
                            /** @enum {string} */
                            window: "TRANSACTION" | "HOUR" | "DAY" | "WEEK" | "MONTH" | "LIFETIME";
                            asset: string;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            maxAmount?: string;
                            maxCount?: number;
                            perPayee: boolean;
                        }[];
                    };
                };
            };
        };
    };
    listChains: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description CAIP-2
                         * @example eip155:8453
                         */
                        chain: string;
                        name: string;
                        /** @description Only of the embedded development chain */
                        rpcUrl?: string;
                        assets: {
                            /**
                             * @description CAIP-19; the native coin is `slip44:60`
                             * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                             */
                            asset: string;
                            symbol: string;
                            decimals: number;
                        }[];
                    }[];
                };
            };
        };
    };
    fundFromFaucet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    address: string;
                    /**
                     * @description CAIP-19; the native coin is `slip44:60`
                     * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                     */
                    asset: string;
                    /**
                     * @description Whole number above zero of the asset's smallest unit
                     * @example 1500000
                     */
                    amount: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        address: string;
                        /**
                         * @description CAIP-19; the native coin is `slip44:60`
                         * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                         */
                        asset: string;
                        balance: string;
                    };
                };
            };
        };
    };
    listWallets: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            /** @description UUIDv7 */
                            agentId: string;
                            /** @enum {string} */
                            provider: "local" | "thirdweb-engine" | "thirdweb";
                            address: string | null;
                            /** @enum {string} */
                            status: "PROVISIONING" | "ACTIVE" | "FROZEN" | "RETIRED";
                            statusReason: string | null;
                            metadata: {
                                [key: string]: unknown;
                            };
                            provisionAttempts: number;
                            revision: number;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            updatedAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createWallet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    walletProvider?: "local" | "thirdweb-engine" | "thirdweb";
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @enum {string} */
                        provider: "local" | "thirdweb-engine" | "thirdweb";
                        address: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        metadata: {
                            [key: string]: unknown;
                        };
                        provisionAttempts: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                    };
                };
            };
        };
    };
    getWallet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                walletId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @enum {string} */
                        provider: "local" | "thirdweb-engine" | "thirdweb";
                        address: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        metadata: {
                            [key: string]: unknown;
                        };
                        provisionAttempts: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                    };
                };
            };
        };
    };
    getWalletBalances: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                walletId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /**
                             * @description CAIP-2
                             * @example eip155:8453
                             */
                            chain: string;
                            /**
                             * @description CAIP-19; the native coin is `slip44:60`
                             * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                             */
                            asset: string;
                            symbol: string;
                            decimals: number;
                            amount: string | null;
                        }[];
                    };
                };
            };
        };
    };
    freezeWallet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                walletId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @enum {string} */
                        provider: "local" | "thirdweb-engine" | "thirdweb";
                        address: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        metadata: {
                            [key: string]: unknown;
                        };
                        provisionAttempts: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        /** @description Payments that were on their way, oldest first, at most 200 */
                        inFlight: {
                            /** @description UUIDv7 */
                            paymentId: string;
                            /** @enum {string} */
                            status: "HELD" | "RESERVED" | "SUBMITTING" | "SUBMITTED" | "CONFIRMED" | "REVERTED" | "FAILED" | "CANCELED" | "UNKNOWN";
                            /**
                             * @description Nothing signed, it waits; signed, it may still be mined; a queue has it and may still send it
                             * @enum {string}
                             */
                            disposition: "HELD_BACK" | "BROADCAST" | "HANDED_OVER";
                            transactionHash: string | null;
                        }[];
                    };
                };
            };
        };
    };
    unfreezeWallet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                walletId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @enum {string} */
                        provider: "local" | "thirdweb-engine" | "thirdweb";
                        address: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        metadata: {
                            [key: string]: unknown;
                        };
                        provisionAttempts: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                    };
                };
            };
        };
    };
    retireWallet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                walletId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @enum {string} */
                        provider: "local" | "thirdweb-engine" | "thirdweb";
                        address: string | null;
                        /** @enum {string} */
                        status: "PROVISIONING" | "ACTIVE" | "FROZEN" | "RETIRED";
                        statusReason: string | null;
                        metadata: {
                            [key: string]: unknown;
                        };
                        provisionAttempts: number;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                    };
                };
            };
        };
    };
    receiveEngineWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    queueId: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    listHealth: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
                status?: "HEALTHY" | "DEGRADED" | "DOWN" | "UNKNOWN";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            agentId: string;
                            /** @enum {string} */
                            status: "HEALTHY" | "DEGRADED" | "DOWN" | "UNKNOWN";
                            reason: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            since: string;
                            breaker: {
                                /** @enum {string} */
                                state: "CLOSED" | "OPEN" | "HALF_OPEN";
                                /**
                                 * Format: date-time
                                 * @description RFC 3339, UTC, milliseconds
                                 */
                                since: string;
                                until: string | null;
                                /** @description How often it opened without having closed */
                                openings: number;
                            };
                        }[];
                        nextCursor: string | null;
                        totals: {
                            HEALTHY: number;
                            DEGRADED: number;
                            DOWN: number;
                            UNKNOWN: number;
                        };
                    };
                };
            };
        };
    };
    getAgentHealth: {
        parameters: {
            query?: {
                /** @description RFC 3339, UTC, milliseconds */
                from?: string;
                /** @description RFC 3339, UTC, milliseconds */
                to?: string;
                /** @description Asks for a series as well */
                resolution?: "MINUTE" | "HOUR" | "DAY";
            };
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @enum {string} */
                        status: "HEALTHY" | "DEGRADED" | "DOWN" | "UNKNOWN";
                        reason: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        since: string;
                        breaker: {
                            /** @enum {string} */
                            state: "CLOSED" | "OPEN" | "HALF_OPEN";
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            since: string;
                            until: string | null;
                            /** @description How often it opened without having closed */
                            openings: number;
                        };
                        /** @description Share of the time since its first instance in which at least one was there; null without any */
                        uptime: {
                            "1h": number | null;
                            "24h": number | null;
                            "7d": number | null;
                            "30d": number | null;
                        };
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        from: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        to: string;
                        responseTime: {
                            p50Ms: number | null;
                            p95Ms: number | null;
                            p99Ms: number | null;
                        };
                        errorRate: number | null;
                        /** @description That ended: the error rate and the response times are theirs */
                        tasks: number;
                        /** @description Of each class, also of those that are no ill health */
                        errors: {
                            [key: string]: number;
                        };
                        lastSeenAt: string | null;
                        load: {
                            inUse: number;
                            max: number;
                        };
                        /** @description Starts of the last 24 hours that came after another instance had ended */
                        restarts: number;
                        instances: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            /** @description UUIDv7 */
                            agentId: string;
                            version: string | null;
                            labels: string[];
                            /** @enum {string} */
                            status: "HEALTHY" | "SUSPECT" | "DOWN" | "STOPPED";
                            /** @description It was asked to stop and still holds tasks: it gets no more */
                            isDraining: boolean;
                            maxConcurrency: number | null;
                            /** @description How many tasks it says it is working on */
                            inUse: number;
                            /** @description How often it has to be heard of */
                            heartbeatMs: number;
                            /** @description So many heartbeats missed make it SUSPECT */
                            suspectAfter: number;
                            /** @description So many heartbeats missed make it DOWN */
                            downAfter: number;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            startedAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            lastSeenAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            statusSince: string;
                        }[];
                        series?: {
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            at: string;
                            responseTime: {
                                p50Ms: number | null;
                                p95Ms: number | null;
                                p99Ms: number | null;
                            };
                            errorRate: number | null;
                            /** @description That ended: the error rate and the response times are theirs */
                            tasks: number;
                            /** @description Of each class, also of those that are no ill health */
                            errors: {
                                [key: string]: number;
                            };
                        }[];
                    };
                };
            };
        };
    };
    getHealthThresholds: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        errorRate: number;
                        p95Ms: number | null;
                        breakerErrorRate: number;
                        breakerConsecutiveErrors: number;
                        breakerProbes: number;
                        suspectAfter: number;
                        downAfter: number;
                    };
                };
            };
        };
    };
    putHealthThresholds: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description DEGRADED from this share of failures on */
                    errorRate?: number;
                    p95Ms?: number | null;
                    /** @description Out of assignment from this share on */
                    breakerErrorRate?: number;
                    /** @description or from so many failures one after the other */
                    breakerConsecutiveErrors?: number;
                    /** @description In again after so many tasks that were done */
                    breakerProbes?: number;
                    /** @description Heartbeats missed */
                    suspectAfter?: number;
                    /** @description Heartbeats missed */
                    downAfter?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        errorRate: number;
                        p95Ms: number | null;
                        breakerErrorRate: number;
                        breakerConsecutiveErrors: number;
                        breakerProbes: number;
                        suspectAfter: number;
                        downAfter: number;
                    };
                };
            };
        };
    };
    listTasks: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
                status?: "QUEUED" | "ASSIGNED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED" | "DEAD";
                /** @example payment */
                type?: string;
                /** @description UUIDv7 */
                agentId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            type: string;
                            payload: {
                                [key: string]: unknown;
                            };
                            requires: {
                                [key: string]: unknown;
                            };
                            /** @enum {string} */
                            status: "QUEUED" | "ASSIGNED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED" | "DEAD";
                            priority: number;
                            fairnessKey: string | null;
                            dedupeKey: string | null;
                            agentId: string | null;
                            assignedAgentId: string | null;
                            laneId: string | null;
                            fencingToken: string;
                            leaseExpiresAt: string | null;
                            leaseSeconds: number | null;
                            instanceId: string | null;
                            assignedAt: string | null;
                            /** @description Its payment was held for a person: it waits without a slot of its agent until it ends */
                            isParked: boolean;
                            attempt: number;
                            maxAttempts: number;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            runAfter: string;
                            deadlineAt: string | null;
                            unassignableReason: string | null;
                            paymentId: string | null;
                            result: {
                                [key: string]: unknown;
                            } | null;
                            error: ({
                                code: string;
                                detail: string;
                            } & {
                                [key: string]: unknown;
                            }) | null;
                            createdBy: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            updatedAt: string;
                            finishedAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createTask: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example payment */
                    type: string;
                    payload: {
                        [key: string]: unknown;
                    };
                    requires?: {
                        /** @enum {string} */
                        provider?: "local" | "thirdweb-engine" | "thirdweb";
                        /**
                         * @description CAIP-2
                         * @example eip155:8453
                         */
                        chain?: string;
                        /**
                         * @description CAIP-19; the native coin is `slip44:60`
                         * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                         */
                        asset?: string;
                        tags?: string[];
                    };
                    /** @description UUIDv7 */
                    agentId?: string;
                    priority?: number;
                    fairnessKey?: string;
                    dedupeKey?: string;
                    /**
                     * Format: date-time
                     * @description RFC 3339, UTC, milliseconds
                     */
                    deadlineAt?: string;
                    maxAttempts?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        type: string;
                        payload: {
                            [key: string]: unknown;
                        };
                        requires: {
                            [key: string]: unknown;
                        };
                        /** @enum {string} */
                        status: "QUEUED" | "ASSIGNED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED" | "DEAD";
                        priority: number;
                        fairnessKey: string | null;
                        dedupeKey: string | null;
                        agentId: string | null;
                        assignedAgentId: string | null;
                        laneId: string | null;
                        fencingToken: string;
                        leaseExpiresAt: string | null;
                        leaseSeconds: number | null;
                        instanceId: string | null;
                        assignedAt: string | null;
                        /** @description Its payment was held for a person: it waits without a slot of its agent until it ends */
                        isParked: boolean;
                        attempt: number;
                        maxAttempts: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        runAfter: string;
                        deadlineAt: string | null;
                        unassignableReason: string | null;
                        paymentId: string | null;
                        result: {
                            [key: string]: unknown;
                        } | null;
                        error: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        createdBy: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        finishedAt: string | null;
                    };
                };
            };
        };
    };
    getTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        type: string;
                        payload: {
                            [key: string]: unknown;
                        };
                        requires: {
                            [key: string]: unknown;
                        };
                        /** @enum {string} */
                        status: "QUEUED" | "ASSIGNED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED" | "DEAD";
                        priority: number;
                        fairnessKey: string | null;
                        dedupeKey: string | null;
                        agentId: string | null;
                        assignedAgentId: string | null;
                        laneId: string | null;
                        fencingToken: string;
                        leaseExpiresAt: string | null;
                        leaseSeconds: number | null;
                        instanceId: string | null;
                        assignedAt: string | null;
                        /** @description Its payment was held for a person: it waits without a slot of its agent until it ends */
                        isParked: boolean;
                        attempt: number;
                        maxAttempts: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        runAfter: string;
                        deadlineAt: string | null;
                        unassignableReason: string | null;
                        paymentId: string | null;
                        result: {
                            [key: string]: unknown;
                        } | null;
                        error: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        createdBy: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        finishedAt: string | null;
                    };
                };
            };
        };
    };
    cancelTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                taskId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        type: string;
                        payload: {
                            [key: string]: unknown;
                        };
                        requires: {
                            [key: string]: unknown;
                        };
                        /** @enum {string} */
                        status: "QUEUED" | "ASSIGNED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED" | "DEAD";
                        priority: number;
                        fairnessKey: string | null;
                        dedupeKey: string | null;
                        agentId: string | null;
                        assignedAgentId: string | null;
                        laneId: string | null;
                        fencingToken: string;
                        leaseExpiresAt: string | null;
                        leaseSeconds: number | null;
                        instanceId: string | null;
                        assignedAt: string | null;
                        /** @description Its payment was held for a person: it waits without a slot of its agent until it ends */
                        isParked: boolean;
                        attempt: number;
                        maxAttempts: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        runAfter: string;
                        deadlineAt: string | null;
                        unassignableReason: string | null;
                        paymentId: string | null;
                        result: {
                            [key: string]: unknown;
                        } | null;
                        error: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        createdBy: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        finishedAt: string | null;
                    };
                };
            };
        };
    };
    requeueTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                taskId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        type: string;
                        payload: {
                            [key: string]: unknown;
                        };
                        requires: {
                            [key: string]: unknown;
                        };
                        /** @enum {string} */
                        status: "QUEUED" | "ASSIGNED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED" | "DEAD";
                        priority: number;
                        fairnessKey: string | null;
                        dedupeKey: string | null;
                        agentId: string | null;
                        assignedAgentId: string | null;
                        laneId: string | null;
                        fencingToken: string;
                        leaseExpiresAt: string | null;
                        leaseSeconds: number | null;
                        instanceId: string | null;
                        assignedAt: string | null;
                        /** @description Its payment was held for a person: it waits without a slot of its agent until it ends */
                        isParked: boolean;
                        attempt: number;
                        maxAttempts: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        runAfter: string;
                        deadlineAt: string | null;
                        unassignableReason: string | null;
                        paymentId: string | null;
                        result: {
                            [key: string]: unknown;
                        } | null;
                        error: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        createdBy: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        finishedAt: string | null;
                    };
                };
            };
        };
    };
    claimTasks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description UUIDv7 */
                    instanceId: string;
                    max: number;
                    /** @description How long to wait for work */
                    waitMs: number;
                    /** @description A task that is not heard of for so long goes to another */
                    leaseSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            task: {
                                /** @description UUIDv7 */
                                organizationId: string;
                                /** @description UUIDv7 */
                                id: string;
                                type: string;
                                payload: {
                                    [key: string]: unknown;
                                };
                                requires: {
                                    [key: string]: unknown;
                                };
                                /** @enum {string} */
                                status: "QUEUED" | "ASSIGNED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED" | "DEAD";
                                priority: number;
                                fairnessKey: string | null;
                                dedupeKey: string | null;
                                agentId: string | null;
                                assignedAgentId: string | null;
                                laneId: string | null;
                                fencingToken: string;
                                leaseExpiresAt: string | null;
                                leaseSeconds: number | null;
                                instanceId: string | null;
                                assignedAt: string | null;
                                /** @description Its payment was held for a person: it waits without a slot of its agent until it ends */
                                isParked: boolean;
                                attempt: number;
                                maxAttempts: number;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339, UTC, milliseconds
                                 */
                                runAfter: string;
                                deadlineAt: string | null;
                                unassignableReason: string | null;
                                paymentId: string | null;
                                result: {
                                    [key: string]: unknown;
                                } | null;
                                error: ({
                                    code: string;
                                    detail: string;
                                } & {
                                    [key: string]: unknown;
                                }) | null;
                                createdBy: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339, UTC, milliseconds
                                 */
                                createdAt: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339, UTC, milliseconds
                                 */
                                updatedAt: string;
                                finishedAt: string | null;
                            };
                            lease: {
                                fencingToken: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339, UTC, milliseconds
                                 */
                                expiresAt: string;
                            };
                        }[];
                    };
                };
            };
        };
    };
    heartbeatTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                taskId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description As it came with the lease */
                    fencingToken: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        lease: {
                            fencingToken: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            expiresAt: string;
                        } | null;
                        /** @description The task was canceled: stop, nothing more is taken of it */
                        cancelRequested: boolean;
                    };
                };
            };
        };
    };
    completeTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                taskId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description As it came with the lease */
                    fencingToken: string;
                    result?: {
                        [key: string]: unknown;
                    } | null;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        type: string;
                        payload: {
                            [key: string]: unknown;
                        };
                        requires: {
                            [key: string]: unknown;
                        };
                        /** @enum {string} */
                        status: "QUEUED" | "ASSIGNED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED" | "DEAD";
                        priority: number;
                        fairnessKey: string | null;
                        dedupeKey: string | null;
                        agentId: string | null;
                        assignedAgentId: string | null;
                        laneId: string | null;
                        fencingToken: string;
                        leaseExpiresAt: string | null;
                        leaseSeconds: number | null;
                        instanceId: string | null;
                        assignedAt: string | null;
                        /** @description Its payment was held for a person: it waits without a slot of its agent until it ends */
                        isParked: boolean;
                        attempt: number;
                        maxAttempts: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        runAfter: string;
                        deadlineAt: string | null;
                        unassignableReason: string | null;
                        paymentId: string | null;
                        result: {
                            [key: string]: unknown;
                        } | null;
                        error: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        createdBy: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        finishedAt: string | null;
                    };
                };
            };
        };
    };
    failTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                taskId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description As it came with the lease */
                    fencingToken: string;
                    error: {
                        code: string;
                        detail: string;
                    };
                    /**
                     * @description False: no other attempt can do better
                     * @default true
                     */
                    retryable?: boolean;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        type: string;
                        payload: {
                            [key: string]: unknown;
                        };
                        requires: {
                            [key: string]: unknown;
                        };
                        /** @enum {string} */
                        status: "QUEUED" | "ASSIGNED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED" | "DEAD";
                        priority: number;
                        fairnessKey: string | null;
                        dedupeKey: string | null;
                        agentId: string | null;
                        assignedAgentId: string | null;
                        laneId: string | null;
                        fencingToken: string;
                        leaseExpiresAt: string | null;
                        leaseSeconds: number | null;
                        instanceId: string | null;
                        assignedAt: string | null;
                        /** @description Its payment was held for a person: it waits without a slot of its agent until it ends */
                        isParked: boolean;
                        attempt: number;
                        maxAttempts: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        runAfter: string;
                        deadlineAt: string | null;
                        unassignableReason: string | null;
                        paymentId: string | null;
                        result: {
                            [key: string]: unknown;
                        } | null;
                        error: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        createdBy: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        finishedAt: string | null;
                    };
                };
            };
        };
    };
    getFairness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: {
                            key: string;
                            weight: number;
                            maxRunning: number | null;
                        }[];
                    };
                };
            };
        };
    };
    putFairness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    keys: {
                        /** @description Empty: of tasks without a `fairnessKey` */
                        key: string;
                        /** @default 1 */
                        weight?: number;
                        maxRunning?: number | null;
                    }[];
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: {
                            key: string;
                            weight: number;
                            maxRunning: number | null;
                        }[];
                    };
                };
            };
        };
    };
    listPayments: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
                status?: "HELD" | "RESERVED" | "SUBMITTING" | "SUBMITTED" | "CONFIRMED" | "REVERTED" | "FAILED" | "CANCELED" | "UNKNOWN";
                /** @description UUIDv7 */
                agentId?: string;
                /** @description UUIDv7 */
                taskId?: string;
                reference?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            /** @description UUIDv7 */
                            agentId: string;
                            /** @description UUIDv7 */
                            walletId: string;
                            taskId: string | null;
                            /**
                             * @description CAIP-2
                             * @example eip155:8453
                             */
                            chain: string;
                            /**
                             * @description CAIP-19; the native coin is `slip44:60`
                             * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                             */
                            asset: string;
                            payee: string;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            amount: string;
                            reference: string | null;
                            memo: string | null;
                            /** @enum {string} */
                            status: "HELD" | "RESERVED" | "SUBMITTING" | "SUBMITTED" | "CONFIRMED" | "REVERTED" | "FAILED" | "CANCELED" | "UNKNOWN";
                            /** @description UUIDv7 */
                            decisionId: string;
                            approvalId: string | null;
                            capabilityRevision: number;
                            requestedBy: string;
                            /** @description Base64 of SHA-256 over the RFC 8785 text of what was asked */
                            intentHash: string;
                            transactionHash: string | null;
                            blockNumber: string | null;
                            attempts: number;
                            /** @description How many times the provider said no */
                            refusals: number;
                            failure: ({
                                code: string;
                                detail: string;
                            } & {
                                [key: string]: unknown;
                            }) | null;
                            frozenAt: string | null;
                            frozenReason: string | null;
                            cancelRequestedAt: string | null;
                            cancelReason: ({
                                code: string;
                                detail: string;
                            } & {
                                [key: string]: unknown;
                            }) | null;
                            setAsideAt: string | null;
                            revision: number;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            updatedAt: string;
                            submittedAt: string | null;
                            settledAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createPayment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description UUIDv7 */
                    agentId: string;
                    /** @description UUIDv7 */
                    taskId?: string;
                    /** @description Address, or CAIP-10 on the chain of the asset */
                    payee: string;
                    /**
                     * @description Whole number above zero of the asset's smallest unit
                     * @example 1500000
                     */
                    amount: string;
                    /**
                     * @description CAIP-19; the native coin is `slip44:60`
                     * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                     */
                    asset: string;
                    reference?: string;
                    memo?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @description UUIDv7 */
                        walletId: string;
                        taskId: string | null;
                        /**
                         * @description CAIP-2
                         * @example eip155:8453
                         */
                        chain: string;
                        /**
                         * @description CAIP-19; the native coin is `slip44:60`
                         * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                         */
                        asset: string;
                        payee: string;
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        amount: string;
                        reference: string | null;
                        memo: string | null;
                        /** @enum {string} */
                        status: "HELD" | "RESERVED" | "SUBMITTING" | "SUBMITTED" | "CONFIRMED" | "REVERTED" | "FAILED" | "CANCELED" | "UNKNOWN";
                        /** @description UUIDv7 */
                        decisionId: string;
                        approvalId: string | null;
                        capabilityRevision: number;
                        requestedBy: string;
                        /** @description Base64 of SHA-256 over the RFC 8785 text of what was asked */
                        intentHash: string;
                        transactionHash: string | null;
                        blockNumber: string | null;
                        attempts: number;
                        /** @description How many times the provider said no */
                        refusals: number;
                        failure: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        frozenAt: string | null;
                        frozenReason: string | null;
                        cancelRequestedAt: string | null;
                        cancelReason: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        setAsideAt: string | null;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        submittedAt: string | null;
                        settledAt: string | null;
                    };
                };
            };
        };
    };
    getPayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                paymentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @description UUIDv7 */
                        walletId: string;
                        taskId: string | null;
                        /**
                         * @description CAIP-2
                         * @example eip155:8453
                         */
                        chain: string;
                        /**
                         * @description CAIP-19; the native coin is `slip44:60`
                         * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                         */
                        asset: string;
                        payee: string;
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        amount: string;
                        reference: string | null;
                        memo: string | null;
                        /** @enum {string} */
                        status: "HELD" | "RESERVED" | "SUBMITTING" | "SUBMITTED" | "CONFIRMED" | "REVERTED" | "FAILED" | "CANCELED" | "UNKNOWN";
                        /** @description UUIDv7 */
                        decisionId: string;
                        approvalId: string | null;
                        capabilityRevision: number;
                        requestedBy: string;
                        /** @description Base64 of SHA-256 over the RFC 8785 text of what was asked */
                        intentHash: string;
                        transactionHash: string | null;
                        blockNumber: string | null;
                        attempts: number;
                        /** @description How many times the provider said no */
                        refusals: number;
                        failure: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        frozenAt: string | null;
                        frozenReason: string | null;
                        cancelRequestedAt: string | null;
                        cancelReason: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        setAsideAt: string | null;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        submittedAt: string | null;
                        settledAt: string | null;
                    };
                };
            };
        };
    };
    cancelPayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                paymentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @description UUIDv7 */
                        walletId: string;
                        taskId: string | null;
                        /**
                         * @description CAIP-2
                         * @example eip155:8453
                         */
                        chain: string;
                        /**
                         * @description CAIP-19; the native coin is `slip44:60`
                         * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                         */
                        asset: string;
                        payee: string;
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        amount: string;
                        reference: string | null;
                        memo: string | null;
                        /** @enum {string} */
                        status: "HELD" | "RESERVED" | "SUBMITTING" | "SUBMITTED" | "CONFIRMED" | "REVERTED" | "FAILED" | "CANCELED" | "UNKNOWN";
                        /** @description UUIDv7 */
                        decisionId: string;
                        approvalId: string | null;
                        capabilityRevision: number;
                        requestedBy: string;
                        /** @description Base64 of SHA-256 over the RFC 8785 text of what was asked */
                        intentHash: string;
                        transactionHash: string | null;
                        blockNumber: string | null;
                        attempts: number;
                        /** @description How many times the provider said no */
                        refusals: number;
                        failure: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        frozenAt: string | null;
                        frozenReason: string | null;
                        cancelRequestedAt: string | null;
                        cancelReason: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        setAsideAt: string | null;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        submittedAt: string | null;
                        settledAt: string | null;
                    };
                };
            };
        };
    };
    freezePayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                paymentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @description UUIDv7 */
                        walletId: string;
                        taskId: string | null;
                        /**
                         * @description CAIP-2
                         * @example eip155:8453
                         */
                        chain: string;
                        /**
                         * @description CAIP-19; the native coin is `slip44:60`
                         * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                         */
                        asset: string;
                        payee: string;
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        amount: string;
                        reference: string | null;
                        memo: string | null;
                        /** @enum {string} */
                        status: "HELD" | "RESERVED" | "SUBMITTING" | "SUBMITTED" | "CONFIRMED" | "REVERTED" | "FAILED" | "CANCELED" | "UNKNOWN";
                        /** @description UUIDv7 */
                        decisionId: string;
                        approvalId: string | null;
                        capabilityRevision: number;
                        requestedBy: string;
                        /** @description Base64 of SHA-256 over the RFC 8785 text of what was asked */
                        intentHash: string;
                        transactionHash: string | null;
                        blockNumber: string | null;
                        attempts: number;
                        /** @description How many times the provider said no */
                        refusals: number;
                        failure: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        frozenAt: string | null;
                        frozenReason: string | null;
                        cancelRequestedAt: string | null;
                        cancelReason: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        setAsideAt: string | null;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        submittedAt: string | null;
                        settledAt: string | null;
                        /** @description Payments that were on their way, oldest first, at most 200 */
                        inFlight: {
                            /** @description UUIDv7 */
                            paymentId: string;
                            /** @enum {string} */
                            status: "HELD" | "RESERVED" | "SUBMITTING" | "SUBMITTED" | "CONFIRMED" | "REVERTED" | "FAILED" | "CANCELED" | "UNKNOWN";
                            /**
                             * @description Nothing signed, it waits; signed, it may still be mined; a queue has it and may still send it
                             * @enum {string}
                             */
                            disposition: "HELD_BACK" | "BROADCAST" | "HANDED_OVER";
                            transactionHash: string | null;
                        }[];
                    };
                };
            };
        };
    };
    unfreezePayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                paymentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @description UUIDv7 */
                        walletId: string;
                        taskId: string | null;
                        /**
                         * @description CAIP-2
                         * @example eip155:8453
                         */
                        chain: string;
                        /**
                         * @description CAIP-19; the native coin is `slip44:60`
                         * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                         */
                        asset: string;
                        payee: string;
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        amount: string;
                        reference: string | null;
                        memo: string | null;
                        /** @enum {string} */
                        status: "HELD" | "RESERVED" | "SUBMITTING" | "SUBMITTED" | "CONFIRMED" | "REVERTED" | "FAILED" | "CANCELED" | "UNKNOWN";
                        /** @description UUIDv7 */
                        decisionId: string;
                        approvalId: string | null;
                        capabilityRevision: number;
                        requestedBy: string;
                        /** @description Base64 of SHA-256 over the RFC 8785 text of what was asked */
                        intentHash: string;
                        transactionHash: string | null;
                        blockNumber: string | null;
                        attempts: number;
                        /** @description How many times the provider said no */
                        refusals: number;
                        failure: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        frozenAt: string | null;
                        frozenReason: string | null;
                        cancelRequestedAt: string | null;
                        cancelReason: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        setAsideAt: string | null;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        submittedAt: string | null;
                        settledAt: string | null;
                    };
                };
            };
        };
    };
    resolvePayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                paymentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    outcome: "CONFIRMED" | "SET_ASIDE";
                    /** @description With `CONFIRMED`: the transaction that made it */
                    transactionHash?: string;
                    /** @description With `SET_ASIDE`: why nobody can know */
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @description UUIDv7 */
                        walletId: string;
                        taskId: string | null;
                        /**
                         * @description CAIP-2
                         * @example eip155:8453
                         */
                        chain: string;
                        /**
                         * @description CAIP-19; the native coin is `slip44:60`
                         * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                         */
                        asset: string;
                        payee: string;
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        amount: string;
                        reference: string | null;
                        memo: string | null;
                        /** @enum {string} */
                        status: "HELD" | "RESERVED" | "SUBMITTING" | "SUBMITTED" | "CONFIRMED" | "REVERTED" | "FAILED" | "CANCELED" | "UNKNOWN";
                        /** @description UUIDv7 */
                        decisionId: string;
                        approvalId: string | null;
                        capabilityRevision: number;
                        requestedBy: string;
                        /** @description Base64 of SHA-256 over the RFC 8785 text of what was asked */
                        intentHash: string;
                        transactionHash: string | null;
                        blockNumber: string | null;
                        attempts: number;
                        /** @description How many times the provider said no */
                        refusals: number;
                        failure: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        frozenAt: string | null;
                        frozenReason: string | null;
                        cancelRequestedAt: string | null;
                        cancelReason: ({
                            code: string;
                            detail: string;
                        } & {
                            [key: string]: unknown;
                        }) | null;
                        setAsideAt: string | null;
                        revision: number;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        updatedAt: string;
                        submittedAt: string | null;
                        settledAt: string | null;
                    };
                };
            };
        };
    };
    listApprovals: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
                status?: "PENDING" | "APPROVED" | "REJECTED" | "EXPIRED" | "VOIDED";
                /** @description UUIDv7 */
                agentId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            /** @description UUIDv7 */
                            paymentId: string;
                            /** @description UUIDv7 */
                            agentId: string;
                            /** @enum {string} */
                            status: "PENDING" | "APPROVED" | "REJECTED" | "EXPIRED" | "VOIDED";
                            intent: {
                                [key: string]: unknown;
                            };
                            intentHash: string;
                            reasons: ({
                                /** @description Stable, `area.reason` */
                                code: string;
                            } & {
                                [key: string]: unknown;
                            })[];
                            requestedBy: string;
                            decidedBy: string | null;
                            note: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            expiresAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            decidedAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    getApproval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                approvalId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        paymentId: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @enum {string} */
                        status: "PENDING" | "APPROVED" | "REJECTED" | "EXPIRED" | "VOIDED";
                        intent: {
                            [key: string]: unknown;
                        };
                        intentHash: string;
                        reasons: ({
                            /** @description Stable, `area.reason` */
                            code: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                        requestedBy: string;
                        decidedBy: string | null;
                        note: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        expiresAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        decidedAt: string | null;
                    };
                };
            };
        };
    };
    approvePayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                approvalId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        paymentId: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @enum {string} */
                        status: "PENDING" | "APPROVED" | "REJECTED" | "EXPIRED" | "VOIDED";
                        intent: {
                            [key: string]: unknown;
                        };
                        intentHash: string;
                        reasons: ({
                            /** @description Stable, `area.reason` */
                            code: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                        requestedBy: string;
                        decidedBy: string | null;
                        note: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        expiresAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        decidedAt: string | null;
                    };
                };
            };
        };
    };
    rejectPayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                approvalId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /** @description UUIDv7 */
                        paymentId: string;
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @enum {string} */
                        status: "PENDING" | "APPROVED" | "REJECTED" | "EXPIRED" | "VOIDED";
                        intent: {
                            [key: string]: unknown;
                        };
                        intentHash: string;
                        reasons: ({
                            /** @description Stable, `area.reason` */
                            code: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                        requestedBy: string;
                        decidedBy: string | null;
                        note: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        expiresAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        decidedAt: string | null;
                    };
                };
            };
        };
    };
    listBreaks: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
                status?: "OPEN" | "RESOLVED";
                kind?: string;
                /** @description UUIDv7 */
                agentId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            /**
                             * @example nonce.foreign
                             * @example transfer.unmatched
                             * @example balance.missing
                             * @example payment.revived
                             */
                            kind: string;
                            /** @description What exactly; with the kind it names the break */
                            subject: string;
                            /** @enum {string} */
                            severity: "WARNING" | "CRITICAL";
                            /** @enum {string} */
                            status: "OPEN" | "RESOLVED";
                            /** @description UUIDv7 */
                            agentId: string;
                            /** @description UUIDv7 */
                            walletId: string;
                            paymentId: string | null;
                            /**
                             * @description CAIP-2
                             * @example eip155:8453
                             */
                            chain: string;
                            asset: string | null;
                            transactionHash: string | null;
                            expected: {
                                [key: string]: unknown;
                            };
                            seen: {
                                [key: string]: unknown;
                            };
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            openedAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            lastSeenAt: string;
                            resolvedAt: string | null;
                            resolvedBy: string | null;
                            note: string | null;
                        }[];
                        nextCursor: string | null;
                        reconciledUntil: string | null;
                    };
                };
            };
        };
    };
    getBreak: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                breakId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /**
                         * @example nonce.foreign
                         * @example transfer.unmatched
                         * @example balance.missing
                         * @example payment.revived
                         */
                        kind: string;
                        /** @description What exactly; with the kind it names the break */
                        subject: string;
                        /** @enum {string} */
                        severity: "WARNING" | "CRITICAL";
                        /** @enum {string} */
                        status: "OPEN" | "RESOLVED";
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @description UUIDv7 */
                        walletId: string;
                        paymentId: string | null;
                        /**
                         * @description CAIP-2
                         * @example eip155:8453
                         */
                        chain: string;
                        asset: string | null;
                        transactionHash: string | null;
                        expected: {
                            [key: string]: unknown;
                        };
                        seen: {
                            [key: string]: unknown;
                        };
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        openedAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        lastSeenAt: string;
                        resolvedAt: string | null;
                        resolvedBy: string | null;
                        note: string | null;
                    };
                };
            };
        };
    };
    resolveBreak: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                breakId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    note: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        /**
                         * @example nonce.foreign
                         * @example transfer.unmatched
                         * @example balance.missing
                         * @example payment.revived
                         */
                        kind: string;
                        /** @description What exactly; with the kind it names the break */
                        subject: string;
                        /** @enum {string} */
                        severity: "WARNING" | "CRITICAL";
                        /** @enum {string} */
                        status: "OPEN" | "RESOLVED";
                        /** @description UUIDv7 */
                        agentId: string;
                        /** @description UUIDv7 */
                        walletId: string;
                        paymentId: string | null;
                        /**
                         * @description CAIP-2
                         * @example eip155:8453
                         */
                        chain: string;
                        asset: string | null;
                        transactionHash: string | null;
                        expected: {
                            [key: string]: unknown;
                        };
                        seen: {
                            [key: string]: unknown;
                        };
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        openedAt: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        lastSeenAt: string;
                        resolvedAt: string | null;
                        resolvedBy: string | null;
                        note: string | null;
                    };
                };
            };
        };
    };
    listDecisions: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
                /** @description UUIDv7 */
                agentId?: string;
                /** @description UUIDv7 */
                taskId?: string;
                /** @description UUIDv7 */
                paymentId?: string;
                verdict?: "ALLOW" | "DENY" | "HOLD";
                type?: string;
                actor?: string;
                /** @description RFC 3339, UTC, milliseconds */
                from?: string;
                /** @description RFC 3339, UTC, milliseconds */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            type: string;
                            verdict: ("ALLOW" | "DENY" | "HOLD") | null;
                            reasons: ({
                                /** @description Stable, `area.reason` */
                                code: string;
                            } & {
                                [key: string]: unknown;
                            })[];
                            actor: string;
                            subject: string;
                            agentId: string | null;
                            taskId: string | null;
                            paymentId: string | null;
                            approvalId: string | null;
                            walletId: string | null;
                            versionId: string | null;
                            capabilityRevision: number | null;
                            authorityLevel: ("OBSERVE" | "PROPOSE" | "SUPERVISED" | "AUTONOMOUS") | null;
                            inputs: {
                                [key: string]: unknown;
                            };
                            /** @description Fields of the inputs whose values were taken away */
                            redacted: string[];
                            /** @description RFC 8785 text; SHA-256(0x00 ‖ leaf) is its RFC 6962 leaf hash */
                            leaf: string;
                            /** @description Base64 */
                            leafHash: string;
                            leafIndex: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            occurredAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    getDecision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                decisionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        type: string;
                        verdict: ("ALLOW" | "DENY" | "HOLD") | null;
                        reasons: ({
                            /** @description Stable, `area.reason` */
                            code: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                        actor: string;
                        subject: string;
                        agentId: string | null;
                        taskId: string | null;
                        paymentId: string | null;
                        approvalId: string | null;
                        walletId: string | null;
                        versionId: string | null;
                        capabilityRevision: number | null;
                        authorityLevel: ("OBSERVE" | "PROPOSE" | "SUPERVISED" | "AUTONOMOUS") | null;
                        inputs: {
                            [key: string]: unknown;
                        };
                        /** @description Fields of the inputs whose values were taken away */
                        redacted: string[];
                        /** @description RFC 8785 text; SHA-256(0x00 ‖ leaf) is its RFC 6962 leaf hash */
                        leaf: string;
                        /** @description Base64 */
                        leafHash: string;
                        leafIndex: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        occurredAt: string;
                    };
                };
            };
        };
    };
    redactDecision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                decisionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Fields of `inputs`: their values and salts are deleted, what proves them stays */
                    fields: string[];
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description UUIDv7 */
                        organizationId: string;
                        /** @description UUIDv7 */
                        id: string;
                        type: string;
                        verdict: ("ALLOW" | "DENY" | "HOLD") | null;
                        reasons: ({
                            /** @description Stable, `area.reason` */
                            code: string;
                        } & {
                            [key: string]: unknown;
                        })[];
                        actor: string;
                        subject: string;
                        agentId: string | null;
                        taskId: string | null;
                        paymentId: string | null;
                        approvalId: string | null;
                        walletId: string | null;
                        versionId: string | null;
                        capabilityRevision: number | null;
                        authorityLevel: ("OBSERVE" | "PROPOSE" | "SUPERVISED" | "AUTONOMOUS") | null;
                        inputs: {
                            [key: string]: unknown;
                        };
                        /** @description Fields of the inputs whose values were taken away */
                        redacted: string[];
                        /** @description RFC 8785 text; SHA-256(0x00 ‖ leaf) is its RFC 6962 leaf hash */
                        leaf: string;
                        /** @description Base64 */
                        leafHash: string;
                        leafIndex: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        occurredAt: string;
                    };
                };
            };
        };
    };
    getDecisionProof: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                decisionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The receipt (C2SP tlog-proof) of the decision under the newest checkpoint */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    getLogCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The signed checkpoint (C2SP tlog-checkpoint) of the newest size */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    getLogKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Verifier keys (C2SP signed-note), one a line, the newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    getOperatorCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The signed checkpoint of the operator's tree, whose leaves are the checkpoints of all organisations */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    getOperatorKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Verifier keys (C2SP signed-note), one a line, the newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    getLogConsistency: {
        parameters: {
            query?: {
                from?: number;
                /** @description The size of the newest checkpoint when it is left out */
                to?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        from: number;
                        to: number;
                        /** @description RFC 6962, 2.1.2 */
                        proof: string[];
                    };
                };
            };
        };
    };
    exportLog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole log, to be checked without Wedi: see docs/decisions/0007 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": string;
                };
            };
        };
    };
    getLogTile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What follows `tile/` in C2SP tlog-tiles: `<level>/<N>[.p/<W>]`, or `entries/<N>[.p/<W>]` */
                "*": string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A tile of hashes, or a bundle of entries (C2SP tlog-tiles) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
        };
    };
}
