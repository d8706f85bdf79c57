"""Official certificates and permits: which bodies offer which, and one of them as its body makes it, handed over.

It owns what bodies' manifests say of their certificates. A certificate is asked for when somebody wants it, and never
kept.
"""
