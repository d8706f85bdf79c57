"""No cache of the process holds personal text once its page was sent, whoever keeps that cache.

Many pages are shown to many people, each with texts of their own; then every object that a module of the process
leads to is searched for those texts. A cache that grows with every page is found without knowing it.
"""

import contextlib
import functools
import gc
import html
import logging
import re
import sys
import types
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from django.test import override_settings

from connecting.samples import answers_of, read_sample
from portal.features.themes import section
from portal.platform.access.types import Session
from portal.platform.sources import asking, catalogue, datasets
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.reading.outcomes import Ready
from tests.citizen import Citizen, person, sign_in

pytestmark = pytest.mark.security

MARK = "Kwispeltuur"  # how every personal text begins in this test; no word of ours or of a sample begins so
PEOPLE = 6
TESTS = ("tests", "conftest", "_pytest", "pytest", "pluggy", "hypothesis", "xdist", "execnet")
# The tests' browser takes apart each address that it asks for, and the standard library remembers that.
OF_THE_BROWSER = "urllib.parse.urlsplit"
ASKED: set[str] = set()
# Running frames and tasks hold what they work with, and release it when they end.
UNDER_WAY = (types.FrameType, types.CoroutineType, types.AsyncGeneratorType, types.GeneratorType, types.TracebackType)


@pytest.fixture(autouse=True)
def nobody_is_asked() -> Iterator[None]:
    """Serve the host that Django's test clients ask for, with every source switched off and no log kept."""
    off = frozenset(entry.dataset.source for entry in catalogue.installed().entries)
    logging.disable(logging.CRITICAL)
    with override_settings(ALLOWED_HOSTS=["testserver"], SOURCES_OFF=off):
        yield
    logging.disable(logging.NOTSET)


async def keep(session: Session, entry: DatasetEntry, name: str) -> str:
    """Let the answer of a dataset be a sample in which every text is somebody's; returns the handle of one."""
    found = next(each for file in answers_of(entry) if isinstance(each := read_sample(file, entry), Ready))
    texts = {fact.path for fact in found.value if fact.kind in ("text", "code")}
    own = tuple(
        msgspec.structs.replace(fact, value=f"{name} {at}") if fact.path in texts else fact
        for at, fact in enumerate(found.value)
    )
    await asking.keep(session, datasets.inquiry_of(entry), Ready(own, datetime.now(UTC)))
    return next(f"{fact.key}:{fact.path}" for fact in own if fact.path in texts)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return html.unescape(found[1])


async def opens(who: Citizen, path: str, said: str, **query: str) -> str:
    """Open a page on which a text stands."""
    ASKED.add(path)
    page = await text_of(await who.gets(path, **query))
    assert said in page, path
    return page


async def text_of(answer: Any) -> str:
    parts = [part async for part in answer] if answer.streaming else [answer.content]
    return b"".join(parts).decode()


async def reports(who: Citizen, entry: DatasetEntry, handle: str, name: str) -> str:
    """Report a datum, and look at the report and at the list; returns its reference."""
    path = f"/verbeteren/{entry.agency.id}/{entry.dataset.id}/"
    form = await opens(who, path, name, gegeven=handle)
    fields = {each: hidden(form, each) for each in ("gegeven", "sleutel", "gezien")}
    fields |= {"should_be": f"{name} moet er staan", "why": f"{name} is het", "reply_to": f"{name}@{name}.example"}
    checked = (await who.posts(path, stap="nakijken", **fields)).content.decode()
    sent = await who.posts(path, stap="versturen", **fields, ontwerp=hidden(checked, "ontwerp"))
    reference = sent["Location"].partition("?")[0].rstrip("/").rpartition("/")[2]
    await opens(who, sent["Location"].partition("?")[0], name)
    await opens(who, "/verbeteren/", reference)
    return str(reference)


async def looks_around(name: str) -> tuple[str, ...]:
    """Sign somebody in of that name, who opens and fills in what there is; returns what is theirs."""
    who = await sign_in(msgspec.structs.replace(person("84651421235"), given_name=name))
    entries = catalogue.installed().entries
    identity = next(entry for entry in entries if section.of(entry).person_name)
    wrong = next(entry for entry in entries if entry.remedy == "form")
    await keep(who.session, identity, name)
    handle = await keep(who.session, wrong, name)
    for entry in (identity, wrong):
        await opens(who, f"/uw-gegevens/bron/{entry.agency.id}/{entry.dataset.id}/", name)
        await opens(who, f"/uw-gegevens/{section.of(entry).theme}/", name)
    await opens(who, "/uw-gegevens/", name)
    await opens(who, "/uw-gegevens/verschillen/", name)
    await opens(who, "/hulp/zoeken/", name, q=name)
    sought = await who.posts("/uw-gegevens/zoeken/", woorden=name)
    await opens(who, sought["Location"], name)
    letters = "".join(chr(ord("a") + int(digit)) for digit in name.removeprefix(MARK))
    # A nickname has no digits.
    await who.posts("/profiel/roepnaam/", nickname=MARK + letters)
    await opens(who, "/profiel/roepnaam/nakijken/", MARK + letters)
    place = {"label": name, "street": name, "number": "1", "box": "", "municipality": name}
    for postcode in ("9000", "-"):
        filled = await who.posts("/profiel/adressen/nieuw/", **place, postcode=postcode, stap="bewaren")
        assert name in filled.content.decode() or filled.status_code == 303
    asked = await who.posts("/contact/", vraag=name, email=f"{name}@{name}", telefoon=name, onderwerp=name)
    assert name in asked.content.decode()
    return await reports(who, wrong, handle, name), MARK + letters


def reachable() -> Iterator[Any]:
    """Give all that the modules of the process lead to, but for the tests."""
    left = [vars(module) for name, module in list(sys.modules.items()) if name.partition(".")[0] not in TESTS]
    ours = {id(vars(module)) for name, module in list(sys.modules.items()) if name.partition(".")[0] in TESTS}
    seen = {id(left), *ours, *map(id, left)}
    while left:
        one = left.pop()
        yield one
        if type(one) not in UNDER_WAY:
            for each in gc.get_referents(one):
                if id(each) not in seen:
                    seen.add(id(each))
                    left.append(each)


def entries_of_caches() -> Counter[str]:
    """Count what each function that remembers its answers remembers now."""
    kind = type(functools.cache(len))
    counted: Counter[str] = Counter()
    for each in gc.get_objects():
        if type(each) is kind:
            counted[f"{each.__module__}.{each.__qualname__}"] += each.cache_info().currsize
    return counted


def texts_of(values: Iterator[Any]) -> Iterator[str]:
    for each in values:
        # By type() and not isinstance(): a lazy object sets itself up to answer the latter.
        if issubclass(type(each), str):
            yield each
        elif issubclass(type(each), bytes):
            with contextlib.suppress(UnicodeDecodeError):
                yield each.decode()


async def test_no_cache_of_the_process_has_what_pages_said_of_people(past_walls):
    past_walls.execute("delete from corrections_report")
    for n in (100, 101):  # the first visitor fills the caches of what is the same for all
        await looks_around(f"{MARK}{n}")
    before = entries_of_caches()
    own = {MARK, MARK.lower()}
    for n in range(200, 200 + PEOPLE):
        own.update((await looks_around(f"{MARK}{n}"))[:1])
    grown = entries_of_caches() - before
    del grown[OF_THE_BROWSER]
    gc.collect()
    kept = {text for text in texts_of(reachable()) if any(each in text for each in own)} - ASKED
    assert ({name: size for name, size in grown.items() if size >= PEOPLE}, kept) == ({}, set())
