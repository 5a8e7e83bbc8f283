-- Primary keys and unique constraints.
SELECT n.nspname AS schema,
       c.relname AS relation,
       k.conname AS name,
       CASE k.contype WHEN 'p' THEN 'primary key' ELSE 'unique' END AS kind,
       (SELECT jsonb_agg(a.attname ORDER BY u.place)
          FROM unnest(k.conkey) WITH ORDINALITY u(attnum, place)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum) AS columns,
       (SELECT jsonb_agg(a.attname ORDER BY a.attnum)
          FROM pg_attribute a
         WHERE a.attrelid = i.indexrelid AND a.attnum > i.indnkeyatts) AS include,
       nullif((SELECT indnullsnotdistinct FROM pg_index x WHERE x.indexrelid = i.indexrelid),
              false) AS nulls_not_distinct,
       nullif((SELECT conperiod FROM pg_constraint x WHERE x.oid = k.oid), false) AS without_overlaps,
       nullif(k.condeferrable, false) AS deferrable,
       nullif(k.condeferred, false) AS initially_deferred,
       (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = ic.reltablespace) AS tablespace,
       (SELECT jsonb_agg(jsonb_build_object('name', option_name, 'value',
                   CASE WHEN lower(option_value) IN ('on', 'true', 'yes') THEN 'true'
                        WHEN lower(option_value) IN ('off', 'false', 'no') THEN 'false' ELSE option_value END)
                   ORDER BY option_name COLLATE "C")
          FROM pg_options_to_table(ic.reloptions)) AS options,
       to_jsonb(ic.reloptions) AS options_as_stated,
       (SELECT jsonb_build_object('schema', pn.nspname, 'name', p.relname)
          FROM pg_inherits h
          JOIN pg_class p ON p.oid = h.inhparent
          JOIN pg_namespace pn ON pn.oid = p.relnamespace
         WHERE h.inhrelid = i.indexrelid) AS partition_of,
       nullif(k.conparentid <> 0, false) AS inherited,
       nullif(i.indisvalid, true) AS valid,
       (SELECT description FROM pg_description
         WHERE objoid = k.oid AND classoid = 'pg_constraint'::regclass AND objsubid = 0) AS comment,
       (SELECT description FROM pg_description
         WHERE objoid = i.indexrelid AND classoid = 'pg_class'::regclass AND objsubid = 0) AS index_comment
  FROM (SELECT false AS indnullsnotdistinct, false AS conperiod) older
 CROSS JOIN pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_index i ON i.indexrelid = k.conindid
  JOIN pg_class ic ON ic.oid = k.conindid
 WHERE k.contype IN ('p', 'u')
   AND n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1, 2, 3
