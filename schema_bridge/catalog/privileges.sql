-- Privileges, a word a row: those that are held, and as `no WORD` those that PostgreSQL gives by itself and that were
-- taken away. `usual` are those that come by themselves: the owner's, PUBLIC's, and those of the default privileges.
WITH object AS (
    SELECT n.nspname AS schema, c.relname AS name, CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind,
           '' AS signature, '' AS "column", c.relacl AS acl, c.relowner AS owner, c.relnamespace AS namespace,
           CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char" AS type, 'pg_class'::regclass AS class, c.oid
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname = ANY ($1::text[])
    UNION ALL
    SELECT n.nspname, c.relname, 'table', '', a.attname, a.attacl, c.relowner, c.relnamespace, 'c', 'pg_class', c.oid
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND n.nspname = ANY ($1::text[])
    UNION ALL
    SELECT n.nspname, p.proname, 'function',
           (SELECT coalesce(string_agg(regexp_replace(format_type(u.type, NULL), E'^("([^"]|"")*"|[^".]+)\\.', ''), ', '
                                       ORDER BY u.place), '')
              FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY u(type, place)),
           '', p.proacl, p.proowner, p.pronamespace, 'f', 'pg_proc', p.oid
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname = ANY ($1::text[])
    UNION ALL
    SELECT n.nspname, t.typname, 'type', '', '', t.typacl, t.typowner, t.typnamespace, 'T', 'pg_type', t.oid
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
     WHERE t.typacl IS NOT NULL AND n.nspname = ANY ($1::text[])
    UNION ALL
    SELECT n.nspname, '', 'schema', '', '', n.nspacl, n.nspowner, 0, 'n', 'pg_namespace', n.oid
      FROM pg_namespace n
     WHERE n.nspname = ANY ($1::text[])
)
SELECT o.schema, o.name, o.kind, o.signature, o."column",
       CASE h.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(h.grantee) END AS grantee,
       CASE WHEN h.held THEN h.privilege ELSE 'no ' || h.privilege END AS privilege,
       nullif(h.grantable AND h.grantee <> o.owner, false) AS grantable,
       nullif(h.held AND (h.usual OR o.kind = 'schema' AND o.schema = 'public' AND h.grantee = 0 OR EXISTS (
           SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) x
            WHERE d.defaclrole = o.owner AND d.defaclnamespace IN (0, o.namespace)
              AND upper(d.defaclobjtype::text) = upper(o.type::text)
              AND x.grantee = h.grantee AND x.privilege_type = h.privilege)), false) AS usual
  FROM object o
 CROSS JOIN LATERAL (
       SELECT grantee, privilege_type AS privilege, bool_or(a.held) IS NOT NULL AS held, bool_or(a.is_grantable) AS grantable,
              bool_or(d.usual) IS NOT NULL AS usual
         FROM (SELECT *, true AS held FROM aclexplode(coalesce(o.acl, acldefault(o.type, o.owner)))) a
         FULL JOIN (SELECT grantee, privilege_type, true AS usual FROM aclexplode(acldefault(o.type, o.owner))) d
              USING (grantee, privilege_type)
        GROUP BY grantee, privilege_type) h
 WHERE (h.held OR h.grantee = 0)
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = o.class AND e.objid = o.oid
                      AND (e.deptype = 'e' OR e.deptype = 'i' AND o.kind = 'function'))
 ORDER BY 1, 2, 3, 4, 5, 6, 7
