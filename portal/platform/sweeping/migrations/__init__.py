"""Migrations of sweeping."""
