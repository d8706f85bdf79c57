"""HTTP as a client: calls with their results, and the connections that carry them.

This room knows no source and no provider; `sources` and `access` set bounds and read answers.
"""
