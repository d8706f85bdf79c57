"""Migrations of the profile's tables; run as the role `owner`."""
