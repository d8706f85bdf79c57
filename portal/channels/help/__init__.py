"""The help: its questions and answers, a search in them, and the sites where one can sign in.

Owns no table; the answers themselves are in `platform.help`.
"""
