-- The columns of tables, partitioned and foreign ones too, in their order.
-- (`pg_attver` is the server's own, in newer minor releases, and no option.)
SELECT n.nspname AS schema,
       c.relname AS relation,
       a.attname AS name,
       format_type(a.atttypid, a.atttypmod) AS type,
       nullif(a.attnotnull, false) AS not_null,
       CASE WHEN nn.oid IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
           'name', nn.conname,
           'not_valid', nullif(NOT nn.convalidated, false),
           'no_inherit', nullif(nn.connoinherit, false),
           'comment', (SELECT description FROM pg_description
         WHERE objoid = nn.oid AND classoid = 'pg_constraint'::regclass AND objsubid = 0)))
           END AS not_null_constraint,
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS "default",
       CASE WHEN a.attgenerated <> '' THEN
           jsonb_strip_nulls(jsonb_build_object('expression', pg_get_expr(d.adbin, d.adrelid),
                                                'stored', CASE a.attgenerated WHEN 'v' THEN false END))
           END AS generated,
       CASE WHEN a.attidentity <> '' THEN jsonb_build_object('always', a.attidentity = 'a') || (
           SELECT jsonb_strip_nulls(jsonb_build_object(
                   'sequence', jsonb_build_object('schema', sn.nspname, 'name', s.relname),
                   'options', nullif(jsonb_strip_nulls(jsonb_build_object(
                       'type', nullif(format_type(q.seqtypid, NULL), 'bigint'),
                       'start', nullif(q.seqstart, CASE WHEN q.seqincrement > 0 THEN q.seqmin ELSE q.seqmax END),
                       'increment', nullif(q.seqincrement, 1),
                       'minimum', nullif(q.seqmin, CASE WHEN q.seqincrement > 0 THEN 1
                                                        WHEN q.seqtypid = 'int2'::regtype THEN -32768
                                                        WHEN q.seqtypid = 'int4'::regtype THEN -2147483648
                                                        ELSE -9223372036854775808 END::bigint),
                       'maximum', nullif(q.seqmax, CASE WHEN q.seqincrement < 0 THEN -1
                                                        WHEN q.seqtypid = 'int2'::regtype THEN 32767
                                                        WHEN q.seqtypid = 'int4'::regtype THEN 2147483647
                                                        ELSE 9223372036854775807 END::bigint),
                       'cache', nullif(q.seqcache, 1),
                       'cycle', nullif(q.seqcycle, false))), '{}'),
                   'persistence', CASE s.relpersistence WHEN 'u' THEN 'unlogged' END))
             FROM pg_depend sd
             JOIN pg_class s ON s.oid = sd.objid
             JOIN pg_namespace sn ON sn.oid = s.relnamespace
             JOIN pg_sequence q ON q.seqrelid = s.oid
            WHERE sd.classid = 'pg_class'::regclass AND sd.refclassid = 'pg_class'::regclass
              AND sd.refobjid = a.attrelid AND sd.refobjsubid = a.attnum AND sd.deptype = 'i') END AS identity,
       CASE WHEN a.attcollation <> t.typcollation THEN
           (SELECT jsonb_build_object('schema', cn.nspname, 'name', co.collname)
              FROM pg_collation co
              JOIN pg_namespace cn ON cn.oid = co.collnamespace
             WHERE co.oid = a.attcollation) END AS collation,
       CASE WHEN a.attstorage <> t.typstorage THEN
           CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' ELSE 'main' END
           END AS storage,
       CASE CASE WHEN t.typlen = -1 THEN (SELECT attcompression FROM pg_attribute x
                                           WHERE x.attrelid = a.attrelid AND x.attnum = a.attnum) END
            WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
       nullif(a.attstattarget, -1) AS statistics,
       CASE WHEN a.attoptions IS NOT NULL THEN
           (SELECT jsonb_agg(jsonb_build_object('name', option_name, 'value', option_value)
                             ORDER BY option_name COLLATE "C")
              FROM pg_options_to_table(a.attoptions)
             WHERE option_name <> 'pg_attver') END AS options,
       CASE WHEN a.attfdwoptions IS NOT NULL THEN
           (SELECT jsonb_agg(jsonb_build_object('name', option_name, 'value', option_value)
                             ORDER BY option_name COLLATE "C")
              FROM pg_options_to_table(a.attfdwoptions)) END AS foreign_options,
       nullif(NOT a.attislocal, false) AS inherited,
       (SELECT description FROM pg_description
         WHERE objoid = c.oid AND classoid = 'pg_class'::regclass AND objsubid = a.attnum) AS comment
  FROM (SELECT NULL::"char" AS attcompression) older
 CROSS JOIN pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  LEFT JOIN pg_constraint nn ON nn.conrelid = c.oid AND nn.contype = 'n' AND nn.conkey = ARRAY[a.attnum]
                            AND current_setting('server_version_num')::int >= 180000
 WHERE c.relkind IN ('r', 'p', 'f')
   AND n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
 ORDER BY 1, 2, a.attnum
