"""The way to a PostgreSQL server: its URL as it may be shown, and connections whose errors are ours."""
