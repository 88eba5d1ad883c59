-- CreateEnum
CREATE TYPE "payment_link_status" AS ENUM ('OPEN', 'PAID', 'EXPIRED', 'CANCELED');

-- CreateEnum
CREATE TYPE "link_payment_state" AS ENUM ('PENDING', 'CONFIRMED', 'FAILED', 'VANISHED');

-- CreateEnum
CREATE TYPE "link_payment_kind" AS ENUM ('EXACT', 'OVER', 'UNDER', 'LATE', 'DUPLICATE', 'UNMATCHED');

-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "authorization" JSONB;

-- CreateTable
CREATE TABLE "payment_link" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "integration_key_id" UUID NOT NULL,
    "key_family_id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "status" "payment_link_status" NOT NULL DEFAULT 'OPEN',
    "chain" TEXT NOT NULL,
    "asset" TEXT NOT NULL,
    "min_amount" DECIMAL(78,0) NOT NULL,
    "max_amount" DECIMAL(78,0) NOT NULL,
    "description" TEXT,
    "pay_to" TEXT NOT NULL,
    "is_own" BOOLEAN NOT NULL,
    "max_payments" INTEGER NOT NULL,
    "paid_count" INTEGER NOT NULL DEFAULT 0,
    "settling_count" INTEGER NOT NULL DEFAULT 0,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "decision_id" UUID NOT NULL,
    "created_by" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_link_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "payment_link_payment" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "link_id" UUID,
    "state" "link_payment_state" NOT NULL,
    "kind" "link_payment_kind" NOT NULL,
    "asset" TEXT NOT NULL,
    "pay_to" TEXT NOT NULL,
    "payer" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "nonce" TEXT,
    "valid_before" TIMESTAMPTZ(3),
    "payment_id" UUID,
    "transaction_hash" TEXT,
    "log_index" INTEGER,
    "block_number" BIGINT,
    "task_id" UUID,
    "failure" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_link_payment_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "payment_link_account" (
    "organization_id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "asset" TEXT NOT NULL,
    "block_number" BIGINT NOT NULL,
    "block_hash" TEXT NOT NULL,

    CONSTRAINT "payment_link_account_pkey" PRIMARY KEY ("organization_id","address","asset")
);

-- CreateIndex
CREATE INDEX "payment_link_slug_idx" ON "payment_link"("slug");

-- CreateIndex
CREATE INDEX "payment_link_organization_id_agent_id_id_idx" ON "payment_link"("organization_id", "agent_id", "id");

-- CreateIndex
CREATE INDEX "payment_link_organization_id_key_family_id_created_at_idx" ON "payment_link"("organization_id", "key_family_id", "created_at");

-- CreateIndex
CREATE INDEX "payment_link_organization_id_pay_to_asset_idx" ON "payment_link"("organization_id", "pay_to", "asset");

-- CreateIndex
CREATE INDEX "payment_link_payment_organization_id_link_id_id_idx" ON "payment_link_payment"("organization_id", "link_id", "id");

-- CreateIndex
CREATE INDEX "payment_link_payment_organization_id_payment_id_idx" ON "payment_link_payment"("organization_id", "payment_id");

-- CreateIndex
CREATE INDEX "payment_link_payment_organization_id_pay_to_asset_block_num_idx" ON "payment_link_payment"("organization_id", "pay_to", "asset", "block_number");

-- From here on by hand: what Prisma cannot say.

GRANT SELECT, INSERT, UPDATE ON payment_link, payment_link_payment, payment_link_account TO wedi_app;
-- Whoever opens a link names no organisation: its slug says which one it belongs to.
GRANT SELECT ON payment_link TO wedi_platform;

DO $$
DECLARE
  tenant_table text;
  own constant text := $own$(SELECT nullif(current_setting('app.org', true), '')::uuid)$own$;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['payment_link', 'payment_link_payment', 'payment_link_account']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY own_organization ON %I TO wedi_app USING (organization_id = %s) WITH CHECK (organization_id = %s)',
      tenant_table, own, own);
  END LOOP;
END $$;
CREATE POLICY platform ON payment_link FOR SELECT TO wedi_platform USING (true);

-- The last line of «exactly once»: whatever the application does, no more payments count than were asked for.
ALTER TABLE payment_link
  ADD CONSTRAINT payment_link_amounts CHECK (min_amount > 0 AND min_amount <= max_amount),
  ADD CONSTRAINT payment_link_room CHECK (
    max_payments > 0 AND paid_count >= 0 AND settling_count >= 0 AND paid_count + settling_count <= max_payments),
  ADD CONSTRAINT payment_link_paid CHECK (status <> 'PAID' OR paid_count = max_payments),
  ADD CONSTRAINT payment_link_closed CHECK ((status = 'OPEN') = (closed_at IS NULL)),
  ADD CONSTRAINT payment_link_agent FOREIGN KEY (organization_id, agent_id) REFERENCES agent (organization_id, id),
  ADD CONSTRAINT payment_link_key FOREIGN KEY (organization_id, integration_key_id) REFERENCES api_key (organization_id, id);
ALTER TABLE payment_link_payment
  ADD CONSTRAINT payment_link_payment_amount CHECK (amount > 0),
  ADD CONSTRAINT payment_link_payment_proven CHECK (
    state <> 'CONFIRMED' OR (transaction_hash IS NOT NULL AND log_index IS NOT NULL AND block_number IS NOT NULL)),
  ADD CONSTRAINT payment_link_payment_matched CHECK ((kind = 'UNMATCHED') = (link_id IS NULL)),
  ADD CONSTRAINT payment_link_payment_link FOREIGN KEY (organization_id, link_id) REFERENCES payment_link (organization_id, id);

-- A transfer is one payment; an authorisation is taken once.
CREATE UNIQUE INDEX payment_link_payment_transfer ON payment_link_payment (organization_id, asset, transaction_hash, log_index)
  WHERE transaction_hash IS NOT NULL;
CREATE UNIQUE INDEX payment_link_payment_authorization ON payment_link_payment (organization_id, asset, payer, nonce)
  WHERE nonce IS NOT NULL;
CREATE INDEX payment_link_open ON payment_link (organization_id, integration_key_id) WHERE status = 'OPEN';
