"""The SQL of N tables, all of one shape: `python benchmarks/schema.py 1000 > schema.sql`.

A table has 10 columns, a primary key, a foreign key, 2 checks, a unique constraint, 2 indexes, row security with
2 policies, and a trigger.
"""

from __future__ import annotations

import sys

HEAD = """\
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;
"""

TABLE = """
CREATE TABLE item_{n} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  parent_id bigint REFERENCES item_{parent} (id) ON DELETE CASCADE,
  owner_id uuid NOT NULL DEFAULT gen_random_uuid(),
  code varchar(40) NOT NULL,
  status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'running', 'done', 'failed')),
  amount numeric(12, 2) NOT NULL DEFAULT 0 CHECK (amount >= 0 AND amount <= 1000000),
  labels text[] NOT NULL DEFAULT '{{}}',
  payload jsonb NOT NULL DEFAULT '{{}}'::jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz,
  CONSTRAINT item_{n}_code_once UNIQUE (owner_id, code)
);
COMMENT ON TABLE item_{n} IS 'Item number {n}';
CREATE INDEX item_{n}_created ON item_{n} (created_at DESC) WHERE status <> 'done';
CREATE INDEX item_{n}_code_lower ON item_{n} (lower(code));
ALTER TABLE item_{n} ENABLE ROW LEVEL SECURITY;
CREATE POLICY "item {n} own" ON item_{n} USING (owner_id = current_setting('app.user')::uuid);
CREATE POLICY "item {n} done is public" ON item_{n} FOR SELECT USING (status = 'done');
CREATE TRIGGER item_{n}_touch BEFORE UPDATE ON item_{n} FOR EACH ROW EXECUTE FUNCTION touch();
"""


def sql(tables: int) -> str:
    """The SQL of that many tables; each refers to the one before it, the first to itself."""
    return HEAD + "".join(TABLE.format(n=n, parent=max(n - 1, 1)) for n in range(1, tables + 1))


if __name__ == "__main__":
    sys.stdout.write(sql(int(sys.argv[1])))
