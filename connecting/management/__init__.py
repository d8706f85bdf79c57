"""Commands for whoever connects a body; `manage.py` knows them, no process of the portal does."""
