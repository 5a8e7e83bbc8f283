-- Row security policies.
SELECT n.nspname AS schema,
       c.relname AS relation,
       p.polname AS name,
       CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete'
                     END AS command,
       nullif(p.polpermissive, true) AS permissive,
       (SELECT jsonb_agg(r.name ORDER BY r.name COLLATE "C")
          FROM (SELECT CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role)::text END AS name
                  FROM unnest(p.polroles) role) r) AS roles,
       pg_get_expr(p.polqual, p.polrelid) AS "using",
       pg_get_expr(p.polwithcheck, p.polrelid) AS "check",
       (SELECT description FROM pg_description
         WHERE objoid = p.oid AND classoid = 'pg_policy'::regclass AND objsubid = 0) AS comment
  FROM pg_policy p
  JOIN pg_class c ON c.oid = p.polrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.deptype = 'e')
 ORDER BY 1, 2, 3
