-- AlterTable
ALTER TABLE "task" ADD COLUMN     "assigned_at" TIMESTAMPTZ(3),
ADD COLUMN     "instance_id" UUID,
ADD COLUMN     "lane_id" UUID,
ADD COLUMN     "lease_seconds" SMALLINT;

-- CreateTable
CREATE TABLE "task_queue" (
    "organization_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "ability_revision" INTEGER NOT NULL DEFAULT 0,
    "turn" DOUBLE PRECISION NOT NULL DEFAULT 0,

    CONSTRAINT "task_queue_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
CREATE TABLE "task_lane" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "requires" JSONB NOT NULL,
    "agent_id" UUID,
    "fairness_key" TEXT NOT NULL,
    "waiting_since" TIMESTAMPTZ(3),
    "abilities" UUID[] DEFAULT ARRAY[]::UUID[],
    "ability_revision" INTEGER NOT NULL DEFAULT -1,
    "reason" TEXT,

    CONSTRAINT "task_lane_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "ability" (
    "organization_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "scope" JSONB NOT NULL,

    CONSTRAINT "ability_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "agent_seat" (
    "organization_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "ability_id" UUID,
    "runtime" "agent_runtime" NOT NULL,
    "is_open" BOOLEAN NOT NULL DEFAULT false,
    "max_in_use" INTEGER NOT NULL,
    "in_use" INTEGER NOT NULL DEFAULT 0,
    "over" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3),
    "recent_failures" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "agent_seat_pkey" PRIMARY KEY ("organization_id","agent_id")
);

-- CreateTable
CREATE TABLE "fairness_share" (
    "organization_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "weight" INTEGER NOT NULL DEFAULT 1,
    "max_running" INTEGER,
    "is_set" BOOLEAN NOT NULL DEFAULT false,
    "turn" DOUBLE PRECISION NOT NULL DEFAULT 0,

    CONSTRAINT "fairness_share_pkey" PRIMARY KEY ("organization_id","key")
);

-- CreateIndex
CREATE INDEX "agent_seat_organization_id_ability_id_idx" ON "agent_seat"("organization_id", "ability_id");


-- From here on by hand: what Prisma cannot say.

GRANT SELECT, INSERT, UPDATE ON task_queue, task_lane, agent_seat, fairness_share TO wedi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ability TO wedi_app;
GRANT SELECT ON task_queue TO wedi_platform;

DO $$
DECLARE
  tenant_table text;
  own constant text := $own$(SELECT nullif(current_setting('app.org', true), '')::uuid)$own$;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['task_queue', 'task_lane', 'ability', 'agent_seat', 'fairness_share']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY own_organization ON %I TO wedi_app USING (organization_id = %s) WITH CHECK (organization_id = %s)',
      tenant_table, own, own);
  END LOOP;
END $$;

-- Whose queue has to be looked at now, where no organisation can be named yet.
CREATE POLICY platform ON task_queue FOR SELECT TO wedi_platform USING (true);

-- The last line of concurrency: whatever the application does, no agent holds more than its slots. What it held when they
-- became fewer may only become less.
ALTER TABLE agent_seat
  ADD CONSTRAINT agent_seat_not_negative CHECK (in_use >= 0 AND over >= 0),
  ADD CONSTRAINT agent_seat_has_room CHECK (max_in_use > 0),
  ADD CONSTRAINT agent_seat_within CHECK (in_use <= max_in_use + over);
ALTER TABLE fairness_share
  ADD CONSTRAINT fairness_share_weight CHECK (weight > 0),
  ADD CONSTRAINT fairness_share_max CHECK (max_running >= 0);
ALTER TABLE task_lane ADD CONSTRAINT task_lane_abilities CHECK (abilities IS NOT NULL AND array_position(abilities, NULL) IS NULL);
-- So far a lease was written and never looked at. The policies bind the owner, too, but for this.
ALTER TABLE task NO FORCE ROW LEVEL SECURITY;
UPDATE task SET lease_expires_at = NULL WHERE lease_expires_at IS NOT NULL;
ALTER TABLE task FORCE ROW LEVEL SECURITY;
ALTER TABLE task ADD CONSTRAINT task_lease CHECK (lease_expires_at IS NULL OR lease_seconds IS NOT NULL);

-- Rows that change with every task: room for new versions beside the old ones.
ALTER TABLE agent_seat SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE task_lane SET (fillfactor = 70);
ALTER TABLE fairness_share SET (fillfactor = 50);

-- The head of a lane, the least used seat of an ability, what runs out next: each is the first entry of an index.
DROP INDEX task_waiting;
CREATE INDEX task_in_lane ON task (organization_id, lane_id, priority DESC, id) WHERE status = 'QUEUED';
CREATE INDEX task_leased ON task (organization_id, lease_expires_at) WHERE lease_expires_at IS NOT NULL;
CREATE INDEX task_deadline ON task (organization_id, deadline_at)
  WHERE deadline_at IS NOT NULL AND payment_id IS NULL AND status IN ('QUEUED', 'ASSIGNED', 'RUNNING');
CREATE INDEX task_resting ON task (organization_id, run_after) WHERE status = 'QUEUED' AND lane_id IS NULL;
CREATE INDEX task_of_instance ON task (organization_id, instance_id) WHERE lease_expires_at IS NOT NULL;
CREATE INDEX task_of_key ON task (organization_id, (coalesce(fairness_key, ''))) WHERE status IN ('ASSIGNED', 'RUNNING') AND NOT is_parked;
CREATE INDEX task_lane_able ON task_lane (organization_id) WHERE waiting_since IS NOT NULL AND cardinality(abilities) > 0;
CREATE INDEX task_lane_unmatched ON task_lane (organization_id, ability_revision) WHERE waiting_since IS NOT NULL;
CREATE INDEX agent_seat_free ON agent_seat (organization_id, ability_id, (((in_use + 1)::float8 / max_in_use)))
  WHERE is_open AND runtime = 'HOSTED' AND in_use < max_in_use;
CREATE INDEX agent_seat_unclaimed ON agent_seat (organization_id, ability_id)
  WHERE is_open AND runtime = 'REMOTE' AND in_use < max_in_use;
CREATE INDEX task_queue_due ON task_queue (due_at) WHERE due_at IS NOT NULL;

-- The policies bind the owner, too, but for what follows.
ALTER TABLE task NO FORCE ROW LEVEL SECURITY;
ALTER TABLE agent NO FORCE ROW LEVEL SECURITY;
ALTER TABLE task_lane NO FORCE ROW LEVEL SECURITY;
ALTER TABLE task_queue NO FORCE ROW LEVEL SECURITY;
ALTER TABLE agent_seat NO FORCE ROW LEVEL SECURITY;
ALTER TABLE job NO FORCE ROW LEVEL SECURITY;
-- What is there already. Queued tasks get their lanes; agents their seats, closed until somebody has looked at each.
UPDATE task SET lane_id = md5(type || requires::text || coalesce(agent_id::text, '') || '/' || coalesce(fairness_key, ''))::uuid
WHERE status IN ('QUEUED', 'ASSIGNED', 'RUNNING');
INSERT INTO task_lane (organization_id, id, type, requires, agent_id, fairness_key, waiting_since)
SELECT DISTINCT ON (organization_id, lane_id) organization_id, lane_id, type, requires, agent_id, coalesce(fairness_key, ''), now()
FROM task WHERE lane_id IS NOT NULL;
INSERT INTO agent_seat (organization_id, agent_id, runtime, max_in_use, in_use, over)
SELECT a.organization_id, a.id, a.runtime, a.max_concurrency, coalesce(held.count, 0),
       greatest(0, coalesce(held.count, 0) - a.max_concurrency)
FROM agent a LEFT JOIN (
  SELECT organization_id, assigned_agent_id, count(*)::int AS count FROM task
  WHERE status IN ('ASSIGNED', 'RUNNING') AND NOT is_parked GROUP BY 1, 2
) held ON held.organization_id = a.organization_id AND held.assigned_agent_id = a.id;
INSERT INTO task_queue (organization_id, due_at) SELECT DISTINCT organization_id, now() FROM agent_seat;
-- Queues are looked at without jobs now.
DELETE FROM job WHERE kind = 'tasks.assign';
INSERT INTO job (organization_id, kind, subject, payload, run_at, created_at)
SELECT organization_id, 'assignment<agent.changed', agent_id, '{}', now(), now() FROM agent_seat
ON CONFLICT (organization_id, kind, subject) DO NOTHING;
ALTER TABLE task FORCE ROW LEVEL SECURITY;
ALTER TABLE agent FORCE ROW LEVEL SECURITY;
ALTER TABLE task_lane FORCE ROW LEVEL SECURITY;
ALTER TABLE task_queue FORCE ROW LEVEL SECURITY;
ALTER TABLE agent_seat FORCE ROW LEVEL SECURITY;
ALTER TABLE job FORCE ROW LEVEL SECURITY;
