-- Schema 3. The day of the round is decided only for the accounts whose day has come.
-- `day` is the first day on which a day alone could bring anything to the account, as policy reckoned it in the
-- transaction that last looked at it; empty where it is to be looked at in the next round. Who looks at an account writes
-- its day; whoever changes anything that policy looks at empties it: that is what the triggers are for.
CREATE TABLE next_look (
  customer INTEGER NOT NULL PRIMARY KEY REFERENCES customer (id),
  day TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX next_look_day ON next_look (day);
INSERT INTO next_look (customer, day) SELECT id, '' FROM customer;

CREATE TRIGGER next_look_customer_new AFTER INSERT ON customer
BEGIN INSERT OR IGNORE INTO next_look (customer, day) VALUES (NEW.id, ''); END;
CREATE TRIGGER next_look_customer AFTER UPDATE ON customer
BEGIN UPDATE next_look SET day = '' WHERE customer = NEW.id AND day <> ''; END;

CREATE TRIGGER next_look_receivable_new AFTER INSERT ON receivable
BEGIN UPDATE next_look SET day = '' WHERE customer = NEW.customer AND day <> ''; END;
CREATE TRIGGER next_look_receivable AFTER UPDATE ON receivable
BEGIN UPDATE next_look SET day = '' WHERE customer IN (OLD.customer, NEW.customer) AND day <> ''; END;
CREATE TRIGGER next_look_receivable_gone AFTER DELETE ON receivable
BEGIN UPDATE next_look SET day = '' WHERE customer = OLD.customer AND day <> ''; END;

CREATE TRIGGER next_look_hold_new AFTER INSERT ON hold
BEGIN UPDATE next_look SET day = '' WHERE customer = NEW.customer AND day <> ''; END;
CREATE TRIGGER next_look_hold AFTER UPDATE ON hold
BEGIN UPDATE next_look SET day = '' WHERE customer IN (OLD.customer, NEW.customer) AND day <> ''; END;
CREATE TRIGGER next_look_hold_gone AFTER DELETE ON hold
BEGIN UPDATE next_look SET day = '' WHERE customer = OLD.customer AND day <> ''; END;

CREATE TRIGGER next_look_step_taken_new AFTER INSERT ON step_taken
BEGIN UPDATE next_look SET day = '' WHERE customer = NEW.customer AND day <> ''; END;
CREATE TRIGGER next_look_step_taken AFTER UPDATE ON step_taken
BEGIN UPDATE next_look SET day = '' WHERE customer IN (OLD.customer, NEW.customer) AND day <> ''; END;
CREATE TRIGGER next_look_step_taken_gone AFTER DELETE ON step_taken
BEGIN UPDATE next_look SET day = '' WHERE customer = OLD.customer AND day <> ''; END;

CREATE TRIGGER next_look_step_declined_new AFTER INSERT ON step_declined
BEGIN UPDATE next_look SET day = '' WHERE customer = NEW.customer AND day <> ''; END;
CREATE TRIGGER next_look_step_declined AFTER UPDATE ON step_declined
BEGIN UPDATE next_look SET day = '' WHERE customer IN (OLD.customer, NEW.customer) AND day <> ''; END;
CREATE TRIGGER next_look_step_declined_gone AFTER DELETE ON step_declined
BEGIN UPDATE next_look SET day = '' WHERE customer = OLD.customer AND day <> ''; END;

CREATE TRIGGER next_look_owner_case_new AFTER INSERT ON owner_case
BEGIN UPDATE next_look SET day = '' WHERE customer = NEW.customer AND day <> ''; END;
CREATE TRIGGER next_look_owner_case AFTER UPDATE ON owner_case
BEGIN UPDATE next_look SET day = '' WHERE customer IN (OLD.customer, NEW.customer) AND day <> ''; END;
CREATE TRIGGER next_look_owner_case_gone AFTER DELETE ON owner_case
BEGIN UPDATE next_look SET day = '' WHERE customer = OLD.customer AND day <> ''; END;

CREATE TRIGGER next_look_sent_mail_new AFTER INSERT ON sent_mail
BEGIN UPDATE next_look SET day = '' WHERE customer = NEW.customer AND day <> ''; END;
CREATE TRIGGER next_look_sent_mail AFTER UPDATE ON sent_mail
BEGIN UPDATE next_look SET day = '' WHERE customer IN (OLD.customer, NEW.customer) AND day <> ''; END;
CREATE TRIGGER next_look_sent_mail_gone AFTER DELETE ON sent_mail
BEGIN UPDATE next_look SET day = '' WHERE customer = OLD.customer AND day <> ''; END;

CREATE TRIGGER next_look_note_new AFTER INSERT ON note
BEGIN UPDATE next_look SET day = '' WHERE customer = NEW.customer AND day <> ''; END;
CREATE TRIGGER next_look_note AFTER UPDATE ON note
BEGIN UPDATE next_look SET day = '' WHERE customer IN (OLD.customer, NEW.customer) AND day <> ''; END;
CREATE TRIGGER next_look_note_gone AFTER DELETE ON note
BEGIN UPDATE next_look SET day = '' WHERE customer = OLD.customer AND day <> ''; END;

CREATE TRIGGER next_look_understood_new AFTER INSERT ON understood
BEGIN UPDATE next_look SET day = '' WHERE customer = NEW.customer AND day <> ''; END;
CREATE TRIGGER next_look_understood AFTER UPDATE ON understood
BEGIN UPDATE next_look SET day = '' WHERE customer IN (OLD.customer, NEW.customer) AND day <> ''; END;
CREATE TRIGGER next_look_understood_gone AFTER DELETE ON understood
BEGIN UPDATE next_look SET day = '' WHERE customer = OLD.customer AND day <> ''; END;

CREATE TRIGGER next_look_outbox_new AFTER INSERT ON outbox
BEGIN UPDATE next_look SET day = '' WHERE customer = NEW.customer AND day <> ''; END;
CREATE TRIGGER next_look_outbox AFTER UPDATE ON outbox
BEGIN UPDATE next_look SET day = '' WHERE customer IN (OLD.customer, NEW.customer) AND day <> ''; END;
CREATE TRIGGER next_look_outbox_gone AFTER DELETE ON outbox
BEGIN UPDATE next_look SET day = '' WHERE customer = OLD.customer AND day <> ''; END;

CREATE TRIGGER next_look_document_new AFTER INSERT ON document
BEGIN
  UPDATE next_look SET day = '' WHERE day <> '' AND customer = (SELECT customer FROM receivable WHERE id = NEW.receivable);
END;
CREATE TRIGGER next_look_document_gone AFTER DELETE ON document
BEGIN
  UPDATE next_look SET day = '' WHERE day <> '' AND customer = (SELECT customer FROM receivable WHERE id = OLD.receivable);
END;

-- Questions of every round that read a table whole so far.
CREATE INDEX receivable_open_issued ON receivable (issued) WHERE settled = 0;
CREATE INDEX outbox_draft_to_remove ON outbox (id) WHERE draft_to_remove = 1;
CREATE INDEX outbox_sent_copy ON outbox (id) WHERE sent_copy IN ('wanted', 'unknown');
CREATE INDEX outbox_planned ON outbox (planned_at);
CREATE INDEX seen_unread ON seen (folder) WHERE state = 'retry';

-- `change` counts what becomes known of threads, so that it need not be read as a whole again: the highest is the latest.
-- NULL where it was known before this schema.
ALTER TABLE thread ADD COLUMN change INTEGER;
CREATE INDEX thread_change ON thread (change);
CREATE TRIGGER thread_new AFTER INSERT ON thread
BEGIN UPDATE thread SET change = (SELECT coalesce(max(change), 0) + 1 FROM thread) WHERE rfc_id = NEW.rfc_id; END;
CREATE TRIGGER thread_item_new AFTER INSERT ON thread_item
BEGIN UPDATE thread SET change = (SELECT coalesce(max(change), 0) + 1 FROM thread) WHERE rfc_id = NEW.rfc_id; END;
