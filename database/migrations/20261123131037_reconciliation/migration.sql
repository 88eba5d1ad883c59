-- CreateEnum
CREATE TYPE "break_severity" AS ENUM ('WARNING', 'CRITICAL');

-- CreateEnum
CREATE TYPE "break_status" AS ENUM ('OPEN', 'RESOLVED');

-- CreateTable
CREATE TABLE "reconciliation_break" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "severity" "break_severity" NOT NULL,
    "status" "break_status" NOT NULL DEFAULT 'OPEN',
    "agent_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "payment_id" UUID,
    "chain" TEXT NOT NULL,
    "asset" TEXT,
    "transaction_hash" TEXT,
    "expected" JSONB NOT NULL,
    "seen" JSONB NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_by" TEXT,
    "note" TEXT,

    CONSTRAINT "reconciliation_break_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "wallet_book" (
    "organization_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "chain" TEXT NOT NULL,
    "block_number" BIGINT,
    "block_hash" TEXT,
    "nonce" BIGINT NOT NULL DEFAULT 0,
    "balances" JSONB NOT NULL DEFAULT '{}',
    "opening" JSONB,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "doubts" JSONB NOT NULL DEFAULT '{}',
    "due_at" TIMESTAMPTZ(3),
    "reconciled_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "wallet_book_pkey" PRIMARY KEY ("organization_id","wallet_id","chain")
);

-- CreateIndex
CREATE INDEX "reconciliation_break_organization_id_status_id_idx" ON "reconciliation_break"("organization_id", "status", "id");

-- CreateIndex
CREATE INDEX "reconciliation_break_organization_id_wallet_id_status_idx" ON "reconciliation_break"("organization_id", "wallet_id", "status");

-- CreateIndex
CREATE UNIQUE INDEX "reconciliation_break_organization_id_kind_subject_key" ON "reconciliation_break"("organization_id", "kind", "subject");

-- CreateIndex
CREATE INDEX "wallet_book_due_at_idx" ON "wallet_book"("due_at");

-- CreateIndex
CREATE INDEX "payment_organization_id_wallet_id_block_number_idx" ON "payment"("organization_id", "wallet_id", "block_number");


-- From here on by hand: what Prisma cannot say.

-- Wallets that were there before, on every chain they have paid on. The policies bind the tables' owner too, but for this.
ALTER TABLE payment NO FORCE ROW LEVEL SECURITY;
INSERT INTO wallet_book (organization_id, wallet_id, chain, due_at, reconciled_at)
SELECT DISTINCT organization_id, wallet_id, chain, now(), now() FROM payment;
ALTER TABLE payment FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON reconciliation_break, wallet_book TO wedi_app;
-- Whose books are due is asked over all organisations, and so is which chains they lack.
GRANT SELECT, INSERT, UPDATE ON wallet_book TO wedi_platform;

DO $$
DECLARE
  tenant_table text;
  own constant text := $own$(SELECT nullif(current_setting('app.org', true), '')::uuid)$own$;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['reconciliation_break', 'wallet_book']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY own_organization ON %I TO wedi_app USING (organization_id = %s) WITH CHECK (organization_id = %s)',
      tenant_table, own, own);
  END LOOP;
END $$;
CREATE POLICY platform ON wallet_book TO wedi_platform USING (true);

ALTER TABLE reconciliation_break
  ADD CONSTRAINT reconciliation_break_resolved CHECK (
    (status = 'RESOLVED') = (resolved_at IS NOT NULL)
    AND (resolved_at IS NULL) = (resolved_by IS NULL) AND (resolved_at IS NULL) = (note IS NULL)),
  ADD CONSTRAINT reconciliation_break_wallet FOREIGN KEY (organization_id, wallet_id) REFERENCES wallet (organization_id, id);
ALTER TABLE wallet_book
  ADD CONSTRAINT wallet_book_block CHECK (
    (block_number IS NULL) = (block_hash IS NULL) AND (block_number IS NULL) = (opening IS NULL)),
  ADD CONSTRAINT wallet_book_nonce CHECK (nonce >= 0),
  ADD CONSTRAINT wallet_book_wallet FOREIGN KEY (organization_id, wallet_id) REFERENCES wallet (organization_id, id);
