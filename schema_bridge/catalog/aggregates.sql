-- Aggregates; `definition` are the options of CREATE AGGREGATE that differ from its defaults.
SELECT n.nspname AS schema,
       p.proname AS name,
       (SELECT coalesce(string_agg(regexp_replace(format_type(u.type, NULL), E'^("([^"]|"")*"|[^".]+)\\.', ''), ', '
                                   ORDER BY u.place), '')
          FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY u(type, place)) AS signature,
       pg_get_function_arguments(p.oid) AS arguments,
       (SELECT jsonb_agg(jsonb_build_object('name', o.name, 'value', o.value) ORDER BY o.name COLLATE "C")
          FROM (VALUES ('sfunc', a.aggtransfn::oid::regproc::text),
                       ('stype', format_type(a.aggtranstype, NULL)),
                       ('sspace', nullif(a.aggtransspace, 0)::text),
                       ('finalfunc', nullif(a.aggfinalfn::oid, 0)::regproc::text),
                       ('finalfunc_extra', CASE WHEN a.aggfinalextra THEN 'true' END),
                       ('finalfunc_modify', CASE WHEN a.aggfinalfn <> 0 AND a.aggkind = 'n'
                                                 THEN CASE a.aggfinalmodify WHEN 's' THEN 'shareable' WHEN 'w' THEN 'read_write' END END),
                       ('combinefunc', nullif(a.aggcombinefn::oid, 0)::regproc::text),
                       ('serialfunc', nullif(a.aggserialfn::oid, 0)::regproc::text),
                       ('deserialfunc', nullif(a.aggdeserialfn::oid, 0)::regproc::text),
                       ('initcond', a.agginitval),
                       ('msfunc', nullif(a.aggmtransfn::oid, 0)::regproc::text),
                       ('minvfunc', nullif(a.aggminvtransfn::oid, 0)::regproc::text),
                       ('mstype', CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END),
                       ('mfinalfunc', nullif(a.aggmfinalfn::oid, 0)::regproc::text),
                       ('minitcond', a.aggminitval),
                       ('sortop', (SELECT format('OPERATOR(%I.%s)', home.nspname, op.oprname)
                                     FROM pg_operator op JOIN pg_namespace home ON home.oid = op.oprnamespace
                                    WHERE op.oid = a.aggsortop)),
                       ('parallel', CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END),
                       ('hypothetical', CASE WHEN a.aggkind = 'h' THEN 'true' END)) o(name, value)
         WHERE o.value IS NOT NULL) AS definition,
       pg_get_userbyid(p.proowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = p.oid AND classoid = 'pg_proc'::regclass AND objsubid = 0) AS comment
  FROM pg_aggregate a
  JOIN pg_proc p ON p.oid = a.aggfnoid
  JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
 ORDER BY 1, 2, 3
