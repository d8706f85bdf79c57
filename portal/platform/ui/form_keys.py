"""The key that a form carries, so that a form that is sent twice is acted on once (`access.form_key`)."""

import secrets


def new_form_key() -> str:
    """Make a key for one form on one page: 22 characters."""
    return secrets.token_urlsafe(16)
