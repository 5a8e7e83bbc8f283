-- Roles, with the roles that each is a member of.
SELECT r.rolname AS name,
       to_jsonb(array_remove(ARRAY[
           CASE WHEN r.rolsuper THEN 'superuser' END,
           CASE WHEN NOT r.rolinherit THEN 'noinherit' END,
           CASE WHEN r.rolcreaterole THEN 'createrole' END,
           CASE WHEN r.rolcreatedb THEN 'createdb' END,
           CASE WHEN r.rolcanlogin THEN 'login' END,
           CASE WHEN r.rolreplication THEN 'replication' END,
           CASE WHEN r.rolbypassrls THEN 'bypassrls' END,
           CASE WHEN r.rolconnlimit >= 0 THEN 'connection limit ' || r.rolconnlimit END], NULL)) AS options,
       (SELECT jsonb_agg(g.rolname ORDER BY g.rolname)
          FROM pg_auth_members m
          JOIN pg_roles g ON g.oid = m.roleid
         WHERE m.member = r.oid) AS member_of,
       shobj_description(r.oid, 'pg_authid') AS comment
  FROM pg_roles r
 WHERE r.rolname !~ '^pg_'
 ORDER BY 1
