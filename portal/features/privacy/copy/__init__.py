"""Everything about me: one ZIP of all that is kept of a citizen, made while it is handed over, and kept nowhere."""
