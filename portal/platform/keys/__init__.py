"""Who may open what: a citizen's pseudonym, their keys, and the key service that wraps those.

Owns `keys_citizen`, `keys_subject` (the journal's name of each) and `keys_arrival` (pairs for what arrives for those
without keys), in a database of its own: back-ups of what they open must not hold them. Never holds data itself.
"""
