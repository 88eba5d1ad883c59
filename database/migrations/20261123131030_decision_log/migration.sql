-- The decisions, now partitioned. UUIDv7 ids rise with time, so a month of ids is a month of decisions, and the primary
-- key holds the partition key as it is. By hand: Prisma does not know of partitions. The rows so far move over.
ALTER TABLE agent_decision RENAME TO agent_decision_before;
ALTER TABLE agent_decision_before NO FORCE ROW LEVEL SECURITY;
ALTER TABLE agent_decision_before RENAME CONSTRAINT agent_decision_pkey TO agent_decision_before_pkey;
ALTER INDEX agent_decision_organization_id_agent_id_id_idx RENAME TO agent_decision_before_agent;
ALTER INDEX agent_decision_organization_id_payment_id_idx RENAME TO agent_decision_before_payment;
ALTER INDEX agent_decision_organization_id_task_id_idx RENAME TO agent_decision_before_task;

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
    "leaf" TEXT NOT NULL,
    "leaf_hash" BYTEA NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_decision_pkey" PRIMARY KEY ("organization_id","id")
) PARTITION BY RANGE ("id");
CREATE INDEX "agent_decision_organization_id_agent_id_id_idx" ON "agent_decision"("organization_id", "agent_id", "id");
CREATE INDEX "agent_decision_organization_id_payment_id_idx" ON "agent_decision"("organization_id", "payment_id");
CREATE INDEX "agent_decision_organization_id_task_id_idx" ON "agent_decision"("organization_id", "task_id");

-- CreateTable
CREATE TABLE "decision_disclosure" (
    "organization_id" UUID NOT NULL,
    "decision_id" UUID NOT NULL,
    "inputs" JSONB NOT NULL DEFAULT '{}',
    "salts" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "decision_disclosure_pkey" PRIMARY KEY ("organization_id","decision_id")
);

-- CreateTable
CREATE TABLE "log_pending" (
    "organization_id" UUID NOT NULL,
    "decision_id" UUID NOT NULL,
    "leaf_hash" BYTEA NOT NULL,

    CONSTRAINT "log_pending_pkey" PRIMARY KEY ("organization_id","decision_id")
);

-- CreateTable
CREATE TABLE "log_entry" (
    "organization_id" UUID NOT NULL,
    "leaf_index" BIGINT NOT NULL,
    "decision_id" UUID NOT NULL,

    CONSTRAINT "log_entry_pkey" PRIMARY KEY ("organization_id","leaf_index")
);

-- CreateTable
CREATE TABLE "log_tile" (
    "organization_id" UUID NOT NULL,
    "level" SMALLINT NOT NULL,
    "tile_index" BIGINT NOT NULL,
    "hashes" BYTEA NOT NULL,

    CONSTRAINT "log_tile_pkey" PRIMARY KEY ("organization_id","level","tile_index")
);

-- CreateTable
CREATE TABLE "log_checkpoint" (
    "organization_id" UUID NOT NULL,
    "size" BIGINT NOT NULL,
    "root" BYTEA NOT NULL,
    "note" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_checkpoint_pkey" PRIMARY KEY ("organization_id","size")
);

-- CreateTable
CREATE TABLE "operator_entry" (
    "organization_id" UUID NOT NULL,
    "leaf_index" BIGINT NOT NULL,
    "log_organization_id" UUID NOT NULL,
    "size" BIGINT NOT NULL,
    "note" TEXT NOT NULL,

    CONSTRAINT "operator_entry_pkey" PRIMARY KEY ("organization_id","leaf_index")
);

-- CreateIndex
CREATE UNIQUE INDEX "log_entry_organization_id_decision_id_key" ON "log_entry"("organization_id", "decision_id");

-- CreateIndex
CREATE UNIQUE INDEX "operator_entry_organization_id_log_organization_id_size_key" ON "operator_entry"("organization_id", "log_organization_id", "size");

-- From here on by hand: what Prisma cannot say.

-- A month of decisions. Nobody is granted anything on a partition and no policy names it: rows are reached through
-- agent_decision alone. Run by the owner, at each start and from time to time, for the months ahead. True when it was made.
CREATE FUNCTION make_decision_partition(month date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  name constant text := 'agent_decision_' || to_char(month, 'YYYY_MM');
  bounds constant uuid[] := ARRAY(
    SELECT (lpad(to_hex((extract(epoch FROM at AT TIME ZONE 'UTC') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
    FROM unnest(ARRAY[date_trunc('month', month::timestamp), date_trunc('month', month::timestamp) + interval '1 month']) at);
BEGIN
  IF to_regclass(format('public.%I', name)) IS NOT NULL THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE %I PARTITION OF agent_decision FOR VALUES FROM (%L) TO (%L)', name, bounds[1], bounds[2]);
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
  EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  RETURN true;
EXCEPTION WHEN check_violation THEN
  -- Rows of that month came before its partition did and are in agent_decision_rest, which then keeps the month.
  RETURN false;
END $$;

-- The safety net: where a decision goes whose month has no partition.
CREATE TABLE agent_decision_rest PARTITION OF agent_decision DEFAULT;
ALTER TABLE agent_decision_rest ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON agent_decision_rest FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
SELECT make_decision_partition(month::date)
FROM generate_series(
  (SELECT date_trunc('month', coalesce(least(min(occurred_at), now()), now()) AT TIME ZONE 'UTC') FROM agent_decision_before),
  date_trunc('month', now() AT TIME ZONE 'UTC') + interval '3 months', interval '1 month') month;

INSERT INTO agent_decision
  SELECT organization_id, id, type, verdict, reasons, actor, subject, agent_id, task_id, payment_id, approval_id, wallet_id,
         version_id, capability_revision, authority_level, leaf, leaf_hash, occurred_at
  FROM agent_decision_before;
INSERT INTO decision_disclosure SELECT organization_id, id, inputs, salts FROM agent_decision_before WHERE inputs <> '{}';
INSERT INTO log_pending SELECT organization_id, id, leaf_hash FROM agent_decision_before;
DROP TABLE agent_decision_before;

GRANT SELECT, INSERT ON agent_decision, log_entry, log_checkpoint, operator_entry TO wedi_app;
GRANT SELECT, INSERT, UPDATE ON decision_disclosure, log_tile TO wedi_app;
GRANT SELECT, INSERT, DELETE ON log_pending TO wedi_app;
GRANT SELECT ON log_pending, log_checkpoint TO wedi_platform;

DO $$
DECLARE
  tenant_table text;
  own constant text := $own$(SELECT nullif(current_setting('app.org', true), '')::uuid)$own$;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['agent_decision', 'decision_disclosure', 'log_pending', 'log_entry', 'log_tile',
    'log_checkpoint', 'operator_entry']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY own_organization ON %I TO wedi_app USING (organization_id = %s) WITH CHECK (organization_id = %s)',
      tenant_table, own, own);
  END LOOP;
END $$;

-- Which organisations have something to integrate, and what the operator's tree has to cover.
CREATE POLICY platform ON log_pending FOR SELECT TO wedi_platform USING (true);
CREATE POLICY platform ON log_checkpoint FOR SELECT TO wedi_platform USING (true);

-- Written once: decisions, their places, signed heads.
DO $$
DECLARE
  written_once text;
BEGIN
  FOREACH written_once IN ARRAY ARRAY['agent_decision', 'log_entry', 'log_checkpoint', 'operator_entry']
  LOOP
    EXECUTE format('CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', written_once);
    EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', written_once);
  END LOOP;
END $$;

-- A field of the inputs may be taken away together with its salt. Nothing may be put in or changed.
CREATE FUNCTION refuse_unless_redacted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone constant text[] := ARRAY(SELECT jsonb_object_keys(OLD.inputs) EXCEPT SELECT jsonb_object_keys(NEW.inputs));
BEGIN
  IF (NEW.organization_id, NEW.decision_id, NEW.inputs, NEW.salts)
     IS DISTINCT FROM (OLD.organization_id, OLD.decision_id, OLD.inputs - gone, OLD.salts - gone) THEN
    RAISE EXCEPTION 'only whole fields of % may be taken away', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_redacted BEFORE UPDATE ON decision_disclosure FOR EACH ROW EXECUTE FUNCTION refuse_unless_redacted();
CREATE TRIGGER never_deleted BEFORE DELETE ON decision_disclosure FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON decision_disclosure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A tile grows at its right end until it is full, and then never changes.
CREATE FUNCTION refuse_unless_grown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.organization_id, NEW.level, NEW.tile_index) IS DISTINCT FROM (OLD.organization_id, OLD.level, OLD.tile_index)
     OR length(NEW.hashes) <= length(OLD.hashes)
     OR substring(NEW.hashes FOR length(OLD.hashes)) <> OLD.hashes THEN
    RAISE EXCEPTION 'a tile may only grow' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_grows BEFORE UPDATE ON log_tile FOR EACH ROW EXECUTE FUNCTION refuse_unless_grown();
CREATE TRIGGER never_deleted BEFORE DELETE ON log_tile FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON log_tile FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE log_entry ADD CONSTRAINT log_entry_index CHECK (leaf_index >= 0);
ALTER TABLE operator_entry ADD CONSTRAINT operator_entry_index CHECK (leaf_index >= 0);
ALTER TABLE log_checkpoint ADD CONSTRAINT log_checkpoint_root CHECK (size > 0 AND length(root) = 32);
ALTER TABLE log_tile ADD CONSTRAINT log_tile_hashes
  CHECK (level BETWEEN 0 AND 7 AND tile_index >= 0 AND length(hashes) % 32 = 0 AND length(hashes) BETWEEN 32 AND 8192);

-- Hashes do not compress. Both tables change all the time and stay small where they do.
ALTER TABLE log_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
ALTER TABLE log_pending SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
ALTER TABLE log_tile SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
