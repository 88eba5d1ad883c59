-- CreateEnum
CREATE TYPE "health_status" AS ENUM ('HEALTHY', 'DEGRADED', 'DOWN', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "breaker_state" AS ENUM ('CLOSED', 'OPEN', 'HALF_OPEN');

-- CreateEnum
CREATE TYPE "sample_kind" AS ENUM ('TASK', 'HEARTBEAT');

-- CreateEnum
CREATE TYPE "sample_outcome" AS ENUM ('OK', 'ERROR');

-- CreateEnum
CREATE TYPE "health_resolution" AS ENUM ('MINUTE', 'HOUR', 'DAY');

-- CreateTable
CREATE TABLE "agent_health" (
    "organization_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "status" "health_status" NOT NULL DEFAULT 'UNKNOWN',
    "reason" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "breaker" "breaker_state" NOT NULL DEFAULT 'CLOSED',
    "breaker_since" TIMESTAMPTZ(3) NOT NULL,
    "open_until" TIMESTAMPTZ(3),
    "openings" INTEGER NOT NULL DEFAULT 0,
    "recent_errors" INTEGER NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "thresholds" JSONB NOT NULL DEFAULT '{}',
    "thresholds_revision" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "agent_health_pkey" PRIMARY KEY ("organization_id","agent_id")
);

-- CreateTable
CREATE TABLE "health_sample" (
    "organization_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "instance_id" UUID,
    "kind" "sample_kind" NOT NULL,
    "outcome" "sample_outcome" NOT NULL,
    "error_class" TEXT,
    "duration_ms" INTEGER,
    "duration_bucket" SMALLINT,

    CONSTRAINT "health_sample_pkey" PRIMARY KEY ("organization_id","at","id")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "health_mark" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "health_mark_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "health_bucket" (
    "organization_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "resolution" "health_resolution" NOT NULL,
    "began_at" TIMESTAMPTZ(3) NOT NULL,
    "ok_count" INTEGER NOT NULL DEFAULT 0,
    "error_count" INTEGER NOT NULL DEFAULT 0,
    "errors" JSONB NOT NULL DEFAULT '{}',
    "durations" JSONB NOT NULL DEFAULT '{}',
    "due_at" TIMESTAMPTZ(3),

    CONSTRAINT "health_bucket_pkey" PRIMARY KEY ("organization_id","agent_id","resolution","began_at")
);

-- CreateIndex
CREATE INDEX "agent_health_organization_id_status_agent_id_idx" ON "agent_health"("organization_id", "status", "agent_id");

-- CreateIndex
CREATE INDEX "health_sample_organization_id_agent_id_at_idx" ON "health_sample"("organization_id", "agent_id", "at");


-- From here on by hand: what Prisma cannot say.

-- Samples come by the day and go by the day. Nobody is granted anything on a partition and no policy names it. Run by the
-- owner, at each start and from time to time, for the days ahead. True when it was made.
CREATE FUNCTION make_health_partition(day date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  name constant text := 'health_sample_' || to_char(day, 'YYYY_MM_DD');
BEGIN
  IF to_regclass(format('public.%I', name)) IS NOT NULL THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE %I PARTITION OF health_sample FOR VALUES FROM (%L) TO (%L)', name,
    day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
  RETURN true;
EXCEPTION WHEN check_violation THEN
  -- Samples of that day came before its partition did and are in health_sample_rest, which then keeps the day.
  RETURN false;
END $$;

-- Forgets the days before: a whole day is dropped at once. Gives the number of those dropped.
CREATE FUNCTION drop_health_partitions(before date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  name text;
  dropped integer := 0;
BEGIN
  FOR name IN SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'health_sample'::regclass AND relname ~ '^health_sample_[0-9]{4}_[0-9]{2}_[0-9]{2}$'
      AND to_date(right(relname, 10), 'YYYY_MM_DD') < before
  LOOP
    EXECUTE format('DROP TABLE %I', name);
    dropped := dropped + 1;
  END LOOP;
  -- The policies bind the owner, too, but for this.
  ALTER TABLE health_sample_rest NO FORCE ROW LEVEL SECURITY;
  DELETE FROM health_sample_rest WHERE at < before::timestamp AT TIME ZONE 'UTC';
  ALTER TABLE health_sample_rest FORCE ROW LEVEL SECURITY;
  RETURN dropped;
END $$;

-- The safety net: where a sample goes whose day has no partition.
CREATE TABLE health_sample_rest PARTITION OF health_sample DEFAULT;
ALTER TABLE health_sample_rest ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT make_health_partition((now() AT TIME ZONE 'UTC')::date + ahead) FROM generate_series(-1, 7) ahead;

GRANT SELECT, INSERT ON health_sample TO wedi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON agent_health TO wedi_app;
GRANT SELECT, INSERT, DELETE ON health_mark TO wedi_app;
GRANT SELECT, INSERT, UPDATE ON health_bucket TO wedi_app;
-- Whose samples have to be counted is asked over all organisations, and so is what may be forgotten.
GRANT SELECT ON health_mark TO wedi_platform;
GRANT SELECT, DELETE ON health_bucket TO wedi_platform;

DO $$
DECLARE
  tenant_table text;
  own constant text := $own$(SELECT nullif(current_setting('app.org', true), '')::uuid)$own$;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['agent_health', 'health_sample', 'health_mark', 'health_bucket']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY own_organization ON %I TO wedi_app USING (organization_id = %s) WITH CHECK (organization_id = %s)',
      tenant_table, own, own);
  END LOOP;
END $$;
CREATE POLICY platform ON health_mark FOR SELECT TO wedi_platform USING (true);
CREATE POLICY platform ON health_bucket TO wedi_platform USING (true);

-- Agents that were there before: nothing is known of them yet.
ALTER TABLE agent NO FORCE ROW LEVEL SECURITY;
ALTER TABLE agent_health NO FORCE ROW LEVEL SECURITY;
INSERT INTO agent_health (organization_id, agent_id, reason, since, breaker_since)
SELECT organization_id, id, 'Nothing is known of it yet.', now(), now() FROM agent WHERE status <> 'RETIRED';
ALTER TABLE agent FORCE ROW LEVEL SECURITY;
ALTER TABLE agent_health FORCE ROW LEVEL SECURITY;

ALTER TABLE agent_health
  ADD CONSTRAINT agent_health_open CHECK ((breaker = 'OPEN') = (open_until IS NOT NULL)),
  ADD CONSTRAINT agent_health_counts CHECK (openings >= 0 AND recent_errors >= 0);
ALTER TABLE health_sample
  ADD CONSTRAINT health_sample_class CHECK (outcome = 'OK' OR error_class IS NOT NULL),
  ADD CONSTRAINT health_sample_duration CHECK (duration_ms >= 0 AND (duration_ms IS NULL) = (duration_bucket IS NULL));
ALTER TABLE health_bucket ADD CONSTRAINT health_bucket_counts CHECK (ok_count >= 0 AND error_count >= 0);

CREATE INDEX health_bucket_due ON health_bucket (organization_id, resolution, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX health_bucket_past ON health_bucket (resolution, began_at);
-- Empty most of the time, and looked at all the time.
ALTER TABLE health_mark SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
ALTER TABLE health_bucket SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
