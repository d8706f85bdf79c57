"""The neighbours: one folder for each body or municipality, found at the start and never imported by name."""
