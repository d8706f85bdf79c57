"""Compare our work with that of others: an OpenID provider that is not ours, and MAGDA's published schemas."""
