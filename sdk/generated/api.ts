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
    "/pay/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description With `Accept: text/html` and nothing that pays a page. Otherwise x402 version 2: 402 with `PAYMENT-REQUIRED`, and 200 with `PAYMENT-RESPONSE` when `PAYMENT-SIGNATURE` pays it. */
        get: operations["payLink"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pay/{slug}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getPayStatus"];
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
    "/v1/organizations/{organizationId}/admin-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description A new admin key for an organisation that has none in force. What is frozen stays frozen. */
        post: operations["recoverOrganization"];
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
    "/v1/api-keys/{apiKeyId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotateApiKey"];
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
        get: operations["listAgentCredentials"];
        put?: never;
        post: operations["createAgentCredential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/agents/{agentId}/credentials/{credentialId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["revokeAgentCredential"];
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
    "/v1/integration-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listIntegrationKeys"];
        put?: never;
        post: operations["createIntegrationKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/integration-keys/{integrationKeyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getIntegrationKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/integration-keys/{integrationKeyId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotateIntegrationKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/integration-keys/{integrationKeyId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["revokeIntegrationKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/key-exposures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description For whoever found a key of any kind: if it is one of ours, it is revoked when this is answered. The answer is always the same, and no key is needed. */
        post: operations["reportKeyExposure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listPaymentLinks"];
        put?: never;
        post: operations["createPaymentLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-links/{linkId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getPaymentLink"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-links/{linkId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["cancelPaymentLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-link-payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description All that came to accounts of links, also what nobody can match (`kind=UNMATCHED`); with an integration key what came for its own links. */
        get: operations["listPaymentLinkPayments"];
        put?: never;
        post?: never;
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
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listWebhooks"];
        put?: never;
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhookId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        patch: operations["patchWebhook"];
        trace?: never;
    };
    "/v1/webhooks/{webhookId}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhookId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhookId}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhookId}/deliveries/{deliveryId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["replayWebhookDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhookId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["replayWebhook"];
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
    payLink: {
        parameters: {
            query?: {
                /**
                 * @description Where the payer chooses: in the asset's smallest unit
                 * @example 1500000
                 */
                amount?: string;
                /** @description The same for people, as 12.50 */
                sum?: string;
            };
            header?: never;
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page, or the payment that was settled */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                    "application/json": {
                        /** @enum {string} */
                        status: "OPEN" | "PAID" | "EXPIRED" | "CANCELED";
                        payment: {
                            /** @description UUIDv7 */
                            id: string;
                            /** @enum {string} */
                            state: "PENDING" | "CONFIRMED" | "FAILED" | "VANISHED";
                            /** @enum {string} */
                            kind: "EXACT" | "OVER" | "UNDER" | "LATE" | "DUPLICATE" | "UNMATCHED";
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
                            payer: string;
                            payTo: string;
                            transactionHash: string | null;
                        };
                    };
                };
            };
        };
    };
    getPayStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                slug: string;
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
                        /** @enum {string} */
                        status: "OPEN" | "PAID" | "EXPIRED" | "CANCELED";
                        paidCount: number;
                        maxPayments: number;
                        /** @description A payment is on its way */
                        isSettling: boolean;
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
                            maxKeyLifetimeDays: number | null;
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
                            maxKeyLifetimeDays: number | null;
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
                            revokedReason: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /** @description The same for a key and all that it was rotated to */
                            familyId: string;
                            successorId: string | null;
                            rotatedAt: string | null;
                        };
                        secret: string;
                    };
                };
            };
        };
    };
    recoverOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                organizationId: string;
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
                            revokedReason: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /** @description The same for a key and all that it was rotated to */
                            familyId: string;
                            successorId: string | null;
                            rotatedAt: string | null;
                        };
                        /** @description Shown this once */
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
                        maxKeyLifetimeDays: number | null;
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
                    maxKeyLifetimeDays?: number | null;
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
                        maxKeyLifetimeDays: number | null;
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
                        maxKeyLifetimeDays: number | null;
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
                        maxKeyLifetimeDays: number | null;
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
                kind?: "SK" | "AK";
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
                            revokedReason: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /** @description The same for a key and all that it was rotated to */
                            familyId: string;
                            successorId: string | null;
                            rotatedAt: string | null;
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
                            revokedReason: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /** @description The same for a key and all that it was rotated to */
                            familyId: string;
                            successorId: string | null;
                            rotatedAt: string | null;
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
                        revokedReason: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /** @description The same for a key and all that it was rotated to */
                        familyId: string;
                        successorId: string | null;
                        rotatedAt: string | null;
                    };
                };
            };
        };
    };
    rotateApiKey: {
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
                "application/json": {
                    /** @description How long the old key still works; never beyond its own end */
                    graceSeconds: number;
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
                            revokedReason: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /** @description The same for a key and all that it was rotated to */
                            familyId: string;
                            successorId: string | null;
                            rotatedAt: string | null;
                        };
                        /** @description Shown this once */
                        secret: string;
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
    listAgentCredentials: {
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
                            revokedReason: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /** @description The same for a key and all that it was rotated to */
                            familyId: string;
                            successorId: string | null;
                            rotatedAt: string | null;
                        }[];
                        nextCursor: string | null;
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
                            revokedReason: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /** @description The same for a key and all that it was rotated to */
                            familyId: string;
                            successorId: string | null;
                            rotatedAt: string | null;
                        };
                        /** @description Shown this once */
                        secret: string;
                    };
                };
            };
        };
    };
    revokeAgentCredential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                agentId: string;
                /** @description UUIDv7 */
                credentialId: string;
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
                        revokedReason: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /** @description The same for a key and all that it was rotated to */
                        familyId: string;
                        successorId: string | null;
                        rotatedAt: string | null;
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
                    /**
                     * @default {
                     *       "code": "task.failed",
                     *       "detail": "The agent gave no reason."
                     *     }
                     */
                    error?: {
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
                            authorization: {
                                from: string;
                                nonce: string;
                                validAfter: string;
                                validBefore: string;
                            } | null;
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
                        authorization: {
                            from: string;
                            nonce: string;
                            validAfter: string;
                            validBefore: string;
                        } | null;
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
                        authorization: {
                            from: string;
                            nonce: string;
                            validAfter: string;
                            validBefore: string;
                        } | null;
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
                        authorization: {
                            from: string;
                            nonce: string;
                            validAfter: string;
                            validBefore: string;
                        } | null;
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
                        authorization: {
                            from: string;
                            nonce: string;
                            validAfter: string;
                            validBefore: string;
                        } | null;
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
                        authorization: {
                            from: string;
                            nonce: string;
                            validAfter: string;
                            validBefore: string;
                        } | null;
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
                        authorization: {
                            from: string;
                            nonce: string;
                            validAfter: string;
                            validBefore: string;
                        } | null;
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
    listIntegrationKeys: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
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
                            /** @enum {string} */
                            kind: "SK" | "AK" | "IK";
                            name: string;
                            agentId: string | null;
                            keyId: string;
                            displayPrefix: string;
                            pepperVersion: number;
                            createdBy: string;
                            expiresAt: string | null;
                            revokedAt: string | null;
                            revokedReason: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /** @description The same for a key and all that it was rotated to */
                            familyId: string;
                            successorId: string | null;
                            rotatedAt: string | null;
                            /** @description What of its agent’s capability it may use; null stands for all of it */
                            binding: {
                                assets: string[] | null;
                                chains: string[] | null;
                                maxAmountPerLink: {
                                    asset: string;
                                    amount: string;
                                }[];
                                maxAmountPerDay: {
                                    asset: string;
                                    amount: string;
                                }[];
                                allowedOrigins: string[] | null;
                                allowedMetadataKeys: string[] | null;
                            };
                            isCanary: boolean;
                            canaryUsedAt: string | null;
                            lastUsedAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createIntegrationKey: {
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
                    name: string;
                    /** @description Without it, all that the capability names */
                    assets?: string[];
                    /** @description Without it, all that the capability names */
                    chains?: string[];
                    /** @description Of one link, each asset once */
                    maxAmountPerLink?: {
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
                    }[];
                    /** @description Of all links that were made on a day of UTC with the key, or with one it was rotated from or to */
                    maxAmountPerDay?: {
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
                    }[];
                    /** @description Of browsers; a caller that sends no `Origin` is a server */
                    allowedOrigins?: string[];
                    /** @description Names a link may carry in its metadata; without it, all */
                    allowedMetadataKeys?: string[];
                    /**
                     * Format: date-time
                     * @description RFC 3339, UTC, milliseconds
                     */
                    expiresAt?: string;
                    /** @description Looks real and opens nothing: its use is an alarm */
                    canary?: boolean;
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
                        integrationKey: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            /** @enum {string} */
                            kind: "SK" | "AK" | "IK";
                            name: string;
                            agentId: string | null;
                            keyId: string;
                            displayPrefix: string;
                            pepperVersion: number;
                            createdBy: string;
                            expiresAt: string | null;
                            revokedAt: string | null;
                            revokedReason: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /** @description The same for a key and all that it was rotated to */
                            familyId: string;
                            successorId: string | null;
                            rotatedAt: string | null;
                            /** @description What of its agent’s capability it may use; null stands for all of it */
                            binding: {
                                assets: string[] | null;
                                chains: string[] | null;
                                maxAmountPerLink: {
                                    asset: string;
                                    amount: string;
                                }[];
                                maxAmountPerDay: {
                                    asset: string;
                                    amount: string;
                                }[];
                                allowedOrigins: string[] | null;
                                allowedMetadataKeys: string[] | null;
                            };
                            isCanary: boolean;
                            canaryUsedAt: string | null;
                        };
                        /** @description Shown this once */
                        secret: string;
                    };
                };
            };
        };
    };
    getIntegrationKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                integrationKeyId: string;
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
                        /** @enum {string} */
                        kind: "SK" | "AK" | "IK";
                        name: string;
                        agentId: string | null;
                        keyId: string;
                        displayPrefix: string;
                        pepperVersion: number;
                        createdBy: string;
                        expiresAt: string | null;
                        revokedAt: string | null;
                        revokedReason: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /** @description The same for a key and all that it was rotated to */
                        familyId: string;
                        successorId: string | null;
                        rotatedAt: string | null;
                        /** @description What of its agent’s capability it may use; null stands for all of it */
                        binding: {
                            assets: string[] | null;
                            chains: string[] | null;
                            maxAmountPerLink: {
                                asset: string;
                                amount: string;
                            }[];
                            maxAmountPerDay: {
                                asset: string;
                                amount: string;
                            }[];
                            allowedOrigins: string[] | null;
                            allowedMetadataKeys: string[] | null;
                        };
                        isCanary: boolean;
                        canaryUsedAt: string | null;
                        lastUsedAt: string | null;
                        /** @description Of the last 30 days, what was used last first */
                        usage: {
                            byDay: {
                                /** @description Of UTC */
                                day: string;
                                /**
                                 * @description Whole number of the asset's smallest unit
                                 * @example 1500000
                                 */
                                uses: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339, UTC, milliseconds
                                 */
                                lastUsedAt: string;
                            }[];
                            byRoute: {
                                /** @description The operationId */
                                route: string;
                                /**
                                 * @description Whole number of the asset's smallest unit
                                 * @example 1500000
                                 */
                                uses: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339, UTC, milliseconds
                                 */
                                lastUsedAt: string;
                            }[];
                            byAddress: {
                                /** @description /24 of IPv4, /48 of IPv6 */
                                addressPrefix: string;
                                /**
                                 * @description Whole number of the asset's smallest unit
                                 * @example 1500000
                                 */
                                uses: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339, UTC, milliseconds
                                 */
                                lastUsedAt: string;
                            }[];
                        };
                        /** @description It was quiet for at least as long as ever between two uses, and for an hour; after a rotation only when the new key is in use */
                        safeToRevoke: boolean;
                        /** @enum {string} */
                        safeToRevokeReason: "ENDED" | "QUIET" | "IN_USE" | "SUCCESSOR_UNUSED";
                        safeToRevokeAt: string | null;
                        rotation: {
                            /** @description UUIDv7 */
                            oldKeyId: string;
                            newKeyId: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            rotatedAt: string;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            oldKeyEndsAt: string;
                            /** @description Who called with the old key since */
                            oldKeyCallers: {
                                addressPrefix: string;
                                route: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339, UTC, milliseconds
                                 */
                                lastUsedAt: string;
                            }[];
                            /** @description Of the old key */
                            safeToRevoke: boolean;
                        } | null;
                    };
                };
            };
        };
    };
    rotateIntegrationKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                integrationKeyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description How long the old key still works; never beyond its own end */
                    graceSeconds: number;
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
                        integrationKey: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            /** @enum {string} */
                            kind: "SK" | "AK" | "IK";
                            name: string;
                            agentId: string | null;
                            keyId: string;
                            displayPrefix: string;
                            pepperVersion: number;
                            createdBy: string;
                            expiresAt: string | null;
                            revokedAt: string | null;
                            revokedReason: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            /** @description The same for a key and all that it was rotated to */
                            familyId: string;
                            successorId: string | null;
                            rotatedAt: string | null;
                            /** @description What of its agent’s capability it may use; null stands for all of it */
                            binding: {
                                assets: string[] | null;
                                chains: string[] | null;
                                maxAmountPerLink: {
                                    asset: string;
                                    amount: string;
                                }[];
                                maxAmountPerDay: {
                                    asset: string;
                                    amount: string;
                                }[];
                                allowedOrigins: string[] | null;
                                allowedMetadataKeys: string[] | null;
                            };
                            isCanary: boolean;
                            canaryUsedAt: string | null;
                        };
                        /** @description Shown this once */
                        secret: string;
                    };
                };
            };
        };
    };
    revokeIntegrationKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                integrationKeyId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                    /** @description Whether open links that it made are canceled too */
                    cancelLinks?: boolean;
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
                        /** @enum {string} */
                        kind: "SK" | "AK" | "IK";
                        name: string;
                        agentId: string | null;
                        keyId: string;
                        displayPrefix: string;
                        pepperVersion: number;
                        createdBy: string;
                        expiresAt: string | null;
                        revokedAt: string | null;
                        revokedReason: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        /** @description The same for a key and all that it was rotated to */
                        familyId: string;
                        successorId: string | null;
                        rotatedAt: string | null;
                        /** @description What of its agent’s capability it may use; null stands for all of it */
                        binding: {
                            assets: string[] | null;
                            chains: string[] | null;
                            maxAmountPerLink: {
                                asset: string;
                                amount: string;
                            }[];
                            maxAmountPerDay: {
                                asset: string;
                                amount: string;
                            }[];
                            allowedOrigins: string[] | null;
                            allowedMetadataKeys: string[] | null;
                        };
                        isCanary: boolean;
                        canaryUsedAt: string | null;
                    };
                };
            };
        };
    };
    reportKeyExposure: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    secret: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "RECEIVED";
                    };
                };
            };
        };
    };
    listPaymentLinks: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
                status?: "OPEN" | "PAID" | "EXPIRED" | "CANCELED";
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
                            agentId: string;
                            /** @description UUIDv7 */
                            integrationKeyId: string;
                            url: string;
                            slug: string;
                            /** @enum {string} */
                            status: "OPEN" | "PAID" | "EXPIRED" | "CANCELED";
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
                            /** @description An amount, or the least and the most that the payer may choose */
                            amount: string | {
                                /**
                                 * @description Whole number above zero of the asset's smallest unit
                                 * @example 1500000
                                 */
                                min: string;
                                /**
                                 * @description Whole number above zero of the asset's smallest unit
                                 * @example 1500000
                                 */
                                max: string;
                            };
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            minAmount: string;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            maxAmount: string;
                            description: string | null;
                            payTo: string;
                            /** @description Whether `payTo` is the wallet that its agent pays from */
                            isOwn: boolean;
                            maxPayments: number;
                            paidCount: number;
                            /** @description Payments on their way */
                            settlingCount: number;
                            metadata: {
                                [key: string]: unknown;
                            };
                            /** @description UUIDv7 */
                            decisionId: string;
                            createdBy: string;
                            revision: number;
                            expiresAt: string | null;
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
                            closedAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
        };
    };
    createPaymentLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description An amount, or the least and the most that the payer may choose */
                    amount: string | {
                        /**
                         * @description Whole number above zero of the asset's smallest unit
                         * @example 1500000
                         */
                        min: string;
                        /**
                         * @description Whole number above zero of the asset's smallest unit
                         * @example 1500000
                         */
                        max: string;
                    };
                    /**
                     * @description CAIP-19; the native coin is `slip44:60`
                     * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                     */
                    asset: string;
                    /** @description Shown to the payer */
                    description?: string;
                    /**
                     * Format: date-time
                     * @description RFC 3339, UTC, milliseconds
                     */
                    expiresAt?: string;
                    /** @default 1 */
                    maxPayments?: number;
                    /** @description An account that the agent's capability names among its payees; without it the agent's own wallet */
                    payTo?: string;
                    metadata?: {
                        [key: string]: unknown;
                    };
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
                        integrationKeyId: string;
                        url: string;
                        slug: string;
                        /** @enum {string} */
                        status: "OPEN" | "PAID" | "EXPIRED" | "CANCELED";
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
                        /** @description An amount, or the least and the most that the payer may choose */
                        amount: string | {
                            /**
                             * @description Whole number above zero of the asset's smallest unit
                             * @example 1500000
                             */
                            min: string;
                            /**
                             * @description Whole number above zero of the asset's smallest unit
                             * @example 1500000
                             */
                            max: string;
                        };
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        minAmount: string;
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        maxAmount: string;
                        description: string | null;
                        payTo: string;
                        /** @description Whether `payTo` is the wallet that its agent pays from */
                        isOwn: boolean;
                        maxPayments: number;
                        paidCount: number;
                        /** @description Payments on their way */
                        settlingCount: number;
                        metadata: {
                            [key: string]: unknown;
                        };
                        /** @description UUIDv7 */
                        decisionId: string;
                        createdBy: string;
                        revision: number;
                        expiresAt: string | null;
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
                        closedAt: string | null;
                    };
                };
            };
        };
    };
    getPaymentLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                linkId: string;
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
                        integrationKeyId: string;
                        url: string;
                        slug: string;
                        /** @enum {string} */
                        status: "OPEN" | "PAID" | "EXPIRED" | "CANCELED";
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
                        /** @description An amount, or the least and the most that the payer may choose */
                        amount: string | {
                            /**
                             * @description Whole number above zero of the asset's smallest unit
                             * @example 1500000
                             */
                            min: string;
                            /**
                             * @description Whole number above zero of the asset's smallest unit
                             * @example 1500000
                             */
                            max: string;
                        };
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        minAmount: string;
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        maxAmount: string;
                        description: string | null;
                        payTo: string;
                        /** @description Whether `payTo` is the wallet that its agent pays from */
                        isOwn: boolean;
                        maxPayments: number;
                        paidCount: number;
                        /** @description Payments on their way */
                        settlingCount: number;
                        metadata: {
                            [key: string]: unknown;
                        };
                        /** @description UUIDv7 */
                        decisionId: string;
                        createdBy: string;
                        revision: number;
                        expiresAt: string | null;
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
                        closedAt: string | null;
                        /** @description The newest first, at most 100 */
                        payments: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            linkId: string | null;
                            /** @enum {string} */
                            state: "PENDING" | "CONFIRMED" | "FAILED" | "VANISHED";
                            /** @enum {string} */
                            kind: "EXACT" | "OVER" | "UNDER" | "LATE" | "DUPLICATE" | "UNMATCHED";
                            /**
                             * @description CAIP-19; the native coin is `slip44:60`
                             * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                             */
                            asset: string;
                            payTo: string;
                            payer: string;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            amount: string;
                            nonce: string | null;
                            validBefore: string | null;
                            paymentId: string | null;
                            transactionHash: string | null;
                            logIndex: number | null;
                            blockNumber: string | null;
                            taskId: string | null;
                            failure: {
                                code: string;
                                detail: string;
                            } | null;
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
                            settledAt: string | null;
                        }[];
                    };
                };
            };
        };
    };
    cancelPaymentLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                linkId: string;
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
                        integrationKeyId: string;
                        url: string;
                        slug: string;
                        /** @enum {string} */
                        status: "OPEN" | "PAID" | "EXPIRED" | "CANCELED";
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
                        /** @description An amount, or the least and the most that the payer may choose */
                        amount: string | {
                            /**
                             * @description Whole number above zero of the asset's smallest unit
                             * @example 1500000
                             */
                            min: string;
                            /**
                             * @description Whole number above zero of the asset's smallest unit
                             * @example 1500000
                             */
                            max: string;
                        };
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        minAmount: string;
                        /**
                         * @description Whole number of the asset's smallest unit
                         * @example 1500000
                         */
                        maxAmount: string;
                        description: string | null;
                        payTo: string;
                        /** @description Whether `payTo` is the wallet that its agent pays from */
                        isOwn: boolean;
                        maxPayments: number;
                        paidCount: number;
                        /** @description Payments on their way */
                        settlingCount: number;
                        metadata: {
                            [key: string]: unknown;
                        };
                        /** @description UUIDv7 */
                        decisionId: string;
                        createdBy: string;
                        revision: number;
                        expiresAt: string | null;
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
                        closedAt: string | null;
                    };
                };
            };
        };
    };
    listPaymentLinkPayments: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
                /** @description UUIDv7 */
                linkId?: string;
                state?: "PENDING" | "CONFIRMED" | "FAILED" | "VANISHED";
                kind?: "EXACT" | "OVER" | "UNDER" | "LATE" | "DUPLICATE" | "UNMATCHED";
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
                            linkId: string | null;
                            /** @enum {string} */
                            state: "PENDING" | "CONFIRMED" | "FAILED" | "VANISHED";
                            /** @enum {string} */
                            kind: "EXACT" | "OVER" | "UNDER" | "LATE" | "DUPLICATE" | "UNMATCHED";
                            /**
                             * @description CAIP-19; the native coin is `slip44:60`
                             * @example eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913
                             */
                            asset: string;
                            payTo: string;
                            payer: string;
                            /**
                             * @description Whole number of the asset's smallest unit
                             * @example 1500000
                             */
                            amount: string;
                            nonce: string | null;
                            validBefore: string | null;
                            paymentId: string | null;
                            transactionHash: string | null;
                            logIndex: number | null;
                            blockNumber: string | null;
                            taskId: string | null;
                            failure: {
                                code: string;
                                detail: string;
                            } | null;
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
                            settledAt: string | null;
                        }[];
                        nextCursor: string | null;
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
    streamEvents: {
        parameters: {
            query?: {
                /** @description Types of events, separated by commas: `payment.*,task.failed`; all when it is left out */
                types?: string;
                /** @description UUIDv7 */
                agentId?: string;
                /** @description Begins behind this place of the log; -1 begins with its first entry. Left out: what happens from now on. A `Last-Event-ID` header says the same, and counts more. */
                after?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events without end. `id` is the place in the decision log, `event` the type, `data` the event as JSON. Send the last `id` as `Last-Event-ID` to go on where it stopped. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    listWebhooks: {
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
                            url: string;
                            types: string[];
                            agentId: string | null;
                            description: string | null;
                            /** @enum {string} */
                            status: "ENABLED" | "DISABLED";
                            statusReason: string | null;
                            previousSecretUntil: string | null;
                            createdBy: string;
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
    createWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description `https://…`, leading to a public address; it is looked up and checked for every delivery */
                    url: string;
                    types: string[];
                    /** @description Only events of this agent */
                    agentId?: string;
                    description?: string;
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
                        webhook: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            url: string;
                            types: string[];
                            agentId: string | null;
                            description: string | null;
                            /** @enum {string} */
                            status: "ENABLED" | "DISABLED";
                            statusReason: string | null;
                            previousSecretUntil: string | null;
                            createdBy: string;
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
                        /** @description `whsec_…`, shown this once. Verify with it as Standard Webhooks says */
                        secret: string;
                    };
                };
            };
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                webhookId: string;
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
                        url: string;
                        types: string[];
                        agentId: string | null;
                        description: string | null;
                        /** @enum {string} */
                        status: "ENABLED" | "DISABLED";
                        statusReason: string | null;
                        previousSecretUntil: string | null;
                        createdBy: string;
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
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                webhookId: string;
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
                        url: string;
                        types: string[];
                        agentId: string | null;
                        description: string | null;
                        /** @enum {string} */
                        status: "ENABLED" | "DISABLED";
                        statusReason: string | null;
                        previousSecretUntil: string | null;
                        createdBy: string;
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
    patchWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description `https://…`, leading to a public address; it is looked up and checked for every delivery */
                    url?: string;
                    types?: string[];
                    description?: string;
                    /** @enum {string} */
                    status?: "ENABLED" | "DISABLED";
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
                        url: string;
                        types: string[];
                        agentId: string | null;
                        description: string | null;
                        /** @enum {string} */
                        status: "ENABLED" | "DISABLED";
                        statusReason: string | null;
                        previousSecretUntil: string | null;
                        createdBy: string;
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
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                webhookId: string;
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
                        webhook: {
                            /** @description UUIDv7 */
                            organizationId: string;
                            /** @description UUIDv7 */
                            id: string;
                            url: string;
                            types: string[];
                            agentId: string | null;
                            description: string | null;
                            /** @enum {string} */
                            status: "ENABLED" | "DISABLED";
                            statusReason: string | null;
                            previousSecretUntil: string | null;
                            createdBy: string;
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
                        /** @description `whsec_…`, shown this once. Verify with it as Standard Webhooks says */
                        secret: string;
                    };
                };
            };
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                webhookId: string;
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
                        webhookId: string;
                        leafIndex: string | null;
                        /** @description `webhook-id` of every attempt: the decision, or the test */
                        eventId: string;
                        type: string;
                        /** @enum {string} */
                        status: "PENDING" | "DELIVERED" | "DEAD_LETTER";
                        attempts: number;
                        nextAttemptAt: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        expiresAt: string;
                        responseStatus: number | null;
                        lastError: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        deliveredAt: string | null;
                    };
                };
            };
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `nextCursor` of the page before */
                cursor?: string;
                status?: "PENDING" | "DELIVERED" | "DEAD_LETTER";
            };
            header?: never;
            path: {
                /** @description UUIDv7 */
                webhookId: string;
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
                            webhookId: string;
                            leafIndex: string | null;
                            /** @description `webhook-id` of every attempt: the decision, or the test */
                            eventId: string;
                            type: string;
                            /** @enum {string} */
                            status: "PENDING" | "DELIVERED" | "DEAD_LETTER";
                            attempts: number;
                            nextAttemptAt: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            expiresAt: string;
                            responseStatus: number | null;
                            lastError: string | null;
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC, milliseconds
                             */
                            createdAt: string;
                            deliveredAt: string | null;
                        }[];
                        nextCursor: string | null;
                        /** @description Its place in the log: what comes from there on is still to be told */
                        nextLeafIndex: string;
                        failingSince: string | null;
                    };
                };
            };
        };
    };
    replayWebhookDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                webhookId: string;
                /** @description UUIDv7 */
                deliveryId: string;
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
                        webhookId: string;
                        leafIndex: string | null;
                        /** @description `webhook-id` of every attempt: the decision, or the test */
                        eventId: string;
                        type: string;
                        /** @enum {string} */
                        status: "PENDING" | "DELIVERED" | "DEAD_LETTER";
                        attempts: number;
                        nextAttemptAt: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        expiresAt: string;
                        responseStatus: number | null;
                        lastError: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC, milliseconds
                         */
                        createdAt: string;
                        deliveredAt: string | null;
                    };
                };
            };
        };
    };
    replayWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description UUIDv7 */
                webhookId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The first event that is told again */
                    leafIndex?: string;
                    /**
                     * Format: date-time
                     * @description What happened since then is told again
                     */
                    since?: string;
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
                        url: string;
                        types: string[];
                        agentId: string | null;
                        description: string | null;
                        /** @enum {string} */
                        status: "ENABLED" | "DISABLED";
                        statusReason: string | null;
                        previousSecretUntil: string | null;
                        createdBy: string;
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
}
