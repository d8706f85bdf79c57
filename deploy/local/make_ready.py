"""Make the tables, keys and static files of a house (`house.prepare`): `python -m deploy.local.make_ready`.

It is one process, since four commands of `manage.py` would each import the whole portal, which takes most of their
time.
"""

import os

import django
from django.core.management import call_command


def main() -> None:
    """Migrate, make keys and collect static files, with the settings of the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
    django.setup()
    for database in ("owner", "keys_owner"):
        call_command("migrate", database=database, interactive=False, verbosity=0)
    call_command("keys", "create", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    main()
