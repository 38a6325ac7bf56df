-- Schema 2. An item of the mailbox is known again by its header block when the mailbox gives all items new names.
-- `head` is a fingerprint of the header block without trace fields, `size` the length of the whole mail in bytes; both are
-- NULL where they are not known, and such an item is fetched and compared by content.
ALTER TABLE seen ADD COLUMN head TEXT;
ALTER TABLE seen ADD COLUMN size INTEGER;
