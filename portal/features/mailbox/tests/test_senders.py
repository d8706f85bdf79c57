"""Who sends to the eBox: sought by words in any language, in order, a page at a time, however many there are."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.mailbox.link import senders
from portal.features.mailbox.list import frames
from portal.features.mailbox.registry import providers, reference
from portal.features.mailbox.registry.providers import KnownProviders
from portal.features.mailbox.types import ByLanguage, EboxProvider, Sender
from portal.platform.language.current import speaking
from portal.platform.sources.reading.outcomes import Late

TAX = Sender(
    "0308357159", {"nl": "FOD Financiën", "fr": "SPF Finances"}, {"nl": "Federale Overheidsdienst Financiën"}
)
PENSIONS = Sender("0206738078", {"nl": "FPD"}, {"nl": "Federale Pensioendienst", "fr": "Service des Pensions"})
TOWN = Sender("0207504883", {"nl": "Stad Kortrijk"}, {"nl": "Stad Kortrijk"}, "https://www.kortrijk.be", "1777")
PATH = "/brievenbus/ebox/verzenders/"
SMALS = EboxProvider("smals", {"nl": "Smals"}, "https://smals.example/v2", "2.1")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", [TAX, PENSIONS, TOWN]),
        ("financien", [TAX]),
        ("service pensions", [PENSIONS]),
        ("0207.504.883", [TOWN]),
        ("fod pensioen", []),
        ("  ", [TAX, PENSIONS, TOWN]),
    ],
)
def test_every_word_occurs_in_a_name_or_the_number(words, expected):
    assert senders.find([TOWN, PENSIONS, TAX], senders.words_in(words)) == expected


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_is_typed_gives_a_page(words, number):
    page = senders.page_of(senders.find([TOWN, PENSIONS, TAX], senders.words_in(words)), number)
    assert (page.number, page.of) == (1, 1)
    assert len(page.shown) == page.total <= 3


@pytest.mark.parametrize(("typed", "number"), [("2", 2), ("0", 1), ("-1", 1), ("9" * 9, 1), ("99", 3), ("²", 1)])
def test_page_that_is_not_there_is_the_first_or_the_last(typed, number):
    page = senders.page_of([TOWN] * 120, typed)
    assert (page.number, page.of, len(page.shown)) == (number, 3, 20 if number == 3 else 50)


def test_looking_through_very_many_takes_a_moment_at_most():
    many = [
        Sender(f"0{number:09}", {"nl": f"Dienst {number}é"}, {"nl": "Dienst van é " * 8}) for number in range(5000)
    ]
    started = time.thread_time()
    assert len(senders.find(many, "dienst 77")) < 5000
    assert time.thread_time() - started < 5


def test_choices_are_put_in_order_once_for_each_language_until_others_are_known():
    written: list[Sender] = []

    def names_of(sender: Sender) -> ByLanguage:
        written.append(sender)
        return sender.long_names

    def chosen(every: Sequence[Sender], language: str) -> list[str]:
        with speaking(language):
            return [name for _, (name, _) in frames.by_name("test", every, names_of)]

    first = (TOWN, PENSIONS, TAX)
    dutch = ["Federale Overheidsdienst Financiën", "Federale Pensioendienst", "Stad Kortrijk"]
    assert [chosen(first, language) for language in ("nl", "en", "nl", "en")] == [dutch] * 4
    assert written == [*first, *first]
    assert chosen((TOWN, TAX), "nl") == [dutch[0], dutch[2]]
    assert len(written) == 8


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[Sender]:
    """Let reference data be what the test puts into the list, of one provider."""
    kept: list[Sender] = []

    async def known(now: datetime) -> KnownProviders:
        assert now <= datetime.now(UTC)
        return KnownProviders((SMALS,))

    async def awaited(*_: object) -> None:
        pass

    monkeypatch.setattr(providers, "active_providers", known)
    monkeypatch.setattr(reference, "begin_reading", lambda _: None)
    monkeypatch.setattr(reference, "wait", awaited)
    monkeypatch.setattr(reference, "senders", lambda: tuple(kept))
    monkeypatch.setattr(reference, "is_whole", lambda _: bool(kept))
    return kept


async def test_who_did_not_link_sees_them_and_what_lacks_is_never_called_none(lies, listed, monkeypatch):
    said = (await lies.gets(PATH)).content.decode()
    assert ("opvragen bij: Smals." in said, "noemen nu geen verzenders" in said) == (True, False)
    listed += [TOWN, Sender("0000000001", {"nl": "<script>alert(1)</script>"}, {"fr": "<b>Ville</b>"})]
    said = (await lies.gets(PATH)).content.decode()
    assert ("2 verzenders" in said, 'href="https://www.kortrijk.be"' in said) == (True, True)
    assert ("<script>alert" in said, '<span lang="fr">&lt;b&gt;Ville' in said) == (False, True)
    said = (await lies.gets(PATH, zoek="<i>zoek", pagina="7")).content.decode()
    assert "Wij vinden geen verzender met “&lt;i&gt;zoek”." in said

    async def unknown(_: datetime) -> KnownProviders:
        return KnownProviders(trouble=Late())

    monkeypatch.setattr(providers, "active_providers", unknown)
    listed.clear()
    said = (await lies.gets(PATH)).content.decode()
    assert ("misschien niet de hele lijst" in said, "noemen nu geen" in said) == (True, False)
