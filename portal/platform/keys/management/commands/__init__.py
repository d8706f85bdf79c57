"""`manage.py keys`."""
