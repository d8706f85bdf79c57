"""Official certificates and permits: which ones bodies offer, and the document of one, fetched and handed over.

It owns what bodies' manifests say of their certificates. A certificate is asked for when somebody wants it, and never
kept.
"""
