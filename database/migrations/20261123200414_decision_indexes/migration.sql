-- Most records name one of these three and not the others: an index holds only the rows that name what it is about, so
-- that each append writes to the indexes somebody will look it up by. By hand: Prisma does not know of conditions.
DROP INDEX "agent_decision_organization_id_agent_id_id_idx";
DROP INDEX "agent_decision_organization_id_payment_id_idx";
DROP INDEX "agent_decision_organization_id_task_id_idx";
CREATE INDEX agent_decision_of_agent ON agent_decision (organization_id, agent_id, id) WHERE agent_id IS NOT NULL;
CREATE INDEX agent_decision_of_payment ON agent_decision (organization_id, payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX agent_decision_of_task ON agent_decision (organization_id, task_id) WHERE task_id IS NOT NULL;
