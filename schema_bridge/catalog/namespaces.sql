-- Namespaces. `anothers`: they hold an extension, or belong to nobody who owns what is in the namespaces looked at.
SELECT n.nspname AS name,
       pg_get_userbyid(n.nspowner) AS owner,
       (SELECT nullif(description, CASE n.nspname WHEN 'public' THEN 'standard public schema' END) FROM pg_description
         WHERE objoid = n.oid AND classoid = 'pg_namespace'::regclass AND objsubid = 0) AS comment,
       EXISTS (SELECT FROM pg_extension x WHERE x.extnamespace = n.oid) OR
       n.nspowner NOT IN (SELECT t.typowner FROM pg_type t JOIN pg_namespace m ON m.oid = t.typnamespace
                      WHERE m.nspname = ANY ($1::text[])
                     UNION SELECT f.proowner FROM pg_proc f JOIN pg_namespace m ON m.oid = f.pronamespace
                      WHERE m.nspname = ANY ($1::text[])) AS anothers
  FROM pg_namespace n
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
 ORDER BY 1
