-- A small schema for single changes: tests/test_reader_database.py makes them one after the other.
CREATE SCHEMA app;
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE pair AS (a integer, b text);
CREATE DOMAIN price AS numeric(8, 2) CHECK (VALUE >= 0);
CREATE SEQUENCE numbers INCREMENT 5;
CREATE TABLE owners (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE items (
  id bigserial PRIMARY KEY,
  owner_id bigint NOT NULL REFERENCES owners ON DELETE CASCADE,
  title varchar(80) NOT NULL DEFAULT 'new',
  state mood DEFAULT 'sad',
  cost price,
  twice numeric GENERATED ALWAYS AS (cost * 2) STORED,
  tags text[] NOT NULL DEFAULT '{}',
  at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT titled CHECK (title <> ''),
  EXCLUDE USING gist (box(point(id, id), point(id, id)) WITH &&)
);
CREATE INDEX by_title ON items (lower(title)) WHERE cost > 0;
CREATE INDEX by_tags ON items USING gin (tags);
ALTER TABLE items ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON items FOR SELECT USING (owner_id > 0);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$;
CREATE FUNCTION total(n integer DEFAULT 1) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM items';
CREATE TRIGGER touched BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW cheap AS SELECT id, at FROM items;
CREATE MATERIALIZED VIEW counted AS SELECT owner_id, count(*) AS n FROM items GROUP BY owner_id;
CREATE TABLE app.log (id integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE app.log_2024 PARTITION OF app.log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE STATISTICS together ON owner_id, state FROM items;
COMMENT ON TABLE items IS 'things';
GRANT SELECT ON items TO PUBLIC;
