-- One of each kind of object, entangled; applies to PostgreSQL 15 and later.
CREATE SCHEMA "App";
CREATE SCHEMA audit;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TYPE "App"."Mood" AS ENUM ('it''s', 'b\', 'c"');
CREATE TYPE path AS ENUM ('a');
COMMENT ON TYPE public.path IS 'ours';
CREATE TYPE addr AS (street text COLLATE "C", mood "App"."Mood");
CREATE DOMAIN email AS citext CONSTRAINT email_check CHECK (VALUE ~ '^.+@.+$') NOT NULL;
CREATE DOMAIN posint AS integer DEFAULT 1 CHECK (VALUE > 0);
ALTER DOMAIN posint ADD CONSTRAINT small CHECK (VALUE < 100) NOT VALID;
CREATE TYPE float_range AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE FUNCTION is_ok(t text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $f$ SELECT length(t) > 1 $f$;
CREATE SEQUENCE seq_a START 10 INCREMENT 5 MAXVALUE 1000 CYCLE CACHE 3;
CREATE SEQUENCE down AS smallint INCREMENT -1;
CREATE TABLE zparent (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 2),
  other integer DEFAULT nextval('seq_a'),
  "Weird ""col" text DEFAULT 'x''y\z' CHECK (is_ok("Weird ""col")),
  price numeric(10,2) DEFAULT (1 + 2) * 3,
  total numeric GENERATED ALWAYS AS (price * 2) STORED,
  e email, p posint, fr float_range, a addr[], m path,
  during tsrange,
  tags text[] DEFAULT ARRAY['a','b']::text[],
  j jsonb DEFAULT '{"a": "it''s"}',
  created timestamptz(3) DEFAULT (now() AT TIME ZONE 'utc'),
  iv interval day to second(3),
  v varbit(5), c char, c2 "char", b bit, t time(2) with time zone,
  PRIMARY KEY (id),
  CONSTRAINT "Uniq" UNIQUE NULLS NOT DISTINCT (other, e) INCLUDE (price) DEFERRABLE INITIALLY DEFERRED,
  EXCLUDE USING gist (p WITH =, during WITH &&) WHERE (price > 0),
  CHECK (price > 0) NO INHERIT
) WITH (fillfactor = 70);
CREATE TABLE achild (extra text) INHERITS (zparent);
ALTER TABLE achild ALTER COLUMN other SET DEFAULT 5;
CREATE TABLE part (id int, at date NOT NULL, note text DEFAULT 'n', PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX part_note ON part (lower(note));
CREATE TABLE part_a PARTITION OF part FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE part_b PARTITION OF part FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (id);
CREATE TABLE part_b_x PARTITION OF part_b FOR VALUES IN (1, 2);
CREATE TABLE part_def PARTITION OF part DEFAULT;
CREATE TABLE part_c (note text, id int NOT NULL, at date NOT NULL);
ALTER TABLE part ATTACH PARTITION part_c FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
ALTER TABLE part_a ALTER COLUMN note SET DEFAULT 'own';
CREATE INDEX only_a ON part_a (note);
CREATE TABLE refs (pid int, pat date, zid bigint REFERENCES zparent (id) ON DELETE SET NULL ON UPDATE CASCADE,
  FOREIGN KEY (pid, pat) REFERENCES part MATCH FULL ON DELETE SET NULL (pid));
CREATE FUNCTION row_ok(r refs) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
ALTER TABLE refs ADD CONSTRAINT rok CHECK (row_ok(refs));
ALTER TABLE refs ADD CONSTRAINT nv CHECK (pid > 5) NOT VALID;
CREATE FUNCTION pick() RETURNS SETOF refs BEGIN ATOMIC SELECT * FROM refs; END;
CREATE FUNCTION count_refs(n int DEFAULT 1, OUT a int, OUT b text) LANGUAGE plpgsql STABLE COST 5 AS $$ begin a := 1; end $$;
CREATE FUNCTION tab() RETURNS TABLE (x int, "Y" text) LANGUAGE sql ROWS 7 AS $$ SELECT 1, 'a' $$;
CREATE FUNCTION vari(VARIADIC xs text[]) RETURNS int LANGUAGE sql STRICT LEAKPROOF PARALLEL SAFE AS 'SELECT 1';
CREATE PROCEDURE proc(INOUT x int) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '1MB' AS $$ begin x := 1; end $$;
CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS $$ begin return new; end $$;
CREATE VIEW zview AS SELECT r.pid, count(*) AS n FROM refs r GROUP BY r.pid;
CREATE VIEW aview (x, y) WITH (security_barrier = true) AS SELECT pid, n FROM zview WHERE n > 1 WITH CHECK OPTION;
DROP VIEW aview;
CREATE VIEW aview (x) WITH (security_barrier = true) AS SELECT pid FROM refs WHERE pid > 1 WITH LOCAL CHECK OPTION;
CREATE RECURSIVE VIEW nums (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM nums WHERE n < 10;
CREATE MATERIALIZED VIEW mv AS SELECT pid, count(*) AS n FROM pick() GROUP BY pid;
CREATE UNIQUE INDEX mv_u ON mv (pid);
ALTER MATERIALIZED VIEW mv CLUSTER ON mv_u;
CREATE TRIGGER t1 BEFORE INSERT OR UPDATE OF pid, pat ON refs FOR EACH ROW WHEN (NEW.pid IS NOT NULL) EXECUTE FUNCTION trg('a', 'it''s \ x');
CREATE TRIGGER t2 AFTER UPDATE ON refs REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION trg();
CREATE CONSTRAINT TRIGGER t3 AFTER INSERT ON refs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trg();
ALTER TABLE refs DISABLE TRIGGER t1; ALTER TABLE refs ENABLE ALWAYS TRIGGER t2;
CREATE TRIGGER pt AFTER INSERT ON part FOR EACH ROW EXECUTE FUNCTION trg();
CREATE TRIGGER vt INSTEAD OF INSERT ON zview FOR EACH ROW EXECUTE FUNCTION trg();
CREATE RULE r1 AS ON INSERT TO aview DO INSTEAD INSERT INTO refs (pid) VALUES (NEW.x);
CREATE INDEX i1 ON zparent USING gin (j jsonb_path_ops);
CREATE INDEX i2 ON zparent (other DESC, price NULLS FIRST, "Weird ""col" COLLATE "C" text_pattern_ops) INCLUDE (c) WHERE price > 1 AND other IS NOT NULL;
CREATE INDEX i3 ON zparent ((price + 1), is_ok(v::text));
ALTER INDEX i3 ALTER COLUMN 1 SET STATISTICS 500;
CREATE UNIQUE INDEX uq ON zparent (other);
ALTER TABLE zparent REPLICA IDENTITY FULL;
CREATE UNIQUE INDEX uq2 ON part_c (id, at);
ALTER TABLE part_c REPLICA IDENTITY USING INDEX uq2;
ALTER TABLE zparent CLUSTER ON uq;
CREATE STATISTICS st (ndistinct, dependencies) ON other, price, (price + 1) FROM zparent;
ALTER STATISTICS st SET STATISTICS 50;
ALTER TABLE zparent ALTER COLUMN price SET STATISTICS 300, ALTER COLUMN j SET STORAGE EXTERNAL, ALTER COLUMN tags SET COMPRESSION pglz, ALTER COLUMN other SET (n_distinct = 5);
ALTER TABLE refs ENABLE ROW LEVEL SECURITY; ALTER TABLE refs FORCE ROW LEVEL SECURITY;
CREATE POLICY "p 1" ON refs AS RESTRICTIVE FOR UPDATE TO public USING (pid IN (SELECT pid FROM zview)) WITH CHECK (is_ok('a'));
CREATE POLICY p2 ON refs FOR INSERT WITH CHECK (true);
CREATE AGGREGATE my_sum(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE AGGREGATE my_least(int) (SFUNC = int4smaller, STYPE = int, SORTOP = <);
CREATE FUNCTION acc(s text, v text) RETURNS text LANGUAGE sql AS 'SELECT $1 || $2';
CREATE AGGREGATE "App".cat(text) (SFUNC = acc, STYPE = text, INITCOND = 'it''s');
CREATE PUBLICATION pub FOR TABLE refs (pid, pat) WHERE (pid > 1), zparent WITH (publish = 'insert, update');
CREATE PUBLICATION pub2 FOR TABLES IN SCHEMA audit;
CREATE FUNCTION evt() RETURNS event_trigger LANGUAGE plpgsql AS $$ begin end $$;
CREATE EVENT TRIGGER ev ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION evt();
ALTER EVENT TRIGGER ev DISABLE;
CREATE UNLOGGED TABLE unl (id serial, big bigserial, sm smallserial PRIMARY KEY);
CREATE TABLE typed OF addr (street WITH OPTIONS NOT NULL DEFAULT 'x', PRIMARY KEY (street));
CREATE TABLE ser (id serial PRIMARY KEY, "Id2" bigserial, n smallserial NOT NULL);
CREATE TABLE own (x int); CREATE SEQUENCE own_s OWNED BY own.x;
CREATE TABLE selfy (id int PRIMARY KEY, up int REFERENCES selfy);
CREATE TABLE cyc1 (id int PRIMARY KEY, o int); CREATE TABLE cyc2 (id int PRIMARY KEY, o int REFERENCES cyc1);
ALTER TABLE cyc1 ADD FOREIGN KEY (o) REFERENCES cyc2 DEFERRABLE NOT VALID;
CREATE CAST (addr AS text) WITH INOUT;
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
CREATE TABLE useop (a text, CHECK (a OPERATOR(public.===) 'x'));
CREATE COLLATION german FROM "C";
CREATE TABLE usecoll (a text COLLATE german);
CREATE TEXT SEARCH CONFIGURATION mycfg (COPY = english);
CREATE INDEX fts ON usecoll USING gin (to_tsvector('mycfg', a));
COMMENT ON TABLE refs IS E'quotes '' and \\ and\nnewline 😀'; COMMENT ON COLUMN refs.pid IS $$'; DROP TABLE x; --$$;
COMMENT ON CONSTRAINT "Uniq" ON zparent IS 'u'; COMMENT ON INDEX i1 IS 'i'; COMMENT ON POLICY p2 ON refs IS 'p';
COMMENT ON TRIGGER t1 ON refs IS 't'; COMMENT ON FUNCTION vari(text[]) IS 'v'; COMMENT ON PROCEDURE proc IS 'pr'; COMMENT ON VIEW zview IS 'zv';
COMMENT ON COLUMN zview.n IS 'zn'; COMMENT ON MATERIALIZED VIEW mv IS 'm'; COMMENT ON DOMAIN posint IS 'd'; COMMENT ON CONSTRAINT small ON DOMAIN posint IS 'dc';
COMMENT ON TYPE addr IS 'a'; COMMENT ON COLUMN addr.street IS 'st'; COMMENT ON SEQUENCE seq_a IS 's'; COMMENT ON SCHEMA "App" IS 'ns'; COMMENT ON AGGREGATE my_sum(int) IS 'ag';
COMMENT ON EXTENSION citext IS 'ci'; COMMENT ON STATISTICS st IS 'sta'; COMMENT ON RULE r1 ON aview IS 'ru'; COMMENT ON EVENT TRIGGER ev IS 'ev'; COMMENT ON PUBLICATION pub IS 'pu';
COMMENT ON INDEX "Uniq" IS 'uidx'; COMMENT ON SEQUENCE ser_id_seq IS 'ser';
REVOKE ALL ON FUNCTION is_ok(text) FROM PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO pg_monitor;
GRANT INSERT (pid) ON refs TO pg_read_all_data;
ALTER DEFAULT PRIVILEGES IN SCHEMA "App" GRANT EXECUTE ON FUNCTIONS TO pg_monitor;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- DEFAULT NULL stays where the type makes a call of it.
CREATE DOMAIN five AS integer DEFAULT 5;
CREATE TABLE without_value (
    a varchar(10) DEFAULT NULL, b char DEFAULT NULL, c bpchar DEFAULT NULL, d five DEFAULT NULL,
    e five[] DEFAULT NULL, f varchar(3)[] DEFAULT NULL, g numeric DEFAULT NULL, h numeric(3, 1) DEFAULT NULL,
    i interval day DEFAULT NULL, j text DEFAULT NULL, k varchar DEFAULT NULL::varchar, l varchar(3) DEFAULT NULL::varchar,
    m text DEFAULT NULL::varchar, n integer DEFAULT NULL::bigint
);
ALTER TABLE without_value ADD o varchar(3) DEFAULT NULL, ADD p text DEFAULT 'x', ALTER p SET DEFAULT NULL;
