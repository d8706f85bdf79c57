"""How often a page waits for the database: counted on the wire between the two, whatever the statements say."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest_asyncio
from django.test import override_settings
from django.urls import reverse

from portal.platform.sources import asking, catalogue, datasets
from portal.platform.sources.reading.outcomes import Nothing
from portal.platform.ui.links import links
from tests.between import Between
from tests.citizen import Citizen, person, sign_in

LONG = 60  # seconds that the pools wait: on no machine does anything end for that
THEN = datetime(2026, 3, 3, tzinfo=UTC)


@pytest_asyncio.fixture
async def wire(between: Between) -> AsyncIterator[Between]:
    """One connection a database, on which all that these pages ask was prepared before."""
    off = frozenset(one.dataset.source for one in catalogue.installed().entries)
    await between.open_pools(LONG, most=1)
    with override_settings(ALLOWED_HOSTS=["testserver"], SOURCES_OFF=off):
        jan = await sign_in(person("71690999827"))
        for _ in range(2):
            for path in pages().values():
                await opens(jan, path)
            await keeps_everything(jan)
            await opens(jan, pages()["overview"])
        yield between


def pages() -> dict[str, str]:
    """Name pages that ask sources, by what they are."""
    return {
        "overview": reverse("themes:overview"),
        "dataset": links.dataset(catalogue.installed().entries[0]),
        "home": links.start(),
    }


async def keeps_everything(citizen: Citizen) -> None:
    """Have the session keep an answer of every source."""
    for entry in catalogue.installed().entries:
        await asking.keep(citizen.session, datasets.inquiry_of(entry), Nothing(THEN))


async def opens(citizen: Citizen, path: str) -> None:
    """Read a page to its end."""
    answer = await citizen.gets(path)
    assert answer.status_code == 200
    assert len([part async for part in answer]) > 1


async def trips_of(wire: Between, citizen: Citizen, path: str) -> int:
    """Count how often a page waits for an answer of the database."""
    before = wire.trips
    await opens(citizen, path)
    return wire.trips - before


async def test_an_overview_waits_for_the_database_once_before_it_asks_and_once_after(wire: Between):
    lies = await sign_in(person("71690999827"))
    first = await trips_of(wire, lies, pages()["overview"])
    await keeps_everything(lies)
    # First the session with its counts; then the journal's entry, with kept answers; at the end the outcomes, with
    # answers to keep.
    assert (first, await trips_of(wire, lies, pages()["overview"])) == (3, 3)


async def test_other_pages_wait_for_it_as_often_and_for_what_else_they_read(wire: Between):
    lies = await sign_in(person("71690999827"))
    trips = {name: await trips_of(wire, lies, path) for name, path in pages().items()}
    # At home: what people call themselves, what they dismissed, what they reported, what was reported to them and
    # whether they linked their eBox, each in a transaction; the dossiers are an asking of their own, written down
    # before and after.
    assert trips == {"overview": 3, "dataset": 3, "home": 3 + 5 * 3 + 2}
