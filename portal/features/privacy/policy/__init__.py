"""The policy: what we do with data, in versions that are kept, with what the software itself knows of it."""
