"""The database router (DATABASE_ROUTERS): which tables are in which database."""

from typing import Any


class KeyDatabase:
    """Migrate `keys`, and operations with the hint `key_database`, in the key database; others in the main one."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Tell whether an operation of an app's migrations runs in a database."""
        belongs = app_label == "keys" or hints.get("key_database", False)
        return belongs == db.startswith("keys")
