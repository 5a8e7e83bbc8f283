"""Probes of a database's behaviour: rows made from the schema, what triggers and policies do with them, all undone."""
