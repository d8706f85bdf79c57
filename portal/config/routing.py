"""Which tables are in which database."""

from typing import Any


class KeyDatabase:
    """Put the tables of `keys`, and what says so in a hint, in the key database, and all others in the main one."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Tell whether an app's tables are made in a database."""
        belongs = app_label == "keys" or hints.get("key_database", False)
        return belongs == db.startswith("keys")
