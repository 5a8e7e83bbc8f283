"""The validation script run against databases: what it found, as data and in the formats that other programs read."""
