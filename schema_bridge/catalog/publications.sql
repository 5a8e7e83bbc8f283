-- Publications, with the tables and schemas that they publish.
SELECT b.pubname AS name,
       nullif(b.puballtables, false) AS all_tables,
       (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                   'table', jsonb_build_object('schema', n.nspname, 'name', c.relname),
                   'columns', (SELECT jsonb_agg(a.attname ORDER BY a.attnum)
                                 FROM unnest(string_to_array(r.prattrs, ' ')::int[]) u(attnum)
                                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum),
                   'where', r."where"))
                   ORDER BY n.nspname, c.relname)
          FROM (SELECT NULL::pg_node_tree AS prqual) older,
               LATERAL (SELECT prpubid, prrelid, to_jsonb(l)->>'prattrs' AS prattrs,
                               pg_get_expr(prqual, prrelid) AS "where"
                          FROM pg_publication_rel l) r
          JOIN pg_class c ON c.oid = r.prrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE r.prpubid = b.oid) AS tables,
       b.pubinsert AS "insert",
       b.pubupdate AS "update",
       b.pubdelete AS "delete",
       b.pubtruncate AS "truncate",
       nullif(b.pubviaroot, false) AS publish_via_partition_root,
       nullif(nullif(to_jsonb(b)->>'pubgencols', 'n'), 'false') AS publish_generated_columns,
       pg_get_userbyid(b.pubowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = b.oid AND classoid = 'pg_publication'::regclass AND objsubid = 0) AS comment
  FROM pg_publication b
 ORDER BY 1
