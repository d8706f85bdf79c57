"""The tables of the journal, and the anchor in the key database."""
