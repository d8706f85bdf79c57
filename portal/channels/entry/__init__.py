"""Signing in, the return from the identity provider, signing out, and the list of one's sessions. Owns no data."""
