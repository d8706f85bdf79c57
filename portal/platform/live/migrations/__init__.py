"""Migrations of live."""
