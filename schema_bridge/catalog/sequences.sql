-- Sequences, but not those of identity columns.
SELECT n.nspname AS schema,
       c.relname AS name,
       nullif(jsonb_strip_nulls(jsonb_build_object(
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
           'cycle', nullif(q.seqcycle, false))), '{}') AS options,
       (SELECT jsonb_build_object('table', jsonb_build_object('schema', tn.nspname, 'name', t.relname),
                                  'column', a.attname)
          FROM pg_depend d
          JOIN pg_class t ON t.oid = d.refobjid
          JOIN pg_namespace tn ON tn.oid = t.relnamespace
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'a'
           AND d.refclassid = 'pg_class'::regclass) AS owned_by,
       CASE c.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END AS persistence,
       pg_get_userbyid(c.relowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = c.oid AND classoid = 'pg_class'::regclass AND objsubid = 0) AS comment
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_sequence q ON q.seqrelid = c.oid
 WHERE n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i'))
 ORDER BY 1, 2
