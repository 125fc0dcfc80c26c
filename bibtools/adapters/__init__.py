"""Everything that touches the world: files, the index, settings."""
