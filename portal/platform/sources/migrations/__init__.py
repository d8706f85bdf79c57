"""Migrations of the table of kept answers."""
