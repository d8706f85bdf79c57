"""Who may open what: a citizen's pseudonym, their keys, and the key service that wraps those.

Owns `keys_citizen`, in a database of its own: back-ups of what it opens must not hold it. Never holds data itself.
"""
