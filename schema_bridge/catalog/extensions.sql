-- Extensions, wherever their objects live.
SELECT e.extname AS name,
       n.nspname AS schema,
       e.extversion AS version,
       (SELECT description FROM pg_description
         WHERE objoid = e.oid AND classoid = 'pg_extension'::regclass AND objsubid = 0) AS comment
  FROM pg_extension e
  JOIN pg_namespace n ON n.oid = e.extnamespace
 ORDER BY 1
