"""Connections to whom is asked over HTTP: how many there are, how they are kept, what happens when a kept one died.

It knows no source and no provider; `sources` and `access` say what they want of it.
"""
