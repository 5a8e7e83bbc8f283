-- Triggers of tables and views.
SELECT n.nspname AS schema,
       c.relname AS relation,
       t.tgname AS name,
       jsonb_build_object('schema', pn.nspname, 'name', p.proname) AS function,
       (SELECT jsonb_agg(convert_from(decode(replace(u.argument, ' ', ''), 'hex'), getdatabaseencoding())
                         ORDER BY u.place)
          FROM unnest(string_to_array(regexp_replace(encode(t.tgargs, 'hex'), '(..)', E'\\1 ', 'g'), '00 '))
               WITH ORDINALITY u(argument, place)
         WHERE u.place <= t.tgnargs) AS arguments,
       CASE t.tgtype & 66 WHEN 2 THEN 'before' WHEN 64 THEN 'instead of' ELSE 'after' END AS timing,
       to_jsonb(array_remove(ARRAY[
           CASE WHEN t.tgtype & 4 > 0 THEN 'insert' END,
           CASE WHEN t.tgtype & 8 > 0 THEN 'delete' END,
           CASE WHEN t.tgtype & 16 > 0 THEN 'update' END,
           CASE WHEN t.tgtype & 32 > 0 THEN 'truncate' END], NULL)) AS events,
       (SELECT jsonb_agg(a.attname ORDER BY a.attname COLLATE "C")
          FROM unnest(t.tgattr::int2[]) u(attnum)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum) AS columns,
       (SELECT jsonb_agg(a.attname ORDER BY u.place)
          FROM unnest(t.tgattr::int2[]) WITH ORDINALITY u(attnum, place)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum) AS columns_in_order,
       CASE WHEN t.tgtype & 1 > 0 THEN 'row' END AS for_each,
       substring(pg_get_triggerdef(t.oid) FROM ' WHEN [(](.*)[)] EXECUTE FUNCTION ') AS "when",
       nullif(t.tgconstraint <> 0, false) AS "constraint",
       (SELECT jsonb_build_object('schema', rn.nspname, 'name', r.relname)
          FROM pg_class r
          JOIN pg_namespace rn ON rn.oid = r.relnamespace
         WHERE r.oid = t.tgconstrrelid) AS referenced_table,
       nullif(t.tgdeferrable, false) AS deferrable,
       nullif(t.tginitdeferred, false) AS initially_deferred,
       t.tgoldtable AS old_table,
       t.tgnewtable AS new_table,
       CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled,
       nullif(t.tgparentid <> 0, false) AS inherited,
       (SELECT description FROM pg_description
         WHERE objoid = t.oid AND classoid = 'pg_trigger'::regclass AND objsubid = 0) AS comment
  FROM pg_trigger t
  JOIN pg_class c ON c.oid = t.tgrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_proc p ON p.oid = t.tgfoid
  JOIN pg_namespace pn ON pn.oid = p.pronamespace
 WHERE NOT t.tgisinternal
   AND n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.deptype = 'e')
 ORDER BY 1, 2, 3
