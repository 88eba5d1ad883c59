-- Counters of windows long past are forgotten by the platform, of all organisations at once.
GRANT SELECT, DELETE ON limit_counter TO wedi_platform;
CREATE POLICY platform ON limit_counter TO wedi_platform USING (true);
