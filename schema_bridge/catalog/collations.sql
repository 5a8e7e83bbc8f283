-- Collations, each as the statement that makes it.
SELECT n.nspname AS schema,
       c.collname AS name,
       format('CREATE COLLATION %I.%I (%s)', n.nspname, c.collname, concat_ws(', ',
              'provider = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
              CASE WHEN c.collprovider = 'c' AND c.collcollate <> c.collctype
                   THEN format('lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype)
                   ELSE format('locale = %L', coalesce(to_jsonb(c)->>'colllocale', to_jsonb(c)->>'colliculocale',
                                                       c.collcollate))
              END,
              CASE WHEN NOT c.collisdeterministic THEN 'deterministic = false' END,
              'rules = ' || quote_literal(to_jsonb(c)->>'collicurules'))) AS definition
  FROM pg_collation c
  JOIN pg_namespace n ON n.oid = c.collnamespace
 WHERE n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_collation'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1, 2
