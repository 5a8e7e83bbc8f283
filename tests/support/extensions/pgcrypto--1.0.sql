CREATE FUNCTION gen_random_bytes(count integer) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
  AS $$ SELECT substring(string_agg(uuid_send(pg_catalog.gen_random_uuid()), '') FROM 1 FOR count)
        FROM generate_series(1, count / 16 + 1) $$;
CREATE FUNCTION digest(data text, type text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT CASE type WHEN 'sha256' THEN sha256(convert_to(data, 'UTF8'))
                         WHEN 'sha512' THEN sha512(convert_to(data, 'UTF8'))
                         WHEN 'md5' THEN decode(md5(data), 'hex') END $$;
CREATE FUNCTION digest(data bytea, type text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT CASE type WHEN 'sha256' THEN sha256(data) WHEN 'sha512' THEN sha512(data)
                         WHEN 'md5' THEN decode(md5(data), 'hex') END $$;
