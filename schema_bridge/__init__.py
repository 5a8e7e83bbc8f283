"""schema_bridge."""
