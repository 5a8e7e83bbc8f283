-- Extensions, wherever their objects live. `anothers`: they come with the server or with another extension, or belong
-- to nobody who owns what is in the namespaces looked at.
SELECT e.extname AS name,
       n.nspname AS schema,
       e.extversion AS version,
       (SELECT description FROM pg_description
         WHERE objoid = e.oid AND classoid = 'pg_extension'::regclass AND objsubid = 0) AS comment,
       n.nspname = 'pg_catalog' OR
       EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_extension'::regclass
                                         AND d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid) OR
       e.extowner NOT IN (SELECT t.typowner FROM pg_type t JOIN pg_namespace m ON m.oid = t.typnamespace
                      WHERE m.nspname = ANY ($1::text[])
                     UNION SELECT f.proowner FROM pg_proc f JOIN pg_namespace m ON m.oid = f.pronamespace
                      WHERE m.nspname = ANY ($1::text[])) AS anothers
  FROM pg_extension e
  JOIN pg_namespace n ON n.oid = e.extnamespace
 ORDER BY 1
