"""Who is here, how surely do we know, until when: OpenID Connect, assurance, sessions.

Owns the tables of sessions, devices, erasures, machine tokens and answers to repeated requests (`models`); never
keeps a national number in the clear. The other rooms of the portal use its `types`, `guards`, `sessions` and
`erasing`.
"""
