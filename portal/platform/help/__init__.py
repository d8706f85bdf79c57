"""The questions of the help and their answers: TOML files that are read and checked once, for the pages that show
them.

Owns no table. What a feature adds stands in its own `help.toml`.
"""
