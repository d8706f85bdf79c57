"""A service that speaks for several bodies: each dataset reads only its own part."""

from datetime import UTC, datetime

import msgspec
import pytest

from portal.platform.sources.catalogue import Agency, DatasetEntry
from portal.platform.sources.datasets import inquiry_of
from portal.platform.sources.manifest import ExceptionMeaning, Magda
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Missing, Nothing, Outcome, Partial, Ready
from portal.platform.sources.transports.magda_answer import read_answer

from .town import ENTRY, answer, exception, exceptions, parse

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
CANAL = Fact("fish", "Vis", "Snoek", "text", "Vangsten/Vangst[2]/Vis")
NONE = exception("40000", "Kanaal")


def dataset(*origins: str, origin: str = "Vangsten/Vangst/Bron") -> DatasetEntry:
    """Make a dataset of some of the waters that the service speaks for."""
    service = Magda("N", "GeefVangsten", "1", "urn:v", "q.xml", origins=origins, origin=origin)
    manifest = msgspec.structs.replace(
        ENTRY.agency.manifest, exceptions=tuple(ExceptionMeaning(o, "40000", "nothing") for o in ("KANAAL", "Zee"))
    )
    agency = Agency("town", manifest, ENTRY.agency.folder)
    return DatasetEntry(agency, msgspec.structs.replace(ENTRY.dataset, magda=service), parse)


CANALS = dataset("kanaal", "KAN")


def catch(origin: str, fish: str) -> str:
    return f"<Vangst>{origin and f'<Bron>{origin}</Bron>'}<Vis>{fish}</Vis></Vangst>"


def read(*each: str, catches: str | None = None, entry: DatasetEntry = CANALS) -> Outcome:
    content = "" if catches is None else f"<Inhoud><Vangsten>{catches}</Vangsten></Inhoud>"
    data = answer(content + (exceptions(*each) if each else ""))
    return read_answer(data, inquiry_of(entry), asked_at=NOW, referte=None, insz=None)


SEA_AND_CANAL = catch("ZEE", "Haring") + catch("Kan", "Snoek")


def test_only_its_own_items_are_read_where_they_stood():
    assert read(catches=SEA_AND_CANAL) == Ready((CANAL,), NOW)


@pytest.mark.parametrize(
    ("each", "outcome"),
    [
        # another's exceptions are another's
        ((exception("777", "Zee"), exception("40000", "zee")), Ready((CANAL,), NOW)),
        ((exception("5", "Zee", "WAARSCHUWING"),), Ready((CANAL,), NOW)),
        # its own, and those of MAGDA, are not
        ((exception("777", "KANAAL"),), Partial((CANAL,), (Missing("KANAAL", "777", "unavailable"),), NOW)),
        ((exception("60006"),), Partial((CANAL,), (Missing("MAGDA", "60006", "unavailable"),), NOW)),
        # nobody's may be its own
        ((exception("777", ""),), Partial((CANAL,), (Missing("?", "777", "unavailable"),), NOW)),
    ],
)
def test_exceptions_beside_its_own_items(each, outcome):
    assert read(*each, catches=SEA_AND_CANAL) == outcome


def test_a_note_keeps_its_place_among_the_exceptions_of_others():
    found = read(NONE, exception("1", "Zee"), exception("2", "Kan", "INFORMATIE"), catches=SEA_AND_CANAL)
    assert isinstance(found, Ready)
    assert found.value[-1].path == "Uitzonderingen/Uitzondering[3]"


@pytest.mark.parametrize(
    ("each", "catches", "outcome"),
    [
        ((NONE,), catch("Zee", "Haring"), Nothing(NOW)),
        ((NONE, exception("99996", "Zee")), None, Nothing(NOW)),
        ((exception("40000", "Zee"), exception("99996", "Kanaal")), None, Down("unavailable", "Kanaal 99996")),
        ((exception("99996"),), catch("Zee", "Haring"), Down("busy", "MAGDA 99996")),
        # silence is not "nothing"
        ((), catch("Zee", "Haring"), Down("silent")),
        ((exception("40000", "Zee"),), catch("Zee", "Haring"), Down("silent")),
        ((exception("40000", "Zee"),), None, Down("silent")),
        # damage
        ((NONE,), catch("", "Haring"), Down("unreadable", "origin")),
        ((), catch("", "Haring") + catch("Kan", "Snoek"), Down("unreadable", "origin")),
        ((NONE,), "<Vangst/>", Down("unreadable", "origin")),
        ((NONE,), catch("Kan", ""), Down("unreadable", "content")),
    ],
)
def test_answers_without_its_own_items(each, catches, outcome):
    assert read(*each, catches=catches) == outcome


def test_origins_without_a_place_choose_among_exceptions_only():
    entry = dataset("Kanaal", origin="")
    found = read(exception("777", "Zee"), catches=SEA_AND_CANAL, entry=entry)
    assert isinstance(found, Partial)
    assert [fact.value for fact in found.value] == ["Haring", "Snoek"]
    # Whose an item is says nothing to this dataset, and its parse function does not read it.
    assert [(part.code, part.reason) for part in found.missing] == [("Vangsten/Vangst/Bron", "unread")]


@pytest.mark.parametrize(("origins", "origin"), [((), "Vangsten/Vangst/Bron"), (("Kanaal",), "Bron")])
def test_a_place_that_cannot_be_is_refused(origins, origin):
    with pytest.raises(ValueError, match="needs `origins`"):
        dataset(*origins, origin=origin)
