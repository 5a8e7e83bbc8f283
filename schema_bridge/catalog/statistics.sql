-- Extended statistics.
SELECT n.nspname AS schema,
       s.stxname AS name,
       jsonb_build_object('schema', tn.nspname, 'name', c.relname) AS "table",
       (SELECT jsonb_agg(CASE u.kind WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' ELSE 'mcv' END
                         ORDER BY u.place)
          FROM unnest(s.stxkind) WITH ORDINALITY u(kind, place)
         WHERE u.kind <> 'e') AS kinds,
       (SELECT jsonb_agg(a.attname ORDER BY a.attname COLLATE "C")
          FROM unnest(s.stxkeys::int2[]) u(attnum)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum) AS columns,
       pg_get_statisticsobjdef(s.oid) AS definition,
       nullif(s.stxstattarget, -1) AS target,
       pg_get_userbyid(s.stxowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = s.oid AND classoid = 'pg_statistic_ext'::regclass AND objsubid = 0) AS comment
  FROM pg_statistic_ext s
  JOIN pg_namespace n ON n.oid = s.stxnamespace
  JOIN pg_class c ON c.oid = s.stxrelid
  JOIN pg_namespace tn ON tn.oid = c.relnamespace
 WHERE n.nspname = ANY ($1::text[])
 ORDER BY 1, 2
