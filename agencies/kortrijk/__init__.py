"""Stad Kortrijk: dossiers about the use of public space, and about reports to 1777."""
