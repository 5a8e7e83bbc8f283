"""What a schema itself gets wrong: `rules` finds it, `remarks` says it."""
