"""Who saw which personal data, when, why and with what outcome: written down before it is seen, and never changed.

Owns `journal_entry`, `journal_activity`, `journal_batch`, and `journal_anchor` in the key database. Knows no source
and no session: rooms above tell it what is done. Never holds the data itself, nor a national number (decision 0010).
"""
