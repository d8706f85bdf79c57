"""`manage.py journal`."""
