"""The neighbours: one folder per body or municipality, discovered, never imported by name."""
