"""Every way in which MAGDA can answer, and every way in which an answer can be broken."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.platform.sources.datasets import inquiry_of
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Missing, Nothing, Outcome, Partial, Ready
from portal.platform.sources.transports.magda_answer import read_answer

from .town import ANOTHER, CATCH, CONTENT, ENTRY, NUMBER, REFERTE, SOAP, answer, exception, exceptions, in_envelope

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
FACTS = (
    Fact("fish", "Vis", "Snoek", "text", "Vangsten/Vangst[1]/Vis"),
    Fact("caught_on", "Gevangen op", "2025-06-00", "date", "Vangsten/Vangst[1]/Datum"),
)
NOTHING = exception("30001")
BUSY = exception("99996")


def note(value: str, n: int = 1) -> Fact:
    return Fact("note", "Opmerking", value, "note", f"Uitzonderingen/Uitzondering[{n}]")


def read(data: bytes, *, referte: str | None = REFERTE, insz: str | None = NUMBER) -> Outcome:
    return read_answer(data, inquiry_of(ENTRY), asked_at=NOW, referte=referte, insz=insz)


# --- whole, partial, nothing, down --------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [bytes, in_envelope])
def test_content_is_ready_bare_and_in_an_envelope(wrap):
    assert read(wrap(answer(CONTENT))) == Ready(FACTS, NOW)


def test_content_may_be_qualified_throughout():
    data = answer(CONTENT).replace(b"<Repliek>", b'<Repliek xmlns="urn:vangsten">')
    assert read(data) == Ready(FACTS, NOW)


def test_comments_and_instructions_are_not_there():
    data = (
        answer(CONTENT).replace(b"Snoek", b"Sn<!-- o --><?x y?>oek").replace(b"<Vangsten>", b"<!-- v --><Vangsten>")
    )
    assert read(data) == Ready(FACTS, NOW)


# --- what nobody read ---------------------------------------------------------------------------------------


def unread(*places: str) -> Partial:
    return Partial(FACTS, tuple(Missing("Stadsbestuur", place, "unread") for place in places), NOW)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("<Vis>", '<x:Gewicht xmlns:x="urn:x">3</x:Gewicht><Vis>', "Vangsten/Vangst/{*}Gewicht"),
        ("<Vis>", '<Vis x="3">', "Vangsten/Vangst/Vis/@x"),
        ("<Vangsten>", "<Vangsten>te veel", "Vangsten"),
        ("<Inhoud>", "<Inhoud>te veel", "."),
        ("</Inhoud>", "te veel</Inhoud>", "."),
        ("</Inhoud>", "</Inhoud><Bijlage>x</Bijlage>", "Antwoord/Bijlage"),
        ("</Inhoud>", "</Inhoud><Inhoud><Vangsten>x</Vangsten></Inhoud>", "Antwoord/Inhoud"),
        ("</Repliek>", "<Vervolg>x</Vervolg></Repliek>", "Repliek/Vervolg"),
        ("</Repliek>", "</Repliek><Repliek><Context>x</Context></Repliek>", "Response/Repliek"),
    ],
)
def test_what_nobody_reads_makes_an_answer_partial_and_the_rest_is_shown(old, new, place):
    data = answer(CONTENT).decode().replace(old, new, 1).encode()
    assert read(data) == unread(place)
    assert read(in_envelope(data)) == unread(place)


def test_a_second_answer_in_the_body_is_told():
    data = in_envelope(answer(CONTENT)).replace(b"</s:Body>", b"<Extra>x</Extra></s:Body>")
    assert read(data) == unread("Body/Extra")


def test_an_attachment_that_came_with_it_is_told():
    outcome = read_answer(answer(CONTENT), inquiry_of(ENTRY), asked_at=NOW, referte=None, insz=None, has_more=True)
    assert outcome == unread("(attachment)")


def test_a_stranger_in_an_answer_that_a_gateway_qualified_is_a_stranger_still():
    data = answer(CONTENT).replace(b"<Repliek>", b'<Repliek xmlns="urn:vangsten" xmlns:x="urn:x">')
    assert read(data.replace(b"<Datum>2025", b"<x:Vis>Baars</x:Vis><Datum>2025")) == unread("Vangsten/Vangst/{*}Vis")


@pytest.mark.parametrize(
    "nothing", ["<Extra/>", '<Extra xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="1"/>']
)
def test_what_says_nothing_is_no_hole(nothing):
    for end in (b"</Vangst>", b"</Antwoord>", b"</Repliek>"):
        assert read(answer(CONTENT).replace(end, nothing.encode() + end, 1)) == Ready(FACTS, NOW)


# --- nothing and down ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "outcome"),
    [
        (exceptions(NOTHING), Nothing(NOW)),
        (exceptions(exception("40000", "hengelREGISTER")), Nothing(NOW)),
        (exceptions(exception("30001", kind="INFORMATIE")), Nothing(NOW)),
        ("<Inhoud/>" + exceptions(NOTHING), Nothing(NOW)),
        ("<Inhoud><Vangsten/></Inhoud>" + exceptions(NOTHING), Nothing(NOW)),
        (exceptions(NOTHING, exception("30042", kind="INFORMATIE")), Nothing(NOW)),
        # another body's 40000, and the same code of MAGDA, mean something else
        (exceptions(exception("40000", "LED")), Down("unavailable", "LED 40000")),
        (exceptions(exception("40000")), Down("refused", "MAGDA 40000")),
        (exceptions(BUSY), Down("busy", "MAGDA 99996")),
        (exceptions(exception("777", "Hengelregister")), Down("busy", "Hengelregister 777")),
        (exceptions(exception("12345")), Down("unavailable", "MAGDA 12345")),
        # part of the question could not be asked: then nobody knows that there is nothing
        (exceptions(NOTHING, BUSY), Down("busy", "MAGDA 99996")),
        (exceptions(BUSY, exception("15021")), Down("refused", "MAGDA 15021")),
        (exceptions(BUSY, exception("60006")), Down("unavailable", "MAGDA 60006")),
        # remarks explain nothing that is not there
        (exceptions(exception("45008", kind="INFORMATIE")), Down("unreadable", "no content")),
        (exceptions(exception("888", "Hengelregister")), Down("silent")),
        # an error of which a part is missing
        (exceptions(exception("")), Down("unavailable", "MAGDA ?")),
        (exceptions(exception("30001", "")), Down("unavailable", "? 30001")),
        (exceptions(exception("30001", kind="")), Down("unavailable", "MAGDA 30001")),
        (exceptions(exception("30004")), Down("unavailable", "MAGDA 30004")),
    ],
)
def test_answers_without_content(inside, outcome):
    assert read(answer(inside)) == outcome


@pytest.mark.parametrize(
    ("each", "outcome"),
    [
        ((NOTHING,), Ready(FACTS, NOW)),
        ((exception("888", "Hengelregister"),), Ready(FACTS, NOW)),
        (
            (exception("30042", kind="INFORMATIE"),),
            Ready(
                (*FACTS, note("De bron heeft van een gegeven meer dan één vermelding. Hier staat er maar één.")), NOW
            ),
        ),
        (
            (exception("99", "Hengelregister", "WAARSCHUWING"),),
            Ready((*FACTS, note("De bron gaf bij deze gegevens een opmerking (code 99 van Hengelregister).")), NOW),
        ),
        ((BUSY,), Partial(FACTS, (Missing("MAGDA", "99996", "busy"),), NOW)),
        (
            (NOTHING, exception("60000", "DHO2"), exception("99984", kind="WAARSCHUWING")),
            Partial(
                (
                    *FACTS,
                    note("Voor een code in dit antwoord is er geen omschrijving. Daarom ziet u de code zelf.", 3),
                ),
                (Missing("DHO2", "60000", "unavailable"),),
                NOW,
            ),
        ),
    ],
)
def test_answers_with_content_and_exceptions(each, outcome):
    assert read(answer(CONTENT + exceptions(*each))) == outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("99996", Down("busy", "MAGDA 99996")), ("60011", Down("refused", "MAGDA 60011")), ("13202", Nothing(NOW))],
)
def test_exceptions_of_the_second_level(code, outcome):
    assert read(answer("", refused=exceptions(exception(code)))) == outcome


def test_a_second_level_failure_beside_an_answer_makes_it_partial():
    found = read(answer(CONTENT, refused=exceptions(BUSY)))
    assert found == Partial(FACTS, (Missing("MAGDA", "99996", "busy"),), NOW)


# --- about whom, to which question, from which service ------------------------------------------------------


def test_an_answer_to_another_question_is_a_mismatch():
    assert read(answer(CONTENT, referte="another")) == Down("mismatch", "Referte")
    assert read(answer(exceptions(NOTHING), referte="")) == Down("mismatch", "Referte")
    assert read(answer("", refused=exceptions(NOTHING), referte="another")) == Down("mismatch", "Referte")
    assert read(answer(CONTENT, referte="another"), referte=None) == Ready(FACTS, NOW)


def test_an_answer_about_another_person_is_a_mismatch():
    assert read(answer(CONTENT), insz=ANOTHER) == Down("mismatch", "INSZ")
    assert read(answer(CONTENT.replace(f"<INSZ>{NUMBER}</INSZ>", ""))) == Down("mismatch", "INSZ")
    assert read(answer(CONTENT), insz=None) == Ready(FACTS, NOW)


def test_one_number_of_several_must_be_the_persons():
    both = CONTENT.replace(CATCH, CATCH.replace(NUMBER, ANOTHER) + CATCH)
    found = read(answer(both))
    assert isinstance(found, Ready)
    assert len(found.value) == 4


def test_a_renewed_number_is_no_mismatch_and_is_said():
    renewed = exceptions(exception("30004", kind="WAARSCHUWING"))
    value = "Deze persoon heeft een nieuw rijksregisternummer. De gegevens staan op dat nieuwe nummer."
    assert read(answer(CONTENT + renewed), insz=ANOTHER) == Ready((*FACTS, note(value)), NOW)


@pytest.mark.parametrize("origin", ["Hengelregister", "MAGDA2"])
def test_only_magda_can_say_that_a_number_was_renewed(origin):
    remark = exceptions(exception("30004", origin, "WAARSCHUWING"))
    assert read(answer(CONTENT + remark), insz=ANOTHER) == Down("mismatch", "INSZ")


def test_an_answer_of_another_service_is_not_believed():
    for inside in (CONTENT, exceptions(NOTHING)):
        other = answer(inside).replace(b"GeefVangstenResponse", b"GeefVissenResponse")
        assert read(other) == Down("unreadable", "root")


def test_the_root_names_the_service_whatever_the_context_says():
    assert read(answer(exceptions(NOTHING), name="GeefVissen")) == Nothing(NOW)


def test_two_answers_are_not_guessed_between():
    data = answer(CONTENT).replace(b"<Antwoorden>", b"<Antwoorden><Antwoord><Referte>x</Referte></Antwoord>")
    assert read(data) == Down("unreadable", "more than one Antwoord")


# --- faults and damage --------------------------------------------------------------------------------------


def test_a_soap_fault_is_down_without_its_text():
    fault = "<s:Fault><faultcode>s:Server</faultcode><faultstring>84651421235 unknown</faultstring></s:Fault>"
    data = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{fault}</s:Body></s:Envelope>'.encode()
    assert read(data) == Down("fault", "s:Server")
    assert read(data.replace(b"s:Server</f", b"84651421235</f")) == Down("fault", "?")


def test_a_code_that_could_be_a_national_number_reaches_no_log():
    assert read(answer(exceptions(exception(NUMBER)))) == Down("unavailable", "MAGDA ?")


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<Inhoud/>",
        "<Inhoud><Vangsten/></Inhoud>",
        "<Inhoud><Vangsten><Vangst/></Vangsten></Inhoud>",
        "<Inhoud>tekst</Inhoud>",
        "<Inhoud breekt='1'/>",
        "<Uitzonderingen/>",
        "<Inhoud><Vangsten><Onbekend>iets</Onbekend></Vangsten></Inhoud>" + exceptions(NOTHING),
    ],
)
def test_an_answer_that_says_nothing_is_not_nothing(inside):
    found = read(answer(inside))
    assert isinstance(found, Down)
    # Neither a code nor content is silence; content that holds nothing readable is damage.
    assert found.reason == ("unreadable" if "Inhoud" in inside or not inside else "silent")


LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"\x00",
        b"\xff\xfe",
        b"niet eens XML",
        b"<html><body>Service Unavailable</body></html>",
        b"<a/>",
        answer(CONTENT)[:-30],
        answer(CONTENT) + b"<more/>",
        answer(CONTENT).replace(b"<Naam>", b"<Naam>\x01"),
        answer(CONTENT).replace(b'encoding="UTF-8"', b'encoding="UTF-16"'),
        answer(CONTENT).replace(b'encoding="UTF-8"', b'encoding="klingon"'),
        answer(CONTENT).replace(b"Snoek", "Snoek é".encode("latin-1")),
        answer(CONTENT).replace(b"Snoek", b"&vis;"),
        answer(CONTENT).replace(b"?>", b"?><!DOCTYPE a>", 1),
        answer(CONTENT).replace(b"?>", b'?><!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">', 1),
        answer(CONTENT.replace("Snoek", "&e;")).replace(
            b"?>", b'?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>', 1
        ),
        answer(CONTENT.replace("Snoek", "&l11;")).replace(
            b"?>", b'?><!DOCTYPE a [<!ENTITY l0 "ha">' + LAUGHS + b"]>", 1
        ),
        answer(CONTENT.replace("<Vis>", '<Vis a="&l11;">')).replace(
            b"?>", b'?><!DOCTYPE a [<!ENTITY l0 "ha">' + LAUGHS + b"]>", 1
        ),
        answer(CONTENT.replace("Snoek", "<a>" * 100_000 + "</a>" * 100_000)),
        in_envelope(b""),
        f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(),
        answer(CONTENT).replace(b"GeefVangstenResponse", b"GeefVissenResponse"),
        answer(CONTENT).replace(b"Repliek", b"Replica"),
    ],
)
def test_damage_is_unreadable(data):
    found = read(data)
    assert isinstance(found, Down)
    assert found.reason == "unreadable"
    assert "root:" not in repr(found)


def test_another_encoding_that_is_declared_is_read():
    data = answer(CONTENT.replace("Snoek", "Zeeëgel")).decode().replace("UTF-8", "ISO-8859-1").encode("latin-1")
    found = read(data)
    assert isinstance(found, Ready)
    assert found.value[0].value == "Zeeëgel"


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_down(data):
    assert isinstance(read(data), Down)


@settings(max_examples=200)
@given(st.integers(0, 10_000), st.integers(1, 255), st.sampled_from([answer(CONTENT), in_envelope(answer(CONTENT))]))
def test_content_with_a_flipped_byte_is_never_nothing(at, by, data):
    flipped = bytearray(data)
    flipped[at % len(data)] ^= by
    assert not isinstance(read(bytes(flipped)), Nothing)


@settings(max_examples=100)
@given(st.integers(0, 10_000))
def test_a_cut_nothing_is_not_nothing(at):
    data = answer(exceptions(NOTHING))
    assert isinstance(read(data[: at % len(data)]), Down)
