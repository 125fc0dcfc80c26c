"""Candidates to decisions, with the evidence."""
