-- Domains, with their checks.
SELECT n.nspname AS schema,
       t.typname AS name,
       format_type(t.typbasetype, t.typtypmod) AS type,
       pg_get_expr(t.typdefaultbin, 0) AS "default",
       nullif(t.typnotnull, false) AS not_null,
       (SELECT jsonb_build_object('schema', cn.nspname, 'name', co.collname)
          FROM pg_collation co
          JOIN pg_namespace cn ON cn.oid = co.collnamespace
         WHERE co.oid = t.typcollation AND t.typcollation <> b.typcollation) AS collation,
       (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                   'name', c.conname,
                   'expression', pg_get_expr(c.conbin, 0),
                   'not_valid', nullif(NOT c.convalidated, false),
                   'comment', (SELECT description FROM pg_description
         WHERE objoid = c.oid AND classoid = 'pg_constraint'::regclass AND objsubid = 0))) ORDER BY c.conname)
          FROM pg_constraint c
         WHERE c.contypid = t.oid AND c.contype = 'c') AS checks,
       pg_get_userbyid(t.typowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = t.oid AND classoid = 'pg_type'::regclass AND objsubid = 0) AS comment
  FROM pg_type t
  JOIN pg_namespace n ON n.oid = t.typnamespace
  JOIN pg_type b ON b.oid = t.typbasetype
 WHERE t.typtype = 'd'
   AND n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
 ORDER BY 1, 2
