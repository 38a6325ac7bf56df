-- Schema 4. One mail may speak for several accounts: each keeps its own row, its own key and its own steps; one of the
-- rows carries the bytes, and the others name it here. From then on they stand where it stands: whatever moves one moves
-- all of them, in one statement.
ALTER TABLE outbox ADD COLUMN carried_by INTEGER REFERENCES outbox (id);
CREATE INDEX outbox_carried_by ON outbox (carried_by) WHERE carried_by IS NOT NULL;
