-- Check constraints of tables; those of domains stand with the domains.
SELECT n.nspname AS schema,
       c.relname AS relation,
       k.conname AS name,
       pg_get_expr(k.conbin, k.conrelid) AS expression,
       nullif(k.connoinherit, false) AS no_inherit,
       nullif(NOT k.convalidated AND (SELECT conenforced FROM pg_constraint x WHERE x.oid = k.oid), false) AS not_valid,
       nullif(NOT (SELECT conenforced FROM pg_constraint x WHERE x.oid = k.oid), false) AS not_enforced,
       nullif(NOT k.conislocal, false) AS inherited,
       (SELECT description FROM pg_description
         WHERE objoid = k.oid AND classoid = 'pg_constraint'::regclass AND objsubid = 0) AS comment
  FROM (SELECT true AS conenforced) older
 CROSS JOIN pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype = 'c'
   AND n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1, 2, 3
