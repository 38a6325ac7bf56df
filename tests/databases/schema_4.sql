-- A database of schema 4 as the first release of that schema wrote it. Invented people. Never edited: it stands for
-- the databases that are out there.
PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1399811180;
PRAGMA user_version = 4;
BEGIN TRANSACTION;
CREATE TABLE command (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
INSERT INTO "command" VALUES(1,'promise 2026/1 --by 2026-11-18','2026-11-02T09:01:00.000000000Z');
CREATE TABLE contact (
  customer INTEGER NOT NULL REFERENCES customer (id),
  address TEXT NOT NULL,
  PRIMARY KEY (address, customer)
) STRICT, WITHOUT ROWID;
INSERT INTO "contact" VALUES(1,'anna@prova1.example');
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
INSERT INTO "customer" VALUES(1,'C001','IT00000000001',NULL,'Falegnameria Prova 1','{"id":1,"external_id":"C001","name":"Falegnameria Prova 1","vat_number":"IT00000000001","tax_code":null,"kind":"firm","language":"it","register":"formal","country":"IT","contacts":[{"address":"anna@prova1.example","name":"Anna Prova","role":"primary","bounced":false}],"vip":false,"do_not_contact":false}','2026-11-02T09:02:00.000000000Z',NULL);
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
INSERT INTO "document" VALUES(1,1,'f.pdf','application/pdf','315d429b7714cedb6ad04ac31240145257692630457f3c88253c5beceac76027',X'25504446',NULL);
CREATE TABLE folder (
  name TEXT NOT NULL PRIMARY KEY,
  enumerated TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "folder" VALUES('inbox','2026-11-02T09:06:00.000000000Z');
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
INSERT INTO "hold" VALUES(1,0,1,'promise','2026-11-20',0,'{"id":1,"kind":"promise","scope":{"items":[1]},"amount":null,"since":"2026-11-02T09:00:00Z","until":"2026-11-20","named_day":"2026-11-18","cause":{"by":"owner","command":1},"case":null,"ended":null}');
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
INSERT INTO "journal" VALUES(1,'2026-11-02T09:00:00.000000000Z',1,'customer_set','{"change":"customer_set","customer":{"contacts":[{"address":"anna@prova1.example","bounced":false,"name":"Anna Prova","role":"primary"}],"country":"IT","do_not_contact":false,"external_id":"C001","id":1,"kind":"firm","language":"it","name":"Falegnameria Prova 1","register":"formal","tax_code":null,"vat_number":"IT00000000001","vip":false}}','{"by":"import"}',NULL,NULL,NULL,'The customer became known');
INSERT INTO "journal" VALUES(2,'2026-11-02T09:00:00.000000000Z',1,'receivable_set','{"change":"receivable_set","receivable":{"amount":{"cents":122000,"currency":"EUR"},"bank_account":"main","closure":null,"collection":"own","credited":{"cents":0,"currency":"EUR"},"customer":1,"cycle":0,"description":"Infissi","due":"2026-11-02","id":1,"key":{"instalment":0,"issued":"2026-11-01","issuer":"IT01234567890","number":"2026/1"},"kind":"invoice","known_since":"2026-11-01","missing_since":null,"payments":[],"payments_known_up_to":"2026-11-05","released":false}}','{"by":"import"}',NULL,NULL,NULL,'Because the test says so');
INSERT INTO "journal" VALUES(3,'2026-11-02T09:00:00.000000000Z',1,'receivable_set','{"change":"receivable_set","receivable":{"amount":{"cents":122000,"currency":"EUR"},"bank_account":"main","closure":null,"collection":"own","credited":{"cents":0,"currency":"EUR"},"customer":1,"cycle":0,"description":"Infissi","due":"2026-11-02","id":2,"key":{"instalment":0,"issued":"2026-11-01","issuer":"IT01234567890","number":"2026/2"},"kind":"invoice","known_since":"2026-11-01","missing_since":null,"payments":[],"payments_known_up_to":"2026-11-05","released":false}}','{"by":"import"}',NULL,NULL,NULL,'Because the test says so');
INSERT INTO "journal" VALUES(4,'2026-11-02T09:04:00.000000000Z',1,'hold_placed','{"change":"hold_placed","hold":{"amount":null,"case":null,"cause":{"by":"owner","command":1},"ended":null,"id":1,"kind":"promise","named_day":"2026-11-18","scope":{"items":[1]},"since":"2026-11-02T09:00:00Z","until":"2026-11-20"}}','{"by":"owner","command":1}',NULL,NULL,1,'Because the test says so');
INSERT INTO "journal" VALUES(5,'2026-11-02T09:04:00.000000000Z',1,'payment_recorded','{"change":"payment_recorded","payment":{"amount":{"cents":2000,"currency":"EUR"},"on":"2026-11-03"},"receivable":2}','{"by":"import"}',NULL,NULL,NULL,'Because the test says so');
INSERT INTO "journal" VALUES(6,'2026-11-02T09:04:00.000000000Z',1,'step_taken','{"by":"owner","change":"step_taken","on":"2026-11-09","step":{"cycle":0,"receivable":1,"step":"friendly"}}','{"by":"clock"}',NULL,NULL,NULL,'Because the test says so');
INSERT INTO "journal" VALUES(7,'2026-11-02T09:04:00.000000000Z',1,'step_declined','{"change":"step_declined","on":"2026-11-09","step":{"cycle":0,"receivable":2,"step":"firm"}}','{"by":"clock"}',NULL,NULL,NULL,'Because the test says so');
INSERT INTO "journal" VALUES(8,'2026-11-02T09:04:00.000000000Z',1,'customer_wrote','{"at":"2026-11-02T09:02:00Z","change":"customer_wrote","message":"0404040404040404040404040404040404040404040404040404040404040404"}','{"by":"message","identity":"0404040404040404040404040404040404040404040404040404040404040404","rule":"it.dispute.amount","sentence":"L''importo non è quello concordato"}','0404040404040404040404040404040404040404040404040404040404040404','it.dispute.amount',NULL,'Because the test says so');
INSERT INTO "journal" VALUES(9,'2026-11-02T09:04:00.000000000Z',1,'understood','{"change":"understood","disposition":"route_to_owner","intents":["dispute"],"items":[2],"message":"0404040404040404040404040404040404040404040404040404040404040404"}','{"by":"message","identity":"0404040404040404040404040404040404040404040404040404040404040404","rule":"it.dispute.amount","sentence":"L''importo non è quello concordato"}','0404040404040404040404040404040404040404040404040404040404040404','it.dispute.amount',NULL,'Because the test says so');
INSERT INTO "journal" VALUES(10,'2026-11-02T09:04:00.000000000Z',1,'case_opened','{"case":{"closed":null,"customer":1,"id":1,"items":[2],"kind":"dispute","message":"0404040404040404040404040404040404040404040404040404040404040404","opened":"2026-11-02T09:02:00Z","particulars":["The amount is contested"],"suggestions":[]},"change":"case_opened"}','{"by":"message","identity":"0404040404040404040404040404040404040404040404040404040404040404","rule":"it.dispute.amount","sentence":"L''importo non è quello concordato"}','0404040404040404040404040404040404040404040404040404040404040404','it.dispute.amount',NULL,'Because the test says so');
INSERT INTO "journal" VALUES(11,'2026-11-02T09:04:00.000000000Z',1,'mail_sent','{"at":"2026-11-02T09:03:00Z","change":"mail_sent","items":[1],"outbox":1,"purpose":"reminder","to":["anna@prova1.example"]}','{"by":"delivery","outbox":1}',NULL,NULL,NULL,'Because the test says so');
INSERT INTO "journal" VALUES(12,'2026-11-02T09:04:00.000000000Z',1,'noted','{"change":"noted","items":[],"text":"Chiamata: paga venerdì"}','{"by":"clock"}',NULL,NULL,NULL,'Because the test says so');
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
INSERT INTO "message" VALUES('0404040404040404040404040404040404040404040404040404040404040404','a@prova1.example','inbox','2026-11-02T09:02:00.000000000Z','anna@prova1.example','Re: Fattura','reply','decided','{"disposition":"route_to_owner","automatic_answer":null,"reason":"A dispute"}',NULL,1,'972e206afebbba6b69bbd564cff7ecb197f2d9c02e419f221c9517f706487ddd');
CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('generation','1');
CREATE TABLE note (
  customer INTEGER NOT NULL REFERENCES customer (id),
  position INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (customer, position)
) STRICT, WITHOUT ROWID;
INSERT INTO "note" VALUES(1,0,'Chiamata: paga venerdì');
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
  sent_copy TEXT NOT NULL DEFAULT 'none' CHECK (sent_copy IN ('none', 'wanted', 'done', 'unknown')), carried_by INTEGER REFERENCES outbox (id),
  UNIQUE (business_key, revision)
) STRICT;
INSERT INTO "outbox" VALUES(1,'reminder:1:2026-11-03',1,1,'reminder',1,NULL,1,'{"key":{"reminder":[1,"2026-11-03"]},"purpose":"reminder","template":"reminder_friendly","customer":1,"items":[1],"steps":[{"receivable":1,"cycle":0,"step":"second"}],"to":["anna@prova1.example"],"cc":[],"not_before":"2026-11-02T10:00:00Z","answers":null,"attach_documents":[],"particulars":{"named_day":null,"asked_day":null,"deadline":null,"amount":null,"earlier_reminders":[],"payments_known_up_to":null},"needs_approval":false,"because":"Ten days overdue"}','accepted',NULL,'2026-11-02T09:04:00.000000000Z','2026-11-02T10:00:00.000000000Z',0,1,'ref1@firm.example','ref1',X'780100FF','ba068623d30892947feabee64b064ecdff1a36635f933a90f9c988df8fae3235','2026-11-02T10:01:00.000000000Z','["anna@prova1.example"]','2026-11-02T09:05:00.000000000Z',NULL,'2026-11-02T09:06:00.000000000Z','250 queued',NULL,0,'none',NULL);
INSERT INTO "outbox" VALUES(2,'reminder:1:2026-11-04',1,1,'reminder',1,NULL,1,'{"key":{"reminder":[1,"2026-11-04"]},"purpose":"reminder","template":"reminder_friendly","customer":1,"items":[2],"steps":[{"receivable":2,"cycle":0,"step":"second"}],"to":["anna@prova1.example"],"cc":[],"not_before":"2026-11-02T10:00:00Z","answers":null,"attach_documents":[],"particulars":{"named_day":null,"asked_day":null,"deadline":null,"amount":null,"earlier_reminders":[],"payments_known_up_to":null},"needs_approval":false,"because":"Ten days overdue"}','planned',NULL,'2026-11-02T09:04:00.000000000Z','2026-11-02T10:00:00.000000000Z',0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'none',NULL);
CREATE TABLE outbox_item (
  outbox INTEGER NOT NULL REFERENCES outbox (id),
  receivable INTEGER NOT NULL REFERENCES receivable (id),
  cycle INTEGER NOT NULL,
  step TEXT NOT NULL,
  live INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1)),
  PRIMARY KEY (outbox, receivable, cycle, step)
) STRICT, WITHOUT ROWID;
INSERT INTO "outbox_item" VALUES(1,1,0,'second',1);
INSERT INTO "outbox_item" VALUES(2,2,0,'second',1);
CREATE TABLE outbox_recipient (
  outbox INTEGER NOT NULL REFERENCES outbox (id),
  address TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('accepted', 'later', 'refused')),
  words TEXT,
  at TEXT NOT NULL,
  PRIMARY KEY (outbox, address)
) STRICT, WITHOUT ROWID;
INSERT INTO "outbox_recipient" VALUES(1,'anna@prova1.example','accepted','250','2026-11-02T09:05:00.000000000Z');
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
INSERT INTO "owner_case" VALUES(1,1,0,'dispute','0404040404040404040404040404040404040404040404040404040404040404','2026-11-02T09:02:00.000000000Z',NULL,'{"id":1,"customer":1,"kind":"dispute","message":"0404040404040404040404040404040404040404040404040404040404040404","items":[2],"particulars":["The amount is contested"],"suggestions":[],"opened":"2026-11-02T09:02:00Z","closed":null}');
CREATE TABLE raw_mail (
  sha256 TEXT NOT NULL PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;
INSERT INTO "raw_mail" VALUES('972e206afebbba6b69bbd564cff7ecb197f2d9c02e419f221c9517f706487ddd',X'46726F6D3A20616E6E614070726F7661312E6578616D706C650D0A0D0A6369616F');
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
INSERT INTO "receivable" VALUES(1,1,0,'IT01234567890','2026/1','2026-11-01',0,'2026-11-02',0,'{"id":1,"customer":1,"key":{"issuer":"IT01234567890","number":"2026/1","issued":"2026-11-01","instalment":0},"kind":"invoice","due":"2026-11-02","amount":{"cents":122000,"currency":"EUR"},"credited":{"cents":0,"currency":"EUR"},"payments":[],"description":"Infissi","bank_account":"main","collection":"own","closure":null,"missing_since":null,"known_since":"2026-11-01","payments_known_up_to":"2026-11-05","released":false,"cycle":0}');
INSERT INTO "receivable" VALUES(2,1,1,'IT01234567890','2026/2','2026-11-01',0,'2026-11-02',0,'{"id":2,"customer":1,"key":{"issuer":"IT01234567890","number":"2026/2","issued":"2026-11-01","instalment":0},"kind":"invoice","due":"2026-11-02","amount":{"cents":122000,"currency":"EUR"},"credited":{"cents":0,"currency":"EUR"},"payments":[{"amount":{"cents":2000,"currency":"EUR"},"on":"2026-11-03"}],"description":"Infissi","bank_account":"main","collection":"own","closure":null,"missing_since":null,"known_since":"2026-11-01","payments_known_up_to":"2026-11-05","released":false,"cycle":0}');
CREATE TABLE secret (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  value BLOB NOT NULL CHECK (length(value) = 32)
) STRICT;
INSERT INTO "secret" VALUES(1,X'0707070707070707070707070707070707070707070707070707070707070707');
CREATE TABLE seen (
  folder TEXT NOT NULL,
  epoch TEXT NOT NULL,
  item TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('done', 'baseline', 'retry', 'vanished', 'quarantined')),
  identity TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT, head TEXT, size INTEGER,
  PRIMARY KEY (folder, epoch, item)
) STRICT, WITHOUT ROWID;
INSERT INTO "seen" VALUES('inbox','1','10','done','0404040404040404040404040404040404040404040404040404040404040404',0,NULL,'0505050505050505050505050505050505050505050505050505050505050505',812);
CREATE TABLE sent_mail (
  customer INTEGER NOT NULL REFERENCES customer (id),
  position INTEGER NOT NULL,
  purpose TEXT NOT NULL,
  at TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (customer, position)
) STRICT, WITHOUT ROWID;
INSERT INTO "sent_mail" VALUES(1,0,'reminder','2026-11-02T09:03:00.000000000Z','{"purpose":"reminder","at":"2026-11-02T09:03:00Z","to":["anna@prova1.example"],"items":[1]}');
CREATE TABLE sent_recipient (
  customer INTEGER NOT NULL,
  position INTEGER NOT NULL,
  address TEXT NOT NULL,
  purpose TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (customer, position, address),
  FOREIGN KEY (customer, position) REFERENCES sent_mail (customer, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO "sent_recipient" VALUES(1,0,'anna@prova1.example','reminder','2026-11-02T09:03:00.000000000Z');
CREATE TABLE sequence (
  name TEXT NOT NULL PRIMARY KEY,
  last INTEGER NOT NULL CHECK (last >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO "sequence" VALUES('case',1);
INSERT INTO "sequence" VALUES('customer',1);
INSERT INTO "sequence" VALUES('receivable',2);
CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "setting" VALUES('first_import','2026-11-02');
CREATE TABLE step_declined (
  customer INTEGER NOT NULL REFERENCES customer (id),
  position INTEGER NOT NULL,
  receivable INTEGER NOT NULL,
  cycle INTEGER NOT NULL,
  step TEXT NOT NULL,
  PRIMARY KEY (customer, position),
  UNIQUE (receivable, cycle, step)
) STRICT, WITHOUT ROWID;
INSERT INTO "step_declined" VALUES(1,0,2,0,'firm');
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
INSERT INTO "step_taken" VALUES(1,0,1,0,'friendly','{"step":{"receivable":1,"cycle":0,"step":"friendly"},"on":"2026-11-09","by":"owner"}');
CREATE TABLE thread (
  rfc_id TEXT NOT NULL PRIMARY KEY,
  customer INTEGER NOT NULL REFERENCES customer (id),
  origin TEXT NOT NULL CHECK (origin IN ('own', 'owner'))
) STRICT, WITHOUT ROWID;
INSERT INTO "thread" VALUES('inv1@firm.example',1,'owner');
CREATE TABLE thread_item (
  rfc_id TEXT NOT NULL REFERENCES thread (rfc_id),
  receivable INTEGER NOT NULL REFERENCES receivable (id),
  PRIMARY KEY (rfc_id, receivable)
) STRICT, WITHOUT ROWID;
INSERT INTO "thread_item" VALUES('inv1@firm.example',1);
CREATE TABLE understood (
  customer INTEGER NOT NULL REFERENCES customer (id),
  position INTEGER NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (customer, position),
  UNIQUE (customer, message)
) STRICT, WITHOUT ROWID;
INSERT INTO "understood" VALUES(1,0,'0404040404040404040404040404040404040404040404040404040404040404');
CREATE UNIQUE INDEX customer_external_id ON customer (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX customer_vat_number ON customer (vat_number) WHERE vat_number IS NOT NULL;
CREATE INDEX customer_tax_code ON customer (tax_code) WHERE tax_code IS NOT NULL;
CREATE INDEX customer_name ON customer (name);
CREATE INDEX contact_customer ON contact (customer);
CREATE INDEX journal_customer ON journal (customer, seq);
CREATE INDEX journal_message ON journal (message) WHERE message IS NOT NULL;
CREATE INDEX journal_command ON journal (command) WHERE command IS NOT NULL;
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE INDEX receivable_customer ON receivable (customer, position);
CREATE INDEX receivable_number ON receivable (number);
CREATE INDEX receivable_open ON receivable (due) WHERE settled = 0;
CREATE INDEX owner_case_customer ON owner_case (customer, position);
CREATE INDEX owner_case_open ON owner_case (opened) WHERE closed IS NULL;
CREATE INDEX sent_recipient_address ON sent_recipient (address, purpose, at);
CREATE UNIQUE INDEX outbox_live_key ON outbox (business_key) WHERE live = 1;
CREATE UNIQUE INDEX outbox_rfc_id ON outbox (rfc_id) WHERE rfc_id IS NOT NULL;
CREATE UNIQUE INDEX outbox_reference ON outbox (reference) WHERE reference IS NOT NULL;
CREATE INDEX outbox_due ON outbox (state, not_before);
CREATE INDEX outbox_customer ON outbox (customer, state);
CREATE INDEX outbox_case ON outbox (owner_case) WHERE owner_case IS NOT NULL;
CREATE INDEX outbox_command ON outbox (command) WHERE command IS NOT NULL;
CREATE INDEX outbox_in_data ON outbox (in_data_at) WHERE in_data_at IS NOT NULL;
CREATE TRIGGER outbox_frozen_for_ever BEFORE UPDATE OF frozen_bytes, frozen_sha256, frozen_date, frozen_recipients, rfc_id, reference
ON outbox WHEN OLD.frozen_bytes IS NOT NULL AND (
  NEW.frozen_bytes IS NOT OLD.frozen_bytes OR NEW.frozen_sha256 IS NOT OLD.frozen_sha256
  OR NEW.frozen_date IS NOT OLD.frozen_date OR NEW.frozen_recipients IS NOT OLD.frozen_recipients
  OR NEW.rfc_id IS NOT OLD.rfc_id OR NEW.reference IS NOT OLD.reference)
BEGIN SELECT RAISE(ABORT, 'a frozen mail never changes'); END;
CREATE UNIQUE INDEX outbox_item_step ON outbox_item (receivable, cycle, step) WHERE live = 1;
CREATE INDEX message_rfc_id ON message (rfc_id) WHERE rfc_id IS NOT NULL;
CREATE INDEX message_customer ON message (customer, received) WHERE customer IS NOT NULL;
CREATE INDEX message_received ON message (received);
CREATE INDEX message_state ON message (state);
CREATE INDEX message_raw ON message (raw) WHERE raw IS NOT NULL;
CREATE INDEX seen_identity ON seen (identity) WHERE identity IS NOT NULL;
CREATE TABLE next_look (
  customer INTEGER NOT NULL PRIMARY KEY REFERENCES customer (id),
  day TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX next_look_day ON next_look (day);
INSERT INTO "next_look" VALUES(1,'2026-11-19');
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
CREATE INDEX receivable_open_issued ON receivable (issued) WHERE settled = 0;
CREATE INDEX outbox_draft_to_remove ON outbox (id) WHERE draft_to_remove = 1;
CREATE INDEX outbox_sent_copy ON outbox (id) WHERE sent_copy IN ('wanted', 'unknown');
CREATE INDEX outbox_planned ON outbox (planned_at);
CREATE INDEX outbox_carried_by ON outbox (carried_by) WHERE carried_by IS NOT NULL;
ALTER TABLE thread ADD COLUMN change INTEGER;
CREATE INDEX thread_change ON thread (change);
CREATE TRIGGER thread_new AFTER INSERT ON thread
BEGIN UPDATE thread SET change = (SELECT coalesce(max(change), 0) + 1 FROM thread) WHERE rfc_id = NEW.rfc_id; END;
CREATE TRIGGER thread_item_new AFTER INSERT ON thread_item
BEGIN UPDATE thread SET change = (SELECT coalesce(max(change), 0) + 1 FROM thread) WHERE rfc_id = NEW.rfc_id; END;
CREATE INDEX seen_unread ON seen (folder) WHERE state = 'retry';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('journal',12);
INSERT INTO "sqlite_sequence" VALUES('command',1);
INSERT INTO "sqlite_sequence" VALUES('outbox',2);
INSERT INTO "sqlite_sequence" VALUES('document',1);
COMMIT;
