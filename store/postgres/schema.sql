-- Each site has a revision, which rises with every change that is kept of it, and whose row is locked
-- by whoever has its turn.
CREATE TABLE feedmill_sites (
	id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name     text COLLATE "C" NOT NULL UNIQUE,
	revision bigint NOT NULL DEFAULT 0
);
-- What was deleted stays as a row without a value, so that replicas which come later learn of it.
CREATE TABLE feedmill_facts (
	site     integer NOT NULL REFERENCES feedmill_sites,
	kind     text COLLATE "C" NOT NULL,
	key      bytea NOT NULL, -- paths may hold what text does not
	value    bytea,
	revision bigint NOT NULL,
	PRIMARY KEY (site, kind, key)
);
CREATE INDEX feedmill_facts_since ON feedmill_facts (site, revision);
