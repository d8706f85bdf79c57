"""DOSIS, the Flemish exchange of the statuses of dossiers: its phases and statuses, in plain words.

For all who read what bodies say of dossiers. Asks nobody and keeps nothing.
"""
