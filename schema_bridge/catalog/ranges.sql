-- Range types.
SELECT n.nspname AS schema,
       t.typname AS name,
       format_type(r.rngsubtype, NULL) AS subtype,
       (SELECT jsonb_build_object('schema', pn.nspname, 'name', o.opcname)
          FROM pg_opclass o
          JOIN pg_namespace pn ON pn.oid = o.opcnamespace
         WHERE o.oid = r.rngsubopc AND NOT o.opcdefault) AS opclass,
       (SELECT jsonb_build_object('schema', cn.nspname, 'name', co.collname)
          FROM pg_collation co
          JOIN pg_namespace cn ON cn.oid = co.collnamespace
         WHERE co.oid = r.rngcollation AND r.rngcollation <> s.typcollation) AS collation,
       (SELECT jsonb_build_object('schema', pn.nspname, 'name', p.proname)
          FROM pg_proc p
          JOIN pg_namespace pn ON pn.oid = p.pronamespace
         WHERE p.oid = r.rngcanonical) AS canonical,
       (SELECT jsonb_build_object('schema', pn.nspname, 'name', p.proname)
          FROM pg_proc p
          JOIN pg_namespace pn ON pn.oid = p.pronamespace
         WHERE p.oid = r.rngsubdiff) AS subtype_diff,
       (SELECT jsonb_build_object('schema', mn.nspname, 'name', m.typname)
          FROM pg_type m
          JOIN pg_namespace mn ON mn.oid = m.typnamespace
         WHERE m.oid = (to_jsonb(r)->>'rngmultitypid')::oid) AS multirange,
       pg_get_userbyid(t.typowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = t.oid AND classoid = 'pg_type'::regclass AND objsubid = 0) AS comment
  FROM pg_range r
  JOIN pg_type t ON t.oid = r.rngtypid
  JOIN pg_type s ON s.oid = r.rngsubtype
  JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
 ORDER BY 1, 2
