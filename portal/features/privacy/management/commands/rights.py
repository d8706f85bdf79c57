"""`manage.py rights`: with it our desk for data protection sees to requests of people about their data."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.features.privacy.rights import desk
from portal.features.privacy.rights.types import RequestRecipient
from portal.platform.database import commanding, pool
from portal.platform.keys import service


class Command(BaseCommand):
    """List open requests, extend a term with reasons, say that one was answered, or that its mail came back."""

    help = "See to requests about rights. In the environment of the worker."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own way to say so

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which arguments there are."""
        parser.add_argument(
            "what",
            choices=("list", "extend", "answer", "bounced"),
            help="list: the open requests, the one that ends first on top; "
            "extend: two months more, once, within the first term, with --text; "
            "answer: it was answered, --text says how; "
            "bounced: the mail with it came back, so that our own desk gets it, or the contact centre where it came "
            "back from the desk",
        )
        parser.add_argument("reference", nargs="?", default="", help="of the request: RE-XXXXX-XXXXX-XXXXX")
        parser.add_argument("--text", default="", help="what its citizen reads: in Dutch, in plain words")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is asked, and print what was done. Raise CommandError."""
        if service.role() != "worker":
            raise CommandError("run it as the worker: without KEYS_FILE and DATABASE_URL, with KEYS_FILE_WORKER")
        if options["what"] != "list" and not options["reference"]:
            raise CommandError("say which request, by its reference")
        with commanding.in_one_line(f"rights {options['what']}"):
            asyncio.run(self._run(options))

    async def _run(self, options: Mapping[str, Any]) -> None:
        async with pool.open_pools():
            await self.perform(options["what"], options["reference"], options["text"], datetime.now(UTC))

    async def perform(self, what: str, reference: str, text: str, now: datetime) -> None:
        """Do one thing (`what`: of the choices above) and print it; the pools are open. Raise DeskRefused."""
        steps: Mapping[str, Callable[[], Awaitable[str]]] = {
            "list": lambda: _list(now),
            "extend": lambda: _extend(reference, text, now),
            "answer": lambda: _answer(reference, text, now),
            "bounced": lambda: _bounce(reference, now),
        }
        self.stdout.write(await steps[what]())


async def _list(now: datetime) -> str:
    requests = await desk.open_requests()
    return "\n".join(request.line(now) for request in requests) or "no open requests"


async def _extend(reference: str, text: str, now: datetime) -> str:
    return f"{reference}: until {await desk.extend(reference, text, now)}; its citizen reads why."


async def _answer(reference: str, text: str, now: datetime) -> str:
    is_readable = await desk.answer(reference, text, now)
    return f"{reference}: closed; its citizen {'reads' if is_readable else 'cannot read'} how it was answered."


async def _bounce(reference: str, now: datetime) -> str:
    recipient = await desk.note_bounce(reference, now)
    named = "the contact centre" if recipient is RequestRecipient.CENTRE else "our own desk"
    return f"{reference}: {named} gets it now."
