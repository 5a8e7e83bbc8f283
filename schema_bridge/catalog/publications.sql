-- Publications, with the schemas that they publish: not from pg_publication_namespace, which came with
-- PostgreSQL 15, but from what its rows depend on. `anothers`: they belong to nobody who owns what is in the
-- namespaces looked at.
SELECT b.pubname AS name,
       nullif(b.puballtables, false) AS all_tables,
       (SELECT jsonb_agg(n.nspname ORDER BY n.nspname COLLATE "C")
          FROM pg_depend published
          JOIN pg_depend place USING (classid, objid)
          JOIN pg_namespace n ON n.oid = place.refobjid
         WHERE published.refclassid = 'pg_publication'::regclass AND published.refobjid = b.oid
           AND place.refclassid = 'pg_namespace'::regclass) AS schemas,
       b.pubinsert AS "insert",
       b.pubupdate AS "update",
       b.pubdelete AS "delete",
       b.pubtruncate AS "truncate",
       nullif(b.pubviaroot, false) AS publish_via_partition_root,
       nullif(nullif(to_jsonb(b)->>'pubgencols', 'n'), 'false') AS publish_generated_columns,
       pg_get_userbyid(b.pubowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = b.oid AND classoid = 'pg_publication'::regclass AND objsubid = 0) AS comment,
       b.pubowner NOT IN (SELECT t.typowner FROM pg_type t JOIN pg_namespace m ON m.oid = t.typnamespace
                      WHERE m.nspname = ANY ($1::text[])
                     UNION SELECT f.proowner FROM pg_proc f JOIN pg_namespace m ON m.oid = f.pronamespace
                      WHERE m.nspname = ANY ($1::text[])) AS anothers
  FROM pg_publication b
 ORDER BY 1
