"""The SQL of each kind of object: pure functions from a node, and its table's name, to statements.

No statement ends in a semicolon. One module a kind: `tables.create(table)`, `policies.create(table_name, policy)`,
`constraints.add(table_name, constraint)`; those that give none, one or several statements return a list. Comments are
in `comments`, owners in `owners`, privileges in `grants`, and what takes an object away again in `drops`.
"""
