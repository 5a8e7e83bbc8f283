-- Event triggers.
SELECT e.evtname AS name,
       e.evtevent AS event,
       jsonb_build_object('schema', pn.nspname, 'name', p.proname) AS function,
       (SELECT jsonb_agg(u.tag ORDER BY u.tag COLLATE "C") FROM unnest(e.evttags) u(tag)) AS tags,
       CASE e.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled,
       pg_get_userbyid(e.evtowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = e.oid AND classoid = 'pg_event_trigger'::regclass AND objsubid = 0) AS comment
  FROM pg_event_trigger e
  JOIN pg_proc p ON p.oid = e.evtfoid
  JOIN pg_namespace pn ON pn.oid = p.pronamespace
 WHERE NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = e.oid AND d.deptype = 'e')
 ORDER BY 1
