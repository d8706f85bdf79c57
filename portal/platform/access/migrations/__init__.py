"""Migrations of the session table; run as the role `owner`."""
