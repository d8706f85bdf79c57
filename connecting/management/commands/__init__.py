"""Django commands, one in each file: `manage.py NAME`."""
