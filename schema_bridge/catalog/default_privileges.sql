-- Default privileges, a word a row; once with the role that makes the objects, and once, as '', for any role.
SELECT r.role, coalesce(n.nspname, '') AS schema,
       CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
                            WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END AS kind,
       CASE h.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(h.grantee) END AS grantee,
       CASE WHEN h.held THEN h.privilege ELSE 'no ' || h.privilege END AS privilege,
       nullif(bool_or(h.grantable), false) AS grantable,
       nullif(bool_and(h.held AND h.usual), false) AS usual
  FROM pg_default_acl d
  LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
 CROSS JOIN LATERAL (
       SELECT grantee, privilege_type AS privilege, bool_or(a.held) IS NOT NULL AS held, bool_or(a.is_grantable) AS grantable,
              bool_or(u.usual) IS NOT NULL AS usual
         FROM (SELECT *, true AS held FROM aclexplode(d.defaclacl)) a
         FULL JOIN (SELECT grantee, privilege_type, true AS usual
                      FROM aclexplode(acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END,
                                                 d.defaclrole))
                     WHERE d.defaclnamespace = 0) u
              USING (grantee, privilege_type)
        GROUP BY grantee, privilege_type) h
 CROSS JOIN LATERAL (VALUES (pg_get_userbyid(d.defaclrole)::text), ('')) r(role)
 GROUP BY 1, 2, 3, 4, 5
 ORDER BY 1, 2, 3, 4, 5
