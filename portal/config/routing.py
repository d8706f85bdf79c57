"""Which tables are in which database."""

from typing import Any


class KeyDatabase:
    """Put the tables of `keys` in the key database, and all others in the main one."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Tell whether an app's tables are made in a database."""
        return (app_label == "keys") == db.startswith("keys")
