"""Commands of the wiring: `manage.py NAME`."""
