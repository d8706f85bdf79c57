"""Stad Kortrijk: dossiers of taking in public space, and of reports to 1777."""
