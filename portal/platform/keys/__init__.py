"""Who may open what: a citizen's pseudonym, their keys, and the key service that wraps the keys (decision 0008).

Owns `keys_citizen`, `keys_subject` (each citizen's name in the journal), `keys_erasure` and `keys_arrival` (key pairs
for what arrives for people without keys), in a database of its own: a back-up of the data must not hold the keys to
it. Never holds data itself.
"""
