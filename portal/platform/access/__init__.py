"""Who is here, how surely do we know, until when: OpenID Connect, assurance, sessions.

Owns the session table; never keeps a national number in the clear.
"""
