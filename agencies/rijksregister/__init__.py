"""Rijksregister: who you are, where you live, your descent and your household, as the National Register has it."""
