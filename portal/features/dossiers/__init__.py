"""Where somebody's applications stand with every body, and where a new one begins.

It owns which states of a dossier a citizen marked as seen. A dossier itself stays with its body: it is asked live,
and kept no longer than the session.
"""
