"""Strings: titles, names, addresses, LaTeX. No input or output."""
