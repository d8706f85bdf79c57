"""Migrations of tallies."""
