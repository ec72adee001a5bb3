-- The tables of a register file, formats register/2 and layer/1. Written by the centre, read by laptops.
-- What each one is for: docs/register.md. Ids below 2^28 are entities in force, so that the natural
-- order of a full-text result already puts them first; an id is never used twice.
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE entity (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE code (code TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE number (number TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (number, id)) WITHOUT ROWID, STRICT;
CREATE TABLE prefix (prefix TEXT PRIMARY KEY) WITHOUT ROWID, STRICT;
CREATE VIRTUAL TABLE words USING fts5 (text, content='', columnsize=0, detail='none', tokenize='ascii');
-- Of a layer: what it takes out of the files below it (ids), and why: changed, removed or moved to another area.
CREATE TABLE gone (id INTEGER PRIMARY KEY, reason TEXT NOT NULL) STRICT;
