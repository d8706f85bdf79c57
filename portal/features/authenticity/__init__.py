"""The check page: whoever received a PDF learns who sealed it, when, and whether it is still what was sealed.

For anybody, signed in or not, in four languages, and for programs. It owns nothing and keeps nothing: a document is
in memory until its judgement (`platform.seals`) is given.
"""
