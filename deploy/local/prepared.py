"""Make the databases, keys and static files of a house ready, in one process: `python -m deploy.local.prepared`.

Four commands of `manage.py` one after another would each read the whole portal first, for most of their time.
"""

import os

import django
from django.core.management import call_command


def main() -> None:
    """Do it with the settings of the environment; raises what a command raises."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
    django.setup()
    for database in ("owner", "keys_owner"):
        call_command("migrate", database=database, interactive=False, verbosity=0)
    call_command("keys", "create", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    main()
