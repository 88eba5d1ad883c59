-- CreateEnum
CREATE TYPE "webhook_status" AS ENUM ('ENABLED', 'DISABLED');

-- CreateEnum
CREATE TYPE "delivery_status" AS ENUM ('PENDING', 'DELIVERED', 'DEAD_LETTER');

-- CreateTable
CREATE TABLE "webhook" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "types" TEXT[],
    "agent_id" UUID,
    "description" TEXT,
    "status" "webhook_status" NOT NULL DEFAULT 'ENABLED',
    "status_reason" TEXT,
    "secret" TEXT NOT NULL,
    "previous_secret" TEXT,
    "previous_secret_until" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "webhook_cursor" (
    "organization_id" UUID NOT NULL,
    "webhook_id" UUID NOT NULL,
    "next_leaf_index" BIGINT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "lease_token" UUID,
    "lease_until" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_cursor_pkey" PRIMARY KEY ("organization_id","webhook_id")
);

-- CreateTable
CREATE TABLE "webhook_delivery" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "webhook_id" UUID NOT NULL,
    "leaf_index" BIGINT,
    "event_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "status" "delivery_status" NOT NULL DEFAULT 'PENDING',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "response_status" SMALLINT,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "webhook_cursor_due_at_idx" ON "webhook_cursor"("due_at");

-- CreateIndex
CREATE INDEX "webhook_delivery_organization_id_webhook_id_status_id_idx" ON "webhook_delivery"("organization_id", "webhook_id", "status", "id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_delivery_organization_id_webhook_id_leaf_index_key" ON "webhook_delivery"("organization_id", "webhook_id", "leaf_index");

-- From here on by hand: what Prisma cannot say.

ALTER TABLE webhook_cursor ADD CONSTRAINT webhook_cursor_webhook
  FOREIGN KEY (organization_id, webhook_id) REFERENCES webhook (organization_id, id) ON DELETE CASCADE;
ALTER TABLE webhook_delivery ADD CONSTRAINT webhook_delivery_webhook
  FOREIGN KEY (organization_id, webhook_id) REFERENCES webhook (organization_id, id) ON DELETE CASCADE;

-- A webhook may be deleted, and with it what was sent to it: what anyone did to it stands in the decision log. What was
-- delivered long ago is forgotten.
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook, webhook_delivery TO wedi_app;
GRANT SELECT, INSERT, UPDATE ON webhook_cursor TO wedi_app;
-- Which webhooks are due is asked over all organisations; their addresses and secrets stand elsewhere.
GRANT SELECT, UPDATE ON webhook_cursor TO wedi_platform;

DO $$
DECLARE
  tenant_table text;
  own constant text := $own$(SELECT nullif(current_setting('app.org', true), '')::uuid)$own$;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['webhook', 'webhook_cursor', 'webhook_delivery']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY own_organization ON %I TO wedi_app USING (organization_id = %s) WITH CHECK (organization_id = %s)',
      tenant_table, own, own);
  END LOOP;
END $$;
CREATE POLICY platform ON webhook_cursor TO wedi_platform USING (true);

ALTER TABLE webhook
  ADD CONSTRAINT webhook_types CHECK (cardinality(types) > 0 AND array_position(types, NULL) IS NULL),
  ADD CONSTRAINT webhook_previous_secret CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL));
ALTER TABLE webhook_cursor
  ADD CONSTRAINT webhook_cursor_place CHECK (next_leaf_index >= 0),
  ADD CONSTRAINT webhook_cursor_lease CHECK ((lease_token IS NULL) = (lease_until IS NULL)),
  ADD CONSTRAINT webhook_cursor_failing CHECK ((failures > 0) = (failing_since IS NOT NULL));
ALTER TABLE webhook_delivery
  ADD CONSTRAINT webhook_delivery_next CHECK ((status = 'PENDING') = (next_attempt_at IS NOT NULL)),
  ADD CONSTRAINT webhook_delivery_done CHECK ((status = 'DELIVERED') = (delivered_at IS NOT NULL));

-- What is due, and what is over: both are asked in every turn of a webhook.
CREATE INDEX webhook_delivery_due ON webhook_delivery (organization_id, webhook_id, next_attempt_at) WHERE status = 'PENDING';
CREATE INDEX webhook_delivery_delivered ON webhook_delivery (organization_id, webhook_id, delivered_at)
  WHERE status = 'DELIVERED';
-- Every turn writes it.
ALTER TABLE webhook_cursor SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
