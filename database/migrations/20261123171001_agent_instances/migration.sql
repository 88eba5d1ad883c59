-- CreateEnum
CREATE TYPE "instance_status" AS ENUM ('HEALTHY', 'SUSPECT', 'DOWN', 'STOPPED');

-- CreateEnum
CREATE TYPE "span_end" AS ENUM ('STOPPED', 'DOWN');

-- CreateTable
CREATE TABLE "agent_instance" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "version" TEXT,
    "labels" TEXT[],
    "status" "instance_status" NOT NULL DEFAULT 'HEALTHY',
    "is_draining" BOOLEAN NOT NULL DEFAULT false,
    "max_concurrency" INTEGER,
    "in_use" INTEGER NOT NULL DEFAULT 0,
    "heartbeat_ms" INTEGER NOT NULL,
    "suspect_after" SMALLINT NOT NULL,
    "down_after" SMALLINT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "status_since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_instance_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "instance_span" (
    "organization_id" UUID NOT NULL,
    "instance_id" UUID NOT NULL,
    "began_at" TIMESTAMPTZ(3) NOT NULL,
    "agent_id" UUID NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" "span_end",

    CONSTRAINT "instance_span_pkey" PRIMARY KEY ("organization_id","instance_id","began_at")
);

-- CreateIndex
CREATE INDEX "agent_instance_organization_id_agent_id_id_idx" ON "agent_instance"("organization_id", "agent_id", "id");

-- CreateIndex
CREATE INDEX "instance_span_organization_id_agent_id_ended_at_idx" ON "instance_span"("organization_id", "agent_id", "ended_at");


-- AddForeignKey
ALTER TABLE "agent_instance" ADD CONSTRAINT "agent_instance_organization_id_agent_id_fkey" FOREIGN KEY ("organization_id", "agent_id") REFERENCES "agent"("organization_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;


-- From here on by hand: what Prisma cannot say.

GRANT SELECT, INSERT, UPDATE ON agent_instance, instance_span TO wedi_app;
-- Who is not heard of any more is asked over all organisations, and so is what may be forgotten.
GRANT SELECT, DELETE ON agent_instance, instance_span TO wedi_platform;

DO $$
DECLARE
  tenant_table text;
  own constant text := $own$(SELECT nullif(current_setting('app.org', true), '')::uuid)$own$;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['agent_instance', 'instance_span']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY own_organization ON %I TO wedi_app USING (organization_id = %s) WITH CHECK (organization_id = %s)',
      tenant_table, own, own);
    EXECUTE format('CREATE POLICY platform ON %I TO wedi_platform USING (true)', tenant_table);
  END LOOP;
END $$;

ALTER TABLE agent_instance
  ADD CONSTRAINT agent_instance_load CHECK (in_use >= 0 AND max_concurrency > 0),
  ADD CONSTRAINT agent_instance_labels CHECK (array_position(labels, NULL) IS NULL),
  ADD CONSTRAINT agent_instance_tolerance CHECK (heartbeat_ms > 0 AND 0 < suspect_after AND suspect_after < down_after);
ALTER TABLE instance_span
  ADD CONSTRAINT instance_span_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND ended_at >= began_at);

-- An instance is there once at a time, whoever revives it.
CREATE UNIQUE INDEX instance_span_open ON instance_span (organization_id, instance_id) WHERE ended_at IS NULL;
-- Those that are alive: counted, and looked through for who is late.
CREATE INDEX agent_instance_live ON agent_instance (organization_id, agent_id) WHERE status IN ('HEALTHY', 'SUSPECT');
CREATE INDEX agent_instance_past ON agent_instance (last_seen_at) WHERE status IN ('STOPPED', 'DOWN');
CREATE INDEX instance_span_past ON instance_span (ended_at) WHERE ended_at IS NOT NULL;
-- A heartbeat changes no indexed column: with room on its page it costs no index anything.
ALTER TABLE agent_instance SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
