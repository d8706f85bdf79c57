"""The language that somebody is spoken to in: what is on offer, what holds now, and texts, dates and numbers in it.

Keeps nothing of anybody: which language a reader chose stands in a cookie of theirs.
"""
