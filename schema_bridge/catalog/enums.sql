-- Enum types.
SELECT n.nspname AS schema,
       t.typname AS name,
       (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels,
       pg_get_userbyid(t.typowner) AS owner,
       (SELECT description FROM pg_description
         WHERE objoid = t.oid AND classoid = 'pg_type'::regclass AND objsubid = 0) AS comment
  FROM pg_type t
  JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE t.typtype = 'e'
   AND n.nspname = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
 ORDER BY 1, 2
