-- Functions and procedures, without those that a range type made for itself; `signature` spells the types that tell two
-- of one name apart, without their schemas.
SELECT n.nspname AS schema,
       p.proname AS name,
       (SELECT coalesce(string_agg(regexp_replace(format_type(u.type, NULL), E'^("([^"]|"")*"|[^".]+)\\.', ''), ', '
                                   ORDER BY u.place), '')
          FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY u(type, place)) AS signature,
       (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                   'type', format_type(u.type, NULL),
                   'name', nullif(p.proargnames[u.place], ''),
                   'mode', CASE p.proargmodes[u.place] WHEN 'o' THEN 'out' WHEN 'b' THEN 'inout'
                                                       WHEN 'v' THEN 'variadic' WHEN 't' THEN 'table' END,
                   'default', pg_get_function_arg_default(p.oid, u.place::int))) ORDER BY u.place)
          FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY u(type, place)) AS arguments,
       CASE WHEN p.prokind <> 'p' AND NOT coalesce(p.proargmodes && '{o,b,t}'::"char"[], false)
            THEN format_type(p.prorettype, NULL) END AS returns,
       nullif(p.proretset, false) AS returns_set,
       nullif(p.prokind = 'p', false) AS procedure,
       l.lanname AS language,
       CASE WHEN (SELECT prosqlbody FROM pg_proc x WHERE x.oid = p.oid) IS NULL THEN p.prosrc END AS body,
       CASE WHEN (SELECT prosqlbody FROM pg_proc x WHERE x.oid = p.oid) IS NOT NULL THEN
           rtrim(substring(pg_get_functiondef(p.oid) FROM E'\n((?:BEGIN ATOMIC|RETURN).*)$'), E'\n') END AS sql_body,
       p.probin AS library,
       nullif(p.prokind = 'w', false) AS window,
       CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' END AS volatility,
       nullif(p.proisstrict, false) AS strict,
       nullif(p.prosecdef, false) AS security_definer,
       nullif(p.proleakproof, false) AS leakproof,
       CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END AS parallel,
       nullif(p.procost, CASE WHEN l.lanname IN ('c', 'internal') THEN 1 ELSE 100 END) AS cost,
       nullif(p.prorows, CASE WHEN p.proretset THEN 1000 ELSE 0 END) AS rows,
       (SELECT jsonb_build_object('schema', sn.nspname, 'name', s.proname)
          FROM pg_proc s
          JOIN pg_namespace sn ON sn.oid = s.pronamespace
         WHERE s.oid = p.prosupport) AS support,
       (SELECT jsonb_agg(format_type(u.type, NULL) ORDER BY u.place)
          FROM unnest(p.protrftypes) WITH ORDINALITY u(type, place)) AS transforms,
       (SELECT jsonb_agg(jsonb_build_object('name', split_part(s.setting, '=', 1),
                                            'value', substr(s.setting, strpos(s.setting, '=') + 1))
                         ORDER BY s.setting COLLATE "C")
          FROM unnest(p.proconfig) s(setting)) AS settings,
       pg_get_userbyid(p.proowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = p.oid AND classoid = 'pg_proc'::regclass AND objsubid = 0) AS comment
  FROM (SELECT NULL::pg_node_tree AS prosqlbody) older
 CROSS JOIN pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_language l ON l.oid = p.prolang
 WHERE p.prokind IN ('f', 'p', 'w')
   AND n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
 ORDER BY 1, 2, 3
