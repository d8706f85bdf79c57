"""`manage.py agency NAME`: make the folder of a new body, as an example that keeps the contract."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from connecting import scaffold
from portal.platform.sources import folders

NEXT = """\
Made {folder}: a body with one dataset of invented data. Now:
  {env}make run              shows its tile: sign in as 84651421235, under "Voordelen & belastingen"
  {env}make check-agencies   says what it still lacks
  {env}make test T="tests/agencies -k {name}"   holds it to the contract
docs/agencies.md leads on from here to real data. To undo: rm -r {folder}"""


class Command(BaseCommand):
    """Make a folder and print what to do next; on failure exit with 1 and leave nothing behind."""

    help = "Make the folder of a new body, from which to go on."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--transport", choices=("rest", "magda"), default="rest")
        parser.add_argument("--in", dest="root", metavar="FOLDER", default="", help="where; agencies/ by default")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the folder."""
        root = Path(options["root"]).expanduser().resolve() if options["root"] else folders.OURS
        name: str = options["name"]
        try:
            folder = scaffold.make(name, options["transport"], root, settings.AGENCIES_PATH)
        except scaffold.ScaffoldError as error:
            raise CommandError(str(error)) from error
        elsewhere = [path for path in settings.AGENCIES_PATH if path.resolve() != folders.OURS]
        if root != folders.OURS and root not in [path.resolve() for path in elsewhere]:
            elsewhere.append(root)
        env = f"AGENCIES_PATH={':'.join(map(str, elsewhere))} " if elsewhere else ""
        self.stdout.write(NEXT.format(folder=folder, name=name, env=env))
