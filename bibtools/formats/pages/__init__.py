"""Pages that list papers: one module per kind, one table of kinds."""
