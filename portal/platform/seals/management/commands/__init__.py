"""One file a command: `manage.py NAME`."""
