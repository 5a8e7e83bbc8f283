-- Namespaces.
SELECT n.nspname AS name,
       pg_get_userbyid(n.nspowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = n.oid AND classoid = 'pg_namespace'::regclass AND objsubid = 0) AS comment
  FROM pg_namespace n
 WHERE n.nspname = ANY ($1::text[])
 ORDER BY 1
