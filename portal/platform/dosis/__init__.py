"""DOSIS, the Flemish exchange of the statuses of dossiers: its phases and statuses, in plain words.

For features that read what bodies report about dossiers; it calls no service and stores nothing.
"""
