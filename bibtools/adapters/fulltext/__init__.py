"""Full text on disk: lists of words in one SQLite file, made here and asked here.

`schema` says what is in the file, `texts` how documents are packed, `building` makes it and adds
to it, `store` opens it, `asking` answers questions, `caching` keeps one file for each source in the
cache folder, `arxiv` makes the one beside the index.
"""
