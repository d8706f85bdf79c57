"""Print the questions that the portal asks every source of the overview about somebody, for `benchmarks.bare`.

python -m benchmarks.questions NUMBER     with the portal's environment; prints a list as JSON
"""

import asyncio
import json
import os
import sys
import time
import uuid
from datetime import UTC, datetime
from string import Template

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
django.setup()

from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.manifest import Magda, Rest
from portal.platform.sources.reading.outcomes import Down
from portal.platform.sources.transports import magda_question, rest, rest_token
from portal.platform.wire import calls


async def questions(insz: str) -> list[dict[str, object]]:
    """List the questions, as `bare` reads them; one that datasets share stands there once.

    Those of JSON sources have a token, which is valid for an hour. Raise RuntimeError where there is none.
    """
    listed = [
        await _of_magda(entry, entry.question.service, insz)
        if isinstance(entry.question.service, Magda)
        else await _of_json(entry, entry.question.service, insz)
        for entry in {entry.question: entry for entry in catalogue.installed().entries}.values()
        if isinstance(entry.question.service, Magda | Rest)
    ]
    await calls.close()
    return listed


async def _of_magda(entry: DatasetEntry, service: Magda, insz: str) -> dict[str, object]:
    template, reference, now = entry.question.template, str(uuid.uuid4()), datetime.now(UTC)
    body = magda_question.envelope(service, template, {"insz": insz}, reference, now).decode()
    return _question(magda_question.address(service), magda_question.HEADERS, body, is_json=False)


async def _of_json(entry: DatasetEntry, service: Rest, insz: str) -> dict[str, object]:
    token = await rest_token.for_scope(service.scope, time.monotonic())
    if isinstance(token, Down):
        raise RuntimeError(f"no token: {token.detail}")
    body = Template(entry.question.template).substitute(insz=insz)
    headers = rest.headers_of(token, str(uuid.uuid4()))
    return _question(f"{settings.REST_URL}{service.path}", headers, body, is_json=True)


def _question(address: str, headers: dict[str, str], body: str, *, is_json: bool) -> dict[str, object]:
    return {"address": address, "headers": headers, "body": body, "is_json": is_json}


if __name__ == "__main__":
    json.dump(asyncio.run(questions(sys.argv[1])), sys.stdout)
