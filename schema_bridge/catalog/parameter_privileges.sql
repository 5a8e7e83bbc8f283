-- Privileges on parameters, a word a row; the table is there from PostgreSQL 15 on.
SELECT 'parameter' AS kind, p.parname AS name,
       CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee) END AS grantee,
       a.privilege_type AS privilege,
       nullif(a.is_grantable AND a.grantee <> 10, false) AS grantable,
       nullif(a.grantee = 10, false) AS usual
  FROM pg_parameter_acl p, aclexplode(p.paracl) a
 ORDER BY 1, 2, 3, 4
