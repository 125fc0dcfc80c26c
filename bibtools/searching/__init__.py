"""Searching entries by words: what a question asks for, what an entry offers, how well it fits.

`folding` makes words comparable, `query` reads questions, `documents` says what of an entry is
searched, `typos` finds near words, `ranking` weighs a document against a question. Where the
lists of words lie is no concern of this folder: see `adapters.fulltext`.
"""
