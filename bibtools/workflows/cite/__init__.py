"""`bibtools cite`: a .bib with exactly what documents cite.

citing = read_documents(["main.tex"])               # what is cited, and where
sources = sources_of(["library.bib"], citing, "refs.bib")
plan = plan_cite(citing, sources, Options(output="refs.bib"))
write_all(plan.files, "cite")
"""
