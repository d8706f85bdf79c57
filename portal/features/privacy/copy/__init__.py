"""Everything about me: one ZIP of all that is kept of a citizen, made while it is downloaded, and stored nowhere."""
