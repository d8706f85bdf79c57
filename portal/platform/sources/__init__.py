"""Ask many bodies at once, before the deadline; keep answers no longer than the session."""
