"""What happened to documents in boxes that are linked, for the worker."""
