"""How soon the first page of an eBox with 2,000 messages is complete, over three providers of 200 ms each.

It is measured once where all providers promise an order, and once where none does, from before the request to the
page's last byte; the page asks the providers anew each time. `cpu_over_merge` compares the processor time of a page
with that of merging three such answers in this process, which shares no code with the portal: read the JSON, sort,
and write a line for each of the first messages. Without an order it is the merge of the first answers only, where the
portal reads the messages of whole days, 517 in all. A page also has six calls over TLS, or nine and more where
no order is promised, three signed tokens, the journal, checks of every member, and the frame.
"""

import asyncio
import json
import os
import re
import ssl
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from html import escape
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

import aiohttp
import django

from deploy.local.house import House, running_house

from . import processor
from .browser import SESSION, UnexpectedAnswerError
from .figures import Figure, median, p95, round_off
from .scene import RAISED, ask_town, turn

PERSON = "93681527060"  # of the town, who has no letters but those of this benchmark
MESSAGES, PAGE = 2_000, 25
PROVIDERS = ("federaal", "smals", "vlaanderen")
LATENCY_MS = 200
WARM_UP, LOOKS = 5, 30
MERGES = 200
FIRST_PAGE = 30  # messages that the portal asks a provider for first, where it promises an order
FIRST_PAGE_IN_NO_ORDER = 100
ORDERED_S, UNORDERED_S = 0.35, 0.9
LIST = "/brievenbus/ebox/"
_LINE = re.compile(rb'data-provider="(\w+)" data-outcome="(\w+)"')


def measure() -> tuple[Figure, ...]:
    """Measure thirty looks in a house whose providers keep an order, and thirty in one whose providers do not."""
    return _figure("mailbox_2000_s", ORDERED_S, is_ordered=True), _figure(
        "mailbox_2000_unordered_s", UNORDERED_S, is_ordered=False
    )


def _figure(name: str, target: float, *, is_ordered: bool) -> Figure:
    with running_house(RAISED) as house:
        os.environ.update(house.environment, DJANGO_SETTINGS_MODULE="portal.config.settings")
        django.setup()
        _fill(house, is_ordered=is_ordered)
        cookie = asyncio.run(link(house))
        address = urlsplit(house.portal)
        portal = house.child("portal").process.pid
        with closing(HTTPConnection(address.hostname or "", address.port, timeout=30)) as connection:
            for _ in range(WARM_UP):
                _look(connection, cookie)
            began = processor.cpu_s(portal)
            seconds = [_look(connection, cookie) for _ in range(LOOKS)]
            cpu_ms = 1000 * (processor.cpu_s(portal) - began) / LOOKS
        merge_ms = _merge_ms([_answer(house, provider, is_ordered=is_ordered) for provider in PROVIDERS])
    more: dict[str, object] = {"p95": round_off(p95(seconds)), "max": round_off(max(seconds)), "samples": LOOKS}
    more |= {"portal_cpu_ms": round_off(cpu_ms), "merge_cpu_ms": round_off(merge_ms)}
    return Figure(name, median(seconds), "s", target, more | {"cpu_over_merge": round_off(cpu_ms / merge_ms)})


def _answer(house: House, provider: str, *, is_ordered: bool) -> bytes:
    """Ask a provider itself for as many messages as the portal asks it for first."""
    from django.conf import settings

    from portal.platform.access import source_tokens

    signing = source_tokens.ours()
    if signing is None:
        raise UnexpectedAnswerError("there is no key for tokens")
    environment = house.environment
    # The settings of this process are those of the first house.
    settings.PORTAL_ORIGIN = house.portal
    token = source_tokens.token(signing, PERSON, f"urn:x-modelstad:ebox:{provider}", datetime.now(UTC))
    context = ssl.create_default_context(cafile=environment["MAGDA_CA_FILE"])
    context.load_cert_chain(environment["MAGDA_CLIENT_CERTIFICATE_FILE"], environment["MAGDA_CLIENT_KEY_FILE"])
    with closing(
        HTTPSConnection(urlsplit(environment["MAGDA_URL"]).netloc, timeout=20, context=context)
    ) as connection:
        major, size = (3, FIRST_PAGE) if is_ordered else (2, FIRST_PAGE_IN_NO_ORDER)
        path = f"/ebox/{provider}/v{major}/ebox/messages?page=1&pageSize={size}&visible=true"
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}", "Accept": "application/json"})
        response = connection.getresponse()
        answer = response.read()
    if response.status != 200:
        raise UnexpectedAnswerError(f"{provider} answers {response.status}: {answer[:200]!r}")
    return answer


def _merge_ms(answers: Sequence[bytes]) -> float:
    """Merge the answers MERGES times; return the milliseconds of processor for each."""
    _merge(answers)
    began = time.process_time()
    for _ in range(MERGES):
        _merge(answers)
    return 1000 * (time.process_time() - began) / MERGES


def _merge(answers: Sequence[bytes]) -> str:
    """Read answers, sort the messages of all, and write a line for each of the first PAGE."""
    messages = []
    for provider, answer in zip(PROVIDERS, answers, strict=True):
        items = json.loads(answer)["items"]
        messages += [
            (datetime.fromisoformat(message["receiptDate"]), provider, message["messageId"], message)
            for message in items
        ]
    messages.sort(key=lambda message: (-message[0].timestamp(), *message[1:3]))
    lines = []
    for at, provider, id_, item in messages[:PAGE]:
        subject, sender = (escape(text) for text in (item["subject"].get("nl", ""), item["senderOrganizationId"]))
        name, is_read = escape(f"{provider}|{id_}"), int(item["readStatus"])
        files = len(item["attachments"]["items"])
        lines.append(
            f'<article data-message="{name}" data-read="{is_read}" data-expires="{item["expirationDate"][:10]}">'
            f"<h2>{subject}</h2><p>{sender}</p><p>{at:%d %B %Y} {files}</p></article>"
        )
    if len(lines) != PAGE:
        raise UnexpectedAnswerError(f"{len(lines)} messages are merged")
    return "".join(lines)


def _fill(house: House, *, is_ordered: bool) -> None:
    for provider in PROVIDERS:
        rules = {"version": "3.0" if is_ordered else "2.1", "isOrdered": is_ordered}
        ask_town(house, "PUT", f"/ebox/providers/{provider}", rules)
        turn(house, f"ebox-{provider}", "ok", LATENCY_MS)
    ask_town(house, "POST", "/ebox/fill", {"person": PERSON, "count": MESSAGES})


async def link(house: House, person: str = PERSON) -> str:
    """Sign in and link the eBox; return the session cookie's value."""
    from portal.features.mailbox.tests.examples import links_the_ebox
    from tests.walks.somebody import Somebody

    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        somebody = await Somebody(house, http, person).signs_in()
        await links_the_ebox(somebody)
        return somebody.cookies[SESSION]


def _look(connection: HTTPConnection, cookie: str) -> float:
    started = time.perf_counter()
    connection.request("GET", LIST, headers={"Cookie": f"{SESSION}={cookie}"})
    page = connection.getresponse().read()
    took = time.perf_counter() - started
    outcomes = dict(_LINE.findall(page))
    is_whole = set(outcomes.values()) == {b"ready"} and len(outcomes) == len(PROVIDERS)
    if not is_whole or page.count(b"<article") != PAGE or not page.rstrip().endswith(b"</html>"):
        raise UnexpectedAnswerError(f"the page has {page.count(b'<article')} messages, of {outcomes}")
    return took
