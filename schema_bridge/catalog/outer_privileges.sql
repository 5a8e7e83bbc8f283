-- Privileges on what stands in no namespace, a word a row: those that are held, and as `no WORD` those that PostgreSQL
-- gives by itself and that were taken away.
WITH object AS (
    SELECT 'database' AS kind, datname AS name, datacl AS acl, datdba AS owner, 'd'::"char" AS type
      FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT 'language', lanname, lanacl, lanowner, 'l' FROM pg_language
    UNION ALL SELECT 'foreign data wrapper', fdwname, fdwacl, fdwowner, 'F' FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'foreign server', srvname, srvacl, srvowner, 'S' FROM pg_foreign_server
    UNION ALL SELECT 'tablespace', spcname, spcacl, spcowner, 't' FROM pg_tablespace
    UNION ALL SELECT 'large object', oid::text, lomacl, lomowner, 'L' FROM pg_largeobject_metadata WHERE lomacl IS NOT NULL
)
SELECT o.kind, o.name,
       CASE h.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(h.grantee) END AS grantee,
       CASE WHEN h.held THEN h.privilege ELSE 'no ' || h.privilege END AS privilege,
       nullif(h.grantable AND h.grantee <> o.owner, false) AS grantable,
       nullif(h.held AND h.usual, false) AS usual
  FROM object o
 CROSS JOIN LATERAL (
       SELECT grantee, privilege_type AS privilege, bool_or(a.held) IS NOT NULL AS held, bool_or(a.is_grantable) AS grantable,
              bool_or(d.usual) IS NOT NULL AS usual
         FROM (SELECT *, true AS held FROM aclexplode(coalesce(o.acl, acldefault(o.type, o.owner)))) a
         FULL JOIN (SELECT grantee, privilege_type, true AS usual FROM aclexplode(acldefault(o.type, o.owner))) d
              USING (grantee, privilege_type)
        GROUP BY grantee, privilege_type) h
 WHERE h.held OR h.grantee = 0
 ORDER BY 1, 2, 3, 4
