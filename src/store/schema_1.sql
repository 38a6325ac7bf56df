-- Schema 1. Instants are RFC 3339 in UTC with nine decimals, so that their text sorts as they do; days are ISO dates.
-- `data` columns hold the whole value as JSON; the other columns repeat what is searched for.
-- The meaning of a column never changes: a new meaning is a new column in a later step.

-- What the store knows of itself (generation, halt).
CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the agent remembers between two rounds, by name.
CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The key of all ids that leave this house. Made once.
CREATE TABLE secret (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  value BLOB NOT NULL CHECK (length(value) = 32)
) STRICT;

-- The last number given, by kind of thing. Numbers are never given twice, even when what bore them is gone.
CREATE TABLE sequence (
  name TEXT NOT NULL PRIMARY KEY,
  last INTEGER NOT NULL CHECK (last >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO sequence (name, last) VALUES ('customer', 0), ('receivable', 0), ('case', 0);

-- Orders of the owner.
CREATE TABLE command (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;

CREATE TABLE customer (
  id INTEGER NOT NULL PRIMARY KEY,
  external_id TEXT,
  vat_number TEXT,
  tax_code TEXT,
  name TEXT NOT NULL,
  data TEXT NOT NULL,
  customer_wrote TEXT,
  owner_wrote TEXT
) STRICT;
CREATE UNIQUE INDEX customer_external_id ON customer (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX customer_vat_number ON customer (vat_number) WHERE vat_number IS NOT NULL;
CREATE INDEX customer_tax_code ON customer (tax_code) WHERE tax_code IS NOT NULL;
CREATE INDEX customer_name ON customer (name);

-- Addresses on file, to find a customer by; the order of preference is in customer.data.
CREATE TABLE contact (
  customer INTEGER NOT NULL REFERENCES customer (id),
  address TEXT NOT NULL,
  PRIMARY KEY (address, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_customer ON contact (customer);

-- Append-only: what happened, in order. `change` is NULL only where kind is 'undone'.
CREATE TABLE journal (
  seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  customer INTEGER REFERENCES customer (id),
  kind TEXT NOT NULL,
  change TEXT CHECK ((change IS NULL) = (kind = 'undone')),
  cause TEXT NOT NULL,
  message TEXT,
  rule TEXT,
  command INTEGER REFERENCES command (id),
  because TEXT NOT NULL
) STRICT;
CREATE INDEX journal_customer ON journal (customer, seq);
CREATE INDEX journal_message ON journal (message) WHERE message IS NOT NULL;
CREATE INDEX journal_command ON journal (command) WHERE command IS NOT NULL;
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- The state tables: what the journal adds up to.
CREATE TABLE receivable (
  id INTEGER NOT NULL PRIMARY KEY,
  customer INTEGER NOT NULL REFERENCES customer (id),
  position INTEGER NOT NULL,
  issuer TEXT NOT NULL,
  number TEXT NOT NULL,
  issued TEXT NOT NULL,
  instalment INTEGER NOT NULL,
  due TEXT NOT NULL,
  settled INTEGER NOT NULL CHECK (settled IN (0, 1)),
  data TEXT NOT NULL,
  UNIQUE (issuer, number, issued, instalment)
) STRICT;
CREATE INDEX receivable_customer ON receivable (customer, position);
CREATE INDEX receivable_number ON receivable (number);
CREATE INDEX receivable_open ON receivable (due) WHERE settled = 0;

CREATE TABLE hold (
  customer INTEGER NOT NULL REFERENCES customer (id),
  position INTEGER NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  until TEXT,
  ended INTEGER NOT NULL CHECK (ended IN (0, 1)),
  data TEXT NOT NULL,
  PRIMARY KEY (customer, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE step_taken (
  customer INTEGER NOT NULL REFERENCES customer (id),
  position INTEGER NOT NULL,
  receivable INTEGER NOT NULL,
  cycle INTEGER NOT NULL,
  step TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (customer, position),
  UNIQUE (receivable, cycle, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE step_declined (
  customer INTEGER NOT NULL REFERENCES customer (id),
  position INTEGER NOT NULL,
  receivable INTEGER NOT NULL,
  cycle INTEGER NOT NULL,
  step TEXT NOT NULL,
  PRIMARY KEY (customer, position),
  UNIQUE (receivable, cycle, step)
) STRICT, WITHOUT ROWID;

-- Questions to the owner. Those without a customer belong to no account.
CREATE TABLE owner_case (
  id INTEGER NOT NULL PRIMARY KEY,
  customer INTEGER REFERENCES customer (id),
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  message TEXT,
  opened TEXT NOT NULL,
  closed TEXT,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX owner_case_customer ON owner_case (customer, position);
CREATE INDEX owner_case_open ON owner_case (opened) WHERE closed IS NULL;

CREATE TABLE sent_mail (
  customer INTEGER NOT NULL REFERENCES customer (id),
  position INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  at TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (customer, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE sent_recipient (
  customer INTEGER NOT NULL,
  position INTEGER NOT NULL,
  address TEXT NOT NULL,
  purpose TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (customer, position, address),
  FOREIGN KEY (customer, position) REFERENCES sent_mail (customer, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_recipient_address ON sent_recipient (address, purpose, at);

CREATE TABLE note (
  customer INTEGER NOT NULL REFERENCES customer (id),
  position INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (customer, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE understood (
  customer INTEGER NOT NULL REFERENCES customer (id),
  position INTEGER NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (customer, position),
  UNIQUE (customer, message)
) STRICT, WITHOUT ROWID;

-- Outgoing mail. `live` is 1 while the row stands in the way of another with its key: not cancelled, not proven undelivered.
CREATE TABLE outbox (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  business_key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  live INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1)),
  purpose TEXT NOT NULL,
  customer INTEGER REFERENCES customer (id),
  owner_case INTEGER,
  command INTEGER REFERENCES command (id),
  plan TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'held', 'frozen', 'claimed', 'in_data', 'accepted', 'later', 'refused',
    'unsure', 'cancelled', 'drafted', 'sent_by_owner', 'discarded')),
  state_reason TEXT,
  planned_at TEXT NOT NULL,
  not_before TEXT NOT NULL,
  approved INTEGER NOT NULL DEFAULT 0 CHECK (approved IN (0, 1)),
  attempts INTEGER NOT NULL DEFAULT 0,
  rfc_id TEXT,
  reference TEXT,
  frozen_bytes BLOB,
  frozen_sha256 TEXT,
  frozen_date TEXT,
  frozen_recipients TEXT,
  in_data_at TEXT,
  later_until TEXT,
  accepted_at TEXT,
  words TEXT,
  draft_item TEXT,
  draft_to_remove INTEGER NOT NULL DEFAULT 0 CHECK (draft_to_remove IN (0, 1)),
  sent_copy TEXT NOT NULL DEFAULT 'none' CHECK (sent_copy IN ('none', 'wanted', 'done', 'unknown')),
  UNIQUE (business_key, revision)
) STRICT;
CREATE UNIQUE INDEX outbox_live_key ON outbox (business_key) WHERE live = 1;
CREATE UNIQUE INDEX outbox_rfc_id ON outbox (rfc_id) WHERE rfc_id IS NOT NULL;
CREATE UNIQUE INDEX outbox_reference ON outbox (reference) WHERE reference IS NOT NULL;
CREATE INDEX outbox_due ON outbox (state, not_before);
CREATE INDEX outbox_customer ON outbox (customer, state);
CREATE INDEX outbox_case ON outbox (owner_case) WHERE owner_case IS NOT NULL;
CREATE INDEX outbox_command ON outbox (command) WHERE command IS NOT NULL;
CREATE INDEX outbox_in_data ON outbox (in_data_at) WHERE in_data_at IS NOT NULL;
-- Once frozen, bytes, date, ids and recipients never change.
CREATE TRIGGER outbox_frozen_for_ever BEFORE UPDATE OF frozen_bytes, frozen_sha256, frozen_date, frozen_recipients, rfc_id, reference
ON outbox WHEN OLD.frozen_bytes IS NOT NULL AND (
  NEW.frozen_bytes IS NOT OLD.frozen_bytes OR NEW.frozen_sha256 IS NOT OLD.frozen_sha256
  OR NEW.frozen_date IS NOT OLD.frozen_date OR NEW.frozen_recipients IS NOT OLD.frozen_recipients
  OR NEW.rfc_id IS NOT OLD.rfc_id OR NEW.reference IS NOT OLD.reference)
BEGIN SELECT RAISE(ABORT, 'a frozen mail never changes'); END;

-- The ladder steps of planned mails: one mail for a step, ever, among rows not cancelled or discarded.
CREATE TABLE outbox_item (
  outbox INTEGER NOT NULL REFERENCES outbox (id),
  receivable INTEGER NOT NULL REFERENCES receivable (id),
  cycle INTEGER NOT NULL,
  step TEXT NOT NULL,
  live INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1)),
  PRIMARY KEY (outbox, receivable, cycle, step)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX outbox_item_step ON outbox_item (receivable, cycle, step) WHERE live = 1;

-- What the server said of each recipient, last word.
CREATE TABLE outbox_recipient (
  outbox INTEGER NOT NULL REFERENCES outbox (id),
  address TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('accepted', 'later', 'refused')),
  words TEXT,
  at TEXT NOT NULL,
  PRIMARY KEY (outbox, address)
) STRICT, WITHOUT ROWID;

-- Raw mails by the SHA-256 of their bytes.
CREATE TABLE raw_mail (
  sha256 TEXT NOT NULL PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE message (
  identity TEXT NOT NULL PRIMARY KEY,
  rfc_id TEXT,
  folder TEXT NOT NULL,
  received TEXT NOT NULL,
  sender TEXT,
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('received', 'decided', 'baseline', 'quarantined')),
  verdict TEXT,
  reading TEXT,
  customer INTEGER REFERENCES customer (id),
  raw TEXT REFERENCES raw_mail (sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_rfc_id ON message (rfc_id) WHERE rfc_id IS NOT NULL;
CREATE INDEX message_customer ON message (customer, received) WHERE customer IS NOT NULL;
CREATE INDEX message_received ON message (received);
CREATE INDEX message_state ON message (state);
CREATE INDEX message_raw ON message (raw) WHERE raw IS NOT NULL;

-- One row an item of a folder: an item without a row was not dealt with.
CREATE TABLE seen (
  folder TEXT NOT NULL,
  epoch TEXT NOT NULL,
  item TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('done', 'baseline', 'retry', 'vanished', 'quarantined')),
  identity TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  PRIMARY KEY (folder, epoch, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_identity ON seen (identity) WHERE identity IS NOT NULL;

CREATE TABLE folder (
  name TEXT NOT NULL PRIMARY KEY,
  enumerated TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Message-IDs of ours and the owner's that stand for receivables.
CREATE TABLE thread (
  rfc_id TEXT NOT NULL PRIMARY KEY,
  customer INTEGER NOT NULL REFERENCES customer (id),
  origin TEXT NOT NULL CHECK (origin IN ('own', 'owner'))
) STRICT, WITHOUT ROWID;

CREATE TABLE thread_item (
  rfc_id TEXT NOT NULL REFERENCES thread (rfc_id),
  receivable INTEGER NOT NULL REFERENCES receivable (id),
  PRIMARY KEY (rfc_id, receivable)
) STRICT, WITHOUT ROWID;

-- Invoices as they were first sent.
CREATE TABLE document (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  receivable INTEGER NOT NULL REFERENCES receivable (id),
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  content BLOB NOT NULL,
  message TEXT,
  UNIQUE (receivable, sha256)
) STRICT;
