-- Event triggers. `anothers`: they belong to nobody who owns what is in the namespaces looked at.
SELECT e.evtname AS name,
       e.evtevent AS event,
       jsonb_build_object('schema', pn.nspname, 'name', p.proname) AS function,
       (SELECT jsonb_agg(u.tag ORDER BY u.tag COLLATE "C") FROM unnest(e.evttags) u(tag)) AS tags,
       CASE e.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled,
       pg_get_userbyid(e.evtowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = e.oid AND classoid = 'pg_event_trigger'::regclass AND objsubid = 0) AS comment,
       e.evtowner NOT IN (SELECT t.typowner FROM pg_type t JOIN pg_namespace m ON m.oid = t.typnamespace
                      WHERE m.nspname = ANY ($1::text[])
                     UNION SELECT f.proowner FROM pg_proc f JOIN pg_namespace m ON m.oid = f.pronamespace
                      WHERE m.nspname = ANY ($1::text[])) AS anothers
  FROM pg_event_trigger e
  JOIN pg_proc p ON p.oid = e.evtfoid
  JOIN pg_namespace pn ON pn.oid = p.pronamespace
 WHERE NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = e.oid AND d.deptype = 'e')
 ORDER BY 1
