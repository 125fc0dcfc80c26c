"""Bytes or text to values, and back; one module per format."""
