"""Migrations of the feature on trial."""
