-- Foreign keys, without those that one to a partitioned table makes beside itself, for each partition.
SELECT n.nspname AS schema,
       c.relname AS relation,
       k.conname AS name,
       (SELECT jsonb_agg(a.attname ORDER BY u.place)
          FROM unnest(k.conkey) WITH ORDINALITY u(attnum, place)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum) AS columns,
       jsonb_build_object('schema', rn.nspname, 'name', r.relname) AS "table",
       (SELECT jsonb_agg(a.attname ORDER BY u.place)
          FROM unnest(k.confkey) WITH ORDINALITY u(attnum, place)
          JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum) AS referenced_columns,
       CASE k.confmatchtype WHEN 'f' THEN 'full' WHEN 'p' THEN 'partial' END AS match,
       CASE k.confdeltype WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null'
                          WHEN 'd' THEN 'set default' END AS on_delete,
       CASE k.confupdtype WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null'
                          WHEN 'd' THEN 'set default' END AS on_update,
       (SELECT jsonb_agg(a.attname ORDER BY u.place)
          FROM unnest((SELECT confdelsetcols FROM pg_constraint x WHERE x.oid = k.oid))
               WITH ORDINALITY u(attnum, place)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum) AS set_columns,
       nullif(k.condeferrable, false) AS deferrable,
       nullif(k.condeferred, false) AS initially_deferred,
       nullif(NOT k.convalidated AND (SELECT conenforced FROM pg_constraint x WHERE x.oid = k.oid), false) AS not_valid,
       nullif(NOT (SELECT conenforced FROM pg_constraint x WHERE x.oid = k.oid), false) AS not_enforced,
       nullif((SELECT conperiod FROM pg_constraint x WHERE x.oid = k.oid), false) AS period,
       nullif(k.conparentid <> 0, false) AS inherited,
       (SELECT description FROM pg_description
         WHERE objoid = k.oid AND classoid = 'pg_constraint'::regclass AND objsubid = 0) AS comment
  FROM (SELECT false AS conperiod, true AS conenforced, NULL::int2[] AS confdelsetcols) older
 CROSS JOIN pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class r ON r.oid = k.confrelid
  JOIN pg_namespace rn ON rn.oid = r.relnamespace
 WHERE k.contype = 'f'
   AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)
   AND n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1, 2, 3
