"""What pages decide without asking anybody: what is sought, how files are called, what a paper is worth."""

import gc
import io
import sys
import tracemalloc
import zipfile
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest

from portal.features.certificates import bundling, carrying, naming, seeking, worth
from portal.features.certificates.choosing import CertificateChoice
from portal.features.certificates.looking import FoundOffers, OfferOfBody
from portal.features.certificates.obtaining import CertificateResult
from portal.features.certificates.seeking import SoughtCertificates
from portal.features.certificates.types import PDF, CertificateKind, Document, NotHanded, Offer
from portal.features.certificates.worth import Destination, PaperKind, WizardAnswers
from portal.platform.ipdc.themes import ServiceTheme
from portal.platform.ui import file_names, zipping

LATE = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # the first of December here


def offer(title: str, **more: object) -> Offer:
    given: dict[str, object] = {"source": "body", "key": f"body.{title}", "title": title, "languages": ("nl", "fr")}
    return Offer(**{**given, "kind": CertificateKind.ATTEST, "theme": ServiceTheme.CITIZEN, **more})  # type: ignore[arg-type]  # any field


RESIDENCE = offer(
    "Attest van hoofdverblijfplaats",
    titles={"nl": "Attest van hoofdverblijfplaats", "fr": "Certificat de résidence principale"},
    former=("Attest van inschrijving",),
    words=("domicilie", "woonplaats"),
    about="Op welk adres u nu bent ingeschreven.",
)
HOUSEHOLD = offer("Attest van gezinssamenstelling", words=("samenstelling gezin",))
FISHING = offer("Visverlof", kind=CertificateKind.PERMIT, theme=ServiceTheme.ENVIRONMENT, year=2026)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [HOUSEHOLD, RESIDENCE, FISHING]),
        ({"zoek": "  HOOFDVERBLIJFPLAATS "}, [RESIDENCE]),
        ({"zoek": "attest van inschrijving"}, [RESIDENCE]),
        ({"zoek": "samenstelling gezin"}, [HOUSEHOLD]),
        # As it stands in the list itself, and as phones write it: signs between words do not count.
        ({"zoek": "voorheen Attest van inschrijving"}, [RESIDENCE]),
        ({"zoek": "Attest, van gezinssamenstelling."}, [HOUSEHOLD]),
        ({"zoek": "certificat «d’résidence»"}, [RESIDENCE]),
        ({"zoek": "???"}, []),
        ({"zoek": "résidence"}, [RESIDENCE]),
        ({"zoek": "residence"}, [RESIDENCE]),
        ({"zoek": "burger en overheid adres"}, [RESIDENCE]),
        ({"zoek": "rijbewijs"}, []),
        ({"zoek": "natuur 2026"}, [FISHING]),
        ({"soort": "permit"}, [FISHING]),
        ({"soort": "permit", "thema": "burger_overheid"}, []),
        ({"thema": "milieu_energie"}, [FISHING]),
        # What makes no sense is left open; a number is not sought, and is in no address.
        ({"soort": "x", "thema": "y", "zoek": "84.65.14-212.35"}, [HOUSEHOLD, RESIDENCE, FISHING]),
        ({"zoek": "inschrijving 84651421235"}, [RESIDENCE]),
        # As phones write dashes, and with what nobody sees in between.
        ({"zoek": "inschrijving 84.65.14–212.35"}, [RESIDENCE]),
        ({"zoek": "inschrijving 84651\u200b4\u200b212\u200b35"}, [RESIDENCE]),
    ],
)
def test_what_is_sought_is_found_whatever_it_is_called(query, found):
    bodies = {FISHING.key: "Agentschap voor Natuur en Bos"}
    sought = seeking.sought_in(query)
    offers = seeking.order([FISHING, RESIDENCE, HOUSEHOLD])
    assert [one for one in offers if seeking.is_sought(one, bodies.get(one.key, "Rijksregister"), sought)] == found
    assert seeking.has_number(query) == any("212" in value.replace("\u200b", "") for value in query.values())


def test_long_list_is_looked_through_a_portion_at_a_time(monkeypatch):
    """A body's list of 10,000 held the loop for 7 s."""
    looked: list[Offer] = []
    monkeypatch.setattr(seeking, "is_sought", lambda one, body, sought: looked.append(one) or one.year != 2000)
    offers = [offer(f"Attest {at:03}", year=2000 + at) for at in range(120)]
    first, *others = (
        [(one.title, len(looked)) for one in found] for found in seeking.portions(offers, "", SoughtCertificates())
    )
    assert [first[0], first[-1]] == [("Attest 001", 50), ("Attest 049", 50)]
    assert [len(found) for found in others] == [50, 20]


def test_what_is_typed_is_cut_before_it_is_read():
    assert seeking.sought_in({"zoek": "a" * 1_000_000}) == SoughtCertificates("a" * seeking.LONGEST)
    assert not seeking.has_number({"zoek": "9" * 1_000_000})


@pytest.mark.parametrize(
    ("one", "language", "name"),
    [
        (HOUSEHOLD, "nl", "Gezinssamenstelling - 1 december 2026.pdf"),
        (RESIDENCE, "fr", "Certificat de résidence principale - 1 décembre 2026.pdf"),
        (FISHING, "nl", "Visverlof 2026 - 1 december 2026.pdf"),
        (offer("Fiscaal attest 2025", year=2025), "nl", "Fiscaal attest 2025 - 1 december 2026.pdf"),
        (
            offer("Attest van wijze van teraardebestelling  en/of rituelen"),
            "de",
            "Wijze van teraardebestelling en of rituelen - 1. Dezember 2026.pdf",
        ),
        (offer("../../etc/passwd\r\nX: y"), "nl", "etc passwd X y - 1 december 2026.pdf"),
        (offer("Attest 84.65.14-212.35"), "nl", "Attest - 1 december 2026.pdf"),
        (offer("CON"), "nl", "CON - 1 december 2026.pdf"),
        (offer("con.a"), "nl", "_Con.a - 1 december 2026.pdf"),
    ],
)
def test_file_is_called_what_it_is_and_by_nothing_of_anybody(one, language, name):
    assert naming.file_name(one, language, LATE) == name


def test_name_of_a_file_is_never_too_long_never_empty_and_never_twice():
    assert file_names.plain("é" * 10_000, otherwise="") == "é" * file_names.LONGEST
    assert file_names.plain(" ./\\ \u202e", otherwise="Attest") == "Attest"
    # What Windows takes for a device, also with a superscript digit or with spaces before the ending.
    devices = ("con", "AUX.txt", "nul .pdf", "com1", "LPT³.x", "conin$")
    assert [file_names.plain(name, otherwise="") for name in devices] == [f"_{name}" for name in devices]
    assert file_names.plain("conto", otherwise="") == "conto"
    assert file_names.another("a.pdf", ".pdf", {"a.pdf", "a (2).pdf"}) == "a (3).pdf"
    # Windows and macOS make no difference between capitals and small letters, and most take 255 bytes of a name.
    assert file_names.another("Attest.pdf", ".pdf", {"attest.pdf"}) == "Attest (2).pdf"
    long = [file_names.plain(letter * 300, otherwise="") for letter in "aé漢😀"]
    assert [len(f"{name} (20).pdf".encode()) <= 255 for name in long] == [True] * 4


async def test_nothing_is_asked_that_could_not_be_taken_along(monkeypatch):
    """Twenty of 20 MB each were all had made and judged, for the one that fits."""
    sizes = {"a": bundling.MOST_BYTES - 200_000, "b": 300_000, "c": 180_000}
    asked: list[str] = []

    async def obtain(request, one, language):
        asked.append(one.key)
        return CertificateResult(LATE, "", Document(bytes(sizes[one.key]), PDF, one.key))

    monkeypatch.setattr(bundling.obtaining, "obtain", obtain)
    chosen = [OfferOfBody(None, Offer("body", key, key, ("nl",), CertificateKind.ATTEST)) for key in "abcde"]
    making = bundling.ZipMaking(None, FoundOffers(chosen), CertificateChoice(), LATE)
    monkeypatch.setattr(bundling.bundle_text, "write", lambda made, failed, gaps, at: b"")
    async for _ in making.steps():
        pass
    # What is too large leaves room for one that is small; after that there is none left.
    assert asked == ["a", "b", "c"]
    assert [one.at for one in making.made] == [0, 2]
    assert {one.result.why for one in making.failed} == {NotHanded.NO_ROOM}


def test_header_says_a_name_in_plain_letters_and_as_it_is():
    name = 'Certificat "de" résidence; x=1 - 1 décembre 2026.pdf'
    header = file_names.disposition("inline", name)
    assert header == (
        'inline; filename="certificat de residence x1 - 1 decembre 2026.pdf"; '
        "filename*=UTF-8''Certificat%20%22de%22%20r%C3%A9sidence%3B%20x%3D1%20-%201%20d%C3%A9cembre%202026.pdf"
    )
    assert file_names.disposition("attachment", "العربية").startswith('attachment; filename="bestand"; ')


def test_zip_that_is_written_while_its_files_come_is_one_that_every_program_opens():
    files = {"Gezin é.pdf": b"%PDF-1.7 one", "Leeg.txt": b"", "Groot.pdf": bytes(300_000)}
    growing = zipping.GrowingZip(LATE)
    pieces = [growing.add(name, content) for name, content in files.items()]
    assert [len(piece) > len(content) for piece, content in zip(pieces, files.values(), strict=True)] == [True] * 3
    whole = b"".join([*pieces, growing.end()])
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == files
        # Sizes stand before each file, so that programs that read from the front know where it ends.
        assert [(one.flag_bits & 8, one.date_time) for one in opened.infolist()] == [(0, (2026, 12, 1, 0, 30, 0))] * 3


def test_zip_that_was_left_in_the_middle_says_nothing_in_the_log(monkeypatch):
    said: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", said.append)
    growing = zipping.GrowingZip(LATE)
    growing.add("een.pdf", b"%PDF-1.7")
    vars(growing)["round"] = growing  # as the task of a page is, that was cancelled
    del growing
    gc.collect()
    assert said == []


@pytest.mark.parametrize(
    ("query", "answered", "step", "form", "free"),
    [
        ({}, WizardAnswers(), "waar", False, False),
        ({"waar": "mars"}, WizardAnswers(), "waar", False, False),
        ({"waar": "belgie"}, WizardAnswers(Destination.BELGIUM), "", False, False),
        (
            {"waar": "elders", "attest": "leven"},
            WizardAnswers(Destination.ELSEWHERE, PaperKind.ALIVE),
            "",
            True,
            True,
        ),
        ({"waar": "eu", "attest": "?"}, WizardAnswers(Destination.UNION), "attest", False, False),
        ({"waar": "eu", "attest": "leven"}, WizardAnswers(Destination.UNION, PaperKind.ALIVE), "", True, True),
        (
            {"waar": "eu", "attest": "nationaliteit"},
            WizardAnswers(Destination.UNION, PaperKind.NATIONALITY),
            "",
            False,
            True,
        ),
        ({"waar": "eu", "attest": "ander"}, WizardAnswers(Destination.UNION, PaperKind.OTHER), "", False, False),
    ],
)
def test_wizard_asks_no_more_than_it_needs(query, answered, step, form, free):
    found = worth.answers_of(query)
    assert (found, found.step, found.has_form, found.needs_no_apostille) == (answered, step, form, free)


def test_form_holds_no_more_than_the_page_takes():
    """A document that is as large as may be comes back: four characters for three bytes."""
    assert carrying.MOST > carrying.LARGEST * 4 / 3


def test_form_of_nothing_but_signs_between_fields_costs_no_more_than_another():
    """Each field is an object for Python: millions of them took 5 s and 300 MB."""
    session = SimpleNamespace(id=b"s", seal_key=bytes(32), citizen_id=UUID(int=1))
    tracemalloc.start()
    try:
        assert carrying.document_sent_back(session, b"&" * 3_000_000) is None
        assert carrying.document_sent_back(session, b"stuk=&" * 200_000) is None
        assert tracemalloc.get_traced_memory()[1] < 15_000_000
    finally:
        tracemalloc.stop()
