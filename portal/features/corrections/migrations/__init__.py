"""Migrations of the tables of reports; run as the role `owner`."""
