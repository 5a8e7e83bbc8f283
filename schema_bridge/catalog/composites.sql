-- Composite types that stand alone (a table's row type is the table).
SELECT n.nspname AS schema,
       t.typname AS name,
       (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                   'name', a.attname,
                   'type', format_type(a.atttypid, a.atttypmod),
                   'collation', (SELECT jsonb_build_object('schema', cn.nspname, 'name', co.collname)
                                   FROM pg_collation co
                                   JOIN pg_namespace cn ON cn.oid = co.collnamespace
                                   JOIN pg_type at ON at.oid = a.atttypid
                                  WHERE co.oid = a.attcollation AND a.attcollation <> at.typcollation),
                   'comment', (SELECT description FROM pg_description
         WHERE objoid = c.oid AND classoid = 'pg_class'::regclass AND objsubid = a.attnum))) ORDER BY a.attnum)
          FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes,
       pg_get_userbyid(t.typowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = t.oid AND classoid = 'pg_type'::regclass AND objsubid = 0) AS comment
  FROM pg_type t
  JOIN pg_namespace n ON n.oid = t.typnamespace
  JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
 WHERE t.typtype = 'c'
   AND n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
 ORDER BY 1, 2
