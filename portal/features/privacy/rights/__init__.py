"""The rights of the GDPR: what is ours is done at once, what is of bodies is forwarded, with one term for each."""
