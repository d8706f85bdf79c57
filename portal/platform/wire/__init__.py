"""The wire to whom is asked over HTTP: calls and what came of them, and the connections that they go over.

It knows no source and no provider; `sources` and `access` say what they want of it.
"""
