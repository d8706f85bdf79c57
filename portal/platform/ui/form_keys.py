"""The key that a form carries, so that a form that is sent twice is acted on once (`access.form_key`)."""

import secrets


def new_form_key() -> str:
    """Make a random key for one form on one page, of 22 characters that are safe in an address."""
    return secrets.token_urlsafe(16)
