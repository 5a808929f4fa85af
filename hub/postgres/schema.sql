-- A topic's number rises with each version. A subscription holds the number of that which it has,
-- so that who is behind is found by one range of an index, those furthest behind first.
CREATE TABLE feedmill_topics (
	id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	url       text COLLATE "C" NOT NULL UNIQUE,
	number    bigint NOT NULL DEFAULT 0, -- 0: nothing was published
	etag      text COLLATE "C" NOT NULL DEFAULT '',
	modified  bigint NOT NULL DEFAULT 0, -- nanoseconds since 1970, finer than a timestamp
	published timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- A claim changes no column of an index, so that it needs no new entries in them (fillfactor leaves
-- the room for it in the page).
CREATE TABLE feedmill_subscriptions (
	topic    integer NOT NULL REFERENCES feedmill_topics,
	callback text COLLATE "C" NOT NULL,
	host     text COLLATE "C" NOT NULL,
	secret   bytea NOT NULL,
	expires  timestamptz NOT NULL,
	has      text COLLATE "C" NOT NULL,
	number   bigint NOT NULL,
	failures integer NOT NULL DEFAULT 0,
	due      timestamptz NOT NULL DEFAULT '-infinity',
	claim    bigint NOT NULL DEFAULT 0,
	held     timestamptz NOT NULL DEFAULT '-infinity', -- until then the claim is somebody's
	PRIMARY KEY (topic, callback)
) WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX feedmill_behind ON feedmill_subscriptions (topic, number, due);
CREATE INDEX feedmill_expires ON feedmill_subscriptions (expires);
CREATE SEQUENCE feedmill_claims;
