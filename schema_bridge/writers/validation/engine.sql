#variable_conflict use_column
DECLARE
  -- What is looked at, and what is expected there.
  catalog CONSTANT jsonb := jsonb_build_object(
    @catalog@);
  groups CONSTANT jsonb := @groups@;
  expected CONSTANT jsonb := @expected@;
  defaults CONSTANT jsonb := @defaults@;
  twin_ddl CONSTANT jsonb := @twin@;
  namespaces CONSTANT text[] := @namespaces@;
  others CONSTANT text[] := @others@;
  externals CONSTANT jsonb := @externals@;
  overlooked CONSTANT text[] := @overlooked@;
  explained CONSTANT text[] := @explained@;
  main CONSTANT text := @main@;
  prefix CONSTANT text := @prefix@;
  is_strict CONSTANT boolean := @strict@;
  comments CONSTANT boolean := @comments@;

  path CONSTANT text := pg_catalog.current_setting('search_path');
  good text := 'OK';
  wrong text := 'FAIL';
  doubt text := 'NOTE';
  said text := 'INFO';

  mode text;
  how text := 'text';
  refusals text := '';
  actual jsonb := '{}';
  twin jsonb := '{}';
  rows jsonb;
  ddl text;
  batch jsonb;
  statement text;
  pending text[];
  failed text[];
  progress boolean;
  obstacle text;
  scratch text[];
  temporary text;
  blocked text;

  g record;
  c record;
  key text;
  managed jsonb;
  absent jsonb := '{}';
  sides text[];
  texts text[];
  before text;
  loose boolean;
  place int;
  label text;
  line text;
  report text[] := '{}';
  differences text[] := '{}';
  known int;
  wrong_here int;
  left_out int;
  expected_comments int := 0;
  wrong_comments int := 0;
  by_server int := 0;
  by_text int := 0;
BEGIN
  IF current_setting('server_encoding') = 'UTF8' THEN
    good := convert_from('\xe29c85', 'UTF8');
    wrong := convert_from('\xe29d8c', 'UTF8');
    doubt := convert_from('\xe29aa0efb88f', 'UTF8');
    said := convert_from('\xe284b9efb88f', 'UTF8');
  END IF;

  -- Everything below is undone at the end: the settings, and the twin.
  BEGIN
    SET LOCAL search_path = '';
    SET LOCAL client_min_messages = error;
    SET LOCAL lock_timeout = '5s';
    SET LOCAL check_function_bodies = off;
    SET LOCAL quote_all_identifiers = off;
    SET LOCAL standard_conforming_strings = on;
    SET LOCAL transform_null_equals = off;
    SET LOCAL array_nulls = on;
    SET LOCAL timezone = 'UTC';
    SET LOCAL datestyle = 'ISO, YMD';
    SET LOCAL intervalstyle = 'postgres';
    SET LOCAL extra_float_digits = 1;
    SET LOCAL bytea_output = 'hex';
    SET LOCAL xmlbinary = 'base64';
    SET LOCAL default_tablespace = '';
    SET LOCAL jit = off;

    -- What is there. A row is its key, its facts, and whether it comes from a parent table.
    FOR g IN SELECT x.* FROM jsonb_to_recordset(groups)
             AS x(id text, query text, key text[], child boolean, only_facts text[], ignored text[]) LOOP
      EXECUTE format(
        'SELECT coalesce(jsonb_agg(jsonb_build_array(jsonb_build_array(%s), x.facts, to_jsonb(q)->''inherited'')), ''[]'')'
        ' FROM (%s) q, LATERAL (SELECT coalesce(jsonb_object_agg(f.key, f.value), ''{}'') AS facts FROM jsonb_each(jsonb_strip_nulls('
        'to_jsonb(q) - $2)) f WHERE $3 IS NULL OR f.key = ANY ($3)) x',
        (SELECT string_agg(format('q.%I', k.name), ', ' ORDER BY k.place)
           FROM unnest(g.key) WITH ORDINALITY k(name, place)), catalog->>g.query)
        INTO rows USING CASE WHEN g.child THEN namespaces || others ELSE namespaces END, g.key || g.ignored, g.only_facts;
      actual := actual || jsonb_build_object(g.id, rows);
    END LOOP;

    -- How this server spells what is expected: a twin in scratch schemas, else in pg_temp, else the text as written.
    FOREACH mode IN ARRAY ARRAY['schema', 'temp'] LOOP
      EXIT WHEN jsonb_array_length(twin_ddl) = 0;
      BEGIN
        SELECT array_agg(prefix || n.name) INTO scratch FROM unnest(namespaces || others) AS n(name);
        IF mode = 'schema' THEN
          FOREACH statement IN ARRAY scratch LOOP
            EXECUTE format('CREATE SCHEMA %I', statement);
          END LOOP;
        ELSE
          CREATE TEMPORARY TABLE schema_bridge_scratch ();
          SELECT n.nspname INTO temporary FROM pg_namespace n WHERE n.oid = pg_my_temp_schema();
          scratch := ARRAY[temporary];
        END IF;

        -- Tables of others that carry triggers or policies of ours are stubs with the columns they really have; so is
        -- everything that the expressions need of a schema that this role may not use.
        SELECT string_agg(n.nspname, '|') INTO blocked FROM pg_namespace n
         WHERE NOT has_schema_privilege(n.oid, 'USAGE') AND n.nspname ~ '^[a-z_][a-z0-9_]*$' AND n.nspname !~ '^pg_'
           AND n.nspname <> ALL (namespaces) AND n.nspname = ANY (others) AND strpos(twin_ddl::text, n.nspname || '.') > 0;
        ddl := regexp_replace(twin_ddl::text, E'\\m(' || blocked || E')\\.', prefix || E'\\1.', 'g');
        ddl := coalesce(ddl, twin_ddl::text);
        SELECT coalesce(jsonb_agg(jsonb_build_array(s.stub)), '[]')::text || ddl INTO ddl
          FROM (SELECT format('CREATE TABLE %I.%I (%s)', prefix || n.nspname, c.relname,
                  (SELECT string_agg(format('%I %s', a.attname, CASE t.typnamespace WHEN 'pg_catalog'::regnamespace
                                            THEN format_type(a.atttypid, a.atttypmod) ELSE 'text' END), ', ' ORDER BY a.attnum)
                     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) AS stub
                  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
                   AND (externals @> jsonb_build_array(jsonb_build_array(n.nspname, c.relname))
                        OR n.nspname = ANY (string_to_array(blocked, '|'))
                           AND strpos(ddl, prefix || n.nspname || '.' || c.relname) > 0)
                UNION ALL
                SELECT format('CREATE FUNCTION %I.%I(%s) RETURNS %s %s LANGUAGE plpgsql AS %L', prefix || n.nspname, f.proname,
                         pg_get_function_arguments(f.oid), pg_get_function_result(f.oid),
                         CASE f.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE '' END, '')
                  FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
                 WHERE f.prokind = 'f' AND n.nspname = ANY (string_to_array(blocked, '|'))
                   AND strpos(ddl, prefix || n.nspname || '.' || f.proname) > 0) s;
        ddl := replace(ddl, '][', CASE WHEN ddl LIKE '[][%' THEN '' ELSE ', ' END);
        IF mode = 'temp' THEN
          ddl := replace(ddl, btrim(to_jsonb(quote_ident(prefix || main))::text, '"') || '.', 'pg_temp.');
          ddl := regexp_replace(ddl, prefix || E'(\\w+)\\.(\\\\")?', 'pg_temp.' || E'\\2' || prefix || E'\\1__', 'g');
          ddl := replace(replace(ddl, 'CREATE MATERIALIZED VIEW', 'CREATE VIEW'), E'\\nWITH NO DATA"', '"');
        END IF;

        -- From here to the reading, names are found as the statements' author found them; nothing of ours is unqualified.
        PERFORM set_config('search_path', concat_ws(', ',
          CASE mode WHEN 'schema' THEN (SELECT string_agg(quote_ident(s.name), ', ' ORDER BY s.name <> prefix || main, s.name)
                                          FROM unnest(scratch) AS s(name)) ELSE 'pg_temp' END,
          nullif(nullif(path, ''), '""'),
          (SELECT string_agg(quote_ident(n.name), ', ' ORDER BY n.name <> main) FROM unnest(namespaces) AS n(name)),
          (SELECT string_agg(DISTINCT quote_ident(n.nspname), ', ')
             FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE n.nspname <> 'pg_catalog')), true);
        pending := '{}';
        FOR batch IN SELECT x.value FROM pg_catalog.jsonb_array_elements(ddl::pg_catalog.jsonb) AS x LOOP
          BEGIN
            FOR statement IN SELECT x.value FROM pg_catalog.jsonb_array_elements_text(batch) AS x LOOP
              EXECUTE statement;
            END LOOP;
          EXCEPTION WHEN OTHERS THEN
            pending := pg_catalog.array_cat(pending,
              (SELECT pg_catalog.array_agg(x.value) FROM pg_catalog.jsonb_array_elements_text(batch) AS x));
          END;
        END LOOP;
        progress := true;
        WHILE progress LOOP
          progress := false;
          failed := '{}';
          FOREACH statement IN ARRAY pending LOOP
            BEGIN
              EXECUTE statement;
              progress := true;
            EXCEPTION WHEN OTHERS THEN
              failed := pg_catalog.array_append(failed, statement);
              obstacle := SQLERRM;
            END;
          END LOOP;
          pending := failed;
        END LOOP;
        SET LOCAL search_path = '';

        FOR g IN SELECT x.* FROM jsonb_to_recordset(groups) AS x(id text, query text, key text[], twin text[])
                  WHERE cardinality(x.twin) > 0 AND expected ? x.id LOOP
          EXECUTE format(
            'SELECT coalesce(jsonb_agg(jsonb_build_array(jsonb_build_array(%s), x.facts)), ''[]'') FROM (%s) q, LATERAL '
            '(SELECT coalesce(jsonb_object_agg(f.key, f.value), ''{}'') AS facts FROM jsonb_each(jsonb_strip_nulls(to_jsonb(q))) f'
            ' WHERE f.key = ANY ($2)) x',
            (SELECT string_agg(format('q.%I', k.name), ', ' ORDER BY k.place)
               FROM unnest(g.key) WITH ORDINALITY k(name, place)), catalog->>g.query)
            INTO statement USING scratch, g.twin;
          IF mode = 'temp' THEN
            statement := replace(statement, '"' || temporary || '"', to_jsonb(main)::text);
            statement := regexp_replace(statement, '[[]' || to_jsonb(main)::text || ', "' || prefix || E'(\\w+?)__', E'["\\1", "', 'g');
            statement := regexp_replace(statement, prefix || E'(\\w+?)__', E'\\1.', 'g');
            statement := regexp_replace(statement, E'\\m(' || temporary || E'|pg_temp)\\.', main || '.', 'g');
          END IF;
          twin := twin || jsonb_build_object(g.id, replace(statement, prefix, '')::jsonb);
        END LOOP;
        how := mode;
        RAISE EXCEPTION USING ERRCODE = 'SB000';
      EXCEPTION
        WHEN SQLSTATE 'SB000' THEN EXIT;
        WHEN lock_not_available THEN RAISE;
        WHEN OTHERS THEN refusals := refusals || format('; no scratch %s: %s', mode, SQLERRM);
      END;
    END LOOP;

    -- The comparison. A missing table is one line: what belongs to it is left out.
    SET LOCAL client_min_messages = notice;
    SELECT jsonb_object_agg(jsonb_build_array(x.value#>'{0,0}', x.value#>'{0,1}')::text, true) INTO managed
      FROM jsonb_to_recordset(groups) AS n(id text, query text, child boolean), jsonb_array_elements(expected->n.id) x
     WHERE n.query IN ('tables', 'views') AND NOT n.child;
    FOR g IN SELECT x.* FROM jsonb_to_recordset(groups)
             AS x(id text, one text, many text, query text, child boolean, free boolean, twin text[], stated text[]) LOOP
      known := coalesce(jsonb_array_length(expected->g.id), 0);
      wrong_here := 0;
      left_out := 0;
      FOR c IN
        WITH wanted AS (SELECT x.value->0 AS k, x.value->1 AS facts FROM jsonb_array_elements(expected->g.id) x),
             spelled AS (SELECT x.value->0 AS k, x.value->1 AS facts FROM jsonb_array_elements(twin->g.id) x),
             found AS (SELECT x.value->0 AS k, x.value->1 AS facts,
                              x.value->2 = 'true' AS inherited
                         FROM jsonb_array_elements(actual->g.id) x),
             goal AS (SELECT w.k, coalesce(s.facts, '{}') AS spelled, w.facts || coalesce(
                               (SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(s.facts) f
                                 WHERE w.facts ? f.key OR f.key = ANY (g.stated)), '{}') AS facts
                        FROM wanted w LEFT JOIN spelled s USING (k)),
             pair AS (SELECT coalesce(goal.k, found.k) AS k, found.facts AS have, goal.spelled, found.inherited,
                             CASE WHEN g.query = 'view_columns' THEN coalesce(goal.facts, '{}') ELSE goal.facts END AS want
                        FROM goal FULL JOIN found USING (k)
                       WHERE goal.facts IS DISTINCT FROM found.facts)
        SELECT pair.*, f.name AS fact, pair.want->f.name AS e, pair.have->f.name AS a
          FROM pair LEFT JOIN LATERAL jsonb_object_keys(pair.want || pair.have) f(name)
               ON pair.want->f.name IS DISTINCT FROM pair.have->f.name
                  AND (pair.want ? f.name OR f.name <> ALL (g.stated))
         ORDER BY pair.k, f.name
      LOOP
        key := jsonb_build_array(c.k->0, c.k->1)::text;
        label := CASE WHEN jsonb_array_length(c.k) = 1 THEN c.k->>0 WHEN c.k->>0 = 'public' THEN c.k->>1
                      ELSE (c.k->>0) || '.' || (c.k->>1) END;
        label := CASE WHEN jsonb_array_length(c.k) < 3 THEN label
                      WHEN NOT g.child THEN label || '(' || (c.k->>2) || ')'
                      WHEN g.query IN ('columns', 'view_columns') THEN label || '.' || (c.k->>2)
                      ELSE (c.k->>2) || ' on ' || label END;
        label := upper(left(g.one, 1)) || substr(g.one, 2) || ' ' || label;
        line := NULL;

        IF c.want IS NULL THEN
          CONTINUE WHEN c.inherited OR g.free OR c.k->>-1 = ANY (explained) OR NOT g.child AND c.k->>1 = ANY (explained) OR g.child AND NOT coalesce(managed ? key, false)
            OR NOT g.child AND label LIKE ANY (overlooked)
            OR c.have ? 'owned_by' AND NOT managed ? jsonb_build_array(c.have#>'{owned_by,table,schema}',
                                                                       c.have#>'{owned_by,table,name}')::text;
          IF NOT (g.child OR is_strict) THEN
            report := array_append(report, doubt || ' ' || label || ': there, but not in the schema that this validates');
            CONTINUE;
          END IF;
          line := format('%s: not expected, but there', label);
        ELSIF c.have IS NULL THEN
          IF g.query IN ('tables', 'views') AND NOT g.child THEN
            absent := absent || jsonb_build_object(key, true);
          END IF;
          IF absent ? key AND g.child OR absent ? jsonb_build_array(c.want#>'{owned_by,table,schema}',
                                                                    c.want#>'{owned_by,table,name}')::text THEN
            left_out := left_out + 1;
            CONTINUE;
          END IF;
          line := format('%s: expected, but missing', label);
        ELSE
          CONTINUE WHEN c.fact IS NULL
            OR c.fact IN ('comment', 'index_comment') AND NOT comments
            OR c.fact = 'not_null_constraint' AND current_setting('server_version_num')::int < 180000
            OR c.fact = 'check' AND coalesce(c.want->c.fact, c.want->'using') = coalesce(c.have->c.fact, c.have->'using');

          -- A second chance for what is only spelled in another way.
          loose := c.fact = ANY (g.twin) AND NOT c.spelled ? c.fact AND c.fact NOT IN ('type', 'returns')
                   AND (jsonb_typeof(c.e) = 'string' OR c.e::text ~ '"(expression|default|opclass|collation|value|where)"');
          texts := ARRAY[coalesce(c.e#>>'{}', defaults->g.query->>c.fact, '(none)'),
                         coalesce(c.a#>>'{}', defaults->g.query->>c.fact, '(none)')];
          sides := '{}';
          FOREACH line IN ARRAY texts LOOP
            IF c.fact = 'body' THEN
              line := btrim(regexp_replace(line, E'[ \\t\\r]*(\\n|$)', E'\\1', 'g'), E' \t\r\n');
            END IF;
            IF c.e::text LIKE '%"schema": ""%' THEN
              line := regexp_replace(line, '"schema": "[^"]*"', '"schema": ""', 'g');
            END IF;
            IF c.fact IN ('type', 'returns') AND c.e::text NOT LIKE '%.%' THEN
              line := regexp_replace(line, E'^("([^"]|"")*"|\\w+)[.]', '');
            END IF;
            IF c.fact = ANY (g.twin) AND how = 'temp' THEN
              line := replace(regexp_replace(line, E'\\m(pg_temp|' || array_to_string(namespaces || others, '|') || E')\\.', '', 'g'),
                              '"', '');
            END IF;
            IF c.fact = ANY (g.twin) THEN
              line := regexp_replace(line, E'::(text|character varying|bpchar)([(]\\d+[)])?([[]])?', '', 'g');
              line := replace(line, 'CURRENT_TIMESTAMP', 'now()');
              LOOP
                before := line;
                line := regexp_replace(line, E'(^|[^\\w"])[(](\\w+|''[^'']*''|ARRAY[[][^][]*[]])[)]', E'\\1\\2', 'g');
                EXIT WHEN line = before;
              END LOOP;
            END IF;
            IF loose THEN
              line := replace(regexp_replace(line, E'(^|\\W)[eE]''', E'\\1''', 'g'), E'\\\\', E'\\');
              line := regexp_replace(lower(line), E'\\mnot between (\\S+) and (\\S+)', E'< \\1 or > \\2', 'g');
              line := regexp_replace(line, E'(\\S+) between (\\S+) and (\\S+)', E'\\1 >= \\2 and \\1 <= \\3', 'g');
              line := regexp_replace(line, E'::("([^"]|"")*"|\\w+)([.]("([^"]|"")*"|\\w+))*( varying| precision)?([(][\\d,]+[)])?'
                                           '( with(out)? time zone)?([[]])?', '', 'g');
              line := regexp_replace(line, E'''(-?\\d+([.]\\d+)?)''', E'\\1', 'g');
              line := regexp_replace(line, E'(= any|<> all)[ (]*array[[]', E'\\1 ', 'g');
              line := replace(replace(replace(line, '= any ', 'in'), '<> all ', 'not in'), 'current_timestamp', 'now()');
              line := regexp_replace(replace(line, '!=', '<>'), E'\\m(not )?(i?)like\\M', E'\\1~~\\2', 'g');
              line := regexp_replace(line, E'[[:space:]()"]|[[]|[]]|\\m[a-z_]\\w*[.]', '', 'g');
            END IF;
            sides := array_append(sides, line);
          END LOOP;
          CONTINUE WHEN sides[1] = sides[2];

          -- Both values in one line each, from where they begin to differ.
          SELECT n, ARRAY[coalesce(e.line, '(nothing)'), coalesce(a.line, '(nothing)')] INTO place, texts
            FROM unnest(string_to_array(texts[1], E'\n')) WITH ORDINALITY e(line, n)
            FULL JOIN unnest(string_to_array(texts[2], E'\n')) WITH ORDINALITY a(line, n) USING (n)
           WHERE rtrim(e.line, E' \t\r') IS DISTINCT FROM rtrim(a.line, E' \t\r')
           ORDER BY n LIMIT 1;
          line := format('%s [%s]: expected %s, actual %s%s%s', label, replace(c.fact, '_', ' '),
            CASE WHEN length(texts[1]) > 300 THEN left(texts[1], 300) || '...' ELSE texts[1] END,
            CASE WHEN length(texts[2]) > 300 THEN left(texts[2], 300) || '...' ELSE texts[2] END,
            CASE WHEN place > 1 THEN format(' (line %s)', place) ELSE '' END,
            CASE WHEN loose THEN ' (compared as text)' ELSE '' END);
          IF c.fact IN ('comment', 'index_comment') THEN
            wrong_comments := wrong_comments + 1;
          END IF;
        END IF;
        line := translate(line, E'\n\r', '  ');
        differences := array_append(differences, line);
        report := array_append(report, wrong || ' ' || line);
        wrong_here := wrong_here + 1;
      END LOOP;

      IF known > 0 AND wrong_here = 0 AND left_out = 0 THEN
        SELECT count(*) INTO place FROM jsonb_array_elements(expected->g.id) x WHERE x.value->1->'row_security' = 'true';
        report := array_append(report, good || ' ' || CASE
          WHEN g.id = 'rls' AND place = known THEN 'RLS enabled on all tables'
          WHEN g.id = 'rls' AND place = 0 THEN 'RLS enabled on no table, as expected'
          WHEN g.id = 'rls' THEN format('RLS as expected: enabled on %s of %s tables', place, known)
          WHEN known = 1 THEN format('The %s exists and matches', g.one)
          WHEN g.id = 'tables' THEN format('All %s tables exist', known)
          ELSE format('All %s %s exist and match', known, g.many) END);
      END IF;
      SELECT by_server + count(*) FILTER (WHERE s.facts ? f.name), by_text + count(*) FILTER (WHERE NOT coalesce(s.facts ? f.name, false)
                                   AND f.name <> ALL (ARRAY['type', 'returns', 'function', 'comment', 'index_comment'])
                                   AND (jsonb_typeof(w.facts->f.name) = 'string' OR w.facts->>f.name ~ '"(expression|default|where)"')),
             expected_comments + count(*) FILTER (WHERE f.name IN ('comment', 'index_comment'))
        INTO by_server, by_text, expected_comments
        FROM (SELECT x.value->0 AS k, x.value->1 AS facts FROM jsonb_array_elements(expected->g.id) x) w
        LEFT JOIN (SELECT x.value->0 AS k, x.value->1 AS facts FROM jsonb_array_elements(twin->g.id) x) s USING (k),
             LATERAL jsonb_object_keys(w.facts) f(name)
       WHERE f.name IN ('comment', 'index_comment') OR f.name = ANY (g.twin) AND f.name NOT IN ('type', 'returns');
    END LOOP;
    IF comments AND expected_comments > 0 AND wrong_comments = 0 THEN
      report := array_append(report, good || CASE expected_comments WHEN 1 THEN ' The comment matches'
                                                     ELSE format(' All %s comments match', expected_comments) END);
    END IF;
    report := array_append(report, format('%s Mode %s: %s expressions compared as the server spells them, %s as text%s%s', said,
      how, by_server, by_text, '; not built: ' || obstacle, refusals));
    IF cardinality(differences) = 0 THEN
      report := array_append(report, good || ' Schema validation completed successfully!');
    END IF;
    FOREACH line IN ARRAY report LOOP
      IF line LIKE wrong || '%' THEN
        RAISE WARNING '%', line;
      ELSE
        RAISE NOTICE '%', line;
      END IF;
    END LOOP;
    RAISE EXCEPTION USING ERRCODE = 'SB000';
  EXCEPTION
    WHEN SQLSTATE 'SB000' THEN NULL;
    WHEN lock_not_available THEN
      RAISE EXCEPTION 'the validation did not run: another session holds a lock that it waited 5 seconds for'
        USING HINT = 'Run it again when no table is being altered.';
  END;

  PERFORM set_config('schema_bridge.report', array_to_string(report, E'\n'), false);
  IF cardinality(differences) > 0 THEN
    RAISE EXCEPTION USING
      MESSAGE = format('the database does not match its schema: %s difference%s', cardinality(differences),
                       CASE WHEN cardinality(differences) > 1 THEN 's' ELSE '' END),
      DETAIL = array_to_string(differences, E'\n');
  END IF;
END
