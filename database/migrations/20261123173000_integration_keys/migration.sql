-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "binding" JSONB,
ADD COLUMN     "canary_used_at" TIMESTAMPTZ(3),
ADD COLUMN     "expiry_noted" SMALLINT NOT NULL DEFAULT 0,
ADD COLUMN     "family_id" UUID,
ADD COLUMN     "is_canary" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "revoked_reason" TEXT,
ADD COLUMN     "rotated_at" TIMESTAMPTZ(3),
ADD COLUMN     "successor_id" UUID;

-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "max_key_lifetime_days" INTEGER;

-- CreateTable
CREATE TABLE "key_activity" (
    "organization_id" UUID NOT NULL,
    "key_id" UUID NOT NULL,
    "uses" BIGINT NOT NULL,
    "first_used_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "longest_gap_ms" BIGINT NOT NULL,

    CONSTRAINT "key_activity_pkey" PRIMARY KEY ("organization_id","key_id")
);

-- CreateTable
CREATE TABLE "key_usage" (
    "organization_id" UUID NOT NULL,
    "key_id" UUID NOT NULL,
    "day" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "address_prefix" TEXT NOT NULL,
    "uses" BIGINT NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "key_usage_pkey" PRIMARY KEY ("organization_id","key_id","day","route","address_prefix")
);

-- CreateIndex
CREATE INDEX "key_usage_day_idx" ON "key_usage"("day");

-- CreateIndex
CREATE INDEX "api_key_organization_id_family_id_idx" ON "api_key"("organization_id", "family_id");


-- From here on by hand: what Prisma cannot say.

-- Keys that were there before are each the first of their line, and their end is announced like that of any other. The
-- policies bind the tables' owner too, but for this.
ALTER TABLE api_key NO FORCE ROW LEVEL SECURITY;
ALTER TABLE job NO FORCE ROW LEVEL SECURITY;
UPDATE api_key SET family_id = id;
INSERT INTO job (organization_id, kind, subject, run_at, created_at)
SELECT organization_id, 'keys.expiry', id::text, now(), now() FROM api_key WHERE expires_at > now() AND revoked_at IS NULL;
ALTER TABLE job FORCE ROW LEVEL SECURITY;
ALTER TABLE api_key FORCE ROW LEVEL SECURITY;
ALTER TABLE api_key ALTER COLUMN family_id SET NOT NULL;

ALTER TABLE api_key
  ADD CONSTRAINT api_key_binding CHECK ((kind = 'IK') = (binding IS NOT NULL)),
  ADD CONSTRAINT api_key_canary CHECK ((kind = 'IK' OR NOT is_canary) AND (is_canary OR canary_used_at IS NULL)),
  ADD CONSTRAINT api_key_rotated CHECK (
    (successor_id IS NULL) = (rotated_at IS NULL) AND (rotated_at IS NULL OR expires_at IS NOT NULL)),
  ADD CONSTRAINT api_key_revoked CHECK (revoked_reason IS NULL OR revoked_at IS NOT NULL),
  ADD CONSTRAINT api_key_expiry_noted CHECK (expiry_noted BETWEEN 0 AND 3);
ALTER TABLE organization
  ADD CONSTRAINT organization_key_lifetime CHECK (max_key_lifetime_days BETWEEN 1 AND 3650);
-- A line is a line: a key follows one other.
CREATE UNIQUE INDEX api_key_successor ON api_key (organization_id, successor_id) WHERE successor_id IS NOT NULL;

GRANT SELECT ON key_activity, key_usage TO wedi_app;
-- A batch of uses is of many organisations, and one statement.
GRANT SELECT, INSERT, UPDATE ON key_activity TO wedi_platform;
GRANT SELECT, INSERT, UPDATE, DELETE ON key_usage TO wedi_platform;

DO $$
DECLARE
  tenant_table text;
  own constant text := $own$(SELECT nullif(current_setting('app.org', true), '')::uuid)$own$;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['key_activity', 'key_usage']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY own_organization ON %I TO wedi_app USING (organization_id = %s) WITH CHECK (organization_id = %s)',
      tenant_table, own, own);
    EXECUTE format('CREATE POLICY platform ON %I TO wedi_platform USING (true)', tenant_table);
  END LOOP;
END $$;

ALTER TABLE key_activity
  ADD CONSTRAINT key_activity_uses CHECK (uses > 0 AND longest_gap_ms >= 0 AND first_used_at <= last_used_at);
ALTER TABLE key_usage ADD CONSTRAINT key_usage_uses CHECK (uses > 0);
