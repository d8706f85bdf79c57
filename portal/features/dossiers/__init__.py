"""Show how far somebody's applications are with every body, and where to begin a new one.

Dossiers stay with their bodies: they are asked live, and kept no longer than the session. This room stores which
states of dossiers a citizen marked as seen, and the dossiers that bodies report themselves (`reported`).
"""
