-- What publications publish of single tables; `came_along` are those that a published parent brought with it.
SELECT n.nspname AS schema,
       c.relname AS relation,
       b.pubname AS name,
       (SELECT jsonb_agg(a.attname ORDER BY a.attname COLLATE "C")
          FROM jsonb_array_elements_text(r.prattrs) u(attnum)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum::int) AS columns,
       (SELECT jsonb_agg(a.attname ORDER BY a.attnum)
          FROM jsonb_array_elements_text(r.prattrs) u(attnum)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum::int) AS columns_in_order,
       r."where",
       nullif(EXISTS (WITH RECURSIVE parents AS (
                          SELECT inhparent FROM pg_inherits WHERE inhrelid = c.oid
                          UNION SELECT i.inhparent FROM pg_inherits i JOIN parents p ON i.inhrelid = p.inhparent)
                      SELECT FROM parents p JOIN pg_publication_rel l ON l.prrelid = p.inhparent
                       WHERE l.prpubid = b.oid), false) AS came_along
  FROM (SELECT NULL::pg_node_tree AS prqual) older,
       LATERAL (SELECT prpubid, prrelid, nullif(to_jsonb(l)->'prattrs', 'null') AS prattrs,
                       pg_get_expr(prqual, prrelid) AS "where"
                  FROM pg_publication_rel l) r
  JOIN pg_publication b ON b.oid = r.prpubid
  JOIN pg_class c ON c.oid = r.prrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1::text[])
 ORDER BY 1, 2, 3
