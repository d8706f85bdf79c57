"""Sign in, the return from the provider, sign out; puts the admission rules together. Owns no data."""
