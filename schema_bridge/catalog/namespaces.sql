-- Namespaces.
SELECT n.nspname AS name,
       pg_get_userbyid(n.nspowner) AS owner,
       (SELECT nullif(description, CASE n.nspname WHEN 'public' THEN 'standard public schema' END) FROM pg_description
         WHERE objoid = n.oid AND classoid = 'pg_namespace'::regclass AND objsubid = 0) AS comment
  FROM pg_namespace n
 WHERE n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
 ORDER BY 1
