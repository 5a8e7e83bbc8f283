-- Tables, partitioned and foreign ones too.
SELECT n.nspname AS schema,
       c.relname AS name,
       CASE c.relkind WHEN 'f' THEN 'foreign' END AS kind,
       CASE c.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END AS persistence,
       nullif(c.relrowsecurity, false) AS row_security,
       nullif(c.relforcerowsecurity, false) AS force_row_security,
       pg_get_partkeydef(c.oid) AS partition_by,
       CASE WHEN c.relispartition THEN
           (SELECT jsonb_build_object('schema', pn.nspname, 'name', p.relname)
              FROM pg_inherits i
              JOIN pg_class p ON p.oid = i.inhparent
              JOIN pg_namespace pn ON pn.oid = p.relnamespace
             WHERE i.inhrelid = c.oid) END AS partition_of,
       pg_get_expr(c.relpartbound, c.oid) AS bound,
       CASE WHEN NOT c.relispartition THEN
           (SELECT jsonb_agg(jsonb_build_object('schema', pn.nspname, 'name', p.relname) ORDER BY i.inhseqno)
              FROM pg_inherits i
              JOIN pg_class p ON p.oid = i.inhparent
              JOIN pg_namespace pn ON pn.oid = p.relnamespace
             WHERE i.inhrelid = c.oid) END AS inherits,
       (SELECT jsonb_build_object('schema', tn.nspname, 'name', t.typname)
          FROM pg_type t
          JOIN pg_namespace tn ON tn.oid = t.typnamespace
         WHERE t.oid = c.reloftype) AS of_type,
       (SELECT nullif(am.amname, 'heap') FROM pg_am am WHERE am.oid = c.relam) AS access_method,
       (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace) AS tablespace,
       (SELECT jsonb_agg(jsonb_build_object('name', o.name, 'value',
                   CASE WHEN lower(o.value) IN ('on', 'true', 'yes') THEN 'true'
                        WHEN lower(o.value) IN ('off', 'false', 'no') THEN 'false' ELSE o.value END)
                   ORDER BY o.name COLLATE "C")
          FROM (SELECT option_name AS name, option_value AS value FROM pg_options_to_table(c.reloptions)
                UNION ALL
                SELECT 'toast.' || option_name, option_value
                  FROM pg_class toast, pg_options_to_table(toast.reloptions)
                 WHERE toast.oid = c.reltoastrelid) o) AS options,
       to_jsonb(c.reloptions || (SELECT array_agg('toast.' || o.stated ORDER BY o.place)
                                   FROM pg_class toast, unnest(toast.reloptions) WITH ORDINALITY o(stated, place)
                                  WHERE toast.oid = c.reltoastrelid)) AS options_as_stated,
       CASE WHEN c.relkind <> 'f' THEN
           CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'n' THEN 'nothing' WHEN 'i' THEN 'index' END END AS replica_identity,
       (SELECT ic.relname FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
         WHERE i.indrelid = c.oid AND i.indisreplident) AS replica_identity_index,
       (SELECT ic.relname FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
         WHERE i.indrelid = c.oid AND i.indisclustered) AS cluster_on,
       (SELECT s.srvname FROM pg_foreign_server s WHERE s.oid = f.ftserver) AS server,
       (SELECT jsonb_agg(jsonb_build_object('name', option_name, 'value', option_value)
                         ORDER BY option_name COLLATE "C")
          FROM pg_options_to_table(f.ftoptions)) AS foreign_options,
       pg_get_userbyid(c.relowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = c.oid AND classoid = 'pg_class'::regclass AND objsubid = 0) AS comment
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid
 WHERE c.relkind IN ('r', 'p', 'f')
   AND n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY 1, 2
