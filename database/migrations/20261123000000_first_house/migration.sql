
-- CreateEnum
CREATE TYPE "key_kind" AS ENUM ('SK', 'AK', 'IK');

-- CreateEnum
CREATE TYPE "key_role" AS ENUM ('ADMIN', 'OPERATOR', 'APPROVER', 'AUDITOR', 'VIEWER');

-- CreateEnum
CREATE TYPE "agent_status" AS ENUM ('PROVISIONING', 'ACTIVE', 'PAUSED', 'FROZEN', 'RETIRED');

-- CreateEnum
CREATE TYPE "agent_runtime" AS ENUM ('HOSTED', 'REMOTE');

-- CreateEnum
CREATE TYPE "task_status" AS ENUM ('QUEUED', 'ASSIGNED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'DEAD');

-- CreateEnum
CREATE TYPE "authority_level" AS ENUM ('OBSERVE', 'PROPOSE', 'SUPERVISED', 'AUTONOMOUS');

-- CreateEnum
CREATE TYPE "limit_window" AS ENUM ('TRANSACTION', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'LIFETIME');

-- CreateEnum
CREATE TYPE "limit_scope" AS ENUM ('AGENT', 'ORGANIZATION');

-- CreateEnum
CREATE TYPE "reservation_status" AS ENUM ('RESERVED', 'SPENT', 'RELEASED');

-- CreateEnum
CREATE TYPE "verdict" AS ENUM ('ALLOW', 'DENY', 'HOLD');

-- CreateEnum
CREATE TYPE "delivery_state" AS ENUM ('QUEUED', 'DELIVERED', 'ACKNOWLEDGED', 'DEAD');

-- CreateEnum
CREATE TYPE "organization_status" AS ENUM ('ACTIVE', 'FROZEN');

-- CreateEnum
CREATE TYPE "payment_status" AS ENUM ('HELD', 'RESERVED', 'SUBMITTING', 'SUBMITTED', 'CONFIRMED', 'REVERTED', 'FAILED', 'CANCELED', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "approval_status" AS ENUM ('PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'VOIDED');

-- CreateEnum
CREATE TYPE "wallet_status" AS ENUM ('PROVISIONING', 'ACTIVE', 'FROZEN', 'RETIRED');

-- CreateTable
CREATE TABLE "api_key" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" "key_kind" NOT NULL,
    "name" TEXT NOT NULL,
    "role" "key_role",
    "agent_id" UUID,
    "key_id" CHAR(12) NOT NULL,
    "display_prefix" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "pepper_version" SMALLINT NOT NULL,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "agent" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "status" "agent_status" NOT NULL DEFAULT 'PROVISIONING',
    "status_reason" TEXT,
    "status_before_freeze" "agent_status",
    "runtime" "agent_runtime" NOT NULL DEFAULT 'HOSTED',
    "labels" TEXT[],
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "max_concurrency" INTEGER NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "agent_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "task" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "requires" JSONB NOT NULL DEFAULT '{}',
    "status" "task_status" NOT NULL DEFAULT 'QUEUED',
    "priority" SMALLINT NOT NULL DEFAULT 0,
    "fairness_key" TEXT,
    "dedupe_key" TEXT,
    "agent_id" UUID,
    "assigned_agent_id" UUID,
    "fencing_token" BIGINT NOT NULL DEFAULT 0,
    "lease_expires_at" TIMESTAMPTZ(3),
    "is_parked" BOOLEAN NOT NULL DEFAULT false,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "max_attempts" INTEGER NOT NULL,
    "run_after" TIMESTAMPTZ(3) NOT NULL,
    "deadline_at" TIMESTAMPTZ(3),
    "unassignable_reason" TEXT,
    "payment_id" UUID,
    "result" JSONB,
    "error" JSONB,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "task_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "capability" (
    "organization_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "authority_level" "authority_level" NOT NULL,
    "task_types" TEXT[],
    "providers" TEXT[],
    "chains" TEXT[],
    "assets" TEXT[],
    "payees_allow" TEXT[],
    "payees_deny" TEXT[],
    "tags" TEXT[],
    "limits" JSONB NOT NULL DEFAULT '[]',
    "approval_threshold" JSONB NOT NULL DEFAULT '[]',
    "expires_at" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "capability_pkey" PRIMARY KEY ("organization_id","agent_id","revision")
);

-- CreateTable
CREATE TABLE "spending_limit" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "scope" "limit_scope" NOT NULL,
    "scope_id" UUID NOT NULL,
    "limit_window" "limit_window" NOT NULL,
    "asset" TEXT NOT NULL,
    "per_payee" BOOLEAN NOT NULL DEFAULT false,
    "max_amount" DECIMAL(78,0),
    "max_count" INTEGER,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "spending_limit_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "limit_counter" (
    "organization_id" UUID NOT NULL,
    "limit_id" UUID NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "payee" TEXT NOT NULL DEFAULT '',
    "reserved_amount" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "spent_amount" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "reserved_count" INTEGER NOT NULL DEFAULT 0,
    "spent_count" INTEGER NOT NULL DEFAULT 0,
    "cap_amount" DECIMAL(78,0),
    "cap_count" INTEGER,

    CONSTRAINT "limit_counter_pkey" PRIMARY KEY ("organization_id","limit_id","window_start","payee")
);

-- CreateTable
CREATE TABLE "reservation" (
    "organization_id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "limit_id" UUID NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "payee" TEXT NOT NULL DEFAULT '',
    "amount" DECIMAL(78,0) NOT NULL,
    "status" "reservation_status" NOT NULL DEFAULT 'RESERVED',

    CONSTRAINT "reservation_pkey" PRIMARY KEY ("organization_id","payment_id","limit_id")
);

-- CreateTable
CREATE TABLE "agent_decision" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "verdict" "verdict",
    "reasons" JSONB NOT NULL DEFAULT '[]',
    "actor" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "agent_id" UUID,
    "task_id" UUID,
    "payment_id" UUID,
    "approval_id" UUID,
    "wallet_id" UUID,
    "version_id" UUID,
    "capability_revision" INTEGER,
    "authority_level" TEXT,
    "inputs" JSONB NOT NULL DEFAULT '{}',
    "salts" JSONB NOT NULL DEFAULT '{}',
    "leaf" TEXT NOT NULL,
    "leaf_hash" BYTEA NOT NULL,
    "leaf_index" BIGINT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_decision_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "agent_interaction" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "from_agent_id" UUID,
    "to_agent_id" UUID,
    "kind" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "signature" BYTEA,
    "state" "delivery_state" NOT NULL DEFAULT 'QUEUED',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),
    "acknowledged_at" TIMESTAMPTZ(3),

    CONSTRAINT "agent_interaction_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "organization" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "status" "organization_status" NOT NULL DEFAULT 'ACTIVE',
    "is_operator" BOOLEAN NOT NULL DEFAULT false,
    "frozen_reason" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "task_id" UUID,
    "chain" TEXT NOT NULL,
    "asset" TEXT NOT NULL,
    "payee" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "reference" TEXT,
    "memo" TEXT,
    "status" "payment_status" NOT NULL,
    "decision_id" UUID NOT NULL,
    "approval_id" UUID,
    "capability_revision" INTEGER NOT NULL,
    "requested_by" TEXT NOT NULL,
    "intent_hash" BYTEA NOT NULL,
    "transaction_hash" TEXT,
    "block_number" BIGINT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "failure" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "submitted_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "chain_transaction" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "chain" TEXT NOT NULL,
    "nonce" BIGINT NOT NULL,
    "unsigned" JSONB NOT NULL,
    "raw_transaction" TEXT,
    "transaction_hash" TEXT,
    "submission_key" TEXT,
    "queue_id" TEXT,
    "since_block" BIGINT,
    "signing_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "chain_transaction_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "approval" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "status" "approval_status" NOT NULL DEFAULT 'PENDING',
    "intent" JSONB NOT NULL,
    "intent_hash" BYTEA NOT NULL,
    "reasons" JSONB NOT NULL DEFAULT '[]',
    "requested_by" TEXT NOT NULL,
    "decided_by" TEXT,
    "note" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "job" (
    "organization_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "payload" JSONB NOT NULL DEFAULT '{}',
    "run_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "lease_token" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "job_pkey" PRIMARY KEY ("organization_id","kind","subject")
);

-- CreateTable
CREATE TABLE "idempotency_record" (
    "organization_id" UUID NOT NULL,
    "principal" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "status_code" SMALLINT NOT NULL,
    "headers" JSONB NOT NULL,
    "body" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("organization_id","principal","key")
);

-- CreateTable
CREATE TABLE "agent_checkpoint" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "version_id" UUID,
    "task_id" UUID,
    "thread_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "parent_id" UUID,
    "state" JSONB NOT NULL,
    "digest" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_checkpoint_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "wallet" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "address" TEXT,
    "status" "wallet_status" NOT NULL DEFAULT 'PROVISIONING',
    "status_reason" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "keystore" JSONB,
    "provision_attempts" INTEGER NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "wallet_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "wallet_nonce" (
    "organization_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "chain" TEXT NOT NULL,
    "next_nonce" BIGINT NOT NULL,

    CONSTRAINT "wallet_nonce_pkey" PRIMARY KEY ("organization_id","wallet_id","chain")
);

-- CreateIndex
CREATE INDEX "api_key_key_id_idx" ON "api_key"("key_id");

-- CreateIndex
CREATE INDEX "task_organization_id_status_id_idx" ON "task"("organization_id", "status", "id");

-- CreateIndex
CREATE UNIQUE INDEX "spending_limit_organization_id_scope_id_limit_window_asset__key" ON "spending_limit"("organization_id", "scope_id", "limit_window", "asset", "per_payee");

-- CreateIndex
CREATE INDEX "agent_decision_organization_id_agent_id_id_idx" ON "agent_decision"("organization_id", "agent_id", "id");

-- CreateIndex
CREATE INDEX "agent_decision_organization_id_payment_id_idx" ON "agent_decision"("organization_id", "payment_id");

-- CreateIndex
CREATE INDEX "agent_decision_organization_id_task_id_idx" ON "agent_decision"("organization_id", "task_id");

-- CreateIndex
CREATE INDEX "agent_interaction_organization_id_to_agent_id_state_idx" ON "agent_interaction"("organization_id", "to_agent_id", "state");

-- CreateIndex
CREATE UNIQUE INDEX "agent_interaction_organization_id_conversation_id_sequence_key" ON "agent_interaction"("organization_id", "conversation_id", "sequence");

-- CreateIndex
CREATE INDEX "payment_organization_id_agent_id_id_idx" ON "payment"("organization_id", "agent_id", "id");

-- CreateIndex
CREATE INDEX "payment_organization_id_task_id_idx" ON "payment"("organization_id", "task_id");

-- CreateIndex
CREATE INDEX "payment_organization_id_wallet_id_status_idx" ON "payment"("organization_id", "wallet_id", "status");

-- CreateIndex
CREATE INDEX "chain_transaction_organization_id_wallet_id_chain_nonce_idx" ON "chain_transaction"("organization_id", "wallet_id", "chain", "nonce");

-- CreateIndex
CREATE UNIQUE INDEX "chain_transaction_organization_id_payment_id_key" ON "chain_transaction"("organization_id", "payment_id");

-- CreateIndex
CREATE INDEX "approval_organization_id_status_id_idx" ON "approval"("organization_id", "status", "id");

-- CreateIndex
CREATE UNIQUE INDEX "approval_organization_id_payment_id_key" ON "approval"("organization_id", "payment_id");

-- CreateIndex
CREATE INDEX "job_run_at_idx" ON "job"("run_at");

-- CreateIndex
CREATE INDEX "idempotency_record_expires_at_idx" ON "idempotency_record"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "agent_checkpoint_organization_id_agent_id_thread_id_sequenc_key" ON "agent_checkpoint"("organization_id", "agent_id", "thread_id", "sequence");

-- CreateIndex
CREATE INDEX "wallet_organization_id_agent_id_idx" ON "wallet"("organization_id", "agent_id");

-- CreateIndex
CREATE UNIQUE INDEX "wallet_organization_id_provider_address_key" ON "wallet"("organization_id", "provider", "address");

-- AddForeignKey
ALTER TABLE "capability" ADD CONSTRAINT "capability_organization_id_agent_id_fkey" FOREIGN KEY ("organization_id", "agent_id") REFERENCES "agent"("organization_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "agent_checkpoint" ADD CONSTRAINT "agent_checkpoint_organization_id_agent_id_fkey" FOREIGN KEY ("organization_id", "agent_id") REFERENCES "agent"("organization_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "wallet" ADD CONSTRAINT "wallet_organization_id_agent_id_fkey" FOREIGN KEY ("organization_id", "agent_id") REFERENCES "agent"("organization_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;


-- From here on by hand: what Prisma cannot say.

-- Roles. Whoever runs this migration owns the tables. The server logs in as that user and becomes one of these two at
-- connect; neither owns anything, so row-level security holds for both.
DO $$
BEGIN
  BEGIN CREATE ROLE wedi_app NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END;
  BEGIN CREATE ROLE wedi_platform NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END;
  GRANT wedi_app, wedi_platform TO CURRENT_USER;
END $$;

GRANT USAGE ON SCHEMA public TO wedi_app, wedi_platform;

-- What each may do. Decisions, capabilities and checkpoints are written once.
GRANT SELECT, INSERT ON agent_decision, capability, agent_checkpoint TO wedi_app;
GRANT SELECT, INSERT, UPDATE ON organization, api_key, agent, spending_limit, limit_counter, reservation, wallet,
  wallet_nonce, payment, approval, task, agent_interaction, job, idempotency_record TO wedi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON chain_transaction TO wedi_app;
GRANT SELECT ON organization, api_key TO wedi_platform;
GRANT SELECT, UPDATE, DELETE ON job TO wedi_platform;
GRANT SELECT, DELETE ON idempotency_record TO wedi_platform;

-- Row-level security, forced: a statement sees the rows of the organisation in `app.org`, and without one, none.
DO $$
DECLARE
  tenant_table text;
  own constant text := $own$(SELECT nullif(current_setting('app.org', true), '')::uuid)$own$;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['agent_decision', 'capability', 'agent_checkpoint', 'api_key', 'agent',
    'spending_limit', 'limit_counter', 'reservation', 'wallet', 'wallet_nonce', 'payment', 'approval', 'task',
    'agent_interaction', 'job', 'idempotency_record', 'chain_transaction']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY own_organization ON %I TO wedi_app USING (organization_id = %s) WITH CHECK (organization_id = %s)',
      tenant_table, own, own);
  END LOOP;
  ALTER TABLE organization ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  EXECUTE format('CREATE POLICY own_organization ON organization TO wedi_app USING (id = %s) WITH CHECK (id = %s)', own, own);
END $$;

-- The platform's own look, where no organisation can be named yet: whose key is this, which jobs are due.
CREATE POLICY platform ON organization FOR SELECT TO wedi_platform USING (true);
CREATE POLICY platform ON api_key FOR SELECT TO wedi_platform USING (true);
CREATE POLICY platform ON job TO wedi_platform USING (true);
CREATE POLICY platform ON idempotency_record TO wedi_platform USING (true);

-- Decisions are never changed, whoever asks.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: its rows are written once', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON agent_decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON agent_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON capability FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON capability FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON agent_checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON agent_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The last line of the limits: whatever the application does, no counter passes the cap of its last reservation.
ALTER TABLE limit_counter
  ADD CONSTRAINT limit_counter_not_negative
    CHECK (reserved_amount >= 0 AND spent_amount >= 0 AND reserved_count >= 0 AND spent_count >= 0),
  ADD CONSTRAINT limit_counter_within_cap CHECK (reserved_amount + spent_amount <= cap_amount),
  ADD CONSTRAINT limit_counter_within_count CHECK (reserved_count + spent_count <= cap_count);

ALTER TABLE organization ADD CONSTRAINT organization_frozen_with_reason CHECK ((status = 'FROZEN') = (frozen_reason IS NOT NULL));
ALTER TABLE api_key ADD CONSTRAINT api_key_kind
  CHECK ((kind = 'SK') = (role IS NOT NULL) AND (kind = 'SK') = (agent_id IS NULL));
ALTER TABLE agent
  ADD CONSTRAINT agent_has_room CHECK (max_concurrency > 0),
  ADD CONSTRAINT agent_labels CHECK (array_position(labels, NULL) IS NULL),
  ADD CONSTRAINT agent_frozen_from CHECK ((status = 'FROZEN') = (status_before_freeze IS NOT NULL) OR status = 'RETIRED'),
  ADD CONSTRAINT agent_retired_at CHECK ((status = 'RETIRED') = (retired_at IS NOT NULL));
ALTER TABLE wallet
  ADD CONSTRAINT wallet_provider CHECK (provider IN ('local', 'thirdweb-engine', 'thirdweb')),
  ADD CONSTRAINT wallet_has_account CHECK (address IS NOT NULL OR status IN ('PROVISIONING', 'RETIRED'));
ALTER TABLE spending_limit ADD CONSTRAINT spending_limit_limits CHECK (max_amount IS NOT NULL OR max_count IS NOT NULL);
ALTER TABLE reservation ADD CONSTRAINT reservation_amount CHECK (amount > 0);
ALTER TABLE payment
  ADD CONSTRAINT payment_amount CHECK (amount > 0),
  ADD CONSTRAINT payment_proven CHECK (status <> 'CONFIRMED' OR (transaction_hash IS NOT NULL AND block_number IS NOT NULL)),
  ADD CONSTRAINT payment_wallet FOREIGN KEY (organization_id, wallet_id) REFERENCES wallet (organization_id, id),
  ADD CONSTRAINT payment_agent FOREIGN KEY (organization_id, agent_id) REFERENCES agent (organization_id, id);
ALTER TABLE task ADD CONSTRAINT task_priority CHECK (priority BETWEEN 0 AND 9);

-- One payment of a task that is not over without effect; one task per dedupe key; one first organisation.
CREATE UNIQUE INDEX payment_of_task ON payment (organization_id, task_id)
  WHERE task_id IS NOT NULL AND status NOT IN ('FAILED', 'CANCELED', 'REVERTED');
CREATE UNIQUE INDEX task_dedupe_key ON task (organization_id, dedupe_key) WHERE dedupe_key IS NOT NULL;
CREATE UNIQUE INDEX organization_operator ON organization (is_operator) WHERE is_operator;
-- A transaction of a chain pays for one payment.
CREATE UNIQUE INDEX payment_transaction ON payment (organization_id, chain, transaction_hash) WHERE transaction_hash IS NOT NULL;

-- What is looked for often and is rare.
CREATE INDEX task_waiting ON task (organization_id, priority DESC, id) WHERE status = 'QUEUED';
CREATE INDEX task_held ON task (organization_id, assigned_agent_id) WHERE status IN ('ASSIGNED', 'RUNNING');
CREATE INDEX chain_transaction_signing ON chain_transaction (organization_id, signing_until) WHERE signing_until IS NOT NULL;
CREATE INDEX payment_reference ON payment (organization_id, payee, reference) WHERE reference IS NOT NULL;
