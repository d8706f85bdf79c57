"""The questions of the help and their answers: written as data, read and checked once. Whoever shows them asks here.

Owns no table. What a feature adds stands in its own `help.toml`.
"""
