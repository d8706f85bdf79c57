"""The check page: whoever received a PDF learns who sealed it, when, and whether it was changed since.

It is for anybody, signed in or not, in four languages, and for programs. It stores nothing: a document is in memory
until its judgement (`platform.seals`) is given.
"""
