-- A redaction leaves the row before it behind, values and all, until a vacuum: one such row is enough to ask for it.
ALTER TABLE decision_disclosure SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1);
-- An export asks whether a redaction came after its head, and redactions are few.
CREATE INDEX agent_decision_redactions ON agent_decision (organization_id, id) WHERE type = 'decision.redacted';
