"""Where an eBox is linked: asked for the linked alone, read whole or said to be incomplete, tells as it is known."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.mailbox.link import applications
from portal.features.mailbox.registry import consent_reading, looking
from portal.features.mailbox.tests.linking import links
from portal.features.mailbox.types import ApplicationConsent
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Outcome, Partial, Ready

PATH = "/brievenbus/ebox/toepassingen/"
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
DOCCLE = {"platformId": "doccle", "platformName": {"nl": "Doccle"}, "consent": True, "consentDate": "2026-06-01"}
KBC = {"platformId": "kbc", "platformName": {"nl": "KBC"}, "consent": False}
type Consents = tuple[ApplicationConsent, ...]


def lines(*found: object, **more: object) -> dict[str, object]:
    return {"items": list(found), "totalItems": len(found), **more}


def test_list_is_read_whole():
    read = consent_reading.read(lines(DOCCLE, KBC), ())
    assert (read.unread, [(one.id, one.is_given, bool(one.since)) for one in read.value]) == (
        [],
        [("doccle", True, True), ("kbc", False, False)],
    )


@pytest.mark.parametrize(
    ("content", "known"),
    [
        ({}, {}),
        ([], {}),
        ({"items": {"platformId": "kbc"}}, {}),
        (lines(None, KBC), {"kbc": False}),
        (lines({**DOCCLE, "platformId": "x" * 400}), {}),
        (lines({**DOCCLE, "platformId": "<b>"}), {}),
        (lines({**DOCCLE, "consent": "perhaps"}), {"doccle": None}),
        (lines({**DOCCLE, "consent": None}), {"doccle": None}),
        (lines({**DOCCLE, "consentDate": "soon"}), {"doccle": True}),
        (lines(DOCCLE, {**DOCCLE, "consent": False}), {"doccle": None}),
        (lines(KBC, totalItems=9), {"kbc": False}),
        (lines(*({**KBC, "platformId": f"a{n}"} for n in range(60))), {f"a{n}": False for n in range(50)}),
    ],
)
def test_what_makes_no_sense_is_never_a_no_and_is_noted(content, known):
    read = consent_reading.read(content, ())
    assert read.unread
    assert {one.id: one.is_given for one in read.value} == known


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"items": st.lists(st.fixed_dictionaries(dict.fromkeys(DOCCLE, ANYTHING)) | ANYTHING)}))
def test_whatever_comes_is_read(content):
    consent_reading.read(content, ())


CONSENTS = (ApplicationConsent("doccle", {}, True, NOON), ApplicationConsent("kbc", {}, False))
MISSING = (Missing("FOD BOSA", "items", "unread"),)


@pytest.mark.parametrize(
    ("outcome", "linked", "is_known"),
    [
        (Ready(CONSENTS, NOON), {"mijn-burgerprofiel": True, "doccle": True, "kbc": False}, False),
        (Partial(CONSENTS, MISSING, NOON), {"mijn-burgerprofiel": True, "doccle": True, "kbc": False}, False),
        (Down("failing"), {"mijn-burgerprofiel": True}, False),
        (Late(), {"mijn-burgerprofiel": True}, False),
        (Nothing(NOON), {"mijn-burgerprofiel": True}, False),
        (None, {"mijn-burgerprofiel": False}, False),
        (
            Ready(tuple(ApplicationConsent(one.id, {}, False) for one in applications.APPLICATIONS), NOON),
            {"mijn-burgerprofiel": True, **{one.id: False for one in applications.APPLICATIONS[1:]}},
            True,
        ),
    ],
)
def test_nothing_is_called_unlinked_that_nobody_said_is_and_ours_is_as_we_keep_it(outcome, linked, is_known):
    found = applications.overview(outcome, is_linked=outcome is not None)
    assert {line.id: line.is_linked for line in found.lines if line.is_linked is not None} == linked
    assert len(found.lines) == 7
    assert found.is_known is is_known


def test_application_that_nobody_knows_is_shown_where_it_is_linked_or_may_be():
    told = tuple(ApplicationConsent(f"new-{given}", {"fr": "Neuf"}, given) for given in (True, False, None))
    found = applications.overview(Ready(told, NOON), is_linked=True)
    assert [line.id for line in found.lines[7:]] == ["new-True", "new-None"]
    assert [line.id for line in found.others] == ["new-True"]


@pytest.fixture
def tells(monkeypatch: pytest.MonkeyPatch) -> list[Outcome[Consents]]:
    """Let the federation tell what the test puts into the list."""
    outcomes: list[Outcome[Consents]] = []

    async def consents(_: Any) -> Outcome[Consents]:
        return outcomes[-1]

    monkeypatch.setattr(looking, "consents", consents)
    return outcomes


@pytest.mark.security
async def test_for_who_did_not_link_nobody_is_asked_and_the_page_says_so(lies, tells):
    said = (await lies.gets(PATH)).content.decode()  # with nothing to tell, asking would fail
    assert ("Wij vragen dus niets over hem op" in said, "Hier ontkoppelen" in said) == (True, False)


async def test_page_tells_where_it_is_linked_and_advises_for_that(lies, home, tells):
    await links(lies.session.citizen_id)
    tells.append(Ready((*CONSENTS, ApplicationConsent("nieuw", {"nl": "<b>Nieuw"}, True)), NOON))
    said = (await lies.gets(PATH)).content.decode()
    assert "nog in 2 andere toepassingen gekoppeld" in said
    assert "&lt;b&gt;Nieuw" in said
    assert 'data-application="doccle" data-linked="1"' in said
    assert 'data-application="kbc" data-linked="0"' in said
    assert 'data-application="irisbox" data-linked=""' in said
    assert "Nergens anders" not in said


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Down("failing"), "Dat betekent niet dat hij nergens anders gekoppeld is."),
        (Late(), "Dat betekent niet dat hij nergens anders gekoppeld is."),
        (Down("off"), "De eBox zegt ons niet waar hij nog gekoppeld is."),
        (Nothing(NOON), "De eBox zegt ons niet waar hij nog gekoppeld is."),
        (Down("assurance"), "moet u sterker aangemeld zijn"),
        (Partial((), MISSING, NOON), "Niet van elke toepassing"),
    ],
)
async def test_what_could_not_be_asked_is_never_called_nowhere(lies, home, tells, outcome, words):
    await links(lies.session.citizen_id)
    tells.append(outcome)
    said = (await lies.gets(PATH)).content.decode()
    assert (words in said, "Nergens anders" in said, "alleen hier gekoppeld" in said) == (True, False, False)


async def test_all_of_ours_stops_at_one_press(lies, home, tells):
    await links(lies.session.citizen_id)
    tells.append(Ready(CONSENTS, NOON))
    assert 'action="/brievenbus/ebox/ontkoppelen/"' in (await lies.gets(PATH)).content.decode()
