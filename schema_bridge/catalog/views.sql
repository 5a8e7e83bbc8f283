-- Views and materialised views.
SELECT n.nspname AS schema,
       c.relname AS name,
       CASE c.relkind WHEN 'm' THEN 'materialized' END AS kind,
       rtrim(pg_get_viewdef(c.oid), ';') AS query,
       CASE WHEN c.relkind = 'm' THEN nullif(c.relispopulated, true) END AS with_data,
       CASE c.relpersistence WHEN 't' THEN 'temporary' END AS persistence,
       (SELECT jsonb_agg(jsonb_build_object('name', option_name, 'value',
                   CASE WHEN option_name LIKE 'security_%' THEN option_value::boolean::text
                        WHEN lower(option_value) IN ('on', 'true', 'yes') THEN 'true'
                        WHEN lower(option_value) IN ('off', 'false', 'no') THEN 'false' ELSE option_value END)
                   ORDER BY option_name COLLATE "C")
          FROM pg_options_to_table(c.reloptions)
         WHERE option_name <> 'check_option') AS options,
       to_jsonb(array_remove(array_remove(c.reloptions, 'check_option=local'), 'check_option=cascaded'))
           AS options_as_stated,
       (SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = 'check_option') AS check_option,
       (SELECT nullif(am.amname, 'heap') FROM pg_am am WHERE am.oid = c.relam) AS access_method,
       (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace) AS tablespace,
       (SELECT ic.relname FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
         WHERE i.indrelid = c.oid AND i.indisclustered) AS cluster_on,
       pg_get_userbyid(c.relowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = c.oid AND classoid = 'pg_class'::regclass AND objsubid = 0) AS comment
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('v', 'm')
   AND n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1, 2
