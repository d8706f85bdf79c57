"""Switches that put a source out of order, and what each fault does to an answer or its connection."""
