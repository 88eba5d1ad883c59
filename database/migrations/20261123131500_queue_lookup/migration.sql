-- A delivery of Engine's webhook names a submission and no organisation: the platform finds whose it is. It sees what
-- was handed to queues only; rows of signed bytes stay out of its sight.
GRANT SELECT ON chain_transaction TO wedi_platform;
CREATE POLICY platform ON chain_transaction FOR SELECT TO wedi_platform USING (submission_key IS NOT NULL);

-- A queue's own name for it, or the key it came with while the answer is missing.
CREATE INDEX chain_transaction_submission ON chain_transaction (coalesce(queue_id, submission_key))
  WHERE submission_key IS NOT NULL;
