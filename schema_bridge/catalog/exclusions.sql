-- Exclusion constraints.
-- (`pg_attver` is the server's own, in newer minor releases, and no option.)
SELECT n.nspname AS schema,
       c.relname AS relation,
       k.conname AS name,
       (SELECT jsonb_agg(jsonb_build_object('part', jsonb_strip_nulls(jsonb_build_object(
                   'column', ta.attname,
                   'expression', CASE WHEN ta.attname IS NULL THEN pg_get_indexdef(i.indexrelid, p, false) END,
                   'collation', CASE WHEN co.oid <> coalesce(ta.attcollation, 'pg_catalog."default"'::regcollation)
                                      THEN jsonb_build_object('schema', con.nspname, 'name', co.collname) END,
                   'opclass', CASE WHEN NOT oc.opcdefault
                                   THEN jsonb_build_object('schema', ocn.nspname, 'name', oc.opcname) END,
                   'opclass_options', (SELECT jsonb_agg(jsonb_build_object('name', option_name, 'value', option_value)
                                                        ORDER BY option_name COLLATE "C")
                                         FROM pg_options_to_table(ia.attoptions)
                                        WHERE option_name <> 'pg_attver'),
                   'descending', nullif(i.indoption[p - 1] & 1, 0) = 1,
                   'nulls_first', nullif(i.indoption[p - 1] & 2, 0) = 2,
                   'statistics', nullif(ia.attstattarget, -1))),
                   'operator', jsonb_build_object('schema', opn.nspname, 'name', op.oprname)) ORDER BY p)
          FROM generate_series(1, i.indnkeyatts) p
          JOIN pg_attribute ia ON ia.attrelid = i.indexrelid AND ia.attnum = p
          LEFT JOIN pg_attribute ta ON ta.attrelid = i.indrelid AND ta.attnum = i.indkey[p - 1] AND i.indkey[p - 1] <> 0
          JOIN pg_opclass oc ON oc.oid = i.indclass[p - 1]
          JOIN pg_namespace ocn ON ocn.oid = oc.opcnamespace
          LEFT JOIN pg_collation co ON co.oid = i.indcollation[p - 1]
          LEFT JOIN pg_namespace con ON con.oid = co.collnamespace
          JOIN pg_operator op ON op.oid = k.conexclop[p]
          JOIN pg_namespace opn ON opn.oid = op.oprnamespace) AS parts,
       nullif(am.amname, 'gist') AS method,
       (SELECT jsonb_agg(a.attname ORDER BY a.attnum)
          FROM pg_attribute a
         WHERE a.attrelid = i.indexrelid AND a.attnum > i.indnkeyatts) AS include,
       pg_get_expr(i.indpred, i.indrelid) AS "where",
       nullif(k.condeferrable, false) AS deferrable,
       nullif(k.condeferred, false) AS initially_deferred,
       (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = ic.reltablespace) AS tablespace,
       (SELECT jsonb_agg(jsonb_build_object('name', option_name, 'value',
                   CASE WHEN lower(option_value) IN ('on', 'true', 'yes') THEN 'true'
                        WHEN lower(option_value) IN ('off', 'false', 'no') THEN 'false' ELSE option_value END)
                   ORDER BY option_name COLLATE "C")
          FROM pg_options_to_table(ic.reloptions)) AS options,
       to_jsonb(ic.reloptions) AS options_as_stated,
       nullif(k.conparentid <> 0, false) AS inherited,
       (SELECT description FROM pg_description
         WHERE objoid = k.oid AND classoid = 'pg_constraint'::regclass AND objsubid = 0) AS comment,
       (SELECT description FROM pg_description
         WHERE objoid = i.indexrelid AND classoid = 'pg_class'::regclass AND objsubid = 0) AS index_comment
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_index i ON i.indexrelid = k.conindid
  JOIN pg_class ic ON ic.oid = k.conindid
  JOIN pg_am am ON am.oid = ic.relam
 WHERE k.contype = 'x'
   AND n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1, 2, 3
